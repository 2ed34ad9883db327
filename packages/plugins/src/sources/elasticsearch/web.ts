import { lazy } from 'react';

import type { DatasourceWeb } from '../../contract.ts';
import { elasticsearchSpec } from './spec.ts';

/** Elasticsearch and OpenSearch. The editor is fetched when somebody writes a query. */
export const elasticsearchWeb: DatasourceWeb = {
  spec: elasticsearchSpec,
  newQuery: {
    query: '',
    metrics: [{ id: '1', type: 'count' }],
    bucketAggs: [{ id: '2', type: 'date_histogram', settings: { interval: 'auto' } }],
  },
  QueryEditor: lazy(async () => ({ default: (await import('./editor/query-editor.tsx')).QueryEditor })),
  variableQuery: {
    label: 'Query',
    placeholder: '{"find": "terms", "field": "service"}',
    hint: '{"find": "terms", "field": "service", "query": "level:error", "size": 100}, or {"find": "fields", "type": "keyword"}',
    language: 'JSON',
  },
  annotationControls: [
    { path: 'query', label: 'Query', group: 'Query', ...text('tags:deploy'), otherwise: '' },
    { path: 'timeField', label: 'Time field', group: 'Marks', ...text('@timestamp'), otherwise: '' },
    { path: 'timeEndField', label: 'Field with the end', group: 'Marks', ...text(''), otherwise: '' },
    { path: 'textField', label: 'Field with the text', group: 'Marks', ...text('message'), otherwise: '' },
    { path: 'tagsField', label: 'Field with tags', group: 'Marks', ...text('tags'), otherwise: '' },
  ],
};

function text(placeholder: string) {
  return { input: { kind: 'text', placeholder } } as const;
}
