import { lazy } from 'react';

import type { DatasourceWeb } from '../../contract.ts';
import { builtinSpec } from './spec.ts';

/** Vitrine's own store, and whatever else speaks PromQL. The editor is fetched when somebody writes a query. */
export const builtinWeb: DatasourceWeb = {
  spec: builtinSpec,
  newQuery: { expr: '', legendFormat: '', range: true, instant: false },
  QueryEditor: lazy(async () => ({ default: (await import('./editor/query-editor.tsx')).QueryEditor })),
};
