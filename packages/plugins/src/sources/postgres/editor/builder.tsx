import { ActionIcon, Button, MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';

import { AGGREGATIONS, type BuilderColumn, type BuilderFilter, type BuilderQuery, COMPARISONS } from '../builder-query.ts';
import classes from './query-editor.module.css';

export interface BuilderProps {
  readonly form: BuilderQuery;
  readonly onChange: (form: BuilderQuery) => void;
  readonly ask: (path: string) => Promise<unknown>;
  /** The text that the form stands for. */
  readonly preview: string;
}

/** A question put together: a table, its columns, what is compared, grouped and ordered. */
export function Builder({ form, onChange, ask, preview }: BuilderProps): ReactElement {
  const { schema, table } = form;
  const schemas = useRows(ask, '/schemas');
  const tables = useRows(ask, `/tables?${new URLSearchParams({ schema })}`);
  const columns = useRows(ask, table === '' ? undefined : `/columns?${new URLSearchParams({ schema, table })}`);
  const names = columns.rows.map(([name]) => name ?? '');
  const times = columns.rows.filter(([, type]) => /^(?:timestamp|date)/.test(type ?? '')).map(([name]) => name ?? '');
  const set = (change: Partial<BuilderQuery>) => onChange({ ...form, ...change });
  const setColumn = (at: number, change: Partial<BuilderColumn>) =>
    set({ columns: form.columns.map((column, index) => (index === at ? { ...column, ...change } : column)) });
  const setFilter = (at: number, change: Partial<BuilderFilter>) =>
    set({ filters: form.filters.map((filter, index) => (index === at ? { ...filter, ...change } : filter)) });
  const trouble = schemas.trouble ?? tables.trouble ?? columns.trouble;
  return (
    <div className={classes.builder}>
      {trouble !== undefined && <p role="alert">{trouble}</p>}
      <div className={classes.row}>
        <Select
          label="Schema"
          size="xs"
          searchable
          clearable
          placeholder="search path"
          data={withChosen(
            schemas.rows.map(([name]) => name ?? ''),
            schema,
          )}
          value={schema === '' ? null : schema}
          onChange={(next) => set({ schema: next ?? '', table: '' })}
        />
        <Select
          label="Table"
          size="xs"
          searchable
          data={withChosen(
            tables.rows.map(([name]) => name ?? ''),
            table,
          )}
          value={table === '' ? null : table}
          onChange={(next) => set({ table: next ?? '', columns: [], filters: [], groupBy: [], timeColumn: '', orderBy: '' })}
        />
        <Select
          label="Time"
          size="xs"
          clearable
          placeholder="not by time"
          data={withChosen(times, form.timeColumn)}
          value={form.timeColumn === '' ? null : form.timeColumn}
          onChange={(next) => set({ timeColumn: next ?? '', ...(next === null ? { timeGroup: '' } : {}) })}
        />
        <TextInput
          label="Grouped by"
          size="xs"
          w={110}
          placeholder="$__interval"
          disabled={form.timeColumn === ''}
          value={form.timeGroup}
          onChange={(event) => set({ timeGroup: event.currentTarget.value })}
        />
      </div>
      {form.columns.map((column, at) => (
        <div className={classes.row} key={at}>
          <Select
            aria-label={`Column ${at + 1}`}
            size="xs"
            searchable
            data={withChosen(['*', ...names], column.name)}
            value={column.name}
            onChange={(name) => setColumn(at, { name: name ?? '*' })}
          />
          <Select
            aria-label={`Aggregation of column ${at + 1}`}
            size="xs"
            w={130}
            clearable
            placeholder="as it is"
            data={[...AGGREGATIONS]}
            value={column.aggregation ?? null}
            onChange={(aggregation) => setColumn(at, { aggregation: aggregation ?? undefined })}
          />
          <TextInput
            aria-label={`Name of column ${at + 1}`}
            size="xs"
            w={130}
            placeholder="called as it is"
            value={column.alias}
            onChange={(event) => setColumn(at, { alias: event.currentTarget.value })}
          />
          <Remove what={`column ${at + 1}`} onClick={() => set({ columns: form.columns.filter((_, index) => index !== at) })} />
        </div>
      ))}
      {form.filters.map((filter, at) => (
        <div className={classes.row} key={at}>
          <Select
            aria-label={`Filtered column ${at + 1}`}
            size="xs"
            searchable
            data={withChosen(names, filter.column)}
            value={filter.column}
            onChange={(column) => setFilter(at, { column: column ?? '' })}
          />
          <Select
            aria-label={`Comparison ${at + 1}`}
            size="xs"
            w={130}
            allowDeselect={false}
            data={[...COMPARISONS]}
            value={filter.operator}
            onChange={(operator) => setFilter(at, { operator: operator as BuilderFilter['operator'] })}
          />
          {filter.operator.endsWith('IN') ? (
            <TagsInput
              aria-label={`Values ${at + 1}`}
              size="xs"
              value={[...filter.values]}
              onChange={(values) => setFilter(at, { values })}
            />
          ) : (
            !filter.operator.startsWith('IS') && (
              <TextInput
                aria-label={`Value ${at + 1}`}
                size="xs"
                placeholder="text, number or $variable"
                value={filter.values[0] ?? ''}
                onChange={(event) => setFilter(at, { values: [event.currentTarget.value] })}
              />
            )
          )}
          <Remove what={`filter ${at + 1}`} onClick={() => set({ filters: form.filters.filter((_, index) => index !== at) })} />
        </div>
      ))}
      <div className={classes.row}>
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={table === ''}
          onClick={() => set({ columns: [...form.columns, { name: names[0] ?? '*', aggregation: undefined, alias: '' }] })}
        >
          Add column
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={table === ''}
          onClick={() => set({ filters: [...form.filters, { column: names[0] ?? '', operator: '=', values: [] }] })}
        >
          Add filter
        </Button>
      </div>
      <div className={classes.row}>
        <MultiSelect
          label="Group by"
          size="xs"
          miw={180}
          data={withChosen(names, ...form.groupBy)}
          value={[...form.groupBy]}
          onChange={(groupBy) => set({ groupBy })}
        />
        <Select
          label="Order by"
          size="xs"
          searchable
          clearable
          data={withChosen(names, form.orderBy)}
          value={form.orderBy === '' ? null : form.orderBy}
          onChange={(orderBy) => set({ orderBy: orderBy ?? '' })}
        />
        <Switch
          size="xs"
          label="Highest first"
          checked={form.descending}
          onChange={(event) => set({ descending: event.currentTarget.checked })}
        />
        <NumberInput
          label="Rows at most"
          size="xs"
          w={110}
          min={0}
          max={1_000_000}
          allowDecimal={false}
          placeholder="no limit"
          value={form.limit === 0 ? '' : form.limit}
          onChange={(limit) => set({ limit: typeof limit === 'number' ? limit : 0 })}
        />
      </div>
      {preview !== '' && <pre className={classes.preview}>{preview}</pre>}
    </div>
  );
}

function Remove({ what, onClick }: { readonly what: string; readonly onClick: () => void }): ReactElement {
  return (
    <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Remove ${what}`} onClick={onClick}>
      ×
    </ActionIcon>
  );
}

interface Rows {
  readonly rows: readonly (readonly string[])[];
  /** Why there are none. */
  readonly trouble?: string;
}

/** What the server answers for a path; nothing for undefined. */
function useRows(ask: BuilderProps['ask'], path: string | undefined): Rows {
  const [known, setKnown] = useState<Rows & { readonly path?: string }>({ rows: [] });
  useEffect(() => {
    if (path === undefined) return;
    let isLate = false;
    ask(path).then(
      (answer) => !isLate && setKnown({ path, rows: answer as Rows['rows'] }),
      (error: unknown) => !isLate && setKnown({ path, rows: [], trouble: (error as Error).message }),
    );
    return () => {
      isLate = true;
    };
  }, [ask, path]);
  return known.path === path && path !== undefined ? known : { rows: [] };
}

/** What is chosen stays on offer, be it there no more. */
function withChosen(names: readonly string[], ...chosen: readonly string[]): string[] {
  return [...new Set([...names, ...chosen].filter((name) => name !== ''))];
}
