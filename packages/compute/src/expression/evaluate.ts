import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { MathFunction, MathNode, MathOperator } from './math.ts';
import type { ClassicCondition, ClassicReducer, Evaluator, Expression, ExpressionReducer, ReduceMode } from './parse.ts';
import { type ExpressionValue, isNoData, type NumberItem, sameTimes, type SeriesItem } from './values.ts';

/** What an expression computes over. */
export interface ExpressionContext {
  /** The answer of another query or expression. Throws BadRequest where there is none of that letter. */
  readonly valueOf: (refId: string) => ExpressionValue;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Two answers that fit in many ways would make a result that nobody could look at. */
const MAX_ITEMS = 100_000;
const MAX_POINTS = 100_000;

/** Computes an expression. Throws BadRequest where its inputs do not fit, LimitExceeded where the result would be too large. */
export function evaluateExpression(expression: Expression, context: ExpressionContext): ExpressionValue {
  switch (expression.type) {
    case 'math':
      return evaluateMath(expression.formula, context);
    case 'reduce':
      return reduceSeries(context.valueOf(expression.refId), expression.reducer, expression.mode);
    case 'resample':
      return resample(expression, context);
    case 'threshold': {
      const { evaluator } = expression;
      return mapValues(context.valueOf(expression.refId), (value) =>
        value === undefined ? undefined : Number(holds(evaluator, value)),
      );
    }
    case 'classic_conditions':
      return { kind: 'scalar', value: Number(classic(expression.conditions, context)) };
  }
}

function evaluateMath(node: MathNode, context: ExpressionContext): ExpressionValue {
  switch (node.kind) {
    case 'number':
      return { kind: 'scalar', value: node.value };
    case 'query':
      return context.valueOf(node.refId);
    case 'unary': {
      const of = evaluateMath(node.of, context);
      return mapValues(of, (value) => (value === undefined ? undefined : node.op === '-' ? -value : Number(value === 0)));
    }
    case 'call': {
      const { name } = node;
      return mapValues(evaluateMath(node.of, context), (value) => call(name, value));
    }
    case 'binary':
      return combine(node.op, evaluateMath(node.left, context), evaluateMath(node.right, context));
  }
}

function call(name: MathFunction, value: number | undefined): number | undefined {
  switch (name) {
    case 'nan':
      return Number.NaN;
    case 'inf':
      return Number.POSITIVE_INFINITY;
    case 'infn':
      return Number.NEGATIVE_INFINITY;
    case 'null':
      return undefined;
    case 'is_null':
      return Number(value === undefined);
    case 'is_nan':
      return Number(value !== undefined && Number.isNaN(value));
    case 'is_inf':
      return Number(value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY);
    case 'is_number':
      return Number(value !== undefined && Number.isFinite(value));
    case 'abs':
    case 'log':
    case 'round':
    case 'ceil':
    case 'floor':
      return value === undefined ? undefined : Math[name](value);
  }
}

function mapValues(value: ExpressionValue, change: (value: number | undefined) => number | undefined): ExpressionValue {
  switch (value.kind) {
    case 'scalar':
      return { kind: 'scalar', value: change(value.value) };
    case 'numbers':
      return { kind: 'numbers', items: value.items.map(({ labels, value: number }) => ({ labels, value: change(number) })) };
    case 'series':
      return { kind: 'series', items: value.items.map((item) => mapSeries(item, (index) => change(at(item, index)))) };
  }
}

function at({ values, present }: SeriesItem, index: number): number | undefined {
  return present?.[index] === 0 ? undefined : values[index];
}

function mapSeries({ labels, timesMs }: SeriesItem, valueAt: (index: number) => number | undefined): SeriesItem {
  const values = new Float64Array(timesMs.length);
  let present: Uint8Array | undefined;
  for (let index = 0; index < timesMs.length; index++) {
    const value = valueAt(index);
    if (value === undefined) (present ??= new Uint8Array(timesMs.length).fill(1))[index] = 0;
    else values[index] = value;
  }
  return { labels, timesMs, values, present };
}

function compute(op: MathOperator, a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '**':
      return a ** b;
    case '==':
      return Number(a === b);
    case '!=':
      return Number(a !== b);
    case '<':
      return Number(a < b);
    case '<=':
      return Number(a <= b);
    case '>':
      return Number(a > b);
    case '>=':
      return Number(a >= b);
    case '&&':
      return Number(a !== 0 && b !== 0);
    case '||':
      return Number(a !== 0 || b !== 0);
  }
}

/**
 * Joins two values as Grafana does: a scalar with everything; items whose labels are equal, or of which one's are part of
 * the other's; a lone item with everything. Two series meet at the times that both have.
 */
function combine(op: MathOperator, left: ExpressionValue, right: ExpressionValue): ExpressionValue {
  if (left.kind === 'scalar') {
    return right.kind === 'scalar'
      ? { kind: 'scalar', value: compute(op, left.value, right.value) }
      : mapValues(right, (value) => compute(op, left.value, value));
  }
  if (right.kind === 'scalar') return mapValues(left, (value) => compute(op, value, right.value));
  // Without data on either side there is nothing to say.
  if (isNoData(left) || isNoData(right))
    return { kind: left.kind === 'series' || right.kind === 'series' ? 'series' : 'numbers', items: [] };
  if (left.kind === 'numbers' && right.kind === 'numbers') {
    const items = pairs(left.items, right.items).map(([a, b, labels]) => ({ labels, value: compute(op, a.value, b.value) }));
    return { kind: 'numbers', items };
  }
  if (left.kind === 'series' && right.kind === 'series') {
    return { kind: 'series', items: pairs(left.items, right.items).map(([a, b, labels]) => combineSeries(op, a, b, labels)) };
  }
  if (left.kind === 'series') {
    const numbers = (right as { readonly items: readonly NumberItem[] }).items;
    return {
      kind: 'series',
      items: pairs(left.items, numbers).map(([a, b, labels]) => ({
        ...mapSeries(a, (i) => compute(op, at(a, i), b.value)),
        labels,
      })),
    };
  }
  const series = (right as { readonly items: readonly SeriesItem[] }).items;
  return {
    kind: 'series',
    items: pairs(left.items, series).map(([a, b, labels]) => ({
      ...mapSeries(b, (i) => compute(op, a.value, at(b, i))),
      labels,
    })),
  };
}

function combineSeries(op: MathOperator, a: SeriesItem, b: SeriesItem, labels: Readonly<Record<string, string>>): SeriesItem {
  if (sameTimes(a.timesMs, b.timesMs)) return { ...mapSeries(a, (i) => compute(op, at(a, i), at(b, i))), labels };
  const places = new Map<number, number>();
  for (let i = 0; i < b.timesMs.length; i++) places.set(b.timesMs[i] as number, i);
  const shared: number[] = [];
  for (let i = 0; i < a.timesMs.length; i++) if (places.has(a.timesMs[i] as number)) shared.push(i);
  const timesMs = Float64Array.from(shared, (i) => a.timesMs[i] as number);
  return mapSeries({ labels, timesMs, values: timesMs, present: undefined }, (k) => {
    const i = shared[k] as number;
    return compute(op, at(a, i), at(b, places.get(a.timesMs[i] as number) as number));
  });
}

interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
}

function pairs<A extends Labelled, B extends Labelled>(
  left: readonly A[],
  right: readonly B[],
): (readonly [A, B, Labelled['labels']])[] {
  const found: (readonly [A, B, Labelled['labels']])[] = [];
  const add = (a: A, b: B): void => {
    if (found.length === MAX_ITEMS) {
      throw new LimitExceeded(
        'expression',
        `The formula makes more than ${MAX_ITEMS.toLocaleString('en')} series; narrow its queries`,
      );
    }
    found.push([a, b, size(a) >= size(b) ? a.labels : b.labels]);
  };
  // Equal labels are the rule, and found by their key; anything else is compared one by one.
  const byKey = new Map<string, B[]>();
  for (const b of right) {
    const key = keyOf(b.labels);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [b]);
    else group.push(b);
  }
  const lone = left.length === 1 || right.length === 1;
  const unmatched: A[] = [];
  for (const a of left) {
    const equal = byKey.get(keyOf(a.labels));
    if (equal === undefined) unmatched.push(a);
    else for (const b of equal) add(a, b);
  }
  if (unmatched.length * right.length > MAX_ITEMS * 100) {
    throw new LimitExceeded(
      'expression',
      'The labels of the two sides differ, and there are too many to compare; aggregate both by the same labels',
    );
  }
  for (const a of unmatched) {
    for (const b of right) {
      if (lone || isPart(a.labels, b.labels) || isPart(b.labels, a.labels)) add(a, b);
    }
  }
  return found;
}

function size({ labels }: Labelled): number {
  return Object.keys(labels).length;
}

function keyOf(labels: Labelled['labels']): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isPart(part: Labelled['labels'], whole: Labelled['labels']): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}

function reduceSeries(value: ExpressionValue, reducer: ExpressionReducer, mode: ReduceMode): ExpressionValue {
  // Numbers are what reducing makes already.
  if (value.kind !== 'series') return value;
  return { kind: 'numbers', items: value.items.map((item) => ({ labels: item.labels, value: reduceItem(item, reducer, mode) })) };
}

function reduceItem(item: SeriesItem, reducer: ExpressionReducer, mode: ReduceMode): number | undefined {
  const values: number[] = [];
  for (let index = 0; index < item.timesMs.length; index++) {
    const value = at(item, index);
    if (value !== undefined && Number.isFinite(value)) values.push(value);
    else if (mode.kind === 'replace') values.push(mode.with);
    else if (mode.kind === 'strict') values.push(value ?? Number.NaN);
  }
  if (mode.kind === 'strict' && reducer !== 'count' && reducer !== 'last' && values.some((value) => !Number.isFinite(value)))
    return Number.NaN;
  return reduceValues(values, reducer);
}

/** Of no values the sum and the count are 0, as in Grafana, and all else is not known. */
function reduceValues(values: readonly number[], reducer: ExpressionReducer): number {
  const total = (): number => values.reduce((sum, value) => sum + value, 0);
  if (reducer === 'count') return values.length;
  if (reducer === 'sum') return total();
  if (values.length === 0) return Number.NaN;
  switch (reducer) {
    case 'min':
      return values.reduce((least, value) => (value < least ? value : least), Number.POSITIVE_INFINITY);
    case 'max':
      return values.reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY);
    case 'mean':
      return total() / values.length;
    case 'last':
      return values.at(-1) as number;
    case 'median': {
      const sorted = values.toSorted((a, b) => a - b);
      const middle = sorted.length >> 1;
      return sorted.length % 2 === 1
        ? (sorted[middle] as number)
        : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
    }
  }
}

function resample(
  { refId, windowMs, downsampler, upsampler }: Extract<Expression, { type: 'resample' }>,
  { valueOf, fromMs, toMs }: ExpressionContext,
): ExpressionValue {
  const value = valueOf(refId);
  if (value.kind !== 'series')
    throw new BadRequest('expression', `$${refId} is a number at an instant; only series are resampled`);
  const count = Math.floor((toMs - fromMs) / windowMs) + 1;
  if (count > MAX_POINTS) {
    throw new LimitExceeded(
      'window',
      `The window makes ${count.toLocaleString('en')} points, and the limit is ${MAX_POINTS.toLocaleString('en')}; ask for a longer one`,
    );
  }
  const timesMs = Float64Array.from({ length: count }, (_, index) => fromMs + index * windowMs);
  return { kind: 'series', items: value.items.map((item) => resampleItem(item, timesMs, downsampler, upsampler)) };
}

/** Each point reduces what lies after the point before it, up to itself. */
function resampleItem(
  item: SeriesItem,
  timesMs: Float64Array,
  downsampler: ExpressionReducer,
  upsampler: 'pad' | 'backfilling' | 'fillna',
): SeriesItem {
  const known: { readonly timeMs: number; readonly value: number }[] = [];
  for (let index = 0; index < item.timesMs.length; index++) {
    const value = at(item, index);
    if (value !== undefined) known.push({ timeMs: item.timesMs[index] as number, value });
  }
  let next = 0;
  let last: number | undefined;
  return mapSeries({ ...item, timesMs }, (index) => {
    const inside: number[] = [];
    for (; next < known.length && known[next]!.timeMs <= (timesMs[index] as number); next++) inside.push(known[next]!.value);
    if (inside.length > 0) {
      last = inside.at(-1);
      return reduceValues(inside, downsampler);
    }
    if (upsampler === 'pad') return last;
    return upsampler === 'backfilling' ? known[next]?.value : undefined;
  });
}

function holds({ type, params }: Evaluator, value: number): boolean {
  const [a = Number.NaN, b = Number.NaN] = params;
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  switch (type) {
    case 'gt':
      return value > a;
    case 'lt':
      return value < a;
    case 'eq':
      return value === a;
    case 'ne':
      return value !== a;
    case 'gte':
      return value >= a;
    case 'lte':
      return value <= a;
    case 'within_range':
      return value > low && value < high;
    case 'outside_range':
      return value < low || value > high;
    case 'within_range_included':
      return value >= low && value <= high;
    case 'outside_range_included':
      return value <= low || value >= high;
    case 'no_value':
      return Number.isNaN(value);
  }
}

/** Conditions one after the other; "logic-or" begins a new group of which any may hold. */
function classic(conditions: readonly ClassicCondition[], context: ExpressionContext): boolean {
  let any = false;
  let group: boolean | undefined;
  for (const condition of conditions) {
    const met = isMet(condition, context);
    if (group === undefined) group = met;
    else if (condition.operator === 'and') group = group && met;
    else if (condition.operator === 'or') group = group || met;
    else {
      any ||= group;
      group = met;
    }
  }
  return any || (group ?? false);
}

function isMet({ refId, reducer, evaluator }: ClassicCondition, context: ExpressionContext): boolean {
  const value = context.valueOf(refId);
  if (value.kind === 'scalar') return value.value !== undefined && holds(evaluator, value.value);
  const found =
    value.kind === 'series' ? value.items.map((item) => classicReduce(item, reducer)) : value.items.map((item) => item.value);
  if (evaluator.type === 'no_value') return found.length === 0 || found.some((each) => each === undefined);
  return found.some((each) => each !== undefined && holds(evaluator, each));
}

function classicReduce(item: SeriesItem, reducer: ClassicReducer): number | undefined {
  const values: number[] = [];
  for (let index = 0; index < item.timesMs.length; index++) {
    const value = at(item, index);
    if (value !== undefined && !Number.isNaN(value)) values.push(value);
  }
  if (reducer === 'count') return item.timesMs.length;
  if (reducer === 'count_non_null') return values.length === 0 ? undefined : values.length;
  const first = values[0];
  const last = values.at(-1);
  if (first === undefined || last === undefined) return undefined;
  switch (reducer) {
    case 'avg':
      return reduceValues(values, 'mean');
    case 'diff':
      return last - first;
    case 'diff_abs':
      return Math.abs(last - first);
    case 'percent_diff':
      return ((last - first) / Math.abs(first)) * 100;
    case 'percent_diff_abs':
      return Math.abs((last - first) / first) * 100;
    case 'min':
    case 'max':
    case 'sum':
    case 'last':
    case 'median':
      return reduceValues(values, reducer);
  }
}
