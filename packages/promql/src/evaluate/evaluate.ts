import {
  QueryError,
  type GridSeries,
  type QueryFeatures,
  type QueryLimits,
  type QueryResult,
  type SampleSource,
  type Selector,
  type SeriesSamples,
} from '@vitrine/model/sample-store.ts';
import type { Expr, ParseOptions } from '../ast.ts';
import { parse } from '../parse.ts';
import { Annotations } from './annotations.ts';
import { Budget } from './budget.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { byLabels, dropMetadata, isEmpty, mergeEqualLabels, type Column } from './column.ts';
import { Evaluator, type Given, type Query } from './evaluator.ts';
import { gridOf, gridTimes, instantGrid, type Grid } from './grid.ts';
import { countedOnly } from './reset-hints.ts';
import { Tracer } from './tracer.ts';
import { rangeNode, unwrap } from './unwrap.ts';
import { valueType } from '../functions-signatures.ts';

export const DEFAULT_LOOKBACK_MS = 300_000;
export const DEFAULT_SUBQUERY_STEP_MS = 60_000;

/** A question about an expression. For an instant query `startMs === endMs` and `stepMs` is 0. */
export interface EvaluationRequest {
  readonly startMs: number;
  /** The last grid time is the greatest `startMs + k * stepMs` that is at most `endMs`. */
  readonly endMs: number;
  readonly stepMs: number;
  /** How old a sample may be and still count, 5 minutes where not given. */
  readonly lookbackMs?: number;
  /** The step of subqueries that name none, 1 minute where not given. */
  readonly subqueryStepMs?: number;
  readonly limits?: Partial<QueryLimits>;
  readonly features?: QueryFeatures;
  /** Also tell where the time went: `stats.trace`. */
  readonly trace?: boolean;
  /** Matchers that hold for every series that is read, whatever the expression selects. */
  readonly within?: Selector;
  /** Whether the samples of `metric[5m]` come with the stale markers among them. */
  readonly keepsStale?: boolean;
  /** The query's text, so that annotations name the right line. */
  readonly text?: string;
}

/** Says which sub-expressions of a query are not evaluated with the rest of it. */
export type Give = (context: {
  readonly query: Query;
  readonly budget: Budget;
  readonly annotations: Annotations;
}) => ReadonlyMap<Expr, Given>;

/** Parses, with what the request's features or `options` allow, and evaluates. Throws QueryError. */
export async function evaluateText(
  text: string,
  request: Omit<EvaluationRequest, 'text'>,
  source: SampleSource,
  signal?: AbortSignal,
  options?: ParseOptions,
): Promise<QueryResult> {
  return evaluate(parse(text, options ?? request.features), { ...request, text }, source, signal);
}

/**
 * Evaluates an expression at one instant or over a grid, as Prometheus 3 does. Lets the event loop turn about every 10 ms.
 * Throws QueryError: `limit`, `timeout`, `canceled`, `execution` where the data does not allow an answer, `unsupported`.
 */
export async function evaluate(
  expr: Expr,
  request: EvaluationRequest,
  source: SampleSource,
  signal?: AbortSignal,
  give?: Give,
): Promise<QueryResult> {
  const { startMs, endMs, stepMs, text, lookbackMs = DEFAULT_LOOKBACK_MS } = request;
  if (!(endMs >= startMs) || !(stepMs >= 0) || !Number.isFinite(endMs - startMs)) {
    throw new QueryError('bad_data', `the range from ${startMs} to ${endMs} with step ${stepMs} ms is not a range`);
  }
  const instant = stepMs === 0;
  const grid = instant ? instantGrid(startMs) : gridOf(startMs, endMs, stepMs);
  const tracer = request.trace === true ? new Tracer(expr) : undefined;
  const budget = new Budget(request.limits, signal, tracer);
  const annotations = new Annotations(text);
  const query = {
    startMs,
    endMs,
    stepMs,
    lookbackMs: lookbackMs > 0 ? lookbackMs : DEFAULT_LOOKBACK_MS,
    subqueryStepMs: request.subqueryStepMs ?? DEFAULT_SUBQUERY_STEP_MS,
    features: request.features ?? {},
    within: request.within ?? [],
    keepsStale: request.keepsStale === true && unwrap(expr).kind === 'matrixSelector',
  };
  budget.hold(grid.count);
  const given = give?.({ query, budget, annotations });
  const extras = { tracer, given, countedOnly: countedOnly(expr) };
  const evaluator = new Evaluator(source, query, budget, annotations, extras);
  const answer = await answerOf(expr, evaluator, grid, instant, budget);
  const { seriesRead, samplesRead, elapsedMs, heldValues } = budget;
  const trace = tracer?.report(heldValues);
  return { ...answer, annotations: annotations.list(), stats: { seriesRead, samplesRead, elapsedMs, trace } };
}

type WithoutNotes<T> = T extends unknown ? Omit<T, 'annotations' | 'stats'> : never;

async function answerOf(
  expr: Expr,
  evaluator: Evaluator,
  grid: Grid,
  instant: boolean,
  budget: Budget,
): Promise<WithoutNotes<QueryResult>> {
  switch (valueType(expr)) {
    case 'string': {
      if (!instant) throw notOverRange('string', expr);
      const inner = unwrap(expr);
      return { kind: 'string', timeMs: grid.startMs, value: inner.kind === 'string' ? inner.value : '' };
    }
    case 'scalar': {
      const values = await evaluator.scalar(expr, grid);
      if (instant) return { kind: 'scalar', timeMs: grid.startMs, value: values[0]! };
      return { kind: 'matrix', timesMs: gridTimes(grid), series: [{ labels: Labels.empty, values, present: undefined }] };
    }
    case 'matrix': {
      if (!instant) throw notOverRange('range vector', expr);
      return { kind: 'samples', series: await samplesOf(expr, evaluator, grid, budget) };
    }
    case 'vector': {
      const columns = named(await evaluator.collect(expr, grid));
      budget.allowSeries(columns.length);
      const ordered = instant && hasOrder(expr) ? columns : columns.toSorted(byLabels);
      return { kind: instant ? 'vector' : 'matrix', timesMs: gridTimes(grid), series: ordered.map(seriesOf) };
    }
  }
}

function notOverRange(type: string, { span }: Expr): QueryError {
  return new QueryError('bad_data', `invalid expression type "${type}" for range query, must be Scalar or instant Vector`, span);
}

/** Takes away the names that were to go. Throws where two series then are the same. */
function named(columns: Column[]): readonly Column[] {
  for (const column of columns) if (column.dropName) column.labels = dropMetadata(column.labels);
  return mergeEqualLabels(columns.filter(({ present }) => !isEmpty(present)));
}

function seriesOf({ labels, values, present, histograms }: Column): GridSeries {
  const gaps = present.includes(0) ? present : undefined;
  if (histograms === undefined) return { labels, values, present: gaps };
  const there = histograms.map((histogram, i) => (present[i] === 1 ? histogram : undefined));
  const any = there.some((histogram) => histogram !== undefined);
  return { labels, values, present: gaps, histograms: any ? there : undefined };
}

async function samplesOf(expr: Expr, evaluator: Evaluator, grid: Grid, budget: Budget): Promise<SeriesSamples[]> {
  const range = rangeNode(expr);
  if (range.kind === 'matrixSelector' && range.selector.extension !== undefined) {
    const text = `the modifier "${range.selector.extension}" is supported within functions only`;
    throw new QueryError('unsupported', text, range.span);
  }
  const series: SeriesSamples[] = [];
  await evaluator.streamRange(expr, grid, ({ labels, dropName, timestampsMs, values, length, histograms, startsMs }) => {
    budget.hold(length);
    series.push({
      labels: dropName ? dropMetadata(labels) : labels,
      length,
      timestampsMs: timestampsMs.slice(0, length),
      values: values.slice(0, length),
      histograms: histograms?.slice(0, length),
      startsMs: startsMs?.slice(0, length),
    });
  });
  budget.allowSeries(series.length);
  return series;
}

const ORDERING = /^(?:sort|sort_desc|sort_by_label|sort_by_label_desc)$/;

/** Whether the order of an instant vector means something: it was sorted or ranked. */
function hasOrder(expr: Expr): boolean {
  switch (expr.kind) {
    case 'call':
      return ORDERING.test(expr.name) || expr.args.some(hasOrder);
    case 'aggregation':
      return expr.op === 'topk' || expr.op === 'bottomk';
    case 'binary':
      return hasOrder(expr.left);
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return hasOrder(expr.expr);
    default:
      return false;
  }
}
