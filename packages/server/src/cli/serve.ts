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
  await server.stop();
}

/** The one thing a person needs to see: where to go. */
export function greet({ url, signInLink }: RunningServer): void {
  print(`\nVitrine is ready at ${url}\nSign in, once, with this link:\n\n  ${signInLink}\n`);
}
