import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's package puts it. */
const INFLUXD = '/usr/bin/influxd';

/** Whether Debian's InfluxDB is installed; says so once where a test skips without it. */
export function hasInfluxdb(): boolean {
  const isThere = existsSync(INFLUXD);
  if (!isThere) console.warn('Skipped: influxdb is not installed (Debian package influxdb).');
  return isThere;
}

/** Starts an InfluxDB, its files in `folder`, that asks whoever comes for a password where `withUsers`, and answers its address. `stops` gets the way to end it. */
export async function startInfluxdb(folder: string, stops: (() => Promise<void>)[], withUsers = false): Promise<string> {
  return (await runInfluxdb(folder, stops, withUsers)).url;
}

export interface RunningInfluxdb {
  readonly url: string;
  /** SIGSTOP and SIGCONT pause it. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it at once; resolves when it has ended. */
  readonly kill: () => Promise<void>;
}

/** The same, with a hand on the process. */
export async function runInfluxdb(folder: string, stops: (() => Promise<void>)[], withUsers = false): Promise<RunningInfluxdb> {
  const config = join(folder, 'influxdb.conf');
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = ${JSON.stringify(join(folder, 'meta'))}
[data]
  dir = ${JSON.stringify(join(folder, 'data'))}
  wal-dir = ${JSON.stringify(join(folder, 'wal'))}
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:0"
  log-enabled = false
  auth-enabled = ${withUsers}
`,
  );
  const child = spawn(INFLUXD, ['-config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  stops.push(kill);
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length > 1_000_000) return;
      said += text;
      // It chooses a free port, and tells which.
      const [, port] = /Listening on HTTP.*addr=127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    child.once('exit', (code) => reject(new Error(`influxd ended at its start with ${code}: ${said.slice(-1_000)}`)));
    child.once('error', reject);
  });
  return { url, kill, signal: (signal) => void child.kill(signal) };
}
