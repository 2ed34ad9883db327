import { Group, SegmentedControl, Select, TextInput } from '@mantine/core';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { CodeEditor } from '@vitrine/ui/editor/code-editor.tsx';
import { useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { QueryEditorProps } from '../../../contract.ts';
import { printSelect } from '../influxql/print-select.ts';
import { type InfluxSelect, NEW_SELECT, parseSelect } from '../influxql/select.ts';
import type { InfluxLanguage } from '../spec.ts';
import { influxExtensions } from './influx-extensions.ts';
import classes from './query-editor.module.css';
import { SelectBuilder } from './select-builder.tsx';

const FORMATS = [
  { value: 'time_series', label: 'Time series' },
  { value: 'table', label: 'Table' },
  { value: 'logs', label: 'Logs' },
];
const PLACEHOLDERS: Readonly<Record<InfluxLanguage, string>> = {
  InfluxQL: 'SELECT mean("value") FROM "cpu" WHERE $timeFilter GROUP BY time($__interval), "host" fill(null)',
  Flux: 'from(bucket: v.defaultBucket) |> range(start: v.timeRangeStart, stop: v.timeRangeStop) |> …',
  SQL: 'SELECT $__dateBin(time) AS time, avg(load) FROM cpu WHERE $__timeFilter(time) GROUP BY 1',
};

/** One query in the language that the data source is asked in: InfluxQL put together or written, Flux and SQL written. */
export function QueryEditor({ spec, onChange, onRun, ask }: QueryEditorProps): ReactElement {
  const language = useLanguage(ask);
  const extensions = useMemo(() => influxExtensions(language, ask), [language, ask]);
  const set = (change: Readonly<Record<string, unknown>>) => onChange({ ...spec, ...change });
  const select = readSelect(spec);
  const isCode = language !== 'InfluxQL' || spec['rawQuery'] === true || select === undefined;
  // Old SQL sources saved their text as rawSql: what was read from there is written there.
  const key = language === 'SQL' && typeof spec['rawSql'] === 'string' ? 'rawSql' : 'query';
  const formatKey = language === 'InfluxQL' ? 'resultFormat' : 'format';
  return (
    <div className={classes.query}>
      {isCode ? (
        <CodeEditor
          label={`${language} query`}
          value={textOf(spec[key])}
          onChange={(text) => set({ [key]: text })}
          extensions={extensions}
          placeholder={PLACEHOLDERS[language]}
          onRun={onRun}
        />
      ) : (
        <>
          <SelectBuilder select={select} onChange={(change) => set(change)} ask={ask} />
          {select.measurement !== '' && <p className={classes.text}>{printed(select)}</p>}
        </>
      )}
      <Group gap={8} align="end">
        {language === 'InfluxQL' && (
          <SegmentedControl
            size="xs"
            aria-label="Put together or write"
            data={[
              { value: 'builder', label: 'Builder' },
              { value: 'code', label: 'Code' },
            ]}
            value={isCode ? 'code' : 'builder'}
            onChange={(mode) => set(switchTo(mode, spec, select))}
          />
        )}
        <Select
          label="Format"
          size="xs"
          w={120}
          allowDeselect={false}
          data={FORMATS}
          value={textOf(spec[formatKey] ?? spec['resultFormat']) || 'time_series'}
          onChange={(format) => set({ [formatKey]: format, ...(formatKey === 'format' ? { resultFormat: format } : {}) })}
        />
        {language !== 'Flux' && (
          <TextInput
            label="Alias"
            size="xs"
            placeholder="$m.$col of $tag_host"
            value={textOf(spec['alias'])}
            onChange={(event) => set({ alias: event.currentTarget.value })}
          />
        )}
      </Group>
    </div>
  );
}

/** Which language the data source is set up for; until it has told, the oldest. */
function useLanguage(ask: QueryEditorProps['ask']): InfluxLanguage {
  const [language, setLanguage] = useState<InfluxLanguage>('InfluxQL');
  useEffect(() => {
    let isOver = false;
    ask('/language').then(
      (answer) => {
        const told = (answer as { readonly language?: InfluxLanguage }).language;
        if (!isOver && told !== undefined) setLanguage(told);
      },
      // The query itself says what is wrong with the data source.
      () => {},
    );
    return () => {
      isOver = true;
    };
  }, [ask]);
  return language;
}

/** What was put together becomes the text that is written on; the way back finds the builder as it was left. */
function switchTo(
  mode: string,
  spec: QueryEditorProps['spec'],
  select: InfluxSelect | undefined,
): Readonly<Record<string, unknown>> {
  if (mode === 'builder') return select === undefined ? { ...NEW_SELECT, rawQuery: false } : { ...select, rawQuery: false };
  const text = select === undefined || select.measurement === '' ? '' : printed(select);
  return { rawQuery: true, query: text === '' ? textOf(spec['query']) : text };
}

/** undefined where what is saved cannot be shown in the builder. */
function readSelect(spec: QueryEditorProps['spec']): InfluxSelect | undefined {
  return ifGood(() => parseSelect(new Read('', spec)));
}

function printed(select: InfluxSelect): string {
  return ifGood(() => printSelect(select)) ?? '';
}

function ifGood<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof BadRequest) return undefined;
    throw error;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
