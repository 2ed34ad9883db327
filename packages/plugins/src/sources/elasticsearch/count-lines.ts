import { LEVEL_NAME, levelOf, type LogLevel } from '@vitrine/compute/log-lines.ts';
import { volumeFrame, volumeWidthMs } from '@vitrine/compute/log-volume.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { asList, asObject, type Json } from './ask-elastic.ts';
import type { SearchRange } from './build-search.ts';
import { narrowTo } from './filters.ts';
import type { KnownField } from './known-fields.ts';
import type { PreparedQuery } from './prepare.ts';

/** A bar for each of so many stretches, at most. */
const BARS = 80;
/** Words for levels, of which there are few. */
const MOST_LEVELS = 30;

/** The field that documents can be grouped by for their level; undefined where there is none. `named` is what the settings say, "" nothing. */
export function levelField(fields: readonly KnownField[], named: string): string | undefined {
  const groupable = fields.filter(({ isGroupable }) => isGroupable).map(({ name }) => name);
  const isLevel = (name: string): boolean => (named === '' ? LEVEL_NAME.test(name) : name === named);
  // A text has its words in a field of its own, mostly called so.
  return (
    groupable.find(isLevel) ?? groupable.find((name) => name.endsWith('.keyword') && isLevel(name.slice(0, -'.keyword'.length)))
  );
}

/** Counts all lines that a query finds, over time and by level. */
export function buildCounts(query: PreparedQuery, range: SearchRange, level: string | undefined): Json {
  const widthMs = volumeWidthMs(range.fromMs, range.toMs, BARS);
  return {
    size: 0,
    track_total_hits: false,
    query: narrowTo(query.timeField, { gte: range.fromMs, lt: range.toMs }, query.query, query.filters),
    aggs: {
      time: {
        date_histogram: {
          field: query.timeField,
          fixed_interval: `${Math.max(1, Math.round(widthMs))}ms`,
          min_doc_count: 0,
          extended_bounds: { min: range.fromMs, max: range.toMs - 1 },
          format: 'epoch_millis',
        },
        ...(level === undefined ? {} : { aggs: { level: { terms: { field: level, size: MOST_LEVELS } } } }),
      },
    },
  };
}

/** What buildCounts asked, a column a level; lines without one, and those of levels beyond the most, are unknown. */
export function readCounts(refId: string, answer: Json): Frame {
  const buckets = asList(asObject(asObject(answer['aggregations'])['time'])['buckets']).map(asObject);
  const counts = new Map<LogLevel, Float64Array>();
  const add = (level: LogLevel, at: number, count: number): void => {
    if (count <= 0) return;
    let column = counts.get(level);
    if (column === undefined) counts.set(level, (column = new Float64Array(buckets.length)));
    column[at] = (column[at] ?? 0) + count;
  };
  for (const [at, bucket] of buckets.entries()) {
    let rest = Number(bucket['doc_count'] ?? 0);
    for (const one of asList(asObject(bucket['level'])['buckets']).map(asObject)) {
      const count = Number(one['doc_count'] ?? 0);
      add(levelOf(String(one['key_as_string'] ?? one['key'])), at, count);
      rest -= count;
    }
    add('unknown', at, rest);
  }
  const times = Float64Array.from(buckets, ({ key }) => Number(key));
  return volumeFrame(refId, times, counts);
}
