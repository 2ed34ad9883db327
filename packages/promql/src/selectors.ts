import type { Selector } from '@vitrine/model/sample-store.ts';
import type { Expr } from './ast.ts';

/** The selectors whose samples an expression reads, in the order they stand. */
export function selectorsOf(expr: Expr): Selector[] {
  switch (expr.kind) {
    case 'vectorSelector':
      return [expr.matchers];
    case 'matrixSelector':
      return [expr.selector.matchers];
    case 'call':
      return expr.args.flatMap(selectorsOf);
    case 'aggregation':
      return [...selectorsOf(expr.expr), ...(expr.param === undefined ? [] : selectorsOf(expr.param))];
    case 'binary':
      return [...selectorsOf(expr.left), ...selectorsOf(expr.right)];
    case 'subquery':
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return selectorsOf(expr.expr);
    case 'number':
    case 'string':
      return [];
  }
}
