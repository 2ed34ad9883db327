import { resolve } from 'node:path';
import { StoreOpenError } from '@vitrine/tsdb/store-open-error.ts';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import {
  addPlugin,
  hashPlugin,
  type Installed,
  isServed,
  pluginsFolder,
  removePlugin,
  updatePlugin,
} from '../plugins/install-plugin.ts';
import { openPlugins } from '../plugins/installed-plugins.ts';
import type { Manifest } from '../plugins/manifest.ts';
import { newPlugin } from '../plugins/new-plugin.ts';
import { PluginRefused } from '../plugins/plugin-folder.ts';
import { complain, print } from './print.ts';

/** `vitrine plugin …`: works on the data folder, whether or not a server runs on it. */
export async function plugin(line: CommandLine): Promise<number> {
  try {
    return await run(line);
  } catch (error) {
    if (error instanceof PluginRefused) throw new ConfigError(error.message, { cause: error });
    if (error instanceof StoreOpenError)
      throw new ConfigError(`Another "vitrine plugin" is at work there: ${error.message}.`, { cause: error });
    throw error;
  }
}

async function run(line: CommandLine): Promise<number> {
  const [action, what] = line.words;
  switch (action) {
    case 'add': {
      const data = dataFolder(line);
      const { manifest, before } = await addPlugin(data, wordOf(action, what));
      print(
        `The plugin ${named(manifest)} is installed${before === undefined ? '' : ' again'} in ${data}. It brings ${brings(manifest)}.`,
      );
      tellOfStart(data);
      return 0;
    }
    case 'update': {
      const data = dataFolder(line);
      const { manifest, before }: Installed = await updatePlugin(data, wordOf(action, what));
      print(
        `The plugin ${named(manifest)} is installed in ${data}; it was ${before ?? ''} before. It brings ${brings(manifest)}.`,
      );
      tellOfStart(data);
      return 0;
    }
    case 'remove': {
      const data = dataFolder(line);
      const { id, version } = await removePlugin(data, wordOf(action, what));
      print(`The plugin ${id} ${version} was removed from ${data}. What panels and data sources say of its kinds is kept.`);
      tellOfStart(data);
      return 0;
    }
    case 'list':
      return list(dataFolder(line));
    case 'new': {
      const folder = await newPlugin(resolve(wordOf(action, what)));
      print(`A plugin with a panel and a data source is in ${folder}. Its README.md says what is what.`);
      print(`After a change: vitrine plugin hash ${folder}`);
      print(`To install it:  vitrine plugin add ${folder}`);
      return 0;
    }
    case 'hash': {
      const folder = resolve(wordOf(action, what));
      const count = await hashPlugin(folder);
      print(`${folder}/vitrine-plugin.json names ${count} files with their SHA-256.`);
      return 0;
    }
    default:
      complain('vitrine plugin: expected add, list, update, remove, new or hash.');
      return 1;
  }
}

/** A line a plugin, as the server would find it now: the exit code is 1 where one would not be loaded. */
async function list(data: string): Promise<number> {
  const sentences: string[] = [];
  const plugins = await openPlugins(pluginsFolder(data), { warn: (sentence) => sentences.push(sentence) });
  const found = plugins.list();
  await plugins.stop();
  if (found.length === 0) complain(`There are no plugins in ${data}.`);
  for (const { id, version, title, panels, sources, refused } of found) {
    const kinds = brings({ panels, sources });
    print([id, version, refused === undefined ? 'loaded' : 'refused', title, refused ?? kinds].join('\t'));
  }
  // What says that the list itself cannot be read stands with no plugin.
  if (found.length === 0) for (const sentence of sentences) complain(sentence);
  return sentences.length === 0 ? 0 : 1;
}

function dataFolder(line: CommandLine): string {
  return readConfig({ flags: line.settings, env: process.env, file: line.options['config'], folder: process.cwd() }).settings
    .data;
}

function wordOf(action: string, word: string | undefined): string {
  if (word !== undefined) return word;
  const wanted =
    { remove: 'the plugin’s id', new: 'a name', hash: 'the plugin’s folder' }[action] ?? 'the plugin’s folder or .tgz archive';
  throw new ConfigError(`vitrine plugin ${action}: expected ${wanted}.`);
}

function named({ id, version, title }: Manifest): string {
  return `${id} ${version} (${title})`;
}

function brings({
  panels,
  sources,
}: {
  readonly panels: readonly string[];
  readonly sources: readonly { readonly kind: string }[];
}): string {
  return [
    ...(panels.length === 0 ? [] : [`panels: ${panels.join(', ')}`]),
    ...(sources.length === 0 ? [] : [`data sources: ${sources.map(({ kind }) => kind).join(', ')}`]),
  ].join('; ');
}

function tellOfStart(data: string): void {
  if (isServed(data)) print(`A server runs on ${data}: this takes effect at its next start.`);
}
