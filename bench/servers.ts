import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A server under test. Those that hold metrics speak Prometheus' query API. */
export interface BenchServer {
  readonly name: string;
  readonly url: string;
  /** Where it keeps what it has. */
  readonly data: string;
  /** Added to each query: turns answers from a cache off where the server has one. */
  readonly queryExtra: Readonly<Record<string, string>>;
  /** CPU seconds used so far, from /proc. */
  cpuSeconds(): number;
  residentBytes(): number;
  /** Ends it without a word, as a power cut would, starts it again over what it left, at the same address, and gives the CPU seconds that took. */
  killAndRestart(): Promise<number>;
  /** Stops it, which makes it write out all that it holds, and gives the bytes it keeps on disk, in that part of its folder. */
  stop(part?: string): Promise<number>;
}

/** MLflow needs some seconds on an idle machine, and minutes on a busy one. */
const READY_LIMIT_MS = 300_000;
const VITRINE = fileURLToPath(new URL('../packages/server/bin/vitrine.mjs', import.meta.url));

export async function startPrometheus(): Promise<BenchServer> {
  const folder = makeFolder('prometheus');
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
  return start({
    name: 'Prometheus',
    folder,
    ready: '/-/ready',
    command: (port) => [
      'prometheus',
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--log.level=warn',
    ],
  });
}

export async function startVictoriaMetrics(): Promise<BenchServer> {
  const folder = makeFolder('victoria-metrics');
  return start({
    name: 'VictoriaMetrics',
    folder,
    ready: '/health',
    queryExtra: { nocache: '1' },
    command: (port) => [
      'victoria-metrics',
      `-storageDataPath=${join(folder, 'data')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-retentionPeriod=1',
      '-search.latencyOffset=0s',
      '-search.maxPointsPerTimeseries=100000',
      '-loggerLevel=ERROR',
    ],
  });
}

export async function startInfluxdb(): Promise<BenchServer> {
  const folder = makeFolder('influxdb');
  return start({
    name: 'InfluxDB',
    folder,
    ready: '/ping',
    command: (port) => {
      const config = join(folder, 'influxdb.conf');
      writeFileSync(
        config,
        `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = ${JSON.stringify(join(folder, 'meta'))}
[data]
  dir = ${JSON.stringify(join(folder, 'data/tsm'))}
  wal-dir = ${JSON.stringify(join(folder, 'data/wal'))}
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
`,
      );
      return ['influxd', '-config', config];
    },
  });
}

/** TensorBoard on a directory of event files; `python` has it installed. It keeps nothing. */
export function startTensorboard(python: string, logdir: string): Promise<BenchServer> {
  return startPython(python, 'TensorBoard', '/data/environment', () => ['tensorboard.main', '--logdir', logdir]);
}

/** MLflow's own server over SQLite, as its documentation starts it; `python` has it installed. */
export function startMlflow(python: string): Promise<BenchServer> {
  return startPython(python, 'MLflow', '/health', (data) => [
    'mlflow',
    'server',
    '--backend-store-uri',
    `sqlite:///${join(data, 'mlflow.db')}`,
    '--default-artifact-root',
    join(data, 'artifacts'),
  ]);
}

/** Runs another of its commands on the server's data folder and gives what that prints. */
export async function askVitrine({ data }: BenchServer, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [VITRINE, ...args, '--data', data]);
  return stdout.trim();
}

export async function startVitrine(...extra: readonly string[]): Promise<BenchServer> {
  const folder = makeFolder('vitrine');
  return start({
    name: 'Vitrine',
    folder,
    ready: '/-/ready',
    command: (port) => [
      process.execPath,
      VITRINE,
      'serve',
      '--data',
      join(folder, 'data'),
      '--listen',
      `127.0.0.1:${port}`,
      '--log.level',
      'warn',
      ...extra,
    ],
  });
}

/** A module of Python's that takes --host and --port; `words` are its name and what else it is told. */
function startPython(
  python: string,
  name: string,
  ready: string,
  words: (data: string) => readonly string[],
): Promise<BenchServer> {
  const folder = makeFolder(name.toLowerCase());
  const data = join(folder, 'data');
  mkdirSync(data);
  const command = (port: number) => [python, '-m', ...words(data), '--host', '127.0.0.1', '--port', `${port}`];
  return start({ name, folder, ready, command });
}

interface ServerSpec {
  readonly name: string;
  readonly folder: string;
  readonly ready: string;
  readonly queryExtra?: Readonly<Record<string, string>>;
  command(port: number): readonly string[];
}

/** Ended with this process, however it ends. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

async function start({ name, folder, ready, command, queryExtra = {} }: ServerSpec): Promise<BenchServer> {
  const port = await freePort();
  const [program = '', ...args] = command(port);
  const logFile = join(folder, 'log');
  const url = `http://127.0.0.1:${port}`;
  const run = async (): Promise<ChildProcess> => {
    const log = openSync(logFile, 'w');
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', log, log] });
    closeSync(log);
    running.add(child);
    child.once('exit', () => running.delete(child));
    await untilReady(name, `${url}${ready}`, child, logFile);
    return child;
  };
  const end = async (child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  let child = await run();
  return {
    name,
    url,
    data: join(folder, 'data'),
    queryExtra,
    cpuSeconds: () => cpuSeconds(child.pid as number),
    residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    async killAndRestart() {
      await end(child, 'SIGKILL');
      child = await run();
      return cpuSeconds(child.pid as number);
    },
    async stop(part = '') {
      await end(child, 'SIGTERM');
      const bytes = folderBytes(join(folder, 'data', part));
      rmSync(folder, { recursive: true, force: true });
      return bytes;
    },
  };
}

function makeFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `bench-${name}-`));
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function untilReady(name: string, url: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`${name} ended at its start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} was not ready after ${READY_LIMIT_MS / 1_000} s:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

/** User and system time of a process; Linux counts them in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
