import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CommandLine } from '../config/command-line.ts';
import { readConfig } from '../config/read-config.ts';
import { ROOT } from '../self/version.ts';
import { StartError } from '../start-error.ts';
import { startServer } from '../start-server.ts';
import { print } from './print.ts';
import { exitCodeOf, greet, stopInTime, untilOver } from './serve.ts';

const WORKLOAD = join(ROOT, 'examples/demo/src/main.ts');
const KILL_AFTER_MS = 3_000;

/** `vitrine demo`: serves, and beside it trains and serves a real model that is scraped. */
export async function demo(line: CommandLine): Promise<number> {
  const config = readConfig({ flags: line.settings, env: process.env, file: line.options['config'], folder: process.cwd() });
  const folder = join(config.settings.data, 'demo');
  const asked = ['minutes', 'logs-to'].flatMap((name) => {
    const value = line.options[name];
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  let workload: Workload | undefined;
  try {
    // A demo that already runs on this folder has its files there: not before the folder is ours.
    const server = await startServer(config, async () => {
      workload = startWorkload(folder, asked);
      await ready(workload.child);
      return [join(folder, 'scrape.yml')];
    });
    greet({ url: server.url, signInLink: `${server.signInLink}&dashboard=training` });
    print(`Its trainings, with what is wrong with two of them, are at ${server.url}/runs\n`);
    const failure = await untilOver(server);
    await Promise.all([stopInTime(server), end(workload)]);
    return exitCodeOf(failure);
  } finally {
    await end(workload);
  }
}

interface Workload {
  readonly child: ChildProcess;
  readonly gone: Promise<void>;
}

function startWorkload(folder: string, options: readonly string[]): Workload {
  const child = spawn(process.execPath, [WORKLOAD, `--folder=${folder}`, ...options], {
    // By the message channel it notices when this process is gone, however it went.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Ctrl-C goes to every process of the terminal's group: the workload is stopped by us, after its last scrape.
    detached: true,
  });
  return { child, gone: new Promise((resolve) => child.once('close', () => resolve())) };
}

/** Resolves when the workload says that its scrape configuration is written. */
async function ready(workload: ChildProcess): Promise<void> {
  const lines = createInterface({ input: workload.stdout as NodeJS.ReadableStream });
  const failed = new Promise<never>((_, reject) => {
    workload.once('error', (cause) =>
      reject(new StartError(`The demo's workload could not start: ${cause.message}.`, { cause })),
    );
    workload.once('close', (code) =>
      reject(new StartError(`The demo's workload ended before it was ready (exit code ${code}).`)),
    );
  });
  const said = (async () => {
    for await (const text of lines) if (text.trim() === 'ready') return;
    await failed;
  })();
  await Promise.race([said, failed]);
  // It says nothing more, and its later end is no failure of the start.
  failed.catch(() => {});
  lines.close();
}

async function end(workload: Workload | undefined): Promise<void> {
  if (workload === undefined) return;
  const { child, gone } = workload;
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await gone;
  clearTimeout(late);
}
