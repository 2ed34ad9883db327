import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Written last: a folder without it is no backup, or half of one. */
export const MANIFEST = 'vitrine-backup.json';
const FORMAT = 1;

const manifest = z.object({
  format: z.literal(FORMAT),
  /** Vitrine's. */
  version: z.string(),
  madeMs: z.number(),
  files: z.array(z.object({ path: z.string().refine(isInside), bytes: z.number(), sha256: z.string() })),
});

export type BackupManifest = z.infer<typeof manifest>;
export type BackupFile = BackupManifest['files'][number];

/** What was asked for cannot be done with these folders. The message is a sentence that names them. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

export function manifestText(version: string, madeMs: number, files: readonly BackupFile[]): string {
  return `${JSON.stringify({ format: FORMAT, version, madeMs, files: [...files] } satisfies BackupManifest, undefined, 1)}\n`;
}

/** undefined where there is none. Throws BackupRefused where it cannot be read. */
export async function readManifest(folder: string): Promise<BackupManifest | undefined> {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  try {
    return manifest.parse(JSON.parse(text));
  } catch (error) {
    throw new BackupRefused(`${path} cannot be read: it is damaged, or was written by a newer Vitrine.`, { cause: error });
  }
}

/** Relative, with slashes, and nowhere outside. */
function isInside(path: string): boolean {
  return path !== '' && !path.includes('\\') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
