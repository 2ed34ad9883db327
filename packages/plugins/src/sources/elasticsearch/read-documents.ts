import { MARKS } from '@vitrine/compute/log-lines.ts';
import type { DataLink } from '@vitrine/model/field-config.ts';
import type { Field, Frame, Notice } from '@vitrine/model/frame.ts';
import { asList, asObject, asText, type Json } from './ask-elastic.ts';
import { columnField, totalHits } from './read-groups.ts';
import type { ElasticsearchSettings, MetricType } from './spec.ts';

/** A document with its time. */
export interface Hit {
  readonly id: string;
  readonly index: string;
  /** Unix milliseconds; undefined where it has none. */
  readonly timeMs: number | undefined;
  /** ISO 8601 as the server has it, which may be to the nanosecond. */
  readonly time: string;
  readonly source: Json;
  /** Where it stands in the order, for what comes before and after it. */
  readonly sort: readonly unknown[];
}

type LogSettings = Pick<ElasticsearchSettings, 'name' | 'logMessageField' | 'logLevelField'>;

/** Columns beyond these no table shows. */
const MAX_COLUMNS = 1_000;
const MAX_DEPTH = 20;

export function readHits(answer: Json, timeField: string): Hit[] {
  return asList(asObject(answer['hits'])['hits']).map((one) => {
    const hit = asObject(one);
    const time = asText(asList(asObject(hit['fields'])[timeField])[0]);
    const timeMs = Date.parse(time);
    return {
      id: asText(hit['_id']),
      index: asText(hit['_index']),
      timeMs: Number.isNaN(timeMs) ? undefined : timeMs,
      time,
      source: asObject(hit['_source']),
      sort: asList(hit['sort']),
    };
  });
}

/** Documents as rows, as JSON, or as lines of a log. */
export function readDocuments(
  refId: string,
  type: MetricType,
  answer: Json,
  timeField: string,
  settings: LogSettings,
): { readonly frame: Frame; readonly notices: readonly Notice[] } {
  const hits = readHits(answer, timeField);
  const frame =
    type === 'logs'
      ? logFrame(refId, hits, settings)
      : type === 'raw_document'
        ? jsonFrame(refId, hits)
        : tableFrame(refId, hits, timeField);
  return { frame, notices: cutNotice(refId, hits.length, answer) };
}

function cutNotice(refId: string, shown: number, answer: Json): Notice[] {
  const all = totalHits(answer);
  if (shown >= all) return [];
  const isMore = asObject(asObject(answer['hits'])['total'])['relation'] === 'gte';
  const text = `Query ${refId}: shows ${shown.toLocaleString('en')} of ${isMore ? 'more than ' : ''}${all.toLocaleString('en')} documents. Narrow the query or the range, or raise its number of documents.`;
  return [{ level: 'info', text }];
}

function timeColumn(name: string, hits: readonly Hit[]): Field {
  const field = columnField(
    name,
    hits.map(({ timeMs }) => timeMs),
    true,
  );
  return field;
}

/** A line's details lead to the lines around it. */
function contextLink(name: string): DataLink {
  const metrics = [{ id: '1', type: 'logs' }];
  // Where a mark stands comes the id of the line that is looked at, within quotes.
  const mark = '\u0000';
  const spec = { query: '', metrics, context: { id: mark } };
  const pane = { queries: [{ refId: 'A', source: { type: 'elasticsearch', uid: name }, spec }], view: 'logs' };
  const [before = '', after = ''] = JSON.stringify(pane).split(JSON.stringify(mark));
  const url = `/explore?left=${encodeURIComponent(before)}\${__value.raw:doublequote}${encodeURIComponent(after)}&\${__url_time_range}`;
  return { title: 'Show context', url, targetBlank: false };
}

/** Points at one of the lines. */
function markedField(hits: readonly Hit[], marked: number): Field {
  const values = Uint8Array.from(hits, (_, row) => (row === marked ? 1 : 0));
  return { name: 'this line', type: 'boolean', values, config: { custom: { [MARKS]: true } } };
}

/** time, body, level, id, labels; nanoseconds where the server keeps them. */
export function logFrame(
  refId: string,
  hits: readonly Hit[],
  { name, logMessageField, logLevelField }: LogSettings,
  marked?: number,
): Frame {
  const flat = hits.map(({ source }) => flatten(source));
  const bodies = hits.map(({ source }, row) => {
    const body = logMessageField === '' ? messageOf(flat[row]) : flat[row]?.[logMessageField];
    return body === undefined ? JSON.stringify(source) : textOf(body);
  });
  const levels = flat
    .map((one) => (logLevelField === '' ? undefined : one[logLevelField]))
    .map((level) => (level === undefined ? undefined : textOf(level)));
  const isNanos = hits.some(({ time }) => /\.\d{4,}/.test(time));
  const fields: Field[] = [
    timeColumn('Time', hits),
    { name: 'Line', type: 'string', values: bodies },
    ...(logLevelField === '' ? [] : [columnField('level', levels, false)]),
    ...(isNanos ? [{ name: 'tsNs', type: 'string', values: hits.map(({ time }) => nanosOf(time)) } as const] : []),
    {
      name: 'id',
      type: 'string',
      values: hits.map(({ index, id }) => `${index}#${id}`),
      config: { links: [contextLink(name)] },
    },
    ...(marked === undefined ? [] : [markedField(hits, marked)]),
    { name: 'labels', type: 'json', values: flat },
  ];
  return { refId, shape: 'logs', length: hits.length, fields };
}

/** Where no field is set up for the words of a line, those that most writers use. */
function messageOf(flat: Json | undefined): unknown {
  return flat?.['message'] ?? flat?.['msg'] ?? flat?.['log'] ?? flat?.['body'];
}

/** Unix nanoseconds of an instant such as 2026-01-01T00:00:00.123456789Z, "" where it is none. */
function nanosOf(time: string): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return '';
  const fraction = (/\.(\d+)/.exec(time)?.[1] ?? '').slice(0, 9).padEnd(9, '0');
  return `${Math.floor(ms / 1_000)}${fraction}`;
}

function jsonFrame(refId: string, hits: readonly Hit[]): Frame {
  return {
    refId,
    shape: 'table',
    length: hits.length,
    fields: [
      timeColumn('Time', hits),
      { name: 'document', type: 'json', values: hits.map(({ id, index, source }) => ({ _id: id, _index: index, ...source })) },
    ],
  };
}

/** The time, then every field that a document has, by its whole name. */
function tableFrame(refId: string, hits: readonly Hit[], timeField: string): Frame {
  const flat = hits.map(({ source }) => flatten(source));
  const names = new Set(flat.flatMap((one) => Object.keys(one)));
  names.delete(timeField);
  const fields: Field[] = [timeColumn(timeField, hits)];
  for (const name of [...names].toSorted().slice(0, MAX_COLUMNS))
    fields.push(
      cellsField(
        name,
        flat.map((one) => one[name]),
      ),
    );
  fields.push(
    { name: '_id', type: 'string', values: hits.map(({ id }) => id) },
    { name: '_index', type: 'string', values: hits.map(({ index }) => index) },
  );
  return { refId, shape: 'table', length: hits.length, fields };
}

function cellsField(name: string, cells: readonly unknown[]): Field {
  const given = cells.filter((cell) => cell !== undefined && cell !== null);
  const present = Uint8Array.from(cells, (cell) => (cell === undefined || cell === null ? 0 : 1));
  const gaps = present.includes(0) ? { present } : {};
  if (given.every((cell) => typeof cell === 'boolean'))
    return { name, type: 'boolean', values: Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0)), ...gaps };
  if (given.every((cell) => typeof cell === 'number' || typeof cell === 'string'))
    return columnField(
      name,
      cells.map((cell) => (typeof cell === 'number' || typeof cell === 'string' ? cell : undefined)),
      false,
    );
  return { name, type: 'json', values: cells.map((cell) => cell ?? null), ...gaps };
}

/** `{a: {b: 1}}` as `{"a.b": 1}`; lists stay as they are. */
export function flatten(source: Json): Json {
  const flat: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const visit = (value: Json, path: string, depth: number): void => {
    for (const [key, member] of Object.entries(value)) {
      const name = path === '' ? key : `${path}.${key}`;
      if (typeof member === 'object' && member !== null && !Array.isArray(member) && depth < MAX_DEPTH)
        visit(member as Json, name, depth + 1);
      else flat[name] = member;
    }
  };
  visit(source, '', 0);
  return flat;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
