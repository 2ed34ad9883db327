import type { Expr, ValueType } from './ast.ts';

/** What a function takes and gives. */
export interface FunctionSignature {
  readonly name: string;
  readonly args: readonly ValueType[];
  /**
   * 0: exactly `args`. A positive number: the last of `args` may be left out, or stand up to this many times. -1: the last
   * of `args` may be left out, or stand any number of times.
   */
  readonly variadic: number;
  readonly returns: ValueType;
  /** Refused where ParseOptions.experimentalFunctions is false. */
  readonly experimental: boolean;
}

type Row = readonly [names: string, args: string, returns?: ValueType, variadic?: number, experimental?: boolean];

/** Argument types by initial: v(ector), m(atrix), s(calar), t(ext). */
const INITIALS: Readonly<Record<string, ValueType>> = { v: 'vector', m: 'matrix', s: 'scalar', t: 'string' };

const ROWS: readonly Row[] = [
  ['abs absent ceil exp floor ln log10 log2 sgn sqrt sort sort_desc timestamp', 'v'],
  ['acos acosh asin asinh atan atanh cos cosh deg rad sin sinh tan tanh', 'v'],
  ['histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar', 'v'],
  ['absent_over_time avg_over_time count_over_time first_over_time last_over_time max_over_time min_over_time', 'm'],
  ['present_over_time stddev_over_time stdvar_over_time sum_over_time', 'm'],
  ['changes delta deriv idelta increase irate rate resets', 'm'],
  ['clamp', 'vss'],
  ['clamp_max clamp_min', 'vs'],
  ['round', 'vs', 'vector', 1],
  ['days_in_month day_of_month day_of_week day_of_year hour minute month year', 'v', 'vector', 1],
  ['histogram_fraction', 'ssv'],
  ['histogram_quantile', 'sv'],
  ['quantile_over_time', 'sm'],
  ['predict_linear', 'ms'],
  ['label_replace', 'vtttt'],
  ['label_join', 'vttt', 'vector', -1],
  ['vector', 's'],
  ['scalar', 'v', 'scalar'],
  ['pi time', '', 'scalar'],
  ['start end step range', '', 'scalar', 0, true],
  ['max_of min_of', 'ss', 'scalar', 0, true],
  ['mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time', 'm', 'vector', 0, true],
  ['double_exponential_smoothing', 'mss', 'vector', 0, true],
  ['histogram_quantiles', 'vtss', 'vector', 9, true],
  ['info', 'vv', 'vector', 1, true],
  ['sort_by_label sort_by_label_desc', 'vt', 'vector', -1, true],
  ['start_timestamp', 'v', 'vector', 0, true],
];

/** Every function of PromQL, as of Prometheus 3.14, by name. */
export const functionSignatures: ReadonlyMap<string, FunctionSignature> = new Map(
  ROWS.flatMap(([names, args, returns = 'vector', variadic = 0, experimental = false]) =>
    names
      .split(' ')
      .map((name) => [name, { name, args: Array.from(args, (initial) => INITIALS[initial]!), returns, variadic, experimental }]),
  ),
);

/** The type that an expression evaluates to. */
export function valueType(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vectorSelector':
    case 'aggregation':
      return 'vector';
    case 'matrixSelector':
    case 'subquery':
      return 'matrix';
    case 'call':
      return expr.type;
    case 'binary':
      // Sides that are neither are refused by the type check, so one vector makes it a vector.
      return valueType(expr.left) === 'scalar' && valueType(expr.right) === 'scalar' ? 'scalar' : 'vector';
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return valueType(expr.expr);
  }
}

/** How messages name a type. */
export function documentedType(type: ValueType): string {
  return type === 'vector' ? 'instant vector' : type === 'matrix' ? 'range vector' : type;
}
