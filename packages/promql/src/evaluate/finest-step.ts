import type { Expr } from '../ast.ts';
import { positiveDurationMs, type QuerySpan } from './duration-value.ts';

/** The shortest step of the subqueries in an expression, in milliseconds; Infinity where it has none. */
export function finestStepMs(expr: Expr, span: QuerySpan, defaultMs: number): number {
  const of = (inner: Expr): number => finestStepMs(inner, span, defaultMs);
  switch (expr.kind) {
    case 'subquery':
      return Math.min(expr.step === undefined ? defaultMs : positiveDurationMs(expr.step, span), of(expr.expr));
    case 'call':
      return Math.min(Infinity, ...expr.args.map(of));
    case 'aggregation':
      return Math.min(of(expr.expr), expr.param === undefined ? Infinity : of(expr.param));
    case 'binary':
      return Math.min(of(expr.left), of(expr.right));
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return of(expr.expr);
    default:
      return Infinity;
  }
}
