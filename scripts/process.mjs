// Starting other programs, with the locked packages' programs first on the path.
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const shell = process.platform === 'win32';

/** What programs of the project run in: the locked ones first, and what was compiled once kept, which halves a server's start. */
export function environment() {
  return {
    NODE_COMPILE_CACHE: join(ROOT, '.cache/compile'),
    ...process.env,
    PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
}

/** Runs a program to its end, its output shown as it comes. Gives its exit code. */
export function run(program, args, cwd = ROOT) {
  const { status, error } = spawnSync(program, args, {
    cwd,
    env: environment(),
    stdio: 'inherit',
    shell: shell && program.endsWith('.cmd'),
  });
  if (error) process.stderr.write(`${program}: ${error.message}\n`);
  return status ?? 1;
}

/** Runs a program and gives what it printed; where it fails, shows its output and gives undefined. */
export function capture(program, args, cwd = ROOT) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: environment(),
    encoding: 'utf8',
    shell: shell && program.endsWith('.cmd'),
  });
  if (status === 0) return stdout;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  return undefined;
}

const PARENT_CHECK_MS = 500;

/** Runs a program in this one's place: signals go to it, and its exit code is this one's. It ends where the parent is gone. */
export function handOver(program, args, cwd = ROOT) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: environment(), stdio: 'inherit' });
    // A terminal's ^C reaches the child by itself; a signal sent to this process alone must be passed on.
    const passOn = (signal) =>
      process.on(signal, () => (process.stdin.isTTY && signal === 'SIGINT' ? undefined : child.kill(signal)));
    ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(passOn);
    // npm tells its shell that it is to end, and the shell tells nobody.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), PARENT_CHECK_MS).unref();
    child.on('error', (error) => {
      process.stderr.write(`${program}: ${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
