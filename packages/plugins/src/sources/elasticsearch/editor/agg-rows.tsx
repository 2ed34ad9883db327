import { ActionIcon, Autocomplete, Button, Checkbox, Group, MultiSelect, Select, TextInput } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

import { isOfType, type KnownField } from '../known-fields.ts';
import { isPipeline, type MetricType } from '../spec.ts';
import classes from './query-editor.module.css';
import {
  BUCKET_LABELS,
  BUCKET_SETTINGS,
  METRIC_LABELS,
  METRIC_SETTINGS,
  type SettingField,
  STATISTIC_LABELS,
} from './settings.ts';

/** A metric or a group as it is saved: what the editor does not know stays in it. */
export interface SavedAgg {
  readonly id: string;
  readonly type: string;
  readonly field?: string;
  readonly hide?: boolean;
  readonly pipelineAgg?: string;
  readonly pipelineVariables?: readonly { readonly name: string; readonly pipelineAgg: string }[];
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

const NO_FIELD = new Set(['count', 'top_metrics', 'logs', 'raw_data', 'raw_document', 'filters']);
const MOST_NAMES = 500;

interface MetricRowsProps {
  readonly metrics: readonly SavedAgg[];
  /** Ids that are taken. */
  readonly taken: readonly SavedAgg[];
  readonly fields: readonly KnownField[];
  readonly onChange: (metrics: readonly SavedAgg[]) => void;
}

/** What is reckoned of each group, a line each. */
export function MetricRows({ metrics, taken, fields, onChange }: MetricRowsProps): ReactElement {
  const names = (type: string) =>
    type === 'cardinality' ? groupable(fields) : fields.filter((field) => isOfType(field, 'number')).map(({ name }) => name);
  return (
    <Rows
      legend="Metrics"
      aggs={metrics}
      types={METRIC_LABELS}
      add="Add metric"
      made={() => ({ id: freeId([...metrics, ...taken]), type: 'count' })}
      onChange={onChange}
      least={1}
    >
      {(metric, set) => (
        <>
          {isPipeline({ type: metric.type as MetricType }) ? (
            <PipelineInput metric={metric} metrics={metrics} set={set} />
          ) : (
            !NO_FIELD.has(metric.type) && <FieldInput agg={metric} names={names(metric.type)} set={set} />
          )}
          {metric.type === 'extended_stats' && (
            <MultiSelect
              label="Statistics"
              size="xs"
              data={STATISTIC_LABELS}
              value={STATISTIC_LABELS.map(({ value }) => value).filter((key) => metric.meta?.[key] === true)}
              onChange={(keys) => set({ meta: Object.fromEntries(keys.map((key) => [key, true])) })}
            />
          )}
          <Settings agg={metric} settings={METRIC_SETTINGS[metric.type as MetricType] ?? []} set={set} />
          <Checkbox
            size="xs"
            className={classes.toggle}
            label="Hide"
            checked={metric.hide === true}
            onChange={(event) => set({ hide: event.currentTarget.checked })}
          />
        </>
      )}
    </Rows>
  );
}

interface BucketRowsProps {
  readonly buckets: readonly SavedAgg[];
  readonly taken: readonly SavedAgg[];
  readonly fields: readonly KnownField[];
  readonly onChange: (buckets: readonly SavedAgg[]) => void;
}

/** By what documents are grouped, the outermost first. */
export function BucketRows({ buckets, taken, fields, onChange }: BucketRowsProps): ReactElement {
  const names: Readonly<Record<string, readonly string[]>> = {
    date_histogram: fields.filter((field) => isOfType(field, 'date')).map(({ name }) => name),
    histogram: fields.filter((field) => isOfType(field, 'number')).map(({ name }) => name),
    geohash_grid: fields.filter((field) => isOfType(field, 'geo')).map(({ name }) => name),
    nested: fields.filter((field) => isOfType(field, 'nested')).map(({ name }) => name),
    terms: groupable(fields),
  };
  return (
    <Rows
      legend="Groups"
      aggs={buckets}
      types={BUCKET_LABELS}
      add="Add group"
      // What is grouped over time stays the innermost, so that a curve comes of it.
      made={() => ({
        id: freeId([...buckets, ...taken]),
        type: 'terms',
        settings: { size: '10', order: 'desc', orderBy: '_count' },
      })}
      addFirst
      onChange={onChange}
      least={0}
    >
      {(bucket, set) => (
        <>
          {bucket.type === 'filters' ? (
            <FiltersInput bucket={bucket} set={set} />
          ) : (
            <FieldInput agg={bucket} names={names[bucket.type] ?? []} set={set} />
          )}
          <Settings agg={bucket} settings={BUCKET_SETTINGS[bucket.type as keyof typeof BUCKET_SETTINGS] ?? []} set={set} />
        </>
      )}
    </Rows>
  );
}

type Set = (change: Partial<SavedAgg>) => void;

interface RowsProps {
  readonly legend: string;
  readonly aggs: readonly SavedAgg[];
  readonly types: Readonly<Record<string, string>>;
  readonly add: string;
  readonly addFirst?: boolean;
  readonly made: () => SavedAgg;
  readonly onChange: (aggs: readonly SavedAgg[]) => void;
  readonly least: number;
  readonly children: (agg: SavedAgg, set: Set) => ReactNode;
}

function Rows({ legend, aggs, types, add, addFirst = false, made, onChange, least, children }: RowsProps): ReactElement {
  const choices = Object.entries(types).map(([value, label]) => ({ value, label }));
  return (
    <fieldset className={classes.rows}>
      <legend>{legend}</legend>
      {aggs.map((agg, index) => {
        const set: Set = (change) => onChange(aggs.map((one, at) => (at === index ? { ...one, ...change } : one)));
        return (
          <Group key={agg.id} gap={8} align="end" className={classes.row}>
            <Select
              label={`${legend.slice(0, -1)} ${agg.id}`}
              size="xs"
              w={150}
              allowDeselect={false}
              data={choices}
              value={agg.type}
              onChange={(type) => type !== null && set({ type, settings: {} })}
            />
            {children(agg, set)}
            {aggs.length > least && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove ${types[agg.type] ?? agg.type} ${agg.id}`}
                onClick={() => onChange(aggs.filter((_, at) => at !== index))}
              >
                ×
              </ActionIcon>
            )}
          </Group>
        );
      })}
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        className={classes.add}
        onClick={() => onChange(addFirst ? [made(), ...aggs] : [...aggs, made()])}
      >
        {add}
      </Button>
    </fieldset>
  );
}

function FieldInput({
  agg,
  names,
  set,
}: {
  readonly agg: SavedAgg;
  readonly names: readonly string[];
  readonly set: Set;
}): ReactElement {
  return (
    <Autocomplete
      label="Field"
      size="xs"
      w={160}
      limit={MOST_NAMES}
      placeholder={agg.type === 'date_histogram' ? 'the time field' : ''}
      data={[...names]}
      value={agg.field ?? ''}
      onChange={(field) => set({ field })}
    />
  );
}

/** Which other metrics a pipeline reads. */
function PipelineInput({
  metric,
  metrics,
  set,
}: {
  readonly metric: SavedAgg;
  readonly metrics: readonly SavedAgg[];
  readonly set: Set;
}): ReactElement {
  const others = metrics
    .filter(({ id }) => id !== metric.id)
    .map(({ id, type, field }) => ({
      value: id,
      label: `${id}: ${METRIC_LABELS[type as keyof typeof METRIC_LABELS] ?? type} ${field ?? ''}`.trim(),
    }));
  if (metric.type === 'bucket_script') {
    const variables = metric.pipelineVariables ?? [];
    const written = variables.map(({ name, pipelineAgg }) => `${name}=${pipelineAgg}`).join(', ');
    return (
      <TextInput
        key={metric.id}
        label="Variables: name=metric"
        size="xs"
        w={160}
        placeholder="a=1, b=2"
        defaultValue={written}
        onBlur={(event) => set({ pipelineVariables: readVariables(event.currentTarget.value) })}
      />
    );
  }
  return (
    <Select
      label="Of"
      size="xs"
      w={160}
      data={others}
      value={metric.pipelineAgg ?? metric.field ?? null}
      onChange={(pipelineAgg) => pipelineAgg !== null && set({ pipelineAgg, field: pipelineAgg })}
    />
  );
}

function readVariables(text: string): { readonly name: string; readonly pipelineAgg: string }[] {
  return text.split(',').flatMap((part) => {
    const [name = '', pipelineAgg = ''] = part.split('=').map((word) => word.trim());
    return name === '' || pipelineAgg === '' ? [] : [{ name, pipelineAgg }];
  });
}

function FiltersInput({ bucket, set }: { readonly bucket: SavedAgg; readonly set: Set }): ReactElement {
  const saved = bucket.settings?.['filters'];
  const filters = (Array.isArray(saved) ? (saved as unknown[]) : []).map(
    (one) => (typeof one === 'object' && one !== null ? one : {}) as { readonly query?: string; readonly label?: string },
  );
  const rows = filters.length === 0 ? [{ query: '*', label: '' }] : filters;
  const save = (next: readonly object[]) => set({ settings: { ...bucket.settings, filters: next } });
  return (
    <div className={classes.filters}>
      {rows.map((filter, index) => {
        const put = (change: object) => save(rows.map((one, at) => (at === index ? { ...one, ...change } : one)));
        return (
          // A filter has no name of its own, and none moves.
          <Group key={index} gap={8} align="end">
            <TextInput
              label="Query"
              size="xs"
              w={200}
              value={filter.query ?? ''}
              onChange={(event) => put({ query: event.currentTarget.value })}
            />
            <TextInput
              label="Name"
              size="xs"
              w={120}
              value={filter.label ?? ''}
              onChange={(event) => put({ label: event.currentTarget.value })}
            />
            {rows.length > 1 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove filter ${index + 1}`}
                onClick={() => save(rows.filter((_, at) => at !== index))}
              >
                ×
              </ActionIcon>
            )}
          </Group>
        );
      })}
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        className={classes.add}
        onClick={() => save([...rows, { query: '', label: '' }])}
      >
        Add filter
      </Button>
    </div>
  );
}

interface SettingsProps {
  readonly agg: SavedAgg;
  readonly settings: readonly SettingField[];
  readonly set: Set;
}

function Settings({ agg, settings, set }: SettingsProps): ReactElement {
  const saved = agg.settings ?? {};
  const put = (key: string, value: unknown) => set({ settings: { ...saved, [key]: value } });
  return (
    <>
      {settings.map(({ key, label, placeholder = '', width = 100, choices, isList = false }) =>
        choices === undefined ? (
          <TextInput
            key={key}
            label={label}
            size="xs"
            w={width}
            placeholder={placeholder}
            value={Array.isArray(saved[key]) ? (saved[key] as unknown[]).join(',') : settingText(saved[key])}
            onChange={({ currentTarget: { value } }) =>
              put(key, isList && value !== '' ? value.split(',').map((part) => part.trim()) : value)
            }
          />
        ) : (
          <Select
            key={key}
            label={label}
            size="xs"
            w={width}
            allowDeselect={false}
            data={choices}
            value={settingText(saved[key]) || (choices[0]?.value ?? null)}
            onChange={(value) => put(key, value)}
          />
        ),
      )}
    </>
  );
}

function settingText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function groupable(fields: readonly KnownField[]): string[] {
  return fields.filter(({ isGroupable }) => isGroupable).map(({ name }) => name);
}

function freeId(taken: readonly SavedAgg[]): string {
  return String(Math.max(0, ...taken.map(({ id }) => Number(id)).filter(Number.isFinite)) + 1);
}
