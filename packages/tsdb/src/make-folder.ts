import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder, and those above it that are not there; throws what the file system says. Node's own `recursive` never ends in one
 * such as /proc, which answers for a folder that cannot be made that the one above it is not there.
 */
export function makeFolder(folder: string, mode = 0o777): void {
  const place = resolve(folder);
  try {
    mkdirSync(place, mode);
  } catch (error) {
    const above = dirname(place);
    if (isFolder(place)) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isFolder(above)) throw error;
    makeFolder(above, mode);
    makeFolder(place, mode);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
