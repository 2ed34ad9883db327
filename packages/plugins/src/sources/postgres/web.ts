import { lazy } from 'react';

import type { DatasourceWeb } from '../../contract.ts';
import { postgresSpec } from './spec.ts';

/** The editor is fetched when somebody writes a query. */
export const postgresWeb: DatasourceWeb = {
  spec: postgresSpec,
  newQuery: { rawSql: '', format: 'time_series', rawQuery: true, editorMode: 'code' },
  QueryEditor: lazy(async () => ({ default: (await import('./editor/query-editor.tsx')).QueryEditor })),
  variableQuery: {
    label: 'Query',
    placeholder: 'SELECT DISTINCT host FROM cpu ORDER BY 1',
    hint: 'Columns called __text and __value tell what is read from what is asked with.',
    language: 'SQL',
  },
  annotationControls: [
    {
      path: 'rawQuery',
      label: 'Query',
      group: 'Query',
      hint: 'Columns time, timeend, title, text and tags.',
      input: {
        kind: 'text',
        lines: 4,
        placeholder: 'SELECT created_at AS time, version AS text FROM deployments WHERE $__timeFilter(created_at)',
      },
      otherwise: '',
    },
  ],
};
