import { resolve } from 'node:path';
import { BackupRefused } from '../backup/backup-manifest.ts';
import { checkData } from '../backup/check-data.ts';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import { complain, print } from './print.ts';

/** `vitrine check data [DIR]`: a line a file that is sound, and one a row that is not. The exit code is 1 where there are such. */
export async function checkDataCommand(line: CommandLine): Promise<number> {
  const { settings } = readConfig({
    flags: line.settings,
    env: process.env,
    file: line.options['config'],
    folder: process.cwd(),
  });
  const folders = line.words.length > 1 ? line.words.slice(1) : [settings.data];
  let damaged = 0;
  for (const folder of folders) {
    try {
      for await (const found of checkData(resolve(folder))) {
        if (found.kind === 'sound') print(`${folder}/${found.file}: ok (${found.holds})`);
        else {
          damaged++;
          complain(`${folder}/${found.file}: ${found.sentence}`);
        }
      }
    } catch (error) {
      if (!(error instanceof BackupRefused)) throw error;
      throw new ConfigError(error.message, { cause: error });
    }
  }
  return damaged === 0 ? 0 : 1;
}
