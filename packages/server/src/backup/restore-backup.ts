import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BackupManifest, BackupRefused, MANIFEST, readManifest } from './backup-manifest.ts';
import { hashFile } from './hash-file.ts';
import { fillNewFolder, syncFolder } from './new-folder.ts';

/**
 * Makes a data folder of a backup. Every file is compared with its checksum on the way, and the folder stands there only once
 * all are. Throws BackupRefused.
 */
export async function restoreBackup(from: string, data: string): Promise<BackupManifest> {
  const manifest = await readManifest(from);
  if (manifest === undefined)
    throw new BackupRefused(`${from} is no whole backup: there is no ${MANIFEST} in it, which is written last.`);
  const refusal = `${data} is not empty: restore to a folder that is, or is not there yet, or move that one away first.`;
  await fillNewFolder(data, refusal, async (part) => {
    for (const { path, bytes, sha256 } of manifest.files) {
      const target = join(part, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      try {
        await copyFile(join(from, path), target, constants.COPYFILE_FICLONE);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        throw new BackupRefused(`The backup ${from} lacks its file ${path}; nothing was restored.`, { cause: error });
      }
      const found = await hashFile(target);
      if (found.bytes !== bytes || found.sha256 !== sha256)
        throw new BackupRefused(`The backup ${from} is damaged: ${path} is not what was written; nothing was restored.`);
    }
    await syncFolder(part);
  });
  return manifest;
}
