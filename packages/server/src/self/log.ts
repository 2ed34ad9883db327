import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { type Logger, pino } from 'pino';
import type { LogFormat, LogLevel } from '../config/keys.ts';

const LEVEL_NAMES: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** The server's log: a line an event on standard error, as JSON or for people. */
export function openLog(level: LogLevel, format: LogFormat, output: NodeJS.WritableStream = process.stderr): Logger {
  return pino({ level, base: {}, timestamp: pino.stdTimeFunctions.epochTime }, format === 'json' ? output : forPeople(output));
}

/** What pino writes into every line, beside what the caller gives. */
interface PinoLine {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: { readonly stack?: string };
  readonly [name: string]: unknown;
}

/** Turns pino's JSON lines into `12:34:56.789 info  what happened key=value`. */
function forPeople(output: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string | Buffer, _encoding, done) {
      const { level, time, msg, err, ...rest } = JSON.parse(String(line)) as PinoLine;
      const name = (LEVEL_NAMES[level] ?? 'info').padEnd(5);
      const pairs = Object.entries(rest).map(
        ([key, value]) => ` ${key}=${typeof value === 'string' ? value : inspect(value, { breakLength: Infinity })}`,
      );
      const stack = err?.stack;
      output.write(
        `${new Date(time).toISOString().slice(11, 23)} ${name} ${msg ?? ''}${pairs.join('')}${stack === undefined ? '' : `\n${stack}`}\n`,
      );
      done();
    },
  });
}
