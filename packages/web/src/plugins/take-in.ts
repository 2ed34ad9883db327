import type { PluginWeb } from '@vitrine/plugins/kit.ts';
import { addPanel } from '@vitrine/plugins/panels/web.ts';
import { addDatasource } from '@vitrine/plugins/sources/web.ts';
import { cutSentence } from './cut-sentence.ts';
import { nameOf } from './page-plugins.ts';
import type { PluginSummary } from './plugin-queries.ts';

/** Registers what a plugin brings, as far as its manifest lists it and nobody has it. Answers sentences on the rest. */
export function takeIn(plugin: PluginSummary, { panels = [], datasources = [] }: PluginWeb): readonly string[] {
  const faults: string[] = [];
  const listed = new Map(plugin.sources.map((source) => [source.kind, source]));
  for (const web of panels) {
    const { kind } = web.spec;
    if (plugin.panels.includes(kind)) attempt(() => addPanel(web));
    else faults.push(`${nameOf(plugin)} brings panels of the kind “${kind}”, which its manifest does not list.`);
  }
  for (const web of datasources) {
    const { kind } = web.spec;
    const source = listed.get(kind);
    // Its other names are the manifest's, which the server has compared with all others.
    if (source !== undefined) attempt(() => addDatasource({ ...web, spec: { ...web.spec, aliases: source.aliases } }));
    else faults.push(`${nameOf(plugin)} brings data sources of the kind “${kind}”, which its manifest does not list.`);
  }
  const missing = [
    ...plugin.panels.filter((kind) => !panels.some(({ spec }) => spec.kind === kind)),
    ...[...listed.keys()].filter((kind) => !datasources.some(({ spec }) => spec.kind === kind)),
  ];
  return [...faults, ...missing.map((kind) => `${nameOf(plugin)} lists “${kind}” in its manifest and does not bring it.`)];

  function attempt(add: () => void): void {
    try {
      add();
    } catch (error) {
      faults.push(`${nameOf(plugin)} cannot bring all that it lists: ${cutSentence(error)}`);
    }
  }
}
