import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Where Debian's package puts it. */
const PROMETHEUS = '/usr/bin/prometheus';

/** Whether Debian's Prometheus is installed; says so once where a test skips without it. */
export function hasPrometheus(): boolean {
  const isThere = existsSync(PROMETHEUS);
  if (!isThere) console.warn('Skipped: prometheus is not installed (Debian package prometheus).');
  return isThere;
}

/** Starts a Prometheus that takes remote writes, its files in `folder`, and answers its address. `stops` gets the way to end it. */
export async function startPrometheus(
  folder: string,
  stops: (() => Promise<void>)[],
  flags: readonly string[] = [],
  config?: string,
): Promise<string> {
  const { url, kill } = await runPrometheus(folder, await freePort(), flags, config);
  stops.push(kill);
  return url;
}

export interface RunningPrometheus {
  readonly url: string;
  /** SIGSTOP and SIGCONT pause it. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it at once; resolves when it has ended. */
  readonly kill: () => Promise<void>;
}

/** The same at a port of the caller's choice; it ends by `kill` only. */
export async function runPrometheus(
  folder: string,
  port: number,
  flags: readonly string[] = [],
  config = 'global: {}\n',
): Promise<RunningPrometheus> {
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const child = spawn(
    PROMETHEUS,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      // The samples' times are fixed, so that a seed always means the same.
      '--storage.tsdb.retention.time=100y',
      '--log.level=error',
      ...flags,
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(`${url}/-/ready`).catch(() => undefined))?.ok !== true) {
    if (child.exitCode !== null) throw new Error(`prometheus ended at its start with ${child.exitCode}`);
    await delay(50);
  }
  return { url, kill, signal: (signal) => void child.kill(signal) };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
