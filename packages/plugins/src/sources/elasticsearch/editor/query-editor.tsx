import { Button, Group, Select, TextInput } from '@mantine/core';
import { CodeEditor } from '@vitrine/ui/editor/code-editor.tsx';
import { useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { QueryEditorProps } from '../../../contract.ts';
import type { KnownField } from '../known-fields.ts';
import { CODE_LANGUAGES, type CodeLanguage } from '../spec.ts';
import { codeCompletion } from './code-completion.ts';
import { fieldsOf, luceneCompletion } from './lucene-completion.ts';
import { BucketRows, MetricRows, type SavedAgg } from './agg-rows.tsx';
import classes from './query-editor.module.css';

const DOCUMENTS = ['logs', 'raw_data', 'raw_document'];

const LANGUAGES = [
  { value: 'lucene', label: 'Lucene' },
  { value: 'ESQL', label: 'ES|QL' },
  { value: 'SQL', label: 'SQL' },
  { value: 'PPL', label: 'PPL' },
];
const FORMATS = [
  { value: 'table', label: 'Table' },
  { value: 'time_series', label: 'Time series' },
  { value: 'logs', label: 'Logs' },
];
const PLACEHOLDERS: Readonly<Record<CodeLanguage, string>> = {
  ESQL: 'FROM logs-* | STATS lines = COUNT(*) BY bucket = BUCKET(@timestamp, 50, $__timeFrom(), $__timeTo())',
  SQL: 'SELECT model, COUNT(*) FROM logs WHERE $__timeFilter(@timestamp) GROUP BY model',
  PPL: 'source=logs | stats count() by span(`@timestamp`, $__interval), level',
};

/** One question: Lucene's words with what is reckoned and grouped, a text in another language, or the lines around one. */
export function QueryEditor(props: QueryEditorProps): ReactElement {
  const { spec, onChange } = props;
  if (typeof spec['context'] === 'object' && spec['context'] !== null) return <ContextQuery {...props} />;
  const language = codeOf(spec);
  return (
    <div className={classes.query}>
      {language === undefined ? <LuceneQuery {...props} /> : <CodeQuery {...props} language={language} />}
      <Group gap={8} align="end">
        <Select
          label="Language"
          size="xs"
          w={120}
          allowDeselect={false}
          data={LANGUAGES}
          value={language ?? 'lucene'}
          onChange={(queryType) => onChange({ ...spec, queryType })}
        />
        {language !== undefined && (
          <Select
            label="Format"
            size="xs"
            w={120}
            allowDeselect={false}
            data={FORMATS}
            value={textOf(spec['format']) || 'table'}
            onChange={(format) => onChange({ ...spec, format })}
          />
        )}
      </Group>
    </div>
  );
}

/** Undefined where the query is Lucene's. */
function codeOf(spec: QueryEditorProps['spec']): CodeLanguage | undefined {
  const named = textOf(spec['queryType']).toUpperCase().replace('|', '');
  return CODE_LANGUAGES.find((one) => one === named);
}

/** The lines around one are asked by where it stands: there is nothing to write. */
function ContextQuery({ spec, onChange }: QueryEditorProps): ReactElement {
  const id = textOf((spec['context'] as Readonly<Record<string, unknown>>)['id']);
  const { context: _, ...search } = spec;
  return (
    <div className={classes.context}>
      <p>
        The lines around <code>{id}</code>, before and after it, of the same origin.
      </p>
      <Button size="compact-xs" variant="default" onClick={() => onChange(search)}>
        Search instead
      </Button>
    </div>
  );
}

function CodeQuery({
  spec,
  onChange,
  onRun,
  ask,
  variables,
  language,
}: QueryEditorProps & { readonly language: CodeLanguage }): ReactElement {
  const extensions = useMemo(() => codeCompletion(language, ask, variables), [language, ask, variables]);
  return (
    <CodeEditor
      key={language}
      label={`${language === 'ESQL' ? 'ES|QL' : language} query`}
      value={textOf(spec['query'])}
      onChange={(query) => onChange({ ...spec, query })}
      extensions={extensions}
      placeholder={PLACEHOLDERS[language]}
      onRun={onRun}
    />
  );
}

function LuceneQuery({ spec, onChange, onRun, ask }: QueryEditorProps): ReactElement {
  const extensions = useMemo(() => luceneCompletion(ask), [ask]);
  const fields = useKnownFields(ask);
  const set = (change: Readonly<Record<string, unknown>>) => onChange({ ...spec, ...change });
  const metrics = savedAggs(spec['metrics'], [{ id: '1', type: 'count' }]);
  const buckets = savedAggs(spec['bucketAggs'], [{ id: '2', type: 'date_histogram', settings: { interval: 'auto' } }]);
  const isDocuments = metrics.some(({ type }) => DOCUMENTS.includes(type));
  return (
    <>
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
    </>
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
