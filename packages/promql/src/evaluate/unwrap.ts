import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Expr, MatrixSelector, Subquery } from '../ast.ts';
import { valueType } from '../functions-signatures.ts';

/** The expression without brackets around it. */
export function unwrap(expr: Expr): Expr {
  return expr.kind === 'paren' || expr.kind === 'stepInvariant' ? unwrap(expr.expr) : expr;
}

/** The text of a string argument. */
export function textOf(expr: Expr): string {
  const inner = unwrap(expr);
  if (inner.kind !== 'string') throw new QueryError('execution', `expected a string, got a ${valueType(expr)}`, expr.span);
  return inner.value;
}

/** The selector or subquery that a range vector is. */
export function rangeNode(expr: Expr): MatrixSelector | Subquery {
  const range = unwrap(expr);
  if (range.kind === 'matrixSelector' || range.kind === 'subquery') return range;
  throw new QueryError('execution', `expected a range vector, got a ${valueType(expr)}`, expr.span);
}
