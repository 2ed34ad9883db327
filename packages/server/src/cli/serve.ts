import { readConfig } from '../config/read-config.ts';
import type { CommandLine } from '../config/command-line.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { complain, print } from './print.ts';
import { untilStopped } from './until-stopped.ts';

/** `vitrine serve`: serves until it is told to stop. */
export async function serve(line: CommandLine): Promise<number> {
  const config = readConfig({ flags: line.settings, env: process.env, file: line.options['config'], folder: process.cwd() });
  const server = await startServer(config);
  greet(server);
  const failure = await untilOver(server);
  await stopInTime(server);
  return exitCodeOf(failure);
}

/** Resolves when the server is told to stop, or with the reason why it can no longer serve. */
export async function untilOver(server: RunningServer): Promise<Error | undefined> {
  const reason = await Promise.race([untilStopped(), server.failed]);
  return reason instanceof Error ? reason : undefined;
}

/** A process that cannot serve ends and says so, for whoever starts processes anew; one that goes on answering errors helps nobody. */
export function exitCodeOf(failure: Error | undefined): number {
  if (failure === undefined) return 0;
  complain(`Vitrine has stopped: ${failure.message}.`);
  return 1;
}

/** Who manages processes kills at once after a while; what was acknowledged is safe in the log whenever that is. */
const STOP_LIMIT_MS = 4_700;

/** Stops the server, and ends the process where that takes too long. */
export async function stopInTime(server: RunningServer): Promise<void> {
  const late = setTimeout(() => {
    server.log.warn('what was under way did not end in time and was cut off');
    process.exit(0);
  }, STOP_LIMIT_MS);
  await server.stop();
  clearTimeout(late);
}

/** The one thing a person needs to see: where to go. */
export function greet({ url, signInLink }: Pick<RunningServer, 'url' | 'signInLink'>): void {
  print(`\nVitrine is ready at ${url}\nSign in, once, with this link:\n\n  ${signInLink}\n`);
}
