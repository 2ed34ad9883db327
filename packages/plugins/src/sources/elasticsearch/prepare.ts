import { readIntervalMs } from '@vitrine/compute/interval.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import type { QueryContext } from '../../contract.ts';
import type { Bucket, ElasticsearchQuery, ElasticsearchSettings, Metric } from './spec.ts';

const DEFAULT_TIME_FIELD = '@timestamp';
const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** A query without variables. */
export interface PreparedQuery {
  readonly query: string;
  readonly alias: string;
  readonly timeField: string;
  readonly metrics: readonly Metric[];
  readonly buckets: readonly Bucket[];
  readonly filters: readonly AdhocFilter[];
  /** Of a date histogram by itself. */
  readonly autoMs: number;
}

type Context = Pick<QueryContext, 'replace' | 'stepMs' | 'filters'>;

/** Fills in variables: in Lucene's form where a query stands, as they are elsewhere. */
export function prepareQuery(query: ElasticsearchQuery, context: Context, settings: ElasticsearchSettings): PreparedQuery {
  const autoMs = Math.max(context.stepMs, settings.minIntervalMs);
  const macros = intervalMacros(autoMs);
  const fill = (text: string): string => context.replace(text, 'csv', macros);
  const fillAll = (value: unknown): unknown => {
    if (typeof value === 'string') return fill(value);
    if (Array.isArray(value)) return value.map(fillAll);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        key === 'query' && typeof member === 'string' ? context.replace(member, 'lucene', macros) : fillAll(member),
      ]),
    );
  };
  const filled = <Part extends Metric | Bucket>(part: Part): Part => ({
    ...part,
    field: fill(part.field),
    settings: fillAll(part.settings) as Part['settings'],
  });
  return {
    query: context.replace(query.query, 'lucene', macros).trim(),
    // Names are filled in per series; variables are not.
    alias: context.replace(query.alias, 'csv', macros),
    timeField: timeFieldOf(settings, query.timeField),
    metrics: query.metrics.map(filled),
    buckets: query.bucketAggs.map(filled),
    filters: context.filters,
    autoMs,
  };
}

/** What a query's own step is written as. */
export function intervalMacros(stepMs: number): Readonly<Record<string, string>> {
  return { __interval: writeInterval(stepMs), __interval_ms: String(stepMs) };
}

export function timeFieldOf({ timeField }: Pick<ElasticsearchSettings, 'timeField'>, own = ''): string {
  return timeField ?? (own === '' ? DEFAULT_TIME_FIELD : own);
}

/** Elasticsearch knows one unit at a time: 90 s is "90s". */
function writeInterval(ms: number): string {
  const [unit, length] = UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? ['ms', 1];
  return `${ms / length}${unit}`;
}

/** How long the buckets of a date histogram are. */
export type BucketLength = { readonly fixed_interval: string } | { readonly calendar_interval: string };

/** Reads "auto", "30s", "1d", "1M" or "week". Throws BadRequest. */
export function bucketLength({ settings }: Pick<Bucket, 'settings'>, autoMs: number): BucketLength {
  const text = settingText(settings, 'interval').trim();
  if (isAutomatic({ settings })) return { fixed_interval: writeInterval(autoMs) };
  // Weeks and longer have no fixed length, and days have none where clocks change.
  if (/^(1?[wMqy]|week|month|quarter|year)$/.test(text)) return { calendar_interval: /^[wMqy]$/.test(text) ? `1${text}` : text };
  if (/^(1?d|day)$/.test(text)) return zoneOf(settings) === undefined ? { fixed_interval: '1d' } : { calendar_interval: '1d' };
  const ms = readIntervalMs(text);
  if (ms === undefined || ms < 1)
    throw new BadRequest('interval', `"${text.slice(0, 100)}" is not "auto" or a duration such as 30s or 1d`);
  return { fixed_interval: writeInterval(Math.round(ms)) };
}

/** Whether a date histogram's groups are as long as the panel's step. */
export function isAutomatic({ settings }: Pick<Bucket, 'settings'>): boolean {
  return ['', 'auto'].includes(settingText(settings, 'interval').trim());
}

/** Milliseconds; a day where the calendar says how long it is. */
export function bucketMs(length: BucketLength): number {
  return 'fixed_interval' in length ? (readIntervalMs(length.fixed_interval) ?? 1) : 86_400_000;
}

/** An IANA zone; undefined is UTC. */
export function zoneOf(settings: Bucket['settings']): string | undefined {
  const zone = settingText(settings, 'timeZone');
  return zone === '' || zone.toLowerCase() === 'utc' || zone === 'browser' ? undefined : zone;
}

/** Settings come as text or numbers. */
export function settingText(settings: Bucket['settings'], key: string): string {
  const value = settings[key];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** undefined where there is none. Throws BadRequest that names the setting. */
export function settingNumber(settings: Bucket['settings'], key: string): number | undefined {
  const text = settingText(settings, key).trim();
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new BadRequest(`settings.${key}`, `"${text.slice(0, 100)}" is not a number`);
  return value;
}
