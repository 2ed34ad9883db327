import { defaultLegends, fillLegend } from '@vitrine/compute/legend.ts';
import type { Field, Frame, Notice, NumberField } from '@vitrine/model/frame.ts';
import type { GridSeries, QueryResult } from '@vitrine/model/sample-store.ts';
import { histogramFrame, histogramNotices, histogramTable, type PromResult } from './native-histograms.ts';
import type { PromQuery } from './spec.ts';

/** A table of more rows than this is cut. */
const MAX_TABLE_ROWS = 100_000;

/** How an answer is to be named and shaped. */
export type ShapedQuery = Pick<PromQuery, 'expr' | 'legendFormat' | 'format'>;

interface Shaped {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
}

/** The answer as the query asked to have it. */
export function shapeResult(refId: string, query: ShapedQuery, result: PromResult): Shaped {
  const { timesMs, series } = gridOf(query, result);
  const { histograms = [] } = result;
  if (histograms.length === 0) return shapeSeries(refId, query, timesMs, series);
  const isTable = query.format === 'table';
  const frame = (isTable ? histogramTable : histogramFrame)(refId, timesMs, histograms);
  const others = series.length === 0 ? { frames: [], notices: [] } : shapeSeries(refId, query, timesMs, series);
  return {
    frames: [frame, ...others.frames],
    notices: [...(isTable ? [] : histogramNotices(refId, histograms)), ...others.notices],
  };
}

function shapeSeries(refId: string, query: ShapedQuery, timesMs: Float64Array, series: readonly NamedSeries[]): Shaped {
  switch (query.format) {
    case 'time_series':
      return seriesFrame(refId, query, timesMs, series);
    case 'table':
      return tableFrame(refId, timesMs, series);
    case 'heatmap':
      return bucketsFrame(refId, timesMs, series);
  }
}

interface Grid {
  readonly timesMs: Float64Array;
  readonly series: readonly NamedSeries[];
}

interface NamedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Float64Array;
  readonly present: Uint8Array | undefined;
}

/** Every kind of result as series over a grid: a scalar is one series without labels, a string a label of it. */
function gridOf(query: ShapedQuery, result: QueryResult): Grid {
  switch (result.kind) {
    case 'matrix':
    case 'vector':
      return { timesMs: result.timesMs, series: result.series.map(named) };
    case 'scalar':
      return {
        timesMs: Float64Array.of(result.timeMs),
        series: [{ labels: {}, values: Float64Array.of(result.value), present: undefined }],
      };
    case 'string':
      return {
        timesMs: Float64Array.of(result.timeMs),
        series: [{ labels: { value: result.value }, values: Float64Array.of(Number.NaN), present: Uint8Array.of(0) }],
      };
    case 'samples':
      return samplesOnTheirOwnTimes(query, result.series);
  }
}

function named(series: GridSeries): NamedSeries {
  return { labels: series.labels.toObject(), values: series.values, present: series.present };
}

/** Samples as stored have times of their own: the x column is their union, and each series is missing at the others'. */
function samplesOnTheirOwnTimes(_query: ShapedQuery, stored: Extract<QueryResult, { kind: 'samples' }>['series']): Grid {
  const timesMs = Float64Array.from(
    new Set(stored.flatMap(({ timestampsMs, length }) => [...timestampsMs.subarray(0, length)])),
  ).toSorted();
  const placeOf = new Map([...timesMs].map((time, index) => [time, index]));
  const series = stored.map(({ labels, length, timestampsMs, values: from }) => {
    const values = new Float64Array(timesMs.length);
    const present = new Uint8Array(timesMs.length);
    for (let i = 0; i < length; i++) {
      const at = placeOf.get(timestampsMs[i] as number) as number;
      values[at] = from[i] as number;
      present[at] = 1;
    }
    return { labels: labels.toObject(), values, present };
  });
  return { timesMs, series };
}

function seriesFrame(refId: string, query: ShapedQuery, timesMs: Float64Array, all: readonly NamedSeries[]): Shaped {
  const legends =
    query.legendFormat === ''
      ? defaultLegends(
          all.map(({ labels }) => labels),
          query.expr.trim(),
        )
      : all.map(({ labels }) => fillLegend(query.legendFormat, labels));
  const columns = all.map((series, index) => numberField(legends[index] as string, series));
  return {
    frames: [{ refId, shape: 'series', length: timesMs.length, fields: [timeField(timesMs), ...columns] }],
    notices: [],
  };
}

/** A row for each series and time that has a value: the time, every label that occurs, the value. */
function tableFrame(refId: string, timesMs: Float64Array, series: readonly NamedSeries[]): Shaped {
  const labelNames = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].toSorted();
  const times: number[] = [];
  const values: number[] = [];
  const sources: NamedSeries[] = [];
  let rows = 0;
  for (const one of series) {
    for (let i = 0; i < timesMs.length; i++) {
      if (one.present?.[i] === 0) continue;
      rows++;
      if (rows > MAX_TABLE_ROWS) continue;
      times.push(timesMs[i] as number);
      values.push(one.values[i] as number);
      sources.push(one);
    }
  }
  const fields: Field[] = [
    timeField(Float64Array.from(times)),
    ...labelNames.map((name): Field => ({ name, type: 'string', values: sources.map(({ labels }) => labels[name] ?? '') })),
    { name: 'Value', type: 'number', values: Float64Array.from(values) },
  ];
  return { frames: [{ refId, shape: 'table', length: times.length, fields }], notices: cutNotice(times.length, rows, 'rows') };
}

/**
 * Cumulative `le` series taken apart: each column holds what fell between its own bound and the one below. Series that
 * share a bound are added up. A bucket is missing where its own series is, and is not below 0, which rounding in rate()
 * would have it.
 */
function bucketsFrame(refId: string, timesMs: Float64Array, series: readonly NamedSeries[]): Shaped {
  const byBound = new Map<number, NamedSeries>();
  let foreign = 0;
  for (const one of series) {
    const bound = boundOf(one.labels['le']);
    if (bound === undefined) foreign++;
    else byBound.set(bound, add(byBound.get(bound), one));
  }
  const rising = [...byBound].toSorted(([a], [b]) => a - b);
  const columns = rising.map(([, cumulative], index): NumberField => {
    const le = cumulative.labels['le'] as string;
    const below = rising[index - 1]?.[1];
    const values = cumulative.values.map((value, i) =>
      below === undefined || below.present?.[i] === 0 ? value : Math.max(0, value - (below.values[i] as number)),
    );
    return numberField(le, { labels: { le }, values, present: cumulative.present });
  });
  const notices: Notice[] =
    foreign === 0
      ? []
      : [
          {
            level: 'warning',
            text: `Query ${refId}: ${foreign} series have no "le" label and are not shown; sum by (le) keeps it.`,
          },
        ];
  return { frames: [{ refId, shape: 'buckets', length: timesMs.length, fields: [timeField(timesMs), ...columns] }], notices };
}

function boundOf(le: string | undefined): number | undefined {
  if (le === undefined || le.trim() === '') return undefined;
  const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
  return Number.isNaN(bound) ? undefined : bound;
}

/** Two series of one bound: what either has counts, and missing is not zero where both lack it. */
function add(a: NamedSeries | undefined, b: NamedSeries): NamedSeries {
  if (a === undefined) return b;
  const has = (series: NamedSeries, i: number): boolean => series.present?.[i] !== 0;
  const at = (series: NamedSeries, i: number): number => (has(series, i) ? (series.values[i] as number) : 0);
  return {
    labels: a.labels,
    values: a.values.map((_, i) => at(a, i) + at(b, i)),
    present: Uint8Array.from(a.values, (_, i) => (has(a, i) || has(b, i) ? 1 : 0)),
  };
}

function timeField(values: Float64Array): NumberField {
  return { name: 'Time', type: 'time', values };
}

function numberField(name: string, { labels, values, present }: NamedSeries): NumberField {
  return { name, type: 'number', labels, values, ...(present === undefined ? {} : { present }) };
}

function cutNotice(shown: number, all: number, what: string): Notice[] {
  if (shown === all) return [];
  return [
    {
      level: 'warning',
      text: `Showing ${shown} of ${all} ${what}. Narrow the query, for example with topk(${shown}, …) or a matcher.`,
    },
  ];
}
