import type { AtModifier, Expr } from '../ast.ts';

/** Functions whose value changes with the time of evaluation although their arguments do not. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set(
  (
    'days_in_month day_of_month day_of_week day_of_year hour minute month year ' +
    'predict_linear time timestamp start end step range'
  ).split(' '),
);

/**
 * The expression with `@ timestampMs` on every selector and subquery that has no time of its own, those inside such a
 * subquery left as they are: it gives the same answer at any time. undefined where that is not so, because it calls a
 * function that depends on the time.
 */
export function pinTime(expr: Expr, timestampMs: number): Expr | undefined {
  const at: AtModifier = { kind: 'timestamp', timestampMs };
  try {
    return pin(expr, at);
  } catch (error) {
    if (error === NOT_PINNABLE) return undefined;
    throw error;
  }
}

const NOT_PINNABLE = new Error('depends on the time of evaluation');

function pin(expr: Expr, at: AtModifier): Expr {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr;
    case 'vectorSelector':
      return { ...expr, at: pinned(expr.at, at) };
    case 'matrixSelector':
      return { ...expr, selector: { ...expr.selector, at: pinned(expr.selector.at, at) } };
    case 'subquery':
      return { ...expr, at: pinned(expr.at, at) };
    case 'call':
      if (TIME_DEPENDENT.has(expr.name)) throw NOT_PINNABLE;
      return { ...expr, args: expr.args.map((arg) => pin(arg, at)) };
    case 'aggregation':
      return { ...expr, expr: pin(expr.expr, at), param: expr.param === undefined ? undefined : pin(expr.param, at) };
    case 'binary':
      return { ...expr, left: pin(expr.left, at), right: pin(expr.right, at) };
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return { ...expr, expr: pin(expr.expr, at) };
  }
}

/** Only a number of seconds is a time of its own: start() and end() move with the query. */
function pinned(own: AtModifier | undefined, at: AtModifier): AtModifier {
  return own?.kind === 'timestamp' ? own : at;
}
