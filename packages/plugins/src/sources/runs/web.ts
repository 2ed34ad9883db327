import { lazy } from 'react';

import type { DatasourceWeb } from '../../contract.ts';
import { runsSpec } from './spec.ts';

/** Training runs. The editor is fetched when somebody writes a query. */
export const runsWeb: DatasourceWeb = {
  spec: runsSpec,
  newQuery: { runs: '', metrics: [], x: '', smoothing: 'ema', amount: 0.6, groupBy: '', band: '' },
  QueryEditor: lazy(async () => ({ default: (await import('./editor/query-editor.tsx')).QueryEditor })),
  annotationControls: [
    {
      path: 'runs',
      label: 'Runs',
      group: 'Query',
      hint: 'Which runs are marked, from start to end: a filter such as project = "digits" and params.lr > 0.01; empty is all.',
      input: { kind: 'text', placeholder: 'project = "digits"' },
      otherwise: '',
    },
    {
      path: 'host',
      label: 'Host',
      group: 'Query',
      hint: 'Only runs on this machine, also as an instance such as gpu-07:9400; may hold a variable.',
      input: { kind: 'text', placeholder: '$instance' },
      otherwise: '',
    },
  ],
};
