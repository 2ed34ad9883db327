import type { Expr } from './ast.ts';
import { printAggregationStart, printLeft, printOperator, printSubqueryEnd, rememberingPrint } from './print.ts';

/** Columns that a part may take before it is split over lines, as Prometheus has it. */
const LINE_LIMIT = 100;
const INDENT = '  ';
/** Deeper levels stand no further right: nobody could read them, and a long query would become a hundred times longer. */
const MOST_INDENTS = 40;

/**
 * Writes an expression over several lines where it is long, operators on lines of their own, as Prometheus'
 * `/api/v1/format_query` does. Parsing what it writes gives an equal expression.
 */
export function printPretty(expr: Expr, lineLimit: number = LINE_LIMIT): string {
  return pretty(expr, 0, lineLimit, rememberingPrint());
}

function pretty(expr: Expr, level: number, limit: number, print: (expr: Expr) => string): string {
  const indent = INDENT.repeat(Math.min(level, MOST_INDENTS));
  const line = print(expr);
  if (line.length <= limit) return indent + line;
  const inner = (part: Expr): string => pretty(part, level + 1, limit, print);
  switch (expr.kind) {
    case 'aggregation': {
      const args = expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
      return `${indent}${printAggregationStart(expr)}(\n${args.map(inner).join(',\n')}\n${indent})`;
    }
    case 'call':
      return `${indent}${expr.name}(\n${expr.args.map(inner).join(',\n')}\n${indent})`;
    case 'paren':
      return `${indent}(\n${inner(expr.expr)}\n${indent})`;
    case 'binary':
      return `${printLeft(expr, inner)}\n${indent}${printOperator(expr)}\n${inner(expr.right)}`;
    case 'subquery':
      return `${pretty(expr.expr, level, limit, print)}${printSubqueryEnd(expr)}`;
    case 'unary':
      return `${indent}${expr.op}${pretty(expr.expr, level, limit, print).trimStart()}`;
    case 'stepInvariant':
      return pretty(expr.expr, level, limit, print);
    default:
      // Selectors and literals stay in one piece.
      return indent + line;
  }
}
