import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of third-party test data, or undefined (with a printed notice) where this machine has none. */
export function corpusFolder(name: string): string | undefined {
  const folder = join(process.env['VITRINE_CORPUS'] ?? join(import.meta.dirname, '../../../../../shared/corpus'), name);
  if (existsSync(folder)) return folder;
  console.warn(`Skipped: the test data folder ${folder} is absent. Set VITRINE_CORPUS to a copy.`);
  return undefined;
}
