import { panelOf } from '@vitrine/plugins/panels/web.ts';
import { addedDatasources } from '@vitrine/plugins/sources/added.ts';
import { useSyncExternalStore } from 'react';
import { cutSentence } from './cut-sentence.ts';
import type { PluginSummary } from './plugin-queries.ts';

/** How a plugin is doing on this page. */
export interface PagePlugin {
  readonly summary: PluginSummary;
  readonly state: 'loading' | 'loaded' | 'failed';
  /** What went wrong with it, as sentences that name it. */
  readonly faults: readonly string[];
}

/** undefined until the server has told which there are. */
type PagePlugins = readonly PagePlugin[] | undefined;

/** Whether something of a kind that is not built in can be had, and why not. */
export type KindState =
  | { readonly state: 'waiting' }
  | { readonly state: 'there'; readonly plugin: PluginSummary }
  | { readonly state: 'failed'; readonly sentence: string }
  | { readonly state: 'unknown' };

/** Longer than that nobody waits for a panel; what comes later is taken all the same. */
const PATIENCE_MS = 10_000;

let plugins: PagePlugins;
const listeners = new Set<() => void>();

/** Runs a plugin's module and takes in what it brings. Answers sentences on what it cannot; throws where it is nothing at all. */
type Run = (plugin: PluginSummary) => Promise<readonly string[]>;

/** Nobody pays for what plugins are handed where none is installed. */
const runLater: Run = async (plugin) => (await import('./run-plugin.ts')).runPlugin(plugin);

/** Takes in the list of the server and loads what is new in it, all at the same time. Each costs only what it brings. */
export function loadPlugins(list: readonly PluginSummary[], run = runLater): void {
  const known = new Map((plugins ?? []).map((plugin) => [keyOf(plugin.summary), plugin]));
  const news = list.filter((summary) => !known.has(keyOf(summary)));
  if (plugins !== undefined && news.length === 0) return;
  set([
    ...(plugins ?? []),
    ...news.map((summary) => ({ summary, state: isLoadable(summary) ? 'loading' : 'failed', faults: [] }) as const),
  ]);
  for (const summary of news) if (isLoadable(summary)) void load(summary, run);
}

async function load(plugin: PluginSummary, run: Run): Promise<void> {
  const patience = setTimeout(() => {
    change(plugin, { state: 'failed', faults: [`${nameOf(plugin)} did not load within ${PATIENCE_MS / 1_000} s.`] });
  }, PATIENCE_MS);
  try {
    change(plugin, { state: 'loaded', faults: await run(plugin) });
  } catch (error) {
    change(plugin, { state: 'failed', faults: [`${nameOf(plugin)} could not be loaded: ${cutSentence(error)}`] });
  } finally {
    clearTimeout(patience);
  }
}

/** As sentences begin: "The plugin “Reliability” 1.0.0". */
export function nameOf({ title, version }: Pick<PluginSummary, 'title' | 'version'>): string {
  return `The plugin “${title}” ${version}`;
}

function isLoadable({ module, refused }: PluginSummary): boolean {
  return module !== undefined && refused === undefined;
}

function keyOf({ id, version }: PluginSummary): string {
  return `${id} ${version}`;
}

function change(summary: PluginSummary, next: Omit<PagePlugin, 'summary'>): void {
  set((plugins ?? []).map((plugin) => (plugin.summary === summary ? { summary, ...next } : plugin)));
}

function set(next: PagePlugins): void {
  plugins = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The plugins on this page; draws anew when one has loaded or failed. */
export function usePagePlugins(): PagePlugins {
  return useSyncExternalStore(subscribe, () => plugins);
}

/** What there is of a kind of panels that is not built in. */
export function panelKindState(plugins: PagePlugins, kind: string): KindState {
  return stateOf(
    plugins,
    ({ panels }) => panels.includes(kind),
    () => panelOf(kind) !== undefined,
    `panels of the kind “${kind}”`,
  );
}

/** What there is of a kind of data sources that is not built in. */
export function sourceKindState(plugins: PagePlugins, kind: string): KindState {
  const has = ({ sources }: PluginSummary) => sources.some((source) => source.kind === kind || source.aliases.includes(kind));
  return stateOf(plugins, has, () => addedDatasources.has(kind), `data sources of the kind “${kind}”`);
}

function stateOf(plugins: PagePlugins, has: (plugin: PluginSummary) => boolean, isThere: () => boolean, what: string): KindState {
  if (plugins === undefined) return { state: 'waiting' };
  // Of two versions, one is of before the server's last start.
  const found = plugins.findLast(({ summary }) => has(summary));
  if (found === undefined) return { state: 'unknown' };
  const { summary, state, faults } = found;
  if (state === 'loading') return { state: 'waiting' };
  if (state === 'loaded' && isThere()) return { state: 'there', plugin: summary };
  const { refused } = summary;
  if (refused !== undefined)
    return { state: 'failed', sentence: `${nameOf(summary)} has ${what}, and is not loaded. ${refused}` };
  return { state: 'failed', sentence: state === 'failed' ? `${faults.join(' ')} It has ${what}.` : faults.join(' ') };
}
