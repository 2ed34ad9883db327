import { scale } from '../histogram/scale.ts';
import { Labels } from '@vitrine/model/labels.ts';
import {
  QueryError,
  type QueryFeatures,
  type RollupPart,
  type SampleSource,
  type Selector,
} from '@vitrine/model/sample-store.ts';
import type { Binary, Expr, MatrixSelector, Subquery, VectorSelector } from '../ast.ts';
import { valueType } from '../functions-signatures.ts';
import { streamAggregation } from './aggregate.ts';
import type { Annotations } from './annotations.ts';
import { combineScalars, combineSets, combineVectors, combineWithScalar } from './binary.ts';
import { extraSamples, type Budget } from './budget.ts';
import { constantColumn, emptyColumn, isEmpty, keepColumn, push, put, valueAt, type Column, type Sink } from './column.ts';
import { durationMs, positiveDurationMs, type QuerySpan } from './duration-value.ts';
import { instantGrid, type Grid } from './grid.ts';
import { isStepInvariant } from './invariant.ts';
import { isSetOp } from './operators.ts';
import type { Samples, Windows } from './range-window.ts';
import {
  columnSamples,
  readInstants,
  readSamples,
  referenceOf,
  withoutStale,
  type RangeSeries,
  type Reading,
  type SampleAspect,
} from './read-samples.ts';
import { rollupWanted } from './rollup-wanted.ts';
import { scalarCall } from './scalar-call.ts';
import type { Tracer } from './tracer.ts';
import { rangeNode } from './unwrap.ts';
import { streamCall } from './vector-call.ts';

/** What an evaluation is about, beside the expression. */
export interface Query {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly lookbackMs: number;
  /** The step of a subquery that names none. */
  readonly subqueryStepMs: number;
  readonly features: QueryFeatures;
  /** Matchers that hold for every series that is read. */
  readonly within: Selector;
  /** Whether range selectors give stale markers too. */
  readonly keepsStale: boolean;
}

/** Takes a series of a range vector, lent for the duration of the call or until the promise is kept. */
export type Visit = (series: RangeSeries) => void | Promise<void>;

/** How the series of a range vector are wanted. */
interface RangeWish {
  /** What a visit returns is waited for before the next series; the samples stay as they are until then. */
  readonly patient?: boolean;
  /** What of buckets does as well as all samples; none does where there is nothing here. */
  readonly part?: RollupPart | undefined;
}

/** Gives the series of an expression that is not evaluated here, or not here alone. */
export type Given = (grid: Grid, sink: Sink) => Promise<void>;

/** What only some evaluations have. */
interface Extras {
  readonly tracer?: Tracer | undefined;
  /** Sub-expressions that are not evaluated here. */
  readonly given?: ReadonlyMap<Expr, Given> | undefined;
  readonly countedOnly?: Reading['countedOnly'];
}

/**
 * Evaluates expressions series by series: a vector is a stream of columns, each the whole grid of one series, lent to a
 * sink. What can work on one series at a time never holds more than one.
 */
export class Evaluator {
  readonly query: Query;
  readonly span: QuerySpan;
  readonly budget: Budget;
  readonly annotations: Annotations;
  readonly #reading: Reading;
  readonly #tracer: Tracer | undefined;
  readonly #given: ReadonlyMap<Expr, Given> | undefined;

  constructor(
    source: SampleSource,
    query: Query,
    budget: Budget,
    annotations: Annotations,
    { tracer, given, countedOnly = new Set() }: Extras = {},
  ) {
    this.#reading = { source, within: query.within, budget, annotations, tracer, countedOnly };
    this.#given = given;
    this.#tracer = tracer;
    this.query = query;
    this.span = { stepMs: query.stepMs, rangeMs: query.endMs - query.startMs };
    this.budget = budget;
    this.annotations = annotations;
  }

  /** All series of a vector expression over the grid, each with at least one value. */
  async collect(expr: Expr, grid: Grid): Promise<Column[]> {
    const columns: Column[] = [];
    await this.stream(expr, grid, (column) => {
      const { histograms } = column;
      this.budget.hold(histograms === undefined ? grid.count : grid.count + extraSamples(histograms, grid.count));
      columns.push(keepColumn(column));
    });
    this.budget.allowSeries(columns.length);
    return columns;
  }

  /** Gives the series of a vector expression to the sink, one after the other. */
  async stream(expr: Expr, grid: Grid, sink: Sink): Promise<void> {
    if (this.#tracer === undefined || isWrapper(expr)) return this.#stream(expr, grid, sink);
    return this.#tracer.run(expr, (hand) => {
      const take = hand(sink);
      return this.#stream(expr, grid, (column) => void take(column));
    });
  }

  async #stream(expr: Expr, grid: Grid, sink: Sink): Promise<void> {
    const given = this.#given?.get(expr);
    if (given !== undefined) return given(grid, sink);
    if (grid.count > 1 && isStepInvariant(expr)) return this.#broadcast(expr, grid, sink);
    switch (expr.kind) {
      case 'paren':
      case 'stepInvariant':
        return this.stream(expr.expr, grid, sink);
      case 'unary':
        return this.stream(expr.expr, grid, expr.op === '+' ? sink : negate(sink));
      case 'vectorSelector':
        return this.streamSelector(expr, grid, 'values', sink);
      case 'aggregation':
        return streamAggregation(this, expr, grid, sink);
      case 'binary':
        return this.#streamBinary(expr, grid, sink);
      case 'call':
        return streamCall(this, expr, grid, sink);
      default:
        throw new QueryError('execution', `expected an instant vector, got a ${valueType(expr)}`, expr.span);
    }
  }

  /** A scalar expression's value at each step. */
  async scalar(expr: Expr, grid: Grid): Promise<Float64Array> {
    if (this.#tracer === undefined || isWrapper(expr) || expr.kind === 'number') return this.#scalar(expr, grid);
    return this.#tracer.run(expr, () => this.#scalar(expr, grid));
  }

  async #scalar(expr: Expr, grid: Grid): Promise<Float64Array> {
    switch (expr.kind) {
      case 'number':
        return new Float64Array(grid.count).fill(expr.value);
      case 'paren':
      case 'stepInvariant':
        return this.scalar(expr.expr, grid);
      case 'unary': {
        const values = await this.scalar(expr.expr, grid);
        return expr.op === '+' ? values : values.map((value) => -value);
      }
      case 'binary':
        return combineScalars(expr.op, await this.scalar(expr.left, grid), await this.scalar(expr.right, grid));
      case 'call':
        return scalarCall(this, expr, grid);
      default:
        throw new QueryError('execution', `expected a scalar, got a ${valueType(expr)}`, expr.span);
    }
  }

  /**
   * The series of a range vector, each once, with the samples of all the windows, or with what does as well.
   */
  async streamRange(expr: Expr, grid: Grid, visit: Visit, { patient = false, part }: RangeWish = {}): Promise<void> {
    const range = rangeNode(expr);
    const windows = this.windowsOf(range, grid);
    const lastMs = windows.firstEndMs + (windows.count - 1) * windows.stepMs;
    const work = (take: Visit): Promise<void> =>
      range.kind === 'matrixSelector'
        ? this.#streamMatrix(range, windows, lastMs, part, take)
        : this.#streamSubquery(range, windows, lastMs, take, patient);
    return this.#tracer === undefined ? work(visit) : this.#tracer.run(range, (hand) => work(hand(visit)));
  }

  /** The windows that a range vector is looked at through. */
  windowsOf(range: MatrixSelector | Subquery, grid: Grid): Windows {
    const { at, offset } = range.kind === 'matrixSelector' ? range.selector : range;
    const { firstMs, stepMs } = referenceOf(grid, at, durationMs(offset, this.span), this.query);
    return { rangeMs: positiveDurationMs(range.range, this.span), firstEndMs: firstMs, stepMs, count: grid.count };
  }

  /** A pinned expression is evaluated once, and its value stands at every step. */
  async #broadcast(expr: Expr, grid: Grid, sink: Sink): Promise<void> {
    const once = await this.collect(expr, instantGrid(grid.startMs));
    for (const column of once) {
      const { labels, dropName, present } = column;
      if (present[0] === 0) continue;
      const everywhere = { ...emptyColumn(grid.count, labels), dropName };
      const value = valueAt(column, 0);
      for (let i = 0; i < grid.count; i++) put(everywhere, i, value);
      sink(everywhere);
      if (this.budget.due()) await this.budget.pause();
    }
  }

  async streamSelector(selector: VectorSelector, grid: Grid, what: SampleAspect, sink: Sink): Promise<void> {
    const reference = referenceOf(grid, selector.at, durationMs(selector.offset, this.span), this.query);
    await readInstants(this.#reading, selector, grid, reference, this.query.lookbackMs, what, sink);
  }

  async #streamMatrix(
    { selector }: MatrixSelector,
    windows: Windows,
    lastMs: number,
    part: RollupPart | undefined,
    visit: Visit,
  ): Promise<void> {
    const { extension } = selector;
    const { firstEndMs, stepMs, rangeMs } = windows;
    // Since when samples count is of each of them.
    const needsAll = extension !== undefined || this.query.features.startTimestamps === true || this.query.keepsStale;
    const rollup = part === undefined || needsAll ? undefined : rollupWanted(part, firstEndMs, stepMs, rangeMs);
    const earlierMs = extension === undefined ? 0 : this.query.lookbackMs;
    const laterMs = extension === 'smoothed' ? this.query.lookbackMs : 0;
    const fromMs = Math.floor(windows.firstEndMs - windows.rangeMs - earlierMs) + 1;
    await readSamples(this.#reading, selector, fromMs, lastMs + laterMs, rollup, (series) => {
      const samples: Samples = this.query.keepsStale ? series : withoutStale(series);
      const { timestampsMs, values, length, histograms, startsMs, falls, rolled } = samples;
      if (length === 0) return undefined;
      const told = this.query.features.startTimestamps === true ? startsMs : undefined;
      const own = { labels: series.labels, dropName: false };
      return visit({ ...own, timestampsMs, values, length, histograms, startsMs: told, falls, rolled });
    });
  }

  async #streamSubquery(
    subquery: Subquery,
    { firstEndMs, rangeMs }: Windows,
    lastMs: number,
    visit: Visit,
    patient: boolean,
  ): Promise<void> {
    const stepMs = subquery.step === undefined ? this.query.subqueryStepMs : positiveDurationMs(subquery.step, this.span);
    // The steps are whole multiples of their distance, so that neighbouring queries see the same values.
    const startMs = (Math.floor((firstEndMs - rangeMs) / stepMs) + 1) * stepMs;
    const count = Math.floor((lastMs - startMs) / stepMs) + 1;
    if (count < 1) return;
    this.budget.hold(count);
    const inner: Grid = { startMs, stepMs: count > 1 ? stepMs : 0, count };
    const times = new Float64Array(count);
    const kept = new Float64Array(count);
    const show = (column: Column): void | Promise<void> => {
      const samples = columnSamples(column, inner, times, kept);
      if (samples.length > 0) return visit({ labels: column.labels, dropName: column.dropName, ...samples });
    };
    if (valueType(subquery.expr) === 'scalar') {
      await show(constantColumn(Labels.empty, await this.scalar(subquery.expr, inner)));
    } else if (patient) {
      for (const column of await this.collect(subquery.expr, inner)) await show(column);
    } else {
      await this.stream(subquery.expr, inner, (column) => void show(column));
    }
  }

  async #streamBinary(node: Binary, grid: Grid, sink: Sink): Promise<void> {
    const { op, left, right, matching } = node;
    const leftScalar = valueType(left) === 'scalar';
    const rightScalar = valueType(right) === 'scalar';
    if (leftScalar || rightScalar) {
      const scalar = await this.scalar(leftScalar ? left : right, grid);
      return this.stream(leftScalar ? right : left, grid, (column) => {
        combineWithScalar(node, column, scalar, leftScalar, this.annotations);
        if (!isEmpty(column.present)) sink(column);
      });
    }
    const rule = matching ?? {
      card: 'one-to-one',
      on: false,
      labels: [],
      include: [],
      fillLeft: undefined,
      fillRight: undefined,
    };
    const [lefts, rights] = [await this.collect(left, grid), await this.collect(right, grid)];
    const result = isSetOp(op)
      ? await combineSets(op, lefts, rights, rule, this.budget)
      : await combineVectors(node, lefts, rights, rule, this.budget, this.annotations);
    push(result, sink);
  }
}

function isWrapper({ kind }: Expr): boolean {
  return kind === 'paren' || kind === 'stepInvariant';
}

function negate(sink: Sink): Sink {
  return (column) => {
    const { values, histograms } = column;
    for (let i = 0; i < values.length; i++) values[i] = -values[i]!;
    column.histograms = histograms?.map((histogram) => histogram && scale(histogram, -1));
    column.dropName = true;
    sink(column);
  };
}
