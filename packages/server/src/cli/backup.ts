import { resolve } from 'node:path';
import { BackupRefused } from '../backup/backup-manifest.ts';
import { makeBackup } from '../backup/make-backup.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { unfinishedParts } from '../backup/new-folder.ts';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import { isServed } from '../plugins/install-plugin.ts';
import { VERSION } from '../self/version.ts';
import { complain, print } from './print.ts';

/** `vitrine backup DIR`: copies the data folder, whether or not a server runs on it. */
export async function backup(line: CommandLine): Promise<void> {
  const [to] = line.words;
  if (to === undefined) throw new ConfigError('vitrine backup: expected a folder to make, such as backups/monday.');
  const data = dataOf(line);
  await tellParts(resolve(to));
  const files = await asSentence(() =>
    makeBackup({
      data,
      to: resolve(to),
      version: VERSION,
      nowMs: Date.now(),
      onFile: ({ path, bytes }) => complain(`${path}: ${mebibytes(bytes)}`),
    }),
  );
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  print(`${resolve(to)} is a backup of ${data}: ${files.length} files, ${mebibytes(total)}.`);
}

/** `vitrine restore DIR`: makes the data folder of a backup. */
export async function restore(line: CommandLine): Promise<void> {
  const [from] = line.words;
  if (from === undefined) throw new ConfigError('vitrine restore: expected a folder that "vitrine backup" made.');
  const data = dataOf(line);
  if (isServed(data)) throw new ConfigError(`A server runs on ${data}. Stop it first, or restore to another folder with --data.`);
  await tellParts(data);
  const { files, madeMs } = await asSentence(() => restoreBackup(resolve(from), data));
  print(`${data} is as it was at ${new Date(madeMs).toISOString()}: ${files.length} files.`);
}

async function tellParts(folder: string): Promise<void> {
  for (const part of await unfinishedParts(folder))
    complain(`${part} was not finished: unless another backup or restore is at work there now, remove it.`);
}

function dataOf(line: CommandLine): string {
  const { settings } = readConfig({
    flags: line.settings,
    env: process.env,
    file: line.options['config'],
    folder: process.cwd(),
  });
  return resolve(settings.data);
}

async function asSentence<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupRefused) throw new ConfigError(error.message, { cause: error });
    throw error;
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
