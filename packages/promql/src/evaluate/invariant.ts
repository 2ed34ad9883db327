import type { Expr } from '../ast.ts';

/** Functions whose answer depends on the time of evaluation even where all selectors are pinned by `@`. */
const TIME_DEPENDENT = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
  'start_timestamp',
]);

const known = new WeakMap<Expr, boolean>();

/** Whether an expression has the same value at every step: all its selectors are pinned by `@`. */
export function isStepInvariant(expr: Expr): boolean {
  let answer = known.get(expr);
  if (answer === undefined) known.set(expr, (answer = examine(expr)));
  return answer;
}

function examine(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'stepInvariant':
      return true;
    case 'vectorSelector':
    case 'subquery':
      return expr.at !== undefined;
    case 'matrixSelector':
      return expr.selector.at !== undefined;
    case 'call':
      // The second argument of info() is no selector of its own: it follows the first.
      if (expr.name === 'info') return isStepInvariant(expr.args[0]!);
      return !TIME_DEPENDENT.has(expr.name) && expr.args.every(isStepInvariant);
    case 'aggregation':
      return isStepInvariant(expr.expr) && (expr.param === undefined || isStepInvariant(expr.param));
    case 'binary':
      return isStepInvariant(expr.left) && isStepInvariant(expr.right);
    case 'unary':
    case 'paren':
      return isStepInvariant(expr.expr);
  }
}
