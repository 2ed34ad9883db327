import { compareLabels, Labels } from '@vitrine/model/labels.ts';
import { QueryError, type SampleSource } from '@vitrine/model/sample-store.ts';
import type { Aggregation, Binary, Call, Expr, MatrixSelector, Subquery, VectorSelector } from '../ast.ts';
import { accumulatorOf, type Accumulator } from './accumulate.ts';
import type { Annotations } from './annotations.ts';
import { combineScalars, combineSets, combineVectors, combineWithScalar } from './binary.ts';
import type { Budget } from './budget.ts';
import { constantColumn, emptyColumn, keepColumn, isEmpty, mergeEqualLabels, type Column, type Sink } from './column.ts';
import { durationMs, positiveDurationMs, type QuerySpan } from './duration-value.ts';
import { clampValues, mapValues, NUMBER_FUNCTIONS, roundValues, TIME_FUNCTIONS } from './elementwise.ts';
import { formatG, formatPlain } from './format-number.ts';
import { gridTimes, instantGrid, type Grid } from './grid.ts';
import { groupLabels } from './grouping.ts';
import { bucketFraction, bucketQuantile, parseBound, type Bucket } from './histogram.ts';
import { isStepInvariant, unwrap } from './invariant.ts';
import { compareByLabels, isLabelName, labelJoin, labelReplace, type Relabel } from './label-functions.ts';
import { isSetOp } from './operators.ts';
import { quantileOf } from './quantile.ts';
import { RANGE_FUNCTIONS, type RangeFunction } from './range-functions.ts';
import { samplesLookedAt, type KernelContext, type RangeKernel, type Windows } from './range-window.ts';
import { Ranking } from './rank.ts';
import { columnSamples, readInstants, readSamples, referenceOf, withoutStale, type RangeSeries } from './read-samples.ts';
import { valueType } from '../functions-signatures.ts';

/** What an evaluation is about, beside the expression. */
export interface Query {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly lookbackMs: number;
  /** The step of a subquery that names none. */
  readonly subqueryStepMs: number;
}

/** Takes a series of a range vector, lent for the duration of the call or until the promise is kept. */
type Visit = (series: RangeSeries) => void | Promise<void>;

/** How many samples a kernel may look at before there is a pause: a few milliseconds of work. */
const SAMPLES_A_GLANCE = 500_000;

/** Steps that are looked at between two glances at the clock, where a group is computed step by step. */
const STEPS_A_GLANCE = 64;

const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;
const TO_BOTTOM = /^(?:topk|bottomk)$/;

/**
 * Evaluates expressions series by series: a vector is a stream of columns, each the whole grid of one series, lent to a
 * sink. What can work on one series at a time never holds more than one.
 */
export class Evaluator {
  readonly #source: SampleSource;
  readonly #query: Query;
  readonly #span: QuerySpan;
  readonly #budget: Budget;
  readonly #annotations: Annotations;

  constructor(source: SampleSource, query: Query, budget: Budget, annotations: Annotations) {
    this.#source = source;
    this.#query = query;
    this.#span = { stepMs: query.stepMs, rangeMs: query.endMs - query.startMs };
    this.#budget = budget;
    this.#annotations = annotations;
  }

  /** All series of a vector expression over the grid, each with at least one value. */
  async collect(expr: Expr, grid: Grid): Promise<Column[]> {
    const columns: Column[] = [];
    await this.stream(expr, grid, (column) => {
      this.#budget.hold(grid.count);
      columns.push(keepColumn(column));
    });
    this.#budget.allowSeries(columns.length);
    return columns;
  }

  /** Gives the series of a vector expression to the sink, one after the other. */
  async stream(expr: Expr, grid: Grid, sink: Sink): Promise<void> {
    if (grid.count > 1 && isStepInvariant(expr)) return this.#broadcast(expr, grid, sink);
    switch (expr.kind) {
      case 'paren':
      case 'stepInvariant':
        return this.stream(expr.expr, grid, sink);
      case 'unary':
        return this.stream(expr.expr, grid, expr.op === '+' ? sink : negate(sink));
      case 'vectorSelector':
        return this.#streamSelector(expr, grid, 'values', sink);
      case 'aggregation':
        return this.#streamAggregation(expr, grid, sink);
      case 'binary':
        return this.#streamBinary(expr, grid, sink);
      case 'call':
        return this.#streamCall(expr, grid, sink);
      default:
        throw new QueryError('execution', `expected an instant vector, got a ${valueType(expr)}`, expr.span);
    }
  }

  /** A scalar expression's value at each step. */
  async scalar(expr: Expr, grid: Grid): Promise<Float64Array> {
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
        return this.#scalarCall(expr, grid);
      default:
        throw new QueryError('execution', `expected a scalar, got a ${valueType(expr)}`, expr.span);
    }
  }

  /**
   * The series of a range vector, each once, with the samples of all the windows. Where `patient`, what `visit` returns is
   * waited for before the next series; the samples stay as they are until then.
   */
  async streamRange(expr: Expr, grid: Grid, visit: Visit, patient = false): Promise<void> {
    const range = rangeNode(expr);
    const windows = this.#windowsOf(range, grid);
    const lastMs = windows.firstEndMs + (windows.count - 1) * windows.stepMs;
    return range.kind === 'matrixSelector'
      ? this.#streamMatrix(range, windows, lastMs, visit)
      : this.#streamSubquery(range, windows, lastMs, visit, patient);
  }

  /** The windows that a range vector is looked at through. */
  #windowsOf(range: MatrixSelector | Subquery, grid: Grid): Windows {
    const { at, offset } = range.kind === 'matrixSelector' ? range.selector : range;
    const { firstMs, stepMs } = referenceOf(grid, at, durationMs(offset, this.#span), this.#query);
    return { rangeMs: positiveDurationMs(range.range, this.#span), firstEndMs: firstMs, stepMs, count: grid.count };
  }

  /** A pinned expression is evaluated once, and its value stands at every step. */
  async #broadcast(expr: Expr, grid: Grid, sink: Sink): Promise<void> {
    const once = await this.collect(expr, instantGrid(grid.startMs));
    for (const { labels, dropName, values, present } of once) {
      if (present[0] === 0) continue;
      sink({ ...constantColumn(labels, new Float64Array(grid.count).fill(values[0]!)), dropName });
      if (this.#budget.due()) await this.#budget.pause();
    }
  }

  async #streamSelector(selector: VectorSelector, grid: Grid, what: 'values' | 'timestamps', sink: Sink): Promise<void> {
    if (selector.extension !== undefined) throw unsupportedExtension(selector);
    const reference = referenceOf(grid, selector.at, durationMs(selector.offset, this.#span), this.#query);
    await readInstants(this.#source, selector, grid, reference, this.#query.lookbackMs, this.#budget, what, sink);
  }

  async #streamMatrix({ selector }: MatrixSelector, windows: Windows, lastMs: number, visit: Visit): Promise<void> {
    if (selector.extension !== undefined) throw unsupportedExtension(selector);
    const fromMs = windows.firstEndMs - windows.rangeMs + 1;
    await readSamples(this.#source, selector, fromMs, lastMs, this.#budget, (series) => {
      const { timestampsMs, values, length } = withoutStale(series);
      if (length > 0) return visit({ labels: series.labels, dropName: false, timestampsMs, values, length });
    });
  }

  async #streamSubquery(
    subquery: Subquery,
    { firstEndMs, rangeMs }: Windows,
    lastMs: number,
    visit: Visit,
    patient: boolean,
  ): Promise<void> {
    const stepMs = subquery.step === undefined ? this.#query.subqueryStepMs : positiveDurationMs(subquery.step, this.#span);
    // The steps are whole multiples of their distance, so that neighbouring queries see the same values.
    const startMs = (Math.floor((firstEndMs - rangeMs) / stepMs) + 1) * stepMs;
    const count = Math.floor((lastMs - startMs) / stepMs) + 1;
    if (count < 1) return;
    this.#budget.hold(count);
    const inner: Grid = { startMs, stepMs: count > 1 ? stepMs : 0, count };
    const times = new Float64Array(count);
    const kept = new Float64Array(count);
    const show = (column: Column): void | Promise<void> => {
      const { timestampsMs, values, length } = columnSamples(column, inner, times, kept);
      if (length > 0) return visit({ labels: column.labels, dropName: column.dropName, timestampsMs, values, length });
    };
    if (valueType(subquery.expr) === 'scalar') {
      await show(constantColumn(Labels.empty, await this.scalar(subquery.expr, inner)));
    } else if (patient) {
      for (const column of await this.collect(subquery.expr, inner)) await show(column);
    } else {
      await this.stream(subquery.expr, inner, (column) => void show(column));
    }
  }

  async #scalarCall(call: Call, grid: Grid): Promise<Float64Array> {
    const { name, args } = call;
    switch (name) {
      case 'time':
        return gridTimes(grid).map((ms) => ms / 1000);
      case 'pi':
        return new Float64Array(grid.count).fill(Math.PI);
      case 'start':
        return new Float64Array(grid.count).fill(this.#query.startMs / 1000);
      case 'end':
        return new Float64Array(grid.count).fill(this.#query.endMs / 1000);
      case 'step':
        return new Float64Array(grid.count).fill(this.#span.stepMs / 1000);
      case 'range':
        return new Float64Array(grid.count).fill(this.#span.rangeMs / 1000);
      case 'min_of':
      case 'max_of': {
        const [left, right] = [await this.scalar(args[0]!, grid), await this.scalar(args[1]!, grid)];
        return left.map((value, i) => (name === 'min_of' ? Math.min(value, right[i]!) : Math.max(value, right[i]!)));
      }
      case 'scalar': {
        const values = new Float64Array(grid.count).fill(Number.NaN);
        const seen = new Uint8Array(grid.count);
        await this.stream(args[0]!, grid, (column) => {
          for (let i = 0; i < grid.count; i++) {
            if (column.present[i] === 0) continue;
            values[i] = seen[i] === 0 ? column.values[i]! : Number.NaN;
            seen[i] = 1;
          }
        });
        return values;
      }
      default:
        throw unsupportedFunction(call);
    }
  }

  async #streamCall(call: Call, grid: Grid, sink: Sink): Promise<void> {
    const { name, args } = call;
    const range = RANGE_FUNCTIONS.get(name);
    if (range !== undefined) return this.#streamRangeFunction(call, range, grid, sink);
    const ofNumber = NUMBER_FUNCTIONS.get(name);
    if (ofNumber !== undefined) return this.#streamMapped(args[0]!, grid, (column) => mapValues(column, ofNumber), sink);
    const ofTime = TIME_FUNCTIONS.get(name);
    if (ofTime !== undefined) {
      if (args.length > 0) return this.#streamMapped(args[0]!, grid, (column) => mapValues(column, ofTime), sink);
      const values = gridTimes(grid).map((ms) => ofTime(Math.trunc(ms / 1000)));
      return sink(constantColumn(Labels.empty, values));
    }
    switch (name) {
      case 'clamp':
      case 'clamp_min':
      case 'clamp_max': {
        const bound = await this.scalar(args[1]!, grid);
        const low = name === 'clamp_max' ? new Float64Array(grid.count).fill(-Infinity) : bound;
        const high =
          name === 'clamp'
            ? await this.scalar(args[2]!, grid)
            : name === 'clamp_max'
              ? bound
              : new Float64Array(grid.count).fill(Infinity);
        return this.#streamMapped(args[0]!, grid, (column) => clampValues(column, low, high), sink);
      }
      case 'round': {
        const toNearest = args.length > 1 ? await this.scalar(args[1]!, grid) : new Float64Array(grid.count).fill(1);
        return this.#streamMapped(args[0]!, grid, (column) => roundValues(column, toNearest), sink);
      }
      case 'timestamp':
        return this.#streamTimestamps(args[0]!, grid, sink);
      case 'vector': {
        const values = await this.scalar(args[0]!, grid);
        return sink(constantColumn(Labels.empty, values));
      }
      case 'absent':
        return this.#streamAbsent(call, grid, sink, (note) => this.stream(args[0]!, grid, ({ present }) => note(present)));
      case 'absent_over_time':
        return this.#streamAbsent(call, grid, sink, async (note) => {
          const present = RANGE_FUNCTIONS.get('present_over_time')!;
          await this.#streamKernel(args[0]!, present, grid, [], (column) => note(column.present));
        });
      case 'sort':
      case 'sort_desc':
        return this.#streamSorted(call, grid, sink);
      case 'sort_by_label':
      case 'sort_by_label_desc': {
        const compare = compareByLabels(args.slice(1).map(textOf));
        const sign = name === 'sort_by_label' ? 1 : -1;
        this.#warnUselessSort(call, grid);
        const columns = await this.collect(args[0]!, grid);
        return push(
          columns.sort((a, b) => sign * compare(a.labels, b.labels)),
          sink,
        );
      }
      case 'label_replace': {
        const [destination, replacement, source, expression] = args.slice(1).map(textOf) as [string, string, string, string];
        return this.#streamRelabelled(args[0]!, grid, labelReplace(destination, replacement, source, expression), sink);
      }
      case 'label_join': {
        const [destination, separator, ...sources] = args.slice(1).map(textOf) as [string, string, ...string[]];
        return this.#streamRelabelled(args[0]!, grid, labelJoin(destination, separator, sources), sink);
      }
      case 'histogram_quantile':
      case 'histogram_quantiles':
      case 'histogram_fraction':
        return this.#streamHistogram(call, grid, sink);
      default:
        throw unsupportedFunction(call);
    }
  }

  /** A function that changes values and so takes the name away. */
  async #streamMapped(expr: Expr, grid: Grid, change: (column: Column) => void, sink: Sink): Promise<void> {
    await this.stream(expr, grid, (column) => {
      change(column);
      column.dropName = true;
      sink(column);
    });
  }

  async #streamRelabelled(expr: Expr, grid: Grid, relabel: Relabel, sink: Sink): Promise<void> {
    const columns = await this.collect(expr, grid);
    columns.forEach(relabel);
    push(mergeEqualLabels(columns), sink);
  }

  /** timestamp(): of a selector the samples' own times, of anything else the evaluation's. */
  async #streamTimestamps(expr: Expr, grid: Grid, sink: Sink): Promise<void> {
    const inner = unwrap(expr);
    const drop: Sink = (column) => {
      column.dropName = true;
      sink(column);
    };
    if (inner.kind === 'vectorSelector') return this.#streamSelector(inner, grid, 'timestamps', drop);
    const seconds = gridTimes(grid).map((ms) => ms / 1000);
    return this.stream(expr, grid, (column) => {
      column.values.set(seconds);
      drop(column);
    });
  }

  async #streamRangeFunction(call: Call, fn: RangeFunction, grid: Grid, sink: Sink): Promise<void> {
    const at = call.args.findIndex((arg) => valueType(arg) === 'matrix');
    const scalars: Float64Array[] = [];
    for (const [i, arg] of call.args.entries()) if (i !== at) scalars.push(await this.scalar(arg, grid));
    if (call.name === 'double_exponential_smoothing') checkFactors(scalars);
    const range = call.args[at]!;
    const quantiles = fn.quantileArg === undefined ? undefined : scalars[fn.quantileArg];
    let any = false;
    await this.#streamKernel(range, fn, grid, scalars, (column) => {
      any = true;
      if (fn.counter === true) this.#noteCounterName(column.labels.metricName, range);
      sink(column);
    });
    if (any && quantiles !== undefined) this.#checkQuantiles(quantiles, call.args[fn.quantileArg ?? 0]!);
  }

  /** Runs a kernel over a range vector's series; those without any value are left out. */
  async #streamKernel(
    expr: Expr,
    { kernel, keepsName = false, windowByWindow = false }: RangeFunction,
    grid: Grid,
    args: readonly Float64Array[],
    sink: Sink,
  ): Promise<void> {
    const windows = this.#windowsOf(rangeNode(expr), grid);
    const column: Column = { ...emptyColumn(grid.count), owned: false };
    const context: KernelContext = { args, gridStartMs: grid.startMs, gridStepMs: grid.stepMs };
    const emit = ({ labels, dropName }: Pick<RangeSeries, 'labels' | 'dropName'>): void => {
      if (isEmpty(column.present)) return;
      column.labels = labels;
      column.dropName = keepsName ? dropName : true;
      sink(column);
    };
    const visit: Visit = (series) => {
      if (windowByWindow && samplesLookedAt(series.length, windows) > SAMPLES_A_GLANCE) {
        return this.#runInParts(kernel, series, windows, column, context).then(() => emit(series));
      }
      kernel(series, windows, column, context);
      emit(series);
    };
    await this.streamRange(expr, grid, visit, windowByWindow);
  }

  /** Runs a kernel over some windows after the other, with pauses. */
  async #runInParts(
    kernel: RangeKernel,
    lent: RangeSeries,
    windows: Windows,
    { labels, dropName, values, present }: Column,
    { args, gridStartMs, gridStepMs }: KernelContext,
  ): Promise<void> {
    // Another evaluation may run in a pause and use the memory that the samples lie in.
    const { length } = lent;
    const samples = { timestampsMs: lent.timestampsMs.slice(0, length), values: lent.values.slice(0, length), length };
    const parts = Math.ceil(samplesLookedAt(length, windows) / SAMPLES_A_GLANCE);
    const steps = Math.ceil(windows.count / parts);
    for (let from = 0; from < windows.count; from += steps) {
      const to = Math.min(from + steps, windows.count);
      kernel(
        samples,
        { ...windows, firstEndMs: windows.firstEndMs + from * windows.stepMs, count: to - from },
        { labels, dropName, values: values.subarray(from, to), present: present.subarray(from, to) },
        {
          args: args.map((arg) => arg.subarray(from, to)),
          gridStartMs: gridStartMs + from * gridStepMs,
          gridStepMs,
        },
      );
      if (this.#budget.due()) await this.#budget.pause();
    }
  }

  #noteCounterName(metric: string, range: Expr): void {
    if (metric === '' || COUNTER_NAME.test(metric)) return;
    const text = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket:';
    this.#annotations.info(`${text} ${JSON.stringify(metric)}`, range.span);
  }

  #checkQuantiles(quantiles: Float64Array, expr: Expr): void {
    for (const q of new Set(quantiles)) {
      if (Number.isNaN(q) || q < 0 || q > 1) this.#annotations.invalidQuantile(q, expr.span);
    }
  }

  async #streamAbsent(
    call: Call,
    grid: Grid,
    sink: Sink,
    look: (note: (present: Uint8Array) => void) => Promise<void>,
  ): Promise<void> {
    const column = emptyColumn(grid.count, absentLabels(call.args[0]!));
    const { values, present } = column;
    values.fill(1);
    present.fill(1);
    await look((there) => {
      for (let i = 0; i < there.length; i++) if (there[i] === 1) present[i] = 0;
    });
    if (!isEmpty(present)) sink(column);
  }

  #warnUselessSort(call: Call, grid: Grid): void {
    if (grid.count === 1 && this.#query.stepMs === 0) return;
    this.#annotations.warn('sort is ineffective for range queries since results are always ordered by labels', call.span);
  }

  async #streamSorted(call: Call, grid: Grid, sink: Sink): Promise<void> {
    this.#warnUselessSort(call, grid);
    const columns = await this.collect(call.args[0]!, grid);
    const sign = call.name === 'sort' ? 1 : -1;
    if (grid.count === 1) columns.sort((a, b) => sign * compareNumbers(a.values[0]!, b.values[0]!, sign));
    push(columns, sink);
  }

  async #streamAggregation(node: Aggregation, grid: Grid, sink: Sink): Promise<void> {
    const labelsOf = groupLabels(node.grouping);
    const { op } = node;
    if (op === 'count_values') return this.#streamValueCounts(node, grid, sink);
    const param = node.param === undefined ? undefined : await this.scalar(node.param, grid);
    if (TO_BOTTOM.test(op)) return this.#streamRanking(node, wholeLimits(param!), grid, sink);
    if (op === 'limitk') return this.#streamLimit(node, wholeLimits(param!), grid, sink);
    if (op === 'limit_ratio') return this.#streamShare(node, this.#ratios(param!, node), grid, sink);
    if (op === 'quantile') return this.#streamQuantile(node, param!, grid, sink);

    interface Group {
      readonly labels: Labels;
      dropName: boolean;
      readonly accumulator: Accumulator;
    }
    const groups = new Map<string, Group>();
    await this.stream(node.expr, grid, (column) => {
      const labels = labelsOf(column.labels);
      let group = groups.get(labels.key);
      if (group === undefined) {
        this.#budget.hold(grid.count);
        group = { labels, dropName: false, accumulator: accumulatorOf(op, grid.count)! };
        groups.set(labels.key, group);
      }
      group.dropName ||= column.dropName;
      group.accumulator.add(column);
    });
    for (const { labels, dropName, accumulator } of groups.values()) {
      sink({ labels, dropName, owned: true, ...accumulator.finish() });
    }
  }

  async #streamRanking(node: Aggregation, limits: Float64Array, grid: Grid, sink: Sink): Promise<void> {
    const labelsOf = groupLabels(node.grouping);
    const groups = new Map<string, Ranking>();
    await this.stream(node.expr, grid, (column) => {
      const { key } = labelsOf(column.labels);
      let group = groups.get(key);
      if (group === undefined) {
        group = new Ranking(node.op === 'topk' ? 1 : -1, limits, (values) => this.#budget.hold(values));
        groups.set(key, group);
      }
      group.add(column);
    });
    for (const group of groups.values()) push(group.finish(), sink);
  }

  /** limitk(): of each group the first k series in label order. */
  async #streamLimit(node: Aggregation, limits: Float64Array, grid: Grid, sink: Sink): Promise<void> {
    for (const { columns } of await this.#grouped(node, grid)) {
      const kept = new Float64Array(grid.count);
      for (const column of columns.sort(byLabels)) {
        const { present } = column;
        for (let i = 0; i < grid.count; i++) {
          if (present[i] === 0) continue;
          if (kept[i]! < limits[i]!) kept[i]!++;
          else present[i] = 0;
        }
        if (!isEmpty(present)) sink(column);
      }
    }
  }

  /** limit_ratio(): a share of the series, the same ones whenever it is asked for; a negative one gives the others. */
  async #streamShare(node: Aggregation, ratios: Float64Array, grid: Grid, sink: Sink): Promise<void> {
    await this.stream(node.expr, grid, (column) => {
      const place = placeOf(column.labels);
      for (let i = 0; i < grid.count; i++) {
        const ratio = ratios[i]!;
        if (ratio >= 0 ? place >= ratio : place < 1 + ratio) column.present[i] = 0;
      }
      if (!isEmpty(column.present)) sink(column);
    });
  }

  #ratios(param: Float64Array, node: Aggregation): Float64Array {
    return param.map((ratio) => {
      if (Number.isNaN(ratio)) throw new QueryError('execution', 'Ratio value is NaN');
      const capped = Math.max(-1, Math.min(1, ratio));
      if (capped !== ratio) {
        const text = `ratio value should be between -1 and 1, got ${formatG(ratio)}, capping to ${formatG(capped)}`;
        this.#annotations.warn(text, node.param!.span);
      }
      return capped;
    });
  }

  async #streamQuantile(node: Aggregation, quantiles: Float64Array, grid: Grid, sink: Sink): Promise<void> {
    const groups = await this.#grouped(node, grid);
    if (groups.length > 0) this.#checkQuantiles(quantiles, node.param!);
    for (const { labels, columns } of groups) {
      const result = emptyColumn(grid.count, labels);
      result.dropName = columns.some(({ dropName }) => dropName);
      const gathered = new Float64Array(columns.length * STEPS_A_GLANCE);
      const sizes = new Int32Array(STEPS_A_GLANCE);
      for (let from = 0; from < grid.count; from += STEPS_A_GLANCE) {
        const steps = Math.min(STEPS_A_GLANCE, grid.count - from);
        sizes.fill(0);
        // Series by series within a block of steps, so that memory is read in the order it lies in.
        for (const { values, present } of columns) {
          for (let s = 0; s < steps; s++) {
            if (present[from + s] === 1) gathered[s * columns.length + sizes[s]!++] = values[from + s]!;
          }
        }
        for (let s = 0; s < steps; s++) {
          if (sizes[s] === 0) continue;
          const block = gathered.subarray(s * columns.length, (s + 1) * columns.length);
          result.values[from + s] = quantileOf(quantiles[from + s]!, block, sizes[s]!);
          result.present[from + s] = 1;
        }
        if (this.#budget.due()) await this.#budget.pause();
      }
      sink(result);
    }
  }

  async #streamValueCounts(node: Aggregation, grid: Grid, sink: Sink): Promise<void> {
    const labelsOf = groupLabels(node.grouping);
    const name = textOf(node.param!);
    if (!isLabelName(name)) throw new QueryError('execution', `invalid label name ${JSON.stringify(name)}`, node.param!.span);
    const results = new Map<string, Column>();
    await this.stream(node.expr, grid, (column) => {
      const group = labelsOf(column.labels);
      const byValue = new Map<string, Column>();
      for (let i = 0; i < grid.count; i++) {
        if (column.present[i] === 0) continue;
        const text = formatPlain(column.values[i]!);
        let result = byValue.get(text);
        if (result === undefined) {
          const labels = group.with(name, text);
          result = results.get(labels.key);
          if (result === undefined) {
            this.#budget.hold(grid.count);
            results.set(labels.key, (result = emptyColumn(grid.count, labels)));
          }
          result.dropName ||= column.dropName;
          byValue.set(text, result);
        }
        result.values[i]!++;
        result.present[i] = 1;
      }
    });
    push([...results.values()], sink);
  }

  /** The series of an aggregation by group, in the order in which the groups first appear. */
  async #grouped({ expr, grouping }: Aggregation, grid: Grid): Promise<{ labels: Labels; columns: Column[] }[]> {
    const labelsOf = groupLabels(grouping);
    const groups = new Map<string, { labels: Labels; columns: Column[] }>();
    for (const column of await this.collect(expr, grid)) {
      const labels = labelsOf(column.labels);
      const group = groups.get(labels.key);
      if (group === undefined) groups.set(labels.key, { labels, columns: [column] });
      else group.columns.push(column);
    }
    return [...groups.values()];
  }

  async #streamBinary(node: Binary, grid: Grid, sink: Sink): Promise<void> {
    const { op, left, right, bool, matching } = node;
    const leftScalar = valueType(left) === 'scalar';
    const rightScalar = valueType(right) === 'scalar';
    if (leftScalar || rightScalar) {
      const scalar = await this.scalar(leftScalar ? left : right, grid);
      return this.stream(leftScalar ? right : left, grid, (column) => {
        combineWithScalar(op, bool, column, scalar, leftScalar);
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
      ? await combineSets(op, lefts, rights, rule, this.#budget)
      : await combineVectors(node, lefts, rights, rule, this.#budget);
    push(result, sink);
  }

  /** histogram_quantile(q, v), histogram_quantiles(v, label, q…) and histogram_fraction(low, high, v) of classic buckets. */
  async #streamHistogram(call: Call, grid: Grid, sink: Sink): Promise<void> {
    const { name, args } = call;
    const vectorAt = args.findIndex((arg) => valueType(arg) === 'vector');
    const vector = args[vectorAt]!;
    const scalarArgs = args.filter((arg) => valueType(arg) === 'scalar');
    const scalars: Float64Array[] = [];
    for (const arg of scalarArgs) scalars.push(await this.scalar(arg, grid));
    if (name !== 'histogram_fraction') scalars.forEach((quantiles, i) => this.#checkQuantiles(quantiles, scalarArgs[i]!));

    interface Histogram {
      readonly labels: Labels;
      readonly buckets: { readonly upperBound: number; readonly column: Column }[];
    }
    const withoutBound = new Set(['le']);
    const histograms = new Map<string, Histogram>();
    for (const column of await this.collect(vector, grid)) {
      const le = column.labels.get('le');
      const upperBound = parseBound(le);
      if (upperBound === undefined) {
        this.#annotations.badBucketLabel(le, column.labels.metricName, vector.span);
        continue;
      }
      const labels = column.labels.without(withoutBound);
      let histogram = histograms.get(labels.key);
      if (histogram === undefined) histograms.set(labels.key, (histogram = { labels, buckets: [] }));
      histogram.buckets.push({ upperBound, column });
    }

    for (const { labels, buckets } of histograms.values()) {
      const results =
        name === 'histogram_quantiles'
          ? scalars.map((quantiles) => emptyColumn(grid.count, labels.with(textOf(args[1]!), formatQuantile(quantiles[0]!))))
          : [emptyColumn(grid.count, labels)];
      for (const result of results) result.dropName = true;
      for (let i = 0; i < grid.count; i++) {
        const there: Bucket[] = [];
        for (const { upperBound, column } of buckets) {
          if (column.present[i] === 1) there.push({ upperBound, count: column.values[i]! });
        }
        if (there.length === 0) continue;
        if (name === 'histogram_fraction') {
          results[0]!.values[i] = bucketFraction(scalars[0]![i]!, scalars[1]![i]!, there);
          results[0]!.present[i] = 1;
          continue;
        }
        for (const [at, result] of results.entries()) {
          const copy = results.length === 1 ? there : there.map((bucket) => ({ ...bucket }));
          const { value, repair } = bucketQuantile(scalars[at]![i]!, copy);
          result.values[i] = value;
          result.present[i] = 1;
          if (repair !== undefined) {
            this.#annotations.repaired(repair, grid.startMs + i * grid.stepMs, labels.metricName, vector.span);
          }
        }
      }
      push(results, sink);
      if (this.#budget.due()) await this.#budget.pause();
    }
  }
}

function rangeNode(expr: Expr): MatrixSelector | Subquery {
  const range = unwrap(expr);
  if (range.kind === 'matrixSelector' || range.kind === 'subquery') return range;
  throw new QueryError('execution', `expected a range vector, got a ${valueType(expr)}`, expr.span);
}

function push(columns: readonly Column[], sink: Sink): void {
  for (const column of columns) sink(column);
}

function negate(sink: Sink): Sink {
  return (column) => {
    const { values } = column;
    for (let i = 0; i < values.length; i++) values[i] = -values[i]!;
    column.dropName = true;
    sink(column);
  };
}

function textOf(expr: Expr): string {
  const inner = unwrap(expr);
  if (inner.kind !== 'string') throw new QueryError('execution', `expected a string, got a ${valueType(expr)}`, expr.span);
  return inner.value;
}

/** Ascending, NaN always last once the sign is applied. */
function compareNumbers(a: number, b: number, sign: 1 | -1): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return sign * (Number(Number.isNaN(a)) - Number(Number.isNaN(b)));
  return a === b ? 0 : a < b ? -1 : 1;
}

/** topk's k as a whole number a step. */
function wholeLimits(param: Float64Array): Float64Array {
  return param.map((value) => {
    if (Number.isNaN(value)) throw new QueryError('execution', 'Parameter value is NaN');
    if (Math.abs(value) >= 2 ** 63) throw new QueryError('execution', `Scalar value ${formatG(value)} overflows int64`);
    return Math.max(0, Math.trunc(value));
  });
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

/** The labels that an absent series would surely have: those that exactly one `=` asks for. */
function absentLabels(expr: Expr): Labels {
  const inner = unwrap(expr);
  const selector = inner.kind === 'matrixSelector' ? inner.selector : inner;
  if (selector.kind !== 'vectorSelector') return Labels.empty;
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { label, op, value } of selector.matchers) {
    if (label === '__name__') continue;
    if (op === '=' && !seen.has(label)) labels.set(label, value);
    else labels.delete(label);
    if (op === '=') seen.add(label);
  }
  return Labels.from(labels);
}

/** As OpenMetrics writes a quantile: "1.0". */
function formatQuantile(q: number): string {
  const text = formatG(q);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function unsupportedFunction({ name, span }: Call): QueryError {
  return new QueryError('unsupported', `the function ${name}() is not supported yet`, span);
}

/** Where a series stands in [0, 1): by a hash (FNV-1a, then mixed) of its labels, so evenly and always the same. */
function placeOf({ key }: Labels): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function unsupportedExtension({ extension, span }: VectorSelector): QueryError {
  return new QueryError('unsupported', `the modifier "${extension}" is not supported yet`, span);
}

/** Label order, for answers whose order means nothing else. */
export function byLabels(a: Column, b: Column): number {
  return compareLabels(a.labels, b.labels);
}
