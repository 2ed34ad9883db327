import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';
import type { QueryLimits } from '@vitrine/model/sample-store.ts';
import { asList, asObject, asText, type Json } from './ask-elastic.ts';
import { type MetricColumn, metricColumns } from './metric-columns.ts';
import { type PreparedQuery, settingNumber } from './prepare.ts';
import type { Bucket } from './spec.ts';

type Key = string | number;
/** The groups that a bucket stands in, by the name of the grouping field, the outermost first. */
type Keys = Readonly<Record<string, Key>>;

interface Series {
  readonly keys: Keys;
  readonly column: MetricColumn;
  readonly times: readonly number[];
  readonly values: readonly (number | undefined)[];
}

interface Row {
  readonly keys: Keys;
  readonly values: readonly (number | string | undefined)[];
}

interface Found {
  readonly series: Series[];
  readonly rows: Row[];
}

const MAX_ROWS = 100_000;

/** Groups as curves where the innermost are of time, else as rows: a column each for the groups and the metrics. */
export function readGroups(refId: string, query: PreparedQuery, answer: Json, limits: Pick<QueryLimits, 'maxSeries'>): Frame {
  const columns = metricColumns(query.metrics);
  const found: Found = { series: [], rows: [] };
  const root = { ...asObject(answer['aggregations']), doc_count: totalHits(answer) };
  walk(query, columns, root, 0, {}, found, limits.maxSeries);
  const isOverTime = query.buckets.at(-1)?.type === 'date_histogram';
  return isOverTime ? curves(refId, query, columns, found.series) : table(refId, query, columns, found.rows);
}

/** How many documents there are: a number, or with whether that is all of them. */
export function totalHits(answer: Json): number {
  const total = asObject(answer['hits'])['total'];
  return typeof total === 'number' ? total : Number(asObject(total)['value'] ?? 0);
}

function walk(
  query: PreparedQuery,
  columns: readonly MetricColumn[],
  parent: Json,
  depth: number,
  keys: Keys,
  found: Found,
  maxSeries: number,
): void {
  const bucket = query.buckets[depth];
  if (bucket === undefined) {
    if (found.rows.length >= MAX_ROWS)
      throw new LimitExceeded(
        'rows',
        `The query finds more than ${MAX_ROWS.toLocaleString('en')} groups; lower the sizes of its terms`,
      );
    found.rows.push({ keys, values: columns.map(({ read }) => read(parent)) });
    return;
  }
  const group = asObject(parent[bucket.id]);
  if (bucket.type === 'nested') {
    walk(query, columns, group, depth + 1, keys, found, maxSeries);
    return;
  }
  const buckets = bucketsOf(bucket, group);
  if (bucket.type === 'date_histogram' && depth === query.buckets.length - 1) {
    if (found.series.length + columns.length > maxSeries)
      throw new LimitExceeded(
        'series',
        `The query finds more than ${maxSeries.toLocaleString('en')} series; lower the sizes of its terms`,
      );
    const shown = trimmed(bucket, buckets);
    const times = shown.map(({ json }) => Number(json['key']));
    for (const column of columns) {
      const values = shown.map(({ json }) => column.read(json));
      found.series.push({ keys, column, times, values: values.map((value) => (typeof value === 'string' ? undefined : value)) });
    }
    return;
  }
  const name = columnName(bucket);
  for (const { key, json } of buckets) walk(query, columns, json, depth + 1, { ...keys, [name]: key }, found, maxSeries);
}

function columnName({ field, type }: Bucket): string {
  return type === 'filters' ? 'filter' : field === '' ? type : field;
}

function bucketsOf(bucket: Bucket, group: Json): { readonly key: Key; readonly json: Json }[] {
  const { buckets } = group;
  if (bucket.type === 'filters') return Object.entries(asObject(buckets)).map(([key, json]) => ({ key, json: asObject(json) }));
  return asList(buckets).map((one) => {
    const json = asObject(one);
    const { key, key_as_string: written } = json;
    // A boolean's key is 1, a date's a number; what people read stands beside it.
    const readable = bucket.type === 'terms' ? asText(written) : '';
    return { key: readable !== '' ? readable : typeof key === 'number' ? key : String(key), json };
  });
}

/** Without the first and last `trimEdges` groups, which cover a part of their time only. */
function trimmed<T>({ settings }: Bucket, buckets: readonly T[]): readonly T[] {
  const edges = settingNumber(settings, 'trimEdges') ?? 0;
  return edges > 0 && buckets.length > 2 * edges ? buckets.slice(edges, -edges) : buckets;
}

function curves(refId: string, query: PreparedQuery, columns: readonly MetricColumn[], series: readonly Series[]): Frame {
  const times = Float64Array.from(new Set(series.flatMap((one) => one.times))).toSorted();
  const placeOf = new Map([...times].map((time, index) => [time, index]));
  const fields = series.map((one): NumberField => {
    const values = new Float64Array(times.length);
    const present = new Uint8Array(times.length);
    for (const [i, time] of one.times.entries()) {
      const value = one.values[i];
      if (value === undefined) continue;
      const at = placeOf.get(time) as number;
      values[at] = value;
      present[at] = 1;
    }
    const labels = Object.fromEntries(Object.entries(one.keys).map(([name, key]) => [name, String(key)]));
    return {
      name: nameOf(query.alias, one, columns),
      type: 'number',
      values,
      // Metrics of one group are told apart by it where there are several, as panels tell series apart.
      labels: columns.length > 1 ? { ...labels, metric: one.column.title } : labels,
      ...(present.includes(0) ? { present } : {}),
    };
  });
  return { refId, shape: 'series', length: times.length, fields: [{ name: 'Time', type: 'time', values: times }, ...fields] };
}

/** The alias with `{{term field}}`, `{{field}}`, `{{metric}}` and the like filled in, else the group's keys and what tells the metrics apart. */
function nameOf(alias: string, { keys, column }: Series, columns: readonly MetricColumn[]): string {
  if (alias.trim() !== '') return fillAlias(alias, keys, column);
  const group = Object.values(keys).join(' ');
  if (group === '') return column.title;
  return columns.length > 1 ? `${group} ${column.title}` : group;
}

function fillAlias(alias: string, keys: Keys, { title, metric }: MetricColumn): string {
  return alias.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, name: string) => {
    const term = /^term\s+(.+)$/.exec(name)?.[1] ?? name;
    if (Object.hasOwn(keys, term)) return String(keys[term]);
    if (name === 'metric') return title;
    if (name === 'field') return metric.field;
    return term === name ? whole : '';
  });
}

function table(refId: string, query: PreparedQuery, columns: readonly MetricColumn[], rows: readonly Row[]): Frame {
  const groups = query.buckets.filter(({ type }) => type !== 'nested');
  const fields = [
    ...groups.map((bucket) => {
      const name = columnName(bucket);
      return columnField(
        name,
        rows.map(({ keys }) => keys[name]),
        bucket.type === 'date_histogram',
      );
    }),
    ...columns.map(({ title, metric }, index) =>
      columnField(
        columns.filter((other) => other.metric.type === metric.type).length > 1 || metric.type === 'count'
          ? title
          : shortTitle(title, metric.field),
        rows.map(({ values }) => values[index]),
        false,
      ),
    ),
  ];
  return { refId, shape: 'table', length: rows.length, fields };
}

/** A metric that is alone of its kind is called after the kind. */
function shortTitle(title: string, field: string): string {
  return field !== '' && title.endsWith(` ${field}`) ? title.slice(0, -field.length - 1) : title;
}

/** Numbers where all that is there are numbers, else texts. */
export function columnField(name: string, cells: readonly (Key | undefined)[], isTime: boolean): Field {
  const present = Uint8Array.from(cells, (cell) => (cell === undefined ? 0 : 1));
  const gaps = present.includes(0) ? { present } : {};
  if (cells.every((cell) => cell === undefined || typeof cell === 'number')) {
    return { name, type: isTime ? 'time' : 'number', values: Float64Array.from(cells, (cell) => cell ?? 0), ...gaps };
  }
  return { name, type: 'string', values: cells.map((cell) => String(cell ?? '')), ...gaps };
}
