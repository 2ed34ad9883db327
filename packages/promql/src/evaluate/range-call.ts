import type { Labels } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Call, Expr } from '../ast.ts';
import { valueType } from '../functions-signatures.ts';
import { emptyColumn, emptyHistograms, isEmpty, type Column, type Sink } from './column.ts';
import type { Evaluator, Visit } from './evaluator.ts';
import type { Grid } from './grid.ts';
import { extendedKernel, type RangeFunction } from './range-functions.ts';
import { samplesLookedAt, type KernelContext, type RangeKernel, type Windows } from './range-window.ts';
import type { RangeSeries } from './read-samples.ts';
import { SeriesNotes } from './series-notes.ts';
import { rangeNode } from './unwrap.ts';

/** How many samples a kernel may look at before there is a pause: a few milliseconds of work. */
const SAMPLES_A_GLANCE = 500_000;

const HISTOGRAMS_A_GLANCE = 10_000;
const MAX_HISTOGRAM_PARTS = 64;

const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

/** Functions that are not the same of a part of the samples: those of rolled-up samples are near what they would be. */
const SEES_ALL: ReadonlySet<string> = new Set([
  'changes',
  'deriv',
  'double_exponential_smoothing',
  'idelta',
  'irate',
  'mad_over_time',
  'predict_linear',
  'quantile_over_time',
  'stddev_over_time',
  'stdvar_over_time',
]);

/** A function of a range vector. */
export async function streamRangeFunction(
  evaluator: Evaluator,
  call: Call,
  fn: RangeFunction,
  grid: Grid,
  sink: Sink,
): Promise<void> {
  const at = call.args.findIndex((arg) => valueType(arg) === 'matrix');
  const scalars: Float64Array[] = [];
  for (const [i, arg] of call.args.entries()) if (i !== at) scalars.push(await evaluator.scalar(arg, grid));
  if (call.name === 'double_exponential_smoothing') checkFactors(scalars);
  const range = call.args[at]!;
  const quantiles = fn.quantileArg === undefined ? undefined : scalars[fn.quantileArg];
  let any = false;
  const notes = new SeriesNotes(
    evaluator.annotations,
    fn.quantileArg === undefined ? rangeNode(range).span : call.args[fn.quantileArg]!.span,
  );
  await streamKernel(evaluator, call.name, range, fn, grid, scalars, notes, (column) => {
    any = true;
    if (fn.counter === true && hasNumbers(column)) noteCounterName(evaluator, column.labels, range);
    sink(column);
  });
  if (any && quantiles !== undefined) evaluator.annotations.checkQuantiles(quantiles, call.args[fn.quantileArg ?? 0]!.span);
}

/** Runs a kernel over a range vector's series; those without any value are left out. */
export async function streamKernel(
  evaluator: Evaluator,
  name: string,
  expr: Expr,
  fn: RangeFunction,
  grid: Grid,
  args: readonly Float64Array[],
  notes: SeriesNotes,
  sink: Sink,
): Promise<void> {
  const { keepsName = false, windowByWindow = false } = fn;
  const range = rangeNode(expr);
  const extension = range.kind === 'matrixSelector' ? range.selector.extension : undefined;
  const kernel = extension === undefined ? fn.kernel : extendedKernel(name, extension, fn);
  const windows = evaluator.windowsOf(range, grid);
  const column: Column = { ...emptyColumn(grid.count), owned: false };
  const context: KernelContext = {
    args,
    gridStartMs: grid.startMs,
    gridStepMs: grid.stepMs,
    lookbackMs: evaluator.query.lookbackMs,
    notes,
  };
  const emit = ({ labels, dropName }: Pick<RangeSeries, 'labels' | 'dropName'>): void => {
    if (isEmpty(column.present)) return;
    column.labels = labels;
    column.dropName = keepsName ? dropName : true;
    sink(column);
  };
  const visit: Visit = (series) => {
    column.histograms = undefined;
    notes.metric = series.labels.metricName;
    if (series.rolled !== undefined && SEES_ALL.has(name)) {
      const text = `${name}() sees some samples only where others are rolled up, in metric`;
      evaluator.annotations.info(`${text} ${JSON.stringify(notes.metric)}`, range.span);
    }
    // Of a subquery nobody waits for what this returns, unless it was said that it may take long.
    const mayTakeLong = windowByWindow || (series.histograms !== undefined && range.kind === 'matrixSelector');
    if (mayTakeLong && partsOf(series, windows) > 1) {
      return runInParts(evaluator, kernel, series, windows, column, context).then(() => emit(series));
    }
    kernel(series, windows, column, context);
    emit(series);
  };
  await evaluator.streamRange(expr, grid, visit, { patient: windowByWindow, part: fn.part });
}

/** In how many parts a series is worked on: each is a few milliseconds, but what is found out of a whole series is not found out too often. */
function partsOf({ length, histograms }: RangeSeries, windows: Windows): number {
  const looks = samplesLookedAt(length, windows);
  if (histograms === undefined) return Math.ceil(looks / SAMPLES_A_GLANCE);
  return Math.min(MAX_HISTOGRAM_PARTS, Math.ceil(looks / HISTOGRAMS_A_GLANCE));
}

/** Runs a kernel over some windows after the other, with pauses. */
async function runInParts(
  evaluator: Evaluator,
  kernel: RangeKernel,
  lent: RangeSeries,
  windows: Windows,
  column: Column,
  { args, gridStartMs, gridStepMs, lookbackMs, notes }: KernelContext,
): Promise<void> {
  // Another evaluation may run in a pause and use the memory that the samples lie in.
  const { length } = lent;
  const samples = {
    timestampsMs: lent.timestampsMs.slice(0, length),
    values: lent.values.slice(0, length),
    length,
    histograms: lent.histograms?.slice(0, length),
    startsMs: lent.startsMs?.slice(0, length),
    rolled: lent.rolled && {
      counts: lent.rolled.counts.slice(0, length),
      sums: lent.rolled.sums.slice(0, length),
      falls: lent.rolled.falls.slice(0, length),
    },
  };
  const { labels, dropName, values, present } = column;
  const steps = Math.ceil(windows.count / partsOf(lent, windows));
  for (let from = 0; from < windows.count; from += steps) {
    const to = Math.min(from + steps, windows.count);
    const part: Column = { labels, dropName, values: values.subarray(from, to), present: present.subarray(from, to) };
    kernel(samples, { ...windows, firstEndMs: windows.firstEndMs + from * windows.stepMs, count: to - from }, part, {
      args: args.map((arg) => arg.subarray(from, to)),
      gridStartMs: gridStartMs + from * gridStepMs,
      gridStepMs,
      lookbackMs,
      notes,
    });
    if (part.histograms !== undefined) {
      column.histograms ??= emptyHistograms(windows.count);
      for (let i = from; i < to; i++) column.histograms[i] = part.histograms[i - from];
    }
    if (evaluator.budget.due()) await evaluator.budget.pause();
  }
}

function hasNumbers({ present, histograms }: Column): boolean {
  return histograms === undefined || present.some((there, i) => there === 1 && histograms[i] === undefined);
}

function noteCounterName(evaluator: Evaluator, labels: Labels, range: Expr): void {
  const metric = labels.metricName;
  if (metric === '') return;
  if (evaluator.query.features.typeAndUnitLabels === true) {
    const type = labels.get('__type__');
    if (type === 'counter' || type === 'histogram') return;
    const text = 'metric might not be a counter, __type__ label is not set to "counter" or "histogram", got';
    return evaluator.annotations.info(`${text} ${JSON.stringify(type)}: ${JSON.stringify(metric)}`, range.span);
  }
  if (COUNTER_NAME.test(metric)) return;
  const text = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket:';
  evaluator.annotations.info(`${text} ${JSON.stringify(metric)}`, range.span);
}

function checkFactors([smoothing, trend]: readonly Float64Array[]): void {
  for (const [factors, short, long] of [
    [smoothing!, 'sf', 'smoothing'],
    [trend!, 'tf', 'trend'],
  ] as const) {
    const bad = factors.find((factor) => factor <= 0 || factor >= 1);
    if (bad === undefined) continue;
    throw new QueryError('execution', `invalid ${long} factor. Expected: 0 < ${short} < 1, got: ${bad.toFixed(6)}`);
  }
}
