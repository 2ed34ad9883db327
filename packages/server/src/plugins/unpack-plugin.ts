import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { caseClash, PLUGIN_LIMITS, refusedPath } from './manifest.ts';
import { type PluginFiles, PluginRefused, refuseTooMuch } from './plugin-folder.ts';

/** Of the archive before it is unpacked: with headers and padding. */
const MOST_TAR_BYTES = PLUGIN_LIMITS.bytes + 2 * 1024 * PLUGIN_LIMITS.files;
const TOP = 'package/';

/** Where `npm pack` puts everything. Its pax headers say nothing that is kept. */
const HEADERS = new Set(['pax-header', 'pax-global-header', 'gnu-long-name']);

/** The files of an archive as `npm pack` makes it. Throws PluginRefused for what no plugin may hold. */
export async function unpackPlugin(archive: Uint8Array): Promise<PluginFiles> {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const { header, data } of await readArchive(archive)) {
    const { name, type = 'file' } = header;
    const shown = JSON.stringify(name.slice(0, 200));
    if (HEADERS.has(type)) continue;
    if (type !== 'file' && type !== 'directory')
      throw new PluginRefused(`${shown} is a ${type}, and a plugin holds files and folders only.`);
    if (!name.startsWith(TOP))
      throw new PluginRefused(`${shown} does not stand in "package/", where "npm pack" puts everything.`);
    const path = name.slice(TOP.length).replace(/\/$/, '');
    if (path === '' && type === 'directory') continue;
    const refused = refusedPath(path);
    if (refused !== undefined) throw new PluginRefused(`${refused}.`);
    if (type === 'directory') continue;
    if (files.has(path)) throw new PluginRefused(`"${path}" is in the archive twice.`);
    const content = data ?? new Uint8Array();
    bytes += content.length;
    files.set(path, content);
    refuseTooMuch(files.size, bytes);
  }
  const clash = caseClash([...files.keys()]);
  if (clash !== undefined) throw new PluginRefused(`${clash}.`);
  return files;
}

async function readArchive(archive: Uint8Array): ReturnType<typeof unpackTar> {
  let tar: Uint8Array;
  try {
    tar = gunzipSync(archive, { maxOutputLength: MOST_TAR_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') refuseTooMuch(0, Infinity);
    throw new PluginRefused('It is no .tgz archive: it cannot be unpacked.', { cause: error });
  }
  try {
    return await unpackTar(tar, { strict: true });
  } catch (error) {
    throw new PluginRefused(`It is no whole .tgz archive (${(error as Error).message}).`, { cause: error });
  }
}
