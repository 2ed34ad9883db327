import { readConfig } from '../config/read-config.ts';
import type { CommandLine } from '../config/command-line.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { print } from './print.ts';
import { untilStopped } from './until-stopped.ts';

/** `vitrine serve`: serves until it is told to stop. */
export async function serve(line: CommandLine): Promise<void> {
  const config = readConfig({ flags: line.settings, env: process.env, file: line.options['config'], folder: process.cwd() });
  const server = await startServer(config);
  greet(server);
  await untilStopped();
  await stopInTime(server);
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
