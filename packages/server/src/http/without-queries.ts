import { type Dashboard, GRAFANA_SOURCE_UID, type SourceRef } from '@vitrine/model/dashboard.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import type { Variable } from '@vitrine/model/variable.ts';

/**
 * A dashboard as those may read it who see its data only: without what it asks, of whom, and what other programs wrote into it.
 * The marks of a snapshot lie in its annotations and stay.
 */
export function withoutQueries(dashboard: Dashboard): Dashboard {
  return {
    ...dashboard,
    variables: dashboard.variables.map(withoutQuery),
    annotations: dashboard.annotations.map((query) => ({
      ...query,
      source: unnamed(query.source),
      spec: Array.isArray(query.spec['snapshot']) ? { snapshot: query.spec['snapshot'] } : {},
      extra: {},
    })),
    panels: dashboard.panels.map((panel) => ({
      ...panel,
      queries: panel.queries.map(({ refId, source, hidden }) => ({ refId, source: unnamed(source), hidden, spec: {} })),
      // They have run: what they say may name what was left out.
      transformations: [],
      libraryPanel: undefined,
      extra: {},
    })),
    extra: {},
  };
}

/** The data of a panel without how they were asked for. */
export function withoutTraces(data: PanelData): PanelData {
  return { ...data, traces: [] };
}

/** No default: a new kind must say here what of it asks. */
function withoutQuery(variable: Variable): Variable {
  const bare = { ...variable, extra: {} };
  switch (bare.kind) {
    case 'query':
      return { ...bare, source: unnamed(bare.source), spec: {}, regex: '', staticOptions: [] };
    case 'groupby':
      return { ...bare, source: unnamed(bare.source) };
    case 'adhoc':
      return { ...bare, source: unnamed(bare.source), baseFilters: [] };
    case 'datasource':
      return { ...bare, regex: '' };
    case 'custom':
    case 'interval':
    case 'constant':
    case 'textbox':
    case 'switch':
      return bare;
  }
}

function unnamed({ type, uid }: SourceRef): SourceRef {
  return { type, uid: uid === GRAFANA_SOURCE_UID ? uid : '' };
}
