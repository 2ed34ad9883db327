import { lazy } from 'react';

import type { DatasourceWeb } from '../../contract.ts';
import { NEW_SELECT } from './influxql/select.ts';
import { influxSpec } from './spec.ts';

/** InfluxDB. The editor is fetched when somebody writes a query. */
export const influxWeb: DatasourceWeb = {
  spec: influxSpec,
  newQuery: { ...NEW_SELECT, rawQuery: false, query: '', resultFormat: 'time_series', alias: '' },
  QueryEditor: lazy(async () => ({ default: (await import('./editor/query-editor.tsx')).QueryEditor })),
  variableQuery: {
    label: 'Query',
    placeholder: 'SHOW TAG VALUES FROM "cpu" WITH KEY = "host"',
    hint: 'In the language of the data source: SHOW … or SELECT, a call of Flux such as schema.tagValues(…), or SQL',
    language: 'InfluxQL',
  },
  annotationControls: [
    {
      path: 'query',
      label: 'Query',
      group: 'Query',
      input: { kind: 'text', placeholder: 'SELECT title, text, tags FROM deploys WHERE $timeFilter', lines: 3 },
      otherwise: '',
    },
    { path: 'titleColumn', label: 'Column of the title', group: 'Marks', ...text('title'), otherwise: '' },
    { path: 'textColumn', label: 'Column of the text', group: 'Marks', ...text('text'), otherwise: '' },
    { path: 'tagsColumn', label: 'Columns of tags', group: 'Marks', ...text('tags'), otherwise: '' },
    { path: 'timeEndColumn', label: 'Column of the end', group: 'Marks', ...text('an instant'), otherwise: '' },
  ],
};

function text(placeholder: string) {
  return { input: { kind: 'text', placeholder } } as const;
}
