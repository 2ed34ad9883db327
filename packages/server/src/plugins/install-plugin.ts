import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isFolderLocked, lockFolder } from '@vitrine/tsdb/folder-lock.ts';
import { compareVersions, type Manifest, MANIFEST_FILE, PLUGIN_LIMITS } from './manifest.ts';
import {
  checkPlugin,
  pluginFolder,
  type PluginFiles,
  PluginRefused,
  readManifest,
  readPluginFolder,
  sha256,
  whyRefused,
} from './plugin-folder.ts';
import { type ListedPlugin, type PluginList, readPluginList, writePluginList } from './plugin-list.ts';
import { TakenKinds } from './taken-kinds.ts';
import { unpackPlugin } from './unpack-plugin.ts';

export interface Installed {
  readonly manifest: Manifest;
  /** The version before an update; the same where it was installed again. */
  readonly before: string | undefined;
}

/** Where plugins stand below the data folder. */
export function pluginsFolder(data: string): string {
  return join(data, 'plugins');
}

/** Whether a server runs on the data folder: what is changed it then sees at its next start. */
export function isServed(data: string): boolean {
  return isFolderLocked(join(data, 'samples'));
}

/** Installs a plugin from its folder or from the archive that `npm pack` makes of it. Throws PluginRefused. */
export async function addPlugin(data: string, from: string): Promise<Installed> {
  const { files, manifest } = await readPlugin(from);
  return changeList(data, async (list, keep) => {
    const listed = list.plugins.find(({ id }) => id === manifest.id);
    // The same once more mends one whose files were changed.
    const isAgain = listed?.version === manifest.version && listed.manifest === manifestHash(files);
    if (listed !== undefined && !isAgain)
      throw new PluginRefused(
        compareVersions(manifest.version, listed.version) > 0
          ? `The plugin ${listed.id} ${listed.version} is installed. "vitrine plugin update" takes version ${manifest.version}.`
          : `The plugin ${listed.id} ${listed.version} is installed, and this is version ${manifest.version}. Remove that one first with "vitrine plugin remove ${listed.id}".`,
      );
    await keep(manifest, files, listed);
    return { manifest, before: listed?.version };
  });
}

/** Replaces an installed plugin by a higher version of it. Throws PluginRefused. */
export async function updatePlugin(data: string, from: string): Promise<Installed> {
  const { files, manifest } = await readPlugin(from);
  return changeList(data, async (list, keep) => {
    const listed = list.plugins.find(({ id }) => id === manifest.id);
    if (listed === undefined)
      throw new PluginRefused(
        `No plugin ${manifest.id} is installed in ${data}. "vitrine plugin add" installs this one, "vitrine plugin list" shows what there is.`,
      );
    if (compareVersions(manifest.version, listed.version) <= 0)
      throw new PluginRefused(
        `The plugin ${manifest.id} ${listed.version} is installed, and an update is a higher version than that: this is ${manifest.version}.`,
      );
    await keep(manifest, files, listed);
    return { manifest, before: listed.version };
  });
}

/** Takes a plugin away. What it brought is shown as missing where it is used. Throws PluginRefused where there is none of that id. */
export async function removePlugin(data: string, id: string): Promise<ListedPlugin> {
  return changeList(data, async (list, _keep, write) => {
    const listed = list.plugins.find((plugin) => plugin.id === id);
    if (listed === undefined)
      throw new PluginRefused(`No plugin "${id}" is installed in ${data}; "vitrine plugin list" shows what there is.`);
    await write({
      plugins: list.plugins.filter((plugin) => plugin !== listed),
      retired: [...list.retired, { id: listed.id, version: listed.version }],
    });
    return listed;
  });
}

/** Writes the hashes of a folder's files into its manifest, which must name everything else. Throws PluginRefused. Returns how many files there are. */
export async function hashPlugin(folder: string): Promise<number> {
  const files = await readPluginFolder(folder, 'as its author has it').catch((error: unknown) => {
    throw refused(folder, error);
  });
  const text = files.get(MANIFEST_FILE);
  if (text === undefined)
    throw new PluginRefused(`${folder} holds no ${MANIFEST_FILE}. "vitrine plugin new NAME" makes a plugin to begin with.`);
  try {
    const others = [...files].filter(([path]) => path !== MANIFEST_FILE);
    const hashes = others.map(([path, bytes]) => [path, sha256(bytes)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const written = Buffer.from(withHashes(Buffer.from(text).toString('utf8'), Object.fromEntries(hashes)));
    readManifest(new Map([...others, [MANIFEST_FILE, written]]));
    await writeFile(join(folder, MANIFEST_FILE), written);
    return hashes.length;
  } catch (error) {
    throw refused(folder, error);
  }
}

/** A manifest with other hashes; the rest of it stays as its author wrote it. */
function withHashes(text: string, files: Readonly<Record<string, string>>): string {
  const json = { ...(JSON.parse(text) as object), files };
  const indented = JSON.stringify(files, undefined, 2).replaceAll('\n', '\n  ');
  const replaced = text.replace(/"files"\s*:\s*\{[^{}]*\}/, () => `"files": ${indented}`);
  const isWhole = isDeepStrictEqual(JSON.parse(replaced), json);
  return isWhole ? replaced : `${JSON.stringify(json, undefined, 2)}\n`;
}

/** What a folder or an archive holds, whole and as its manifest says. */
async function readPlugin(from: string): Promise<{ readonly files: PluginFiles; readonly manifest: Manifest }> {
  try {
    const found = await stat(from).catch(() => undefined);
    if (found === undefined) throw new PluginRefused('There is no such folder or file.');
    if (!found.isDirectory() && !/\.(tgz|tar\.gz)$/.test(from))
      throw new PluginRefused('It is neither a folder nor a .tgz archive.');
    if (!found.isDirectory() && found.size > PLUGIN_LIMITS.bytes) throw new PluginRefused('It is larger than any plugin may be.');
    const files = found.isDirectory()
      ? await readPluginFolder(from, 'as its author has it')
      : await unpackPlugin(await readFile(from));
    const manifest = readManifest(files);
    checkPlugin(
      files,
      manifest,
      found.isDirectory()
        ? `Where the folder is your own, "vitrine plugin hash ${from}" writes its hashes anew.`
        : 'Where it is your own, run "vitrine plugin hash FOLDER" and pack it again; else ask its author for a whole one.',
    );
    return { files, manifest };
  } catch (error) {
    throw refused(from, error);
  }
}

function refused(from: string, error: unknown): PluginRefused {
  return new PluginRefused(`${from} is not taken. ${whyRefused(error)}`, { cause: error });
}

type Keep = (manifest: Manifest, files: PluginFiles, before: ListedPlugin | undefined) => Promise<void>;
type Change<T> = (list: PluginList, keep: Keep, write: (list: PluginList) => Promise<void>) => Promise<T>;

/** Changes what is installed, as the only one who does. */
async function changeList<T>(data: string, change: Change<T>): Promise<T> {
  const folder = pluginsFolder(data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  try {
    const list = await readPluginList(folder).catch((error: unknown) => {
      throw new PluginRefused((error as Error).message, { cause: error });
    });
    await removeLeftOver(folder);
    let now = list;
    const write = async (next: PluginList): Promise<void> => {
      now = next;
      await writePluginList(folder, next);
    };
    const changed = await change(
      list,
      (manifest, files, before) => keepPlugin(folder, list, write, manifest, files, before),
      write,
    );
    // A server that runs may still load what was retired; the next start removes it.
    if (!isServed(data) && now.retired.length > 0) {
      for (const { id, version } of now.retired) await rm(pluginFolder(folder, id, version), { recursive: true, force: true });
      await writePluginList(folder, { ...now, retired: [] });
    }
    return changed;
  } finally {
    unlock();
  }
}

/** Writes a plugin's files beside the others, and lists it once they are there. */
async function keepPlugin(
  folder: string,
  { plugins, retired }: PluginList,
  write: (list: PluginList) => Promise<void>,
  manifest: Manifest,
  files: PluginFiles,
  before: ListedPlugin | undefined,
): Promise<void> {
  const { id, version } = manifest;
  const others = plugins.filter((plugin) => plugin !== before);
  await refuseClash(folder, others, manifest);
  const unfinished = join(folder, `${UNFINISHED}${randomBytes(6).toString('hex')}`);
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(unfinished, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(unfinished, path), bytes, { flush: true });
    // Nothing that an archive says of rights is kept.
    await chmod(join(unfinished, path), 0o600);
  }
  const place = pluginFolder(folder, id, version);
  await rm(place, { recursive: true, force: true });
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  await rename(unfinished, place);
  const isOther = (one: { readonly id: string; readonly version: string }): boolean => one.id !== id || one.version !== version;
  const leaves = before !== undefined && isOther(before) ? [{ id: before.id, version: before.version }] : [];
  await write({
    plugins: [...others, { id, version, manifest: manifestHash(files) }].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    retired: [...retired.filter(isOther), ...leaves],
  });
}

/** Said when it is installed already, and not only when the server starts. */
async function refuseClash(folder: string, others: readonly ListedPlugin[], manifest: Manifest): Promise<void> {
  const taken = new TakenKinds();
  for (const other of others) {
    try {
      taken.add(readManifest(await readPluginFolder(pluginFolder(folder, other.id, other.version))));
    } catch {
      // One that cannot be read is not loaded, and takes nothing.
    }
  }
  const clash = taken.clash(manifest);
  if (clash !== undefined) throw new PluginRefused(`The plugin ${manifest.id} is not taken. ${clash}`);
}

const UNFINISHED = '.new-';

/** What an installation that was cut off has left. */
async function removeLeftOver(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function manifestHash(files: PluginFiles): string {
  return sha256(files.get(MANIFEST_FILE) ?? new Uint8Array());
}
