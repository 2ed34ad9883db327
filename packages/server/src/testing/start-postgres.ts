import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Where Debian's packages put the programs, in a folder a version. */
const FOLDER = '/usr/lib/postgresql';

export interface TestPostgres {
  readonly port: number;
  /** Of the user "admin", who may do all. */
  readonly password: string;
  /** Stops and continues the server and all its sessions, as an overloaded machine would. */
  pause(): void;
  resume(): void;
  /** Ends it without a word to anybody. */
  kill(): Promise<void>;
  /** Starts it anew on the same port. */
  start(): Promise<void>;
}

/** Whether Debian's PostgreSQL is installed and can be run; says so once where a test skips without it. */
export function hasPostgres(): boolean {
  const isThere = binaries() !== undefined;
  if (!isThere) console.warn('Skipped: postgresql is not installed (Debian package postgresql).');
  return isThere;
}

function binaries(): string | undefined {
  const [newest] = existsSync(FOLDER) ? readdirSync(FOLDER).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folder = join(FOLDER, newest ?? '', 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : undefined;
}

/** Nobody comes in without a certificate for their name. */
const CERTIFIED = 'hostssl all all 127.0.0.1/32 cert\n';

/**
 * Starts a PostgreSQL with passwords, and TLS where `tls` gives a certificate and its key; its files in `folder`. Where `tls` names an authority,
 * everybody signs in by a certificate that it made for their name. `stops` gets the way to end it.
 */
export async function startPostgres(
  folder: string,
  stops: (() => Promise<void>)[],
  tls?: { readonly certificate: string; readonly key: string; readonly authority?: string },
): Promise<TestPostgres> {
  const programs = binaries() as string;
  // The server refuses to run as root: then it runs as the user that Debian's package made for it.
  const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  const data = join(folder, 'postgres');
  mkdirSync(data);
  chmodSync(folder, 0o755);
  const own = (path: string): void => {
    if (owner.uid !== undefined) chownSync(path, owner.uid, owner.gid);
  };
  own(data);
  const password = 'it is only a test';
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  own(passwordFile);
  execFileSync(
    join(programs, 'initdb'),
    [
      '--pgdata',
      data,
      '--username=admin',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...owner, stdio: 'ignore', cwd: folder },
  );
  if (tls !== undefined) {
    for (const [name, text] of [
      ['server.crt', tls.certificate],
      ['server.key', tls.key],
      ...(tls.authority === undefined ? [] : [['root.crt', tls.authority] as const, ['pg_hba.conf', CERTIFIED] as const]),
    ] as const) {
      writeFileSync(join(data, name), text, { mode: 0o600 });
      own(join(data, name));
    }
  }
  const port = await freePort();
  let running: { readonly pid: number; readonly ended: Promise<void> } | undefined;

  async function start(): Promise<void> {
    const child = spawn(
      join(programs, 'postgres'),
      [
        '-D',
        data,
        '-p',
        String(port),
        '-h',
        '127.0.0.1',
        '-k',
        '',
        '-F',
        '-c',
        `ssl=${tls === undefined ? 'off' : 'on'}`,
        ...(tls?.authority === undefined ? [] : ['-c', 'ssl_ca_file=root.crt']),
        '-c',
        'max_connections=30',
      ],
      { ...owner, stdio: 'ignore', cwd: folder },
    );
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    running = { pid: child.pid as number, ended };
    while (!isReady(programs, port)) {
      if (child.exitCode !== null) throw new Error(`postgres ended at its start with ${child.exitCode}`);
      await delay(50);
    }
  }
  const signalAll = (signal: NodeJS.Signals): void => {
    if (running === undefined) return;
    for (const pid of [running.pid, ...childrenOf(running.pid)]) process.kill(pid, signal);
  };
  const kill = async (): Promise<void> => {
    if (running === undefined) return;
    signalAll('SIGKILL');
    await running.ended;
    running = undefined;
  };
  await start();
  stops.push(kill);
  return { port, password, start, kill, pause: () => signalAll('SIGSTOP'), resume: () => signalAll('SIGCONT') };
}

function isReady(programs: string, port: number): boolean {
  try {
    execFileSync(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function freePort(): Promise<number> {
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
