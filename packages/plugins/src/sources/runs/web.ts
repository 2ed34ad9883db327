import { lazy } from 'react';

import type { DatasourceWeb } from '../../contract.ts';
import { runsSpec } from './spec.ts';

/** Training runs. The editor is fetched when somebody writes a query. */
export const runsWeb: DatasourceWeb = {
  spec: runsSpec,
  newQuery: { runs: '', metrics: [], x: 'step', smoothing: 'ema', amount: 0.6, groupBy: '', band: '' },
  QueryEditor: lazy(async () => ({ default: (await import('./editor/query-editor.tsx')).QueryEditor })),
};
