import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasourceServer } from '@vitrine/plugins/contract.ts';
import { type Manifest, MANIFEST_FILE, type ManifestSource } from './manifest.ts';
import { checkPlugin, pluginFolder, PluginRefused, readManifest, readPluginFolder, sha256, whyRefused } from './plugin-folder.ts';
import { type ListedPlugin, readPluginList } from './plugin-list.ts';
import { PluginProcesses } from './plugin-processes.ts';
import { pluginSource } from './plugin-source.ts';
import { PROCESS_LIMITS, type ProcessLimits } from './process/plugin-process.ts';
import { TakenKinds } from './taken-kinds.ts';

const ADD_AGAIN = 'Install it again with "vitrine plugin add FOLDER".';

/** A plugin that somebody has installed, loaded or not. */
export interface InstalledPlugin {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly author: string;
  /** Kinds of panels. */
  readonly panels: readonly string[];
  readonly sources: readonly ManifestSource[];
  /** Path of the page's module below the plugin's folder. */
  readonly web: string | undefined;
  /** Why it is not loaded, as a sentence; undefined where it is. */
  readonly refused: string | undefined;
}

/** What was installed when the server started. */
export interface InstalledPlugins {
  list(): readonly InstalledPlugin[];
  /** By kind, and by the other names that files have for it. */
  readonly sources: ReadonlyMap<string, DatasourceServer<unknown, unknown>>;
  /** The bytes of a file that the manifest of a loaded plugin names, compared with their hash as they are read; undefined for any other. */
  file(id: string, version: string, path: string): Promise<Uint8Array | undefined>;
  /** Ends what runs for the plugins. */
  stop(): Promise<void>;
}

export interface PluginNeeds {
  /** Told of plugins that are not loaded, and of files that were changed since. */
  readonly warn: (sentence: string) => void;
  /** Told what plugins write where programs write for their authors. */
  readonly said?: (sentence: string) => void;
  /** What the process of one data source may take. */
  readonly limits?: ProcessLimits;
  /** Whether this is the only process that loads plugins of the folder: what was retired is then removed. */
  readonly isOnlyOne?: boolean;
}

/** A listed plugin, and what was found of it. */
interface FoundPlugin {
  readonly listed: ListedPlugin;
  readonly folder: string;
  /** undefined where it cannot be read. */
  readonly manifest: Manifest | undefined;
  readonly refused: string | undefined;
}

/**
 * Loads the plugins that the folder's plugins.json lists, as they are now: one that is not as it was when it was installed,
 * or takes a kind that there is, is refused, and the others are loaded.
 */
export async function openPlugins(
  folder: string,
  { warn, said = () => {}, limits = PROCESS_LIMITS, isOnlyOne = false }: PluginNeeds,
): Promise<InstalledPlugins> {
  const found: FoundPlugin[] = [];
  const taken = new TakenKinds();
  for (const listed of await listedPlugins(folder, warn, isOnlyOne)) {
    const plugin = await findPlugin(folder, listed);
    const refused = plugin.refused ?? (plugin.manifest && taken.clash(plugin.manifest));
    found.push({ ...plugin, refused });
    if (refused !== undefined) warn(`The plugin ${listed.id} ${listed.version} is not loaded. ${refused}`);
    else if (plugin.manifest !== undefined) taken.add(plugin.manifest);
  }
  const loaded = new Map(
    found.flatMap(({ listed, folder, manifest, refused }) =>
      refused === undefined && manifest !== undefined ? [[listed.id, { folder, manifest }] as const] : [],
    ),
  );
  const processes = new PluginProcesses();
  const sources = new Map<string, DatasourceServer<unknown, unknown>>();
  for (const { folder, manifest } of loaded.values()) {
    for (const source of manifest.sources) {
      const server = pluginSource(source, {
        manifest,
        folder,
        processes,
        limits,
        said: (line) => said(`${manifest.id}: ${line}`),
      });
      for (const kind of [source.kind, ...source.aliases]) sources.set(kind, server);
    }
  }
  const plugins = found.map(describe);
  return {
    list: () => plugins,
    sources,
    async file(id, version, path) {
      const plugin = loaded.get(id);
      const hash = plugin?.manifest.version === version ? plugin.manifest.files.get(path) : undefined;
      if (plugin === undefined || hash === undefined) return undefined;
      let bytes: Uint8Array;
      try {
        bytes = await readFile(join(plugin.folder, path));
      } catch (error) {
        warn(`The file ${path} of the plugin ${id} cannot be read: ${(error as Error).message}`);
        return undefined;
      }
      if (sha256(bytes) === hash) return bytes;
      warn(`The file ${path} of the plugin ${id} was changed since the start, and is not served. ${ADD_AGAIN}`);
      return undefined;
    },
    stop: () => processes.stop(),
  };
}

/** A list that cannot be read costs the plugins, and not the server. */
async function listedPlugins(
  folder: string,
  warn: (sentence: string) => void,
  isOnlyOne: boolean,
): Promise<readonly ListedPlugin[]> {
  try {
    const { plugins, retired } = await readPluginList(folder);
    for (const { id, version } of isOnlyOne ? retired : []) {
      if (!plugins.some((plugin) => plugin.id === id && plugin.version === version))
        await rm(pluginFolder(folder, id, version), { recursive: true, force: true });
    }
    return plugins;
  } catch (error) {
    warn(`No plugins are loaded: ${(error as Error).message}`);
    return [];
  }
}

async function findPlugin(folder: string, listed: ListedPlugin): Promise<FoundPlugin> {
  const { id, version } = listed;
  let manifest: Manifest | undefined;
  try {
    const own = pluginFolder(folder, id, version);
    const files = await readPluginFolder(own);
    const bytes = files.get(MANIFEST_FILE);
    if (bytes !== undefined && sha256(bytes) !== listed.manifest)
      throw new PluginRefused(`Its ${MANIFEST_FILE} was changed since it was installed. ${ADD_AGAIN}`);
    manifest = readManifest(files);
    checkPlugin(files, manifest, ADD_AGAIN);
    return { listed, folder: own, manifest, refused: undefined };
  } catch (error) {
    return { listed, folder, manifest, refused: whyRefused(error) };
  }
}

function describe({ listed: { id, version }, manifest, refused }: FoundPlugin): InstalledPlugin {
  const { title = id, description = '', author = '', panels = [], sources = [], web } = manifest ?? {};
  return {
    id,
    version,
    title,
    description,
    author,
    panels,
    sources,
    web,
    refused,
  };
}
