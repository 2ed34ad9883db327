import { BUILTIN_SOURCE, EXPRESSION_SOURCE, RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import { isKnownKind } from '@vitrine/model/grafana/kinds.ts';
import { panelSpecs } from '@vitrine/plugins/panels/specs.ts';
import { datasourceServers } from '@vitrine/plugins/sources/servers.ts';
import type { Manifest } from './manifest.ts';

/** Old kinds that an import turns into others, and what is no panel of its own. */
const OLD_PANELS = new Set([
  'graph',
  'singlestat',
  'grafana-singlestat-panel',
  'grafana-piechart-panel',
  'table-old',
  'row',
  'library',
]);
/** What saved dashboards say where they mean no data source of their own. */
const WORDS_FOR_SOURCES = new Set([
  BUILTIN_SOURCE.type,
  RUNS_SOURCE.type,
  EXPRESSION_SOURCE.type,
  'default',
  'null',
  'mixed',
  'datasource',
  'dashboard',
  'grafana',
]);

/** Which kinds there are already, and of whom. */
export class TakenKinds {
  readonly #panels = new Map<string, string>();
  readonly #sources = new Map<string, string>();

  /** Why a plugin cannot be loaded beside what there is, as a sentence; undefined where it can. */
  clash({ panels, sources }: Manifest): string | undefined {
    for (const kind of panels) {
      const owner = ownerOf(kind, this.#panels, isBuiltinPanel);
      if (owner !== undefined) return `Its kind of panel "${kind}" is ${owner}.`;
    }
    for (const kind of sources.flatMap(({ kind, aliases }) => [kind, ...aliases])) {
      const owner = ownerOf(kind, this.#sources, isBuiltinSource);
      if (owner !== undefined) return `Its kind of data source "${kind}" is ${owner}.`;
    }
    return undefined;
  }

  add({ id, panels, sources }: Manifest): void {
    for (const kind of panels) this.#panels.set(kind, id);
    for (const { kind, aliases } of sources) for (const each of [kind, ...aliases]) this.#sources.set(each, id);
  }
}

function ownerOf(kind: string, others: ReadonlyMap<string, string>, isBuiltin: (kind: string) => boolean): string | undefined {
  if (isBuiltin(kind)) return 'one of Vitrine’s own';
  const other = others.get(kind);
  return other === undefined ? undefined : `brought by the plugin ${other} already`;
}

function isBuiltinPanel(kind: string): boolean {
  return isKnownKind(kind) || OLD_PANELS.has(kind) || panelSpecs.some((spec) => spec.kind === kind);
}

function isBuiltinSource(kind: string): boolean {
  return datasourceServers.has(kind) || WORDS_FOR_SOURCES.has(kind);
}
