import { lazy } from 'react';

import type { DatasourceWeb } from '../../contract.ts';
import { builtinWeb } from '../builtin/web.ts';
import { prometheusSpec } from './spec.ts';

/** Queries are written as those of Vitrine's own store, and as its server reads them. */
export const prometheusWeb: DatasourceWeb = {
  ...builtinWeb,
  spec: prometheusSpec,
  QueryEditor: lazy(async () => ({ default: (await import('./editor/query-editor.tsx')).QueryEditor })),
};
