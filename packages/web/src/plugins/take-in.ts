import type { PluginWeb } from '@vitrine/plugins/kit.ts';
import { addPanel } from '@vitrine/plugins/panels/web.ts';
import { addDatasource } from '@vitrine/plugins/sources/web.ts';
import { cutSentence } from './cut-sentence.ts';
import { nameOf } from './page-plugins.ts';
import type { PluginSummary } from './plugin-queries.ts';

/** Registers what a plugin brings, as far as its manifest lists it and nobody has it. Answers sentences on the rest. */
export function takeIn(plugin: PluginSummary, { panels = [], datasources = [] }: PluginWeb): readonly string[] {
  const faults: string[] = [];
  const kinds = new Set(plugin.sources.map(({ kind }) => kind));
  for (const web of panels) {
    const { kind } = web.spec;
    if (plugin.panels.includes(kind)) attempt(() => addPanel(web));
    else faults.push(`${nameOf(plugin)} brings panels of the kind “${kind}”, which its manifest does not list.`);
  }
  for (const web of datasources) {
    const { kind } = web.spec;
    if (kinds.has(kind)) attempt(() => addDatasource(web));
    else faults.push(`${nameOf(plugin)} brings data sources of the kind “${kind}”, which its manifest does not list.`);
  }
  const brought = new Set([...panels, ...datasources].map(({ spec }) => spec.kind));
  const missing = [...plugin.panels, ...kinds].filter((kind) => !brought.has(kind));
  return [...faults, ...missing.map((kind) => `${nameOf(plugin)} lists “${kind}” in its manifest and does not bring it.`)];

  function attempt(add: () => void): void {
    try {
      add();
    } catch (error) {
      faults.push(`${nameOf(plugin)} cannot bring all that it lists: ${cutSentence(error)}`);
    }
  }
}
