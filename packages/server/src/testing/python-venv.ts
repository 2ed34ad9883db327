import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT } from '../self/version.ts';

const run = promisify(execFile);

/** What trainings in tests import: no deep learning framework, whose packages weigh gigabytes. */
const PACKAGES = [
  'mlflow-skinny==3.17.2',
  'pandas==3.1.1',
  'scikit-learn==1.9.1',
  'psutil==7.2.2',
  'matplotlib==3.11.2',
  'tensorboardX==2.6.5',
  'prometheus-client==0.26.0',
  'requests==2.34.2',
];
const POLL_MS = 100;

/** The python of the environment that all tests of trainings share; made in half a minute. */
export function trainingPython(): Promise<string> {
  return pythonWith('training', PACKAGES);
}

/**
 * The python of the environment .cache/peers/<name>, which has these packages from PyPI; made by the first that asks, for others to wait
 * for, and anew where the packages are others. Throws where PyPI cannot be reached.
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(ROOT, '.cache/peers', name);
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'packages.sha256');
  const wanted = createHash('sha256').update(packages.join('\n')).digest('hex');
  mkdirSync(join(ROOT, '.cache/peers'), { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (readText(stamp) === wanted) return python;
    rmSync(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder]);
    // What is never imported need not be compiled, which takes as long as all the rest.
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile', ...packages]);
    writeFileSync(stamp, wanted);
    return python;
  } finally {
    unlock();
  }
}

/** Waits until no other living process holds it. */
async function lock(path: string): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readText(path));
    if (holder > 0 && !lives(holder)) rmSync(path, { force: true });
    else await wait(POLL_MS);
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
