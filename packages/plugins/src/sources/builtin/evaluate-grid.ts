import type { Grid } from '@vitrine/compute/step.ts';
import type { GridSeries, QueryLimits, QueryResult } from '@vitrine/model/sample-store.ts';
import type { Expr } from '@vitrine/promql/ast.ts';
import { EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';
import type { HistogramSeries, PromResult } from './native-histograms.ts';
import type { PromSamples } from './prom-source.ts';

/** What reads no window may be asked for this far ahead: the newest samples are still within its lookback. */
const MOST_AHEAD_MS = 60_000;

/**
 * Evaluates over a grid whose last time may lie ahead of the clock. What reads a window is asked for that last point at
 * `nowMs` instead: a window that is partly in the future has too few samples, and every rate would seem to fall at the
 * right edge. So is everything else where the grid is coarse: hours ahead no sample is within the lookback, and `time()`
 * would be wrong by as much. The point keeps its place on the grid, and the next answer replaces it.
 */
export async function evaluateGrid(
  samples: Pick<PromSamples, 'evaluate'>,
  expr: string,
  { fromMs, toMs, stepMs }: Grid,
  limits: QueryLimits,
  signal: AbortSignal,
  nowMs: number,
): Promise<PromResult> {
  if (toMs <= nowMs || (toMs - nowMs <= MOST_AHEAD_MS && !mayReadWindow(expr))) {
    return samples.evaluate({ expr, startMs: fromMs, endMs: toMs, stepMs, limits }, signal);
  }
  const newest = samples.evaluate({ expr, startMs: nowMs, endMs: nowMs, stepMs: 0, limits }, signal);
  if (toMs - stepMs < fromMs) return appendNewest(undefined, await newest, toMs);
  const [before, last] = await Promise.all([
    samples.evaluate({ expr, startMs: fromMs, endMs: toMs - stepMs, stepMs, limits }, signal),
    newest,
  ]);
  return appendNewest(before, last, toMs);
}

/** What another server's dialect means is not known here: it may. */
function mayReadWindow(expr: string): boolean {
  try {
    return readsWindow(parse(expr, EVERY_SYNTAX));
  } catch {
    return true;
  }
}

/** Whether an expression reads samples over a stretch of time that ends at the time asked for. */
function readsWindow(expr: Expr): boolean {
  switch (expr.kind) {
    case 'matrixSelector':
    case 'subquery':
      return true;
    case 'call':
      return expr.args.some(readsWindow);
    case 'aggregation':
      return readsWindow(expr.expr);
    case 'binary':
      return readsWindow(expr.left) || readsWindow(expr.right);
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return readsWindow(expr.expr);
    case 'number':
    case 'string':
    case 'vectorSelector':
      return false;
  }
}

/** Joins a range answer and an instant answer, which is given its place at `timeMs`. */
function appendNewest(before: PromResult | undefined, newest: PromResult, timeMs: number): PromResult {
  const { stats, annotations } = newest;
  const head = before === undefined ? { timesMs: new Float64Array(0), series: [] } : seriesOf(before);
  const tail = seriesOf(newest).series;
  const length = head.timesMs.length;
  const timesMs = new Float64Array(length + 1);
  timesMs.set(head.timesMs);
  timesMs[length] = timeMs;

  const newestByKey = new Map(tail.map((series) => [series.labels.key, series]));
  const known = new Set(head.series.map(({ labels }) => labels.key));
  const arrived = tail.filter(({ labels }) => !known.has(labels.key));
  const joined = [
    ...head.series.map((series) => joinSeries(series, newestByKey.get(series.labels.key), length)),
    ...arrived.map((series) =>
      joinSeries({ labels: series.labels, values: new Float64Array(length), present: new Uint8Array(length) }, series, length),
    ),
  ];
  const seen = new Set(before?.annotations.map(({ text }) => text));
  return {
    kind: 'matrix',
    timesMs,
    series: joined,
    ...joinHistograms(before?.histograms, newest.histograms, length),
    annotations: [...(before?.annotations ?? []), ...annotations.filter(({ text }) => !seen.has(text))],
    stats: {
      seriesRead: Math.max(before?.stats.seriesRead ?? 0, stats.seriesRead),
      samplesRead: (before?.stats.samplesRead ?? 0) + stats.samplesRead,
      elapsedMs: (before?.stats.elapsedMs ?? 0) + stats.elapsedMs,
    },
  };
}

function joinHistograms(
  before: readonly HistogramSeries[] = [],
  newest: readonly HistogramSeries[] = [],
  length: number,
): { readonly histograms?: readonly HistogramSeries[] } {
  if (before.length + newest.length === 0) return {};
  const byKey = new Map(newest.map((one) => [one.labels.key, one]));
  const known = new Set(before.map(({ labels }) => labels.key));
  const none = Array.from({ length }, () => undefined);
  const all = [
    ...before,
    ...newest.filter(({ labels }) => !known.has(labels.key)).map(({ labels }) => ({ labels, points: none })),
  ];
  return {
    histograms: all.map(({ labels, points }) => ({ labels, points: [...points, byKey.get(labels.key)?.points[0]] })),
  };
}

function joinSeries(before: GridSeries, newest: GridSeries | undefined, length: number): GridSeries {
  const values = new Float64Array(length + 1);
  values.set(before.values);
  const isThere = newest !== undefined && newest.present?.[0] !== 0;
  if (isThere) values[length] = newest.values[0] as number;
  if (isThere && before.present === undefined) return { labels: before.labels, values, present: undefined };
  const present = new Uint8Array(length + 1).fill(1);
  if (before.present !== undefined) present.set(before.present);
  present[length] = isThere ? 1 : 0;
  return { labels: before.labels, values, present };
}

function seriesOf(result: QueryResult): { readonly timesMs: Float64Array; readonly series: readonly GridSeries[] } {
  switch (result.kind) {
    case 'matrix':
    case 'vector':
      return result;
    case 'scalar':
    case 'string':
    case 'samples':
      // None is an answer over a range, and the range query before this one said so.
      return { timesMs: new Float64Array(0), series: [] };
  }
}
