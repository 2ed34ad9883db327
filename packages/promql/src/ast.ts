import type { Matcher } from '@vitrine/model/sample-store.ts';

/** Where a node stands in the text: UTF-16 offsets, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** A PromQL expression, parsed and type-checked: each node knows its value type. */
export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | Binary
  | Unary
  | Paren
  | StepInvariant;

interface Node {
  readonly span: Span;
}

export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly value: number;
  /** Written as a duration ("5m"), which the printer keeps. */
  readonly duration: boolean;
}

export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}

/** `@ 123`, `@ start()` or `@ end()`. */
export type AtModifier =
  | { readonly kind: 'timestamp'; readonly timestampMs: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/**
 * A duration: milliseconds, or an expression over durations that the step and range of the query decide
 * (`[step()*2]`, `offset -(5m+1m)`), behind the experimental flag.
 */
export type Duration = number | DurationExpr;

export type DurationExpr = Node &
  (
    | { readonly kind: 'durationLiteral'; readonly ms: number; readonly text: 'duration' | 'number' }
    | { readonly kind: 'durationStep' }
    | { readonly kind: 'durationRange' }
    | { readonly kind: 'durationUnary'; readonly op: '+' | '-'; readonly of: DurationExpr }
    | {
        readonly kind: 'durationBinary';
        readonly op: '+' | '-' | '*' | '/' | '%' | '^';
        readonly left: DurationExpr;
        readonly right: DurationExpr;
      }
    | { readonly kind: 'durationCall'; readonly name: 'min_of' | 'max_of'; readonly args: readonly DurationExpr[] }
    | { readonly kind: 'durationParen'; readonly of: DurationExpr }
  );

export interface VectorSelector extends Node {
  readonly kind: 'vectorSelector';
  /** The name that stood before the braces, or "". It is also among the matchers. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Positive looks back. */
  readonly offset: Duration;
  readonly at: AtModifier | undefined;
  /** Extended range selectors, behind the experimental flag. */
  readonly extension: 'anchored' | 'smoothed' | undefined;
}

/** `selector[5m]`; offset and @ stand on the selector. */
export interface MatrixSelector extends Node {
  readonly kind: 'matrixSelector';
  readonly selector: VectorSelector;
  readonly range: Duration;
}

export interface Subquery extends Node {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: Duration;
  /** undefined: the engine's default step. */
  readonly step: Duration | undefined;
  readonly offset: Duration;
  readonly at: AtModifier | undefined;
}

export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
  readonly type: ValueType;
}

export type AggregationOp =
  | 'sum'
  | 'min'
  | 'max'
  | 'avg'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'count'
  | 'count_values'
  | 'bottomk'
  | 'topk'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

export interface Aggregation extends Node {
  readonly kind: 'aggregation';
  readonly op: AggregationOp;
  readonly expr: Expr;
  /** The k of topk, the q of quantile, the label of count_values. */
  readonly param: Expr | undefined;
  readonly grouping: { readonly kind: 'by' | 'without'; readonly labels: readonly string[] } | undefined;
  /**
   * Where several evaluate a query together: of some of the series, or of what all found. Never parsed.
   * A "part" of a sum gives the sum and, as a series of its own, what rounding took from it.
   */
  readonly role?: 'part' | 'whole';
}

export type BinaryOp =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | 'atan2'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'and'
  | 'or'
  | 'unless'
  | '</'
  | '>/';

export interface VectorMatching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  /** `on(...)` or `ignoring(...)`; `ignoring()` with no labels where neither is written. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that group_left or group_right copy from the one side. */
  readonly include: readonly string[];
  /** Stands in for a missing left or right side, behind the experimental flag. */
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

export interface Binary extends Node {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly bool: boolean;
  /** Only where both sides are vectors. */
  readonly matching: VectorMatching | undefined;
}

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export interface Paren extends Node {
  readonly kind: 'paren';
  readonly expr: Expr;
}

/** Not written by people: the evaluator's mark that an expression is the same at every step. The printer looks through it. */
export interface StepInvariant extends Node {
  readonly kind: 'stepInvariant';
  readonly expr: Expr;
}

/** Syntax and functions that Prometheus keeps behind feature flags. */
export interface ParseOptions {
  /** Functions and aggregations such as sort_by_label(), which dashboards use: on unless this is false. */
  readonly experimentalFunctions?: boolean;
  /** `[5m * 2]`: on unless this is false, as of Prometheus 3.14. The rest is off unless true. */
  readonly durationExpressions?: boolean;
  readonly extendedRangeSelectors?: boolean;
  readonly binaryFill?: boolean;
}
