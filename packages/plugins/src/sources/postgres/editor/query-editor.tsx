import { Group, SegmentedControl, Select } from '@mantine/core';
import { CodeEditor } from '@vitrine/ui/editor/code-editor.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { QueryEditorProps } from '../../../contract.ts';
import { readForm, saveForm } from './builder-form.ts';
import { Builder } from './builder.tsx';
import classes from './query-editor.module.css';
import { sqlExtensions } from './sql-extensions.ts';

const FORMATS = [
  { value: 'time_series', label: 'Time series' },
  { value: 'table', label: 'Table' },
  { value: 'logs', label: 'Logs' },
];
const MODES = [
  { value: 'builder', label: 'Builder' },
  { value: 'code', label: 'Code' },
];

/** One question in SQL: put together in a form, or written with completion. */
export function QueryEditor({ spec, onChange, onRun, ask, variables }: QueryEditorProps): ReactElement {
  const names = variables.join('\n');
  const extensions = useMemo(() => sqlExtensions(ask, names === '' ? [] : names.split('\n')), [ask, names]);
  const form = readForm(spec);
  const rawSql = typeof spec['rawSql'] === 'string' ? spec['rawSql'] : '';
  const set = (change: Readonly<Record<string, unknown>>) => onChange({ ...spec, ...change });
  return (
    <div className={classes.query}>
      <Group gap={8} align="end">
        <SegmentedControl
          size="xs"
          aria-label="How the query is written"
          data={MODES}
          value={form === undefined ? 'code' : 'builder'}
          onChange={(mode) =>
            mode === 'builder'
              ? onChange(
                  saveForm(
                    { ...spec, editorMode: 'builder' },
                    readForm({ ...spec, editorMode: 'builder', sql: withFilters(spec['sql']) }),
                  ),
                )
              : set({ editorMode: 'code', rawQuery: true })
          }
        />
        <Select
          label="Format"
          size="xs"
          w={120}
          allowDeselect={false}
          data={FORMATS}
          value={typeof spec['format'] === 'string' ? spec['format'] : 'table'}
          onChange={(format) => set({ format })}
        />
      </Group>
      {form === undefined ? (
        <CodeEditor
          label="SQL query"
          value={rawSql}
          onChange={(text) => set({ rawSql: text, rawQuery: true, editorMode: 'code' })}
          extensions={extensions}
          placeholder="SELECT $__timeGroupAlias(time, $__interval), avg(value) FROM cpu WHERE $__timeFilter(time) GROUP BY 1 ORDER BY 1"
          onRun={onRun}
        />
      ) : (
        <Builder form={form} onChange={(next) => onChange(saveForm(spec, next))} ask={ask} preview={rawSql} />
      )}
    </div>
  );
}

/** What marks a form of ours; what Grafana's has besides stays. */
function withFilters(sql: unknown): Readonly<Record<string, unknown>> {
  const known = typeof sql === 'object' && sql !== null ? (sql as Record<string, unknown>) : {};
  return { filters: [], ...known };
}
