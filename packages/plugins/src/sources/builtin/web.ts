import { lazy } from 'react';

import type { DatasourceWeb } from '../../contract.ts';
import { builtinSpec } from './spec.ts';

/** Vitrine's own store, and whatever else speaks PromQL. The editor is fetched when somebody writes a query. */
export const builtinWeb: DatasourceWeb = {
  spec: builtinSpec,
  newQuery: { expr: '', legendFormat: '', range: true, instant: false },
  QueryEditor: lazy(async () => ({ default: (await import('./editor/query-editor.tsx')).QueryEditor })),
  variableQuery: {
    label: 'Query',
    placeholder: 'label_values(up, job)',
    hint: 'label_values(metric, label), query_result(expression), metrics(pattern) or label_names()',
    language: 'PromQL',
  },
  annotationControls: [
    { path: 'expr', label: 'Query', group: 'Query', ...text('changes(model_version[1m]) > 0'), otherwise: '' },
    { path: 'titleFormat', label: 'Title', group: 'Marks', ...text('{{model}}'), otherwise: '' },
    { path: 'textFormat', label: 'Text', group: 'Marks', ...text('version {{version}}'), otherwise: '' },
    { path: 'tagKeys', label: 'Labels that become tags', group: 'Marks', ...text('model,env'), otherwise: '' },
    { path: 'step', label: 'Step', group: 'Marks', ...text('60s'), otherwise: '' },
  ],
};

function text(placeholder: string) {
  return { input: { kind: 'text', placeholder } } as const;
}
