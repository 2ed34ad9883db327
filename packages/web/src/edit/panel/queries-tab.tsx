import { Button, Group, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCopy, IconEye, IconEyeOff, IconPlus, IconTrash } from '@tabler/icons-react';
import type { Panel, Query, QueryOptions, SourceRef } from '@vitrine/model/dashboard.ts';
import { BUILTIN_SOURCE, DASHBOARD_SOURCE_UID, EXPRESSION_SOURCE } from '@vitrine/model/dashboard.ts';
import type { DatasourceWeb } from '@vitrine/plugins/contract.ts';
import { Suspense } from 'react';
import type { ReactElement } from 'react';
import { Skeleton } from '../../state/skeleton.tsx';
import { Tool } from '../form/tool.tsx';
import classes from './panel-editor.module.css';
import { askSource, sourceWebOf, useSourceWeb } from './source-webs.ts';
import { SpecJson } from './spec-json.tsx';

/** A data source that a query can be asked of. */
export interface SourceChoice {
  readonly ref: SourceRef;
  readonly name: string;
}

export interface QueriesTabProps {
  readonly panel: Pick<Panel, 'queries' | 'queryOptions'>;
  readonly sources: readonly SourceChoice[];
  readonly variables: readonly string[];
  /** Sentences by the query's letter. */
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (update: (panel: Panel) => Panel, step?: string) => void;
  readonly onRun: () => void;
  /** Without what holds for all queries: the page has a range of its own. */
  readonly isBare?: boolean;
}

/** About as high as a query's text with what stands below it. */
const EDITOR_PX = 116;

/** The panel's queries, one below the other, and what holds for all of them. */
export function QueriesTab({
  panel,
  sources,
  variables,
  problems,
  onChange,
  onRun,
  isBare = false,
}: QueriesTabProps): ReactElement {
  const { queries, queryOptions } = panel;
  const setQueries = (update: (queries: readonly Query[]) => readonly Query[], step?: string) =>
    onChange((now) => ({ ...now, queries: update(now.queries) }), step);
  return (
    <div className={classes.stack}>
      {queries.map((query, index) => (
        <QueryRow
          key={query.refId}
          {...{ query, sources, variables, onRun }}
          problem={problems.get(query.refId)}
          isFirst={index === 0}
          isLast={index === queries.length - 1}
          onChange={(next, step) => setQueries((now) => now.with(index, next), step)}
          onRemove={() => setQueries((now) => now.toSpliced(index, 1))}
          onCopy={() => setQueries((now) => now.toSpliced(index + 1, 0, { ...query, refId: freeLetter(now) }))}
          onMove={(by) => setQueries((now) => now.toSpliced(index, 1).toSpliced(index + by, 0, query))}
        />
      ))}
      <Group gap={8}>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setQueries((now) => [...now, newQuery(now.at(-1)?.source ?? BUILTIN_SOURCE, now)])}
        >
          Add query
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setQueries((now) => [...now, newQuery(EXPRESSION_SOURCE, now)])}
        >
          Add expression
        </Button>
      </Group>
      {!isBare && (
        <QueryOptionsRow
          options={queryOptions}
          onChange={(next) => onChange((now) => ({ ...now, queryOptions: { ...now.queryOptions, ...next } }), 'query options')}
        />
      )}
    </div>
  );
}

interface QueryRowProps {
  readonly query: Query;
  readonly sources: readonly SourceChoice[];
  readonly variables: readonly string[];
  readonly problem: string | undefined;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onChange: (query: Query, step?: string) => void;
  readonly onRemove: () => void;
  readonly onCopy: () => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRun: () => void;
}

function QueryRow(props: QueryRowProps): ReactElement {
  const { query, sources, variables, problem, isFirst, isLast, onChange, onRun } = props;
  const { refId, source, hidden } = query;
  const { web, state } = useSourceWeb(source);
  return (
    <section className={classes.query} aria-label={`Query ${refId}`}>
      <div className={classes.queryHead}>
        <span className={classes.refId}>{refId}</span>
        <SourcePicker source={source} sources={sources} onChange={(next) => onChange(withSource(query, next))} />
        <span className={classes.grow} />
        <Tool label={hidden ? 'Show its answer' : 'Hide its answer'} onClick={() => onChange({ ...query, hidden: !hidden })}>
          {hidden ? <IconEyeOff size={14} /> : <IconEye size={14} />}
        </Tool>
        <Tool label="Copy" onClick={props.onCopy}>
          <IconCopy size={14} />
        </Tool>
        <Tool label="Move up" disabled={isFirst} onClick={() => props.onMove(-1)}>
          <IconArrowUp size={14} />
        </Tool>
        <Tool label="Move down" disabled={isLast} onClick={() => props.onMove(1)}>
          <IconArrowDown size={14} />
        </Tool>
        <Tool label="Remove" onClick={props.onRemove}>
          <IconTrash size={14} />
        </Tool>
      </div>
      {web === undefined && state.state === 'waiting' && (
        <Skeleton label={`Loading the plugin that writes query ${refId}`} heightPx={EDITOR_PX} />
      )}
      {web === undefined && state.state !== 'waiting' && (
        <>
          {state.state === 'failed' && (
            <p className={classes.problem} role="alert">
              {state.sentence}
            </p>
          )}
          <SpecJson
            label={`Query ${refId}`}
            value={query.spec}
            onChange={(spec) => onChange({ ...query, spec }, `query ${refId}`)}
          />
        </>
      )}
      {web !== undefined && (
        <Suspense fallback={<Skeleton label={`Loading the editor of query ${refId}`} heightPx={EDITOR_PX} />}>
          <web.QueryEditor
            spec={query.spec}
            onChange={(spec) => onChange({ ...query, spec }, `query ${refId}`)}
            onRun={onRun}
            variables={variables}
            ask={askSource(query.source)}
          />
        </Suspense>
      )}
      {problem !== undefined && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

/** A query in another source's words starts anew; in the same words it keeps its text. */
function withSource(query: Query, source: SourceRef): Query {
  const before = sourceWebOf(query.source);
  const after = sourceWebOf(source);
  return { ...query, source, spec: before === after ? query.spec : newSpec(source, after) };
}

function newSpec({ type, uid }: SourceRef, web: DatasourceWeb | undefined): Readonly<Record<string, unknown>> {
  if (web !== undefined) return web.newQuery;
  if (type === EXPRESSION_SOURCE.type) return { type: 'math', expression: '$A' };
  return uid === DASHBOARD_SOURCE_UID ? { panelId: 1 } : {};
}

function newQuery(source: SourceRef, known: readonly Query[]): Query {
  return { refId: freeLetter(known), source, hidden: false, spec: newSpec(source, sourceWebOf(source)) };
}

/** A, B, … Z, then A1, B1, … */
function freeLetter(known: readonly Query[]): string {
  const taken = new Set(known.map(({ refId }) => refId));
  for (let n = 0; ; n++) {
    const letter = `${String.fromCodePoint(65 + (n % 26))}${n < 26 ? '' : Math.floor(n / 26)}`;
    if (!taken.has(letter)) return letter;
  }
}

function SourcePicker(props: {
  readonly source: SourceRef;
  readonly sources: readonly SourceChoice[];
  readonly onChange: (source: SourceRef) => void;
}): ReactElement {
  const { source, sources, onChange } = props;
  const all: readonly SourceChoice[] = [
    ...sources,
    { ref: EXPRESSION_SOURCE, name: 'Expression' },
    { ref: { type: 'datasource', uid: DASHBOARD_SOURCE_UID }, name: 'Another panel' },
  ];
  const known = all.some(({ ref }) => ref.uid === source.uid);
  const data = all.map(({ ref, name }) => ({ value: ref.uid, label: name }));
  return (
    <Select
      size="xs"
      className={classes.source}
      aria-label="Data source"
      searchable
      allowDeselect={false}
      data={known ? data : [...data, { value: source.uid, label: source.uid || `default ${source.type}` }]}
      value={source.uid}
      onChange={(uid) => {
        const chosen = all.find(({ ref }) => ref.uid === uid);
        if (chosen !== undefined) onChange(chosen.ref);
      }}
    />
  );
}

function QueryOptionsRow(props: {
  readonly options: QueryOptions;
  readonly onChange: (options: Partial<QueryOptions>) => void;
}): ReactElement {
  const { options, onChange } = props;
  const text = (name: 'minInterval' | 'timeFrom' | 'timeShift' | 'timeCompare', label: string, placeholder: string) => (
    <TextInput
      size="xs"
      w={130}
      label={label}
      placeholder={placeholder}
      value={options[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <Group gap={8} align="end">
      <NumberInput
        size="xs"
        w={130}
        label="Max data points"
        placeholder="one a pixel"
        min={1}
        max={1_000_000}
        value={options.maxDataPoints ?? ''}
        onChange={(value) => onChange({ maxDataPoints: typeof value === 'number' ? value : undefined })}
      />
      {text('minInterval', 'Min interval', '15s')}
      {text('timeFrom', 'Own range', '1h')}
      {text('timeShift', 'Shifted back by', '1d')}
      {text('timeCompare', 'Compared with', '1w earlier')}
      <Switch
        size="xs"
        label="Say nothing of its own range"
        checked={options.hideTimeOverride}
        onChange={(event) => onChange({ hideTimeOverride: event.currentTarget.checked })}
      />
    </Group>
  );
}
