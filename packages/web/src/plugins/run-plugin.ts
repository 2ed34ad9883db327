import type { MakePluginWeb } from '@vitrine/plugins/kit.ts';
import { adoptPlugin } from './adopt-plugin.tsx';
import { kit } from './kit.tsx';
import type { PluginSummary } from './plugin-queries.ts';
import { takeIn } from './take-in.ts';

/** Fetches a plugin's module, hands it the page and takes in what it brings. Answers sentences on what of it cannot be; throws what went wrong. */
export async function runPlugin(plugin: PluginSummary, fetchModule = importModule): Promise<readonly string[]> {
  const { module } = plugin;
  if (module === undefined) throw new Error('It has no module for the page.');
  const { default: make } = await fetchModule(module);
  if (typeof make !== 'function') throw new Error('Its module has no function as its default export.');
  const made: unknown = await (make as MakePluginWeb)(kit);
  return takeIn(plugin, adoptPlugin(plugin, made));
}

/** The content policy lets modules of this server run, and no others. */
async function importModule(address: string): Promise<{ readonly default?: unknown }> {
  return (await import(/* @vite-ignore */ address)) as { readonly default?: unknown };
}
