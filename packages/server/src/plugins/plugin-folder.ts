import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { CONTRACT_VERSION } from '@vitrine/plugins/contract.ts';
import { caseClash, isPluginId, type Manifest, MANIFEST_FILE, parseManifest, PLUGIN_LIMITS, refusedPath } from './manifest.ts';

/** A plugin that cannot be taken as it is. The message is a sentence. */
export class PluginRefused extends Error {
  override readonly name = 'PluginRefused';
}

/** The bytes of a plugin's files by path with "/" between, its manifest among them. */
export type PluginFiles = ReadonlyMap<string, Uint8Array>;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Reads all files below a folder; where its author works in it, without what begins with ".", node_modules, and archives that were packed of it. Throws
 * PluginRefused for what no plugin may hold: links, devices, odd names, too much.
 */
export async function readPluginFolder(
  folder: string,
  how: 'as installed' | 'as its author has it' = 'as installed',
): Promise<PluginFiles> {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      if (how === 'as its author has it' && /^\.|^node_modules$|\.tgz$/.test(entry.name)) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const refused = refusedPath(path);
      if (refused !== undefined) throw new PluginRefused(`${refused}.`);
      if (entry.isDirectory()) {
        await walk(path);
        continue;
      }
      if (!entry.isFile()) throw new PluginRefused(`"${path}" is a link or a device, and a plugin holds files and folders only.`);
      bytes += (await lstat(join(folder, path))).size;
      refuseTooMuch(files.size + 1, bytes);
      files.set(path, await readFile(join(folder, path)));
    }
  };
  await walk('');
  const clash = caseClash([...files.keys()]);
  if (clash !== undefined) throw new PluginRefused(`${clash}.`);
  return files;
}

/** Throws PluginRefused for more than a plugin may hold. */
export function refuseTooMuch(files: number, bytes: number): void {
  if (files > PLUGIN_LIMITS.files)
    throw new PluginRefused(`It holds more than ${PLUGIN_LIMITS.files.toLocaleString('en')} files.`);
  if (bytes > PLUGIN_LIMITS.bytes)
    throw new PluginRefused(`It holds more than ${Math.round(PLUGIN_LIMITS.bytes / 1024 / 1024)} MB of files.`);
}

/** Where a plugin's files stand. Throws PluginRefused where the names are none that an installation gives. */
export function pluginFolder(folder: string, id: string, version: string): string {
  if (!isPluginId(id) || !/^\d[0-9a-z.-]*$/.test(version))
    throw new PluginRefused('Its id or its version is no name of a folder.');
  return join(folder, id, version);
}

/** Throws PluginRefused, or BadRequest that names what is wrong with the manifest. */
export function readManifest(files: PluginFiles): Manifest {
  const bytes = files.get(MANIFEST_FILE);
  if (bytes === undefined) throw new PluginRefused(`Its folder holds no ${MANIFEST_FILE}.`);
  if (bytes.length > PLUGIN_LIMITS.manifestBytes) throw new PluginRefused(`Its ${MANIFEST_FILE} is larger than 1 MB.`);
  return parseManifest(Buffer.from(bytes).toString('utf8'));
}

/**
 * Throws PluginRefused where the plugin was made for another contract, or its files are not exactly those that its manifest names;
 * `wayOut` is then a sentence on what to do about the files.
 */
export function checkPlugin(files: PluginFiles, { contract, files: named }: Manifest, wayOut: string): void {
  if (contract !== CONTRACT_VERSION)
    throw new PluginRefused(
      `It was made for version ${contract} of the plugin contract, and this Vitrine has version ${CONTRACT_VERSION}: ${contract > CONTRACT_VERSION ? 'a newer Vitrine may take it' : 'ask its author for a newer one'}.`,
    );
  for (const [path, hash] of named) {
    const bytes = files.get(path);
    if (bytes === undefined) throw new PluginRefused(`Its file "${path}" is missing. ${wayOut}`);
    if (sha256(bytes) !== hash)
      throw new PluginRefused(
        `Its file "${path}" is not the one that its ${MANIFEST_FILE} names: the SHA-256 is another. ${wayOut}`,
      );
  }
  for (const path of files.keys()) {
    if (path !== MANIFEST_FILE && !named.has(path))
      throw new PluginRefused(`Its folder holds a file that its ${MANIFEST_FILE} does not name: "${path}". ${wayOut}`);
  }
}

/** Why a plugin is not taken, as a sentence, of whatever was thrown while it was read. */
export function whyRefused(error: unknown): string {
  if (error instanceof PluginRefused) return error.message;
  if (error instanceof BadRequest)
    return error.field === MANIFEST_FILE
      ? `Its ${error.message.replace(`${MANIFEST_FILE}: `, `${MANIFEST_FILE} `)}.`
      : `In its ${MANIFEST_FILE}, ${error.message}.`;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'Its folder is missing.' : `It cannot be read: ${message}.`;
}
