import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A plugin that may be loaded. It stands in the folder <id>/<version>. */
const entry = z.strictObject({
  id: z.string(),
  version: z.string(),
  /** SHA-256 in hex of its manifest, which holds those of its other files. */
  manifest: z.string(),
});
const place = z.strictObject({ id: z.string(), version: z.string() });
const list = z.strictObject({
  version: z.literal(1),
  plugins: z.array(entry),
  /** Folders that are no longer loaded, and that a running server may still be reading. */
  retired: z.array(place),
});

export type ListedPlugin = z.infer<typeof entry>;

export interface PluginList {
  readonly plugins: readonly ListedPlugin[];
  readonly retired: readonly z.infer<typeof place>[];
}

const FILE = 'plugins.json';

/** What may be loaded of the folder; nothing where there is no list. Throws an error whose message is a sentence. */
export async function readPluginList(folder: string): Promise<PluginList> {
  const path = join(folder, FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { plugins: [], retired: [] };
    throw new Error(`${path} cannot be read (${(error as Error).message}).`, { cause: error });
  }
  try {
    return list.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is not a list of plugins as "vitrine plugin add" writes it.`, { cause: error });
  }
}

/** Replaces the list in one step: who reads meanwhile sees the one before or this one. */
export async function writePluginList(folder: string, { plugins, retired }: PluginList): Promise<void> {
  const path = join(folder, FILE);
  await writeFile(`${path}.new`, `${JSON.stringify({ version: 1, plugins, retired }, undefined, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  await rename(`${path}.new`, path);
}
