import { setFlagsFromString } from 'node:v8';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { StoreOpenError } from '@vitrine/tsdb/store-open-error.ts';
import { readCommandLine } from './config/command-line.ts';
import { ConfigError } from './config/read-config.ts';
import { COMMANDS, usage } from './cli/commands.ts';
import { complain, print } from './cli/print.ts';
import { nearest } from './config/nearest.ts';
import { VERSION } from './self/version.ts';
import { StartError } from './start-error.ts';

// What is young is little and often: threads that clear it away together cost more than they save, a fifth of all ingest.
setFlagsFromString('--no-parallel-scavenge');

process.exitCode = await main(process.argv.slice(2));

/** Runs one command. The answer is the process's exit code: 0, or 1 with a sentence on standard error. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const line = readCommandLine(args);
    if (line.version) {
      print(VERSION);
      return 0;
    }
    if (line.help) {
      print(usage(line.command));
      return 0;
    }
    const name = line.command ?? 'serve';
    const command = COMMANDS.get(name);
    if (command === undefined) {
      const meant = nearest(name, [...COMMANDS.keys()]);
      complain(`There is no command "${name}"${meant === undefined ? '' : `; did you mean ${meant}?`}\n\n${usage(undefined)}`);
      return 1;
    }
    const excess = line.words[command.mostWords];
    if (excess !== undefined) {
      complain(`vitrine ${name}: "${excess}" is one word too many; the form is ${command.form}`);
      return 1;
    }
    return (await command.run(line)) ?? 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // A sentence for a person. Anything else is our mistake, and its stack says where.
    complain(isSentence(error) ? error.message : (error.stack ?? error.message));
    return 1;
  }
}

function isSentence(error: Error): boolean {
  return [ConfigError, StartError, StoreOpenError, BadRequest].some((kind) => error instanceof kind);
}
