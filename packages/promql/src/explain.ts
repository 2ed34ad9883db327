import type { Aggregation, Binary, Call, Duration, Expr, VectorMatching, VectorSelector } from './ast.ts';
import type { Span } from './ast.ts';
import { formatDurationMs } from '@vitrine/model/duration.ts';
import { rememberingPrint } from './print.ts';

/** What one part of an expression does, and what its own parts do. */
export interface Explanation {
  /** The part as PromQL. */
  readonly text: string;
  readonly span: Span;
  /** What happens here, without what happens in the parts: "Per-second increase over each 5m window". */
  readonly sentence: string;
  /** In the order in which they are computed. */
  readonly parts: readonly Explanation[];
}

type Print = (expr: Expr) => string;

/** By function: what it does with its first argument. `%1`, `%2` stand for the other arguments as written. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  abs: 'Absolute values',
  absent: 'One series with the value 1 where nothing is found, else nothing',
  absent_over_time: 'One series with the value 1 where the window holds no sample, else nothing',
  avg_over_time: 'Mean of the samples in each window',
  ceil: 'Values rounded up',
  changes: 'How often the value changed in each window',
  clamp: 'Values held between %1 and %2',
  clamp_max: 'Values held to at most %1',
  clamp_min: 'Values held to at least %1',
  count_over_time: 'Number of samples in each window',
  delta: 'Difference between the end and the start of each window, for gauges',
  deriv: 'Slope per second of a line fitted through each window, for gauges',
  exp: 'e to the power of each value',
  first_over_time: 'Oldest sample in each window',
  floor: 'Values rounded down',
  histogram_avg: 'Mean of the observations in each native histogram',
  histogram_count: 'Number of observations in each native histogram',
  histogram_fraction: 'Share of the observations between two bounds',
  histogram_quantile: 'Value below which the share %0 of the observations lies, by native histograms or buckets (label le)',
  histogram_quantiles: 'Values below which shares of the observations lie, each share in the label %1',
  histogram_stddev: 'Standard deviation of the observations in each native histogram',
  histogram_stdvar: 'Variance of the observations in each native histogram',
  histogram_sum: 'Sum of the observations in each native histogram',
  idelta: 'Difference of the last two samples in each window, for gauges',
  increase: 'How much a counter grew in each window; resets are seen',
  irate: 'Per-second increase of a counter between the last two samples of each window',
  label_join: 'The same series with the label %1 joined from others',
  label_replace: 'The same series with the label %1 rewritten',
  last_over_time: 'Newest sample in each window',
  ln: 'Natural logarithm',
  log10: 'Logarithm to the base 10',
  log2: 'Logarithm to the base 2',
  max_over_time: 'Highest sample in each window',
  min_over_time: 'Lowest sample in each window',
  predict_linear: 'Where a line fitted through each window will be in %1 seconds',
  present_over_time: '1 for every series that has a sample in the window',
  quantile_over_time: 'Value below which the share %0 of each window’s samples lies',
  rate: 'Per-second increase of a counter, averaged over each window; resets are seen',
  resets: 'How often a counter started anew in each window',
  round: 'Values rounded',
  scalar: 'The one series as a plain number; NaN where there is not exactly one',
  sort: 'Series in rising order (instant queries only)',
  sort_desc: 'Series in falling order (instant queries only)',
  sqrt: 'Square root',
  stddev_over_time: 'Standard deviation of the samples in each window',
  sum_over_time: 'Sum of the samples in each window',
  time: 'The time that is asked for, in seconds since 1970',
  timestamp: 'When each sample was taken, in seconds since 1970',
  vector: 'The number as a series without labels',
};

const AGGREGATIONS: Readonly<Record<Aggregation['op'], string>> = {
  sum: 'Sum of the series',
  min: 'Lowest of the series',
  max: 'Highest of the series',
  avg: 'Mean of the series',
  group: 'The value 1 for each group of series',
  stddev: 'Standard deviation over the series',
  stdvar: 'Variance over the series',
  count: 'Number of series',
  count_values: 'Number of series with the same value, the value in the label %p',
  bottomk: 'The %p lowest series',
  topk: 'The %p highest series',
  quantile: 'Value below which the share %p of the series lies',
  limitk: '%p of the series, always the same',
  limit_ratio: 'The share %p of the series, always the same',
};

const OPERATORS: Readonly<Partial<Record<Binary['op'], string>>> = {
  '+': 'Left plus right',
  '-': 'Left minus right',
  '*': 'Left times right',
  '/': 'Left divided by right',
  '%': 'Remainder of left divided by right',
  '^': 'Left to the power of right',
  '</': 'Observations of the left’s native histograms up to right',
  '>/': 'Observations of the left’s native histograms above right',
  and: 'Series of the left that have a partner on the right',
  or: 'Series of the left, and those of the right that have no partner there',
  unless: 'Series of the left that have no partner on the right',
};

/** Sets out step by step what an expression computes. */
export function explain(expr: Expr): Explanation {
  return explainWith(expr, rememberingPrint());
}

function explainWith(expr: Expr, print: Print): Explanation {
  const of = (sentence: string, parts: readonly Expr[] = []): Explanation => ({
    text: print(expr),
    span: expr.span,
    sentence,
    parts: parts.map((part) => explainWith(part, print)),
  });
  switch (expr.kind) {
    case 'paren':
    case 'stepInvariant':
      return explainWith(expr.expr, print);
    case 'number':
      return of('A number');
    case 'string':
      return of('A text');
    case 'vectorSelector':
      return of(describeSelector(expr));
    case 'matrixSelector':
      return of(`${describeSelector(expr.selector)}: all samples of the last ${describeDuration(expr.range)} at each step`);
    case 'subquery': {
      const step = expr.step === undefined ? '' : ` every ${describeDuration(expr.step)}`;
      return of(`Asked again${step} over the last ${describeDuration(expr.range)} at each step`, [expr.expr]);
    }
    case 'unary':
      return of(expr.op === '-' ? 'The negative of it' : 'As it is', [expr.expr]);
    case 'call':
      return of(describeCall(expr, print), expr.args.filter(isWorthTelling));
    case 'aggregation':
      return of(describeAggregation(expr, print), [expr.expr]);
    case 'binary':
      return of(describeBinary(expr), [expr.left, expr.right].filter(isWorthTelling));
  }
}

/** Numbers and texts speak for themselves. */
function isWorthTelling(expr: Expr): boolean {
  return expr.kind !== 'number' && expr.kind !== 'string';
}

const EXTENSIONS = {
  anchored: 'with the last sample before at both ends',
  smoothed: 'interpolated at both ends',
} as const;

function describeSelector({ name, matchers, offset, extension }: VectorSelector): string {
  const words = { '=': 'is', '!=': 'is not', '=~': 'matches', '!~': 'does not match' } as const;
  const conditions = matchers
    .filter(({ label }) => label !== '__name__' || name === '')
    .map(({ label, op, value }) => `${label} ${words[op]} ${JSON.stringify(value)}`);
  const which = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const when =
    offset === 0 ? '' : `, ${describeDuration(offset)} ${typeof offset === 'number' && offset < 0 ? 'later' : 'earlier'}`;
  const ends = extension === undefined ? '' : `, ${EXTENSIONS[extension]}`;
  return `${name === '' ? 'Series' : `Series of ${name}`}${which}${when}${ends}`;
}

function describeCall(expr: Call, print: Print): string {
  const told = Object.hasOwn(FUNCTIONS, expr.name) ? FUNCTIONS[expr.name] : undefined;
  return (told ?? `${expr.name}()`).replace(/%(\d)/g, (whole, index: string) => {
    const argument = expr.args[Number(index)];
    return argument === undefined ? whole : print(argument);
  });
}

function describeAggregation({ op, param, grouping }: Aggregation, print: Print): string {
  const what = AGGREGATIONS[op].replace('%p', param === undefined ? '' : print(param));
  if (grouping === undefined || (grouping.kind === 'by' && grouping.labels.length === 0)) {
    return op === 'topk' || op === 'bottomk' ? what : `${what}, all together`;
  }
  const labels = grouping.labels.join(', ');
  return grouping.kind === 'by' ? `${what} for each ${labels}` : `${what}, ignoring ${labels || 'no label'}`;
}

function describeBinary({ op, bool, matching }: Binary): string {
  const comparing = OPERATORS[op] === undefined;
  const what = comparing
    ? bool
      ? `1 where left ${op} right, else 0`
      : `Series of the left where left ${op} right`
    : OPERATORS[op]!;
  if (matching === undefined) return what;
  const labels = matching.labels.join(', ');
  const partners = matching.on
    ? `, matched by ${labels || 'nothing'}`
    : labels === ''
      ? ''
      : `, matched by all labels but ${labels}`;
  const many = matching.card === 'many-to-one' ? '; many on the left to one on the right' : '';
  const few = matching.card === 'one-to-many' ? '; one on the left to many on the right' : '';
  return `${what}${partners}${many}${few}${describeFill(matching)}`;
}

/** What stands in for a partner that is not there. */
function describeFill({ fillLeft, fillRight }: VectorMatching): string {
  if (fillLeft === undefined && fillRight === undefined) return '';
  if (fillLeft === fillRight) return `; ${fillLeft} where one side is missing`;
  const left = fillLeft === undefined ? '' : `; ${fillLeft} where the left is missing`;
  return fillRight === undefined ? left : `${left}; ${fillRight} where the right is missing`;
}

function describeDuration(duration: Duration): string {
  return typeof duration === 'number' ? formatDurationMs(Math.abs(duration)) : 'a computed stretch';
}
