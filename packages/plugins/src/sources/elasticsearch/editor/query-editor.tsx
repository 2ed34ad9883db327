import { TextInput } from '@mantine/core';
import { CodeEditor } from '@vitrine/ui/editor/code-editor.tsx';
import { useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { QueryEditorProps } from '../../../contract.ts';
import type { KnownField } from '../known-fields.ts';
import { fieldsOf, luceneCompletion } from './lucene-completion.ts';
import { BucketRows, MetricRows, type SavedAgg } from './agg-rows.tsx';
import classes from './query-editor.module.css';

const DOCUMENTS = ['logs', 'raw_data', 'raw_document'];

/** One question: Lucene's words, what is reckoned, and by what it is grouped. */
export function QueryEditor({ spec, onChange, onRun, ask }: QueryEditorProps): ReactElement {
  const extensions = useMemo(() => luceneCompletion(ask), [ask]);
  const fields = useKnownFields(ask);
  const set = (change: Readonly<Record<string, unknown>>) => onChange({ ...spec, ...change });
  const metrics = savedAggs(spec['metrics'], [{ id: '1', type: 'count' }]);
  const buckets = savedAggs(spec['bucketAggs'], [{ id: '2', type: 'date_histogram', settings: { interval: 'auto' } }]);
  const isDocuments = metrics.some(({ type }) => DOCUMENTS.includes(type));
  return (
    <div className={classes.query}>
      <CodeEditor
        label="Lucene query"
        value={textOf(spec['query'])}
        onChange={(query) => set({ query })}
        extensions={extensions}
        placeholder='level:error AND model:"llama-3"'
        onRun={onRun}
      />
      <MetricRows metrics={metrics} taken={buckets} fields={fields} onChange={(next) => set({ metrics: next })} />
      {!isDocuments && (
        <>
          <BucketRows buckets={buckets} taken={metrics} fields={fields} onChange={(next) => set({ bucketAggs: next })} />
          <TextInput
            label="Legend"
            size="xs"
            maw={320}
            placeholder="auto, or {{term model}} {{metric}}"
            value={textOf(spec['alias'])}
            onChange={(event) => set({ alias: event.currentTarget.value })}
          />
        </>
      )}
    </div>
  );
}

function useKnownFields(ask: QueryEditorProps['ask']): readonly KnownField[] {
  const [fields, setFields] = useState<readonly KnownField[]>([]);
  useEffect(() => {
    let isGone = false;
    void fieldsOf(ask, '').then((found) => {
      if (!isGone) setFields(found);
    });
    return () => {
      isGone = true;
    };
  }, [ask]);
  return fields;
}

function savedAggs(value: unknown, otherwise: readonly SavedAgg[]): readonly SavedAgg[] {
  if (!Array.isArray(value)) return otherwise;
  return (value as unknown[]).filter(
    (one): one is SavedAgg => typeof one === 'object' && one !== null && typeof (one as SavedAgg).type === 'string',
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
