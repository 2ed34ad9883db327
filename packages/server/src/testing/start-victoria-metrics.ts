import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './start-prometheus.ts';

/** Where Debian's package puts it. */
const VICTORIA_METRICS = '/usr/bin/victoria-metrics';

/** Whether Debian's VictoriaMetrics is installed; says so once where a test skips without it. */
export function hasVictoriaMetrics(): boolean {
  const isThere = existsSync(VICTORIA_METRICS);
  if (!isThere) console.warn('Skipped: victoria-metrics is not installed (Debian package victoria-metrics).');
  return isThere;
}

/** Starts a VictoriaMetrics, its files in `folder`, and answers its address. `stops` gets the way to end it. */
export async function startVictoriaMetrics(folder: string, stops: (() => Promise<void>)[]): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    VICTORIA_METRICS,
    [
      `-storageDataPath=${join(folder, 'victoria-metrics')}`,
      `-httpListenAddr=${address}`,
      '-retentionPeriod=100y',
      // What was just written is found at once.
      '-search.latencyOffset=0s',
      '-loggerLevel=ERROR',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  stops.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const url = `http://${address}`;
  while ((await fetch(`${url}/health`).catch(() => undefined))?.ok !== true) {
    if (child.exitCode !== null) throw new Error(`victoria-metrics ended at its start with ${child.exitCode}`);
    await delay(50);
  }
  return url;
}
