import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Where Debian's package puts it. */
const PROMETHEUS = '/usr/bin/prometheus';
/** bcrypt of PASSWORD. */
const HASH = '$2b$04$so3zwqXEI1jKe8LX4yRzzeu/BovuYqg8fjWi1CTGgWryZNRHK/sYS';

export const USER = 'reader';
export const PASSWORD = 's3cret';

/** Debian's Prometheus in a process of its own, watching itself each second. */
export interface PrometheusProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether it is installed; says so once where tests are skipped without it. */
export function hasPrometheus(): boolean {
  const isThere = existsSync(PROMETHEUS);
  if (!isThere) console.warn('Skipped: prometheus is not installed (Debian package prometheus).');
  return isThere;
}

/** Starts one that asks for USER and PASSWORD, and waits until it answers queries about itself. */
export async function startPrometheus(): Promise<PrometheusProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-prometheus-'));
  const port = await freePort();
  const authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
  writeFileSync(join(folder, 'web.yml'), `basic_auth_users:\n  ${USER}: ${HASH}\n`);
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: itself
    basic_auth: { username: ${USER}, password: ${PASSWORD} }
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`,
  );
  const child = spawn(
    PROMETHEUS,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--web.config.file=${join(folder, 'web.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const hasSamples = async (): Promise<boolean> => {
    const answer = await fetch(`${url}/api/v1/query?query=count(up)`, { headers: { authorization } });
    const { data } = (await answer.json()) as { readonly data?: { readonly result: readonly unknown[] } };
    return data !== undefined && data.result.length > 0;
  };
  while (!(await hasSamples().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`prometheus ended at its start with ${child.exitCode}`);
    await delay(100);
  }
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that nothing listens at just now. */
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
