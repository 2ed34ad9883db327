import type { Aggregation, Expr } from '../ast.ts';
import { valueType } from '../functions-signatures.ts';
import { NUMBER_FUNCTIONS, TIME_FUNCTIONS } from './elementwise.ts';
import { isStepInvariant } from './invariant.ts';
import { RANGE_FUNCTIONS } from './range-functions.ts';
import { rangeNode } from './unwrap.ts';

/**
 * An expression of which several can compute parts: each has some of the series. What they find for `parts` together stands
 * in `whole` for the nodes that are the keys.
 */
export interface SharedExpr {
  readonly whole: Expr;
  readonly parts: ReadonlyMap<Expr, Expr>;
}

/** The aggregation that makes one answer of the answers over some of the series each. */
const JOINS: Partial<Record<Aggregation['op'], Aggregation['op']>> = {
  sum: 'sum',
  count: 'sum',
  min: 'min',
  max: 'max',
  group: 'group',
  topk: 'topk',
  bottomk: 'bottomk',
};

/** How an expression is shared; undefined where no part of it looks at one series at a time. */
export function share(expr: Expr): SharedExpr | undefined {
  const parts = new Map<Expr, Expr>();
  const whole = shareNode(expr, parts);
  return parts.size > 0 ? { whole, parts } : undefined;
}

function shareNode(expr: Expr, parts: Map<Expr, Expr>): Expr {
  // What is the same at every step is computed at one of them only.
  if (isStepInvariant(expr)) return expr;
  if (isBySeries(expr)) return placeFor(expr, parts);
  switch (expr.kind) {
    case 'aggregation': {
      const join = JOINS[expr.op];
      if (join !== undefined && isBySeries(expr.expr) && (expr.param === undefined || isConstant(expr.param))) {
        return { ...expr, op: join, role: 'whole', expr: placeFor({ ...expr, role: 'part' }, parts) };
      }
      return { ...expr, role: 'whole', expr: shareNode(expr.expr, parts) };
    }
    case 'binary':
      return { ...expr, left: shareNode(expr.left, parts), right: shareNode(expr.right, parts) };
    case 'unary':
    case 'paren':
      return { ...expr, expr: shareNode(expr.expr, parts) };
    case 'call':
      // The second argument of info() is no expression of its own.
      if (expr.name === 'info') return expr;
      return { ...expr, args: expr.args.map((arg) => (valueType(arg) === 'vector' ? shareNode(arg, parts) : arg)) };
    default:
      return expr;
  }
}

/** A node that means the same as the expression, and is no other's. */
function placeFor(expr: Expr, parts: Map<Expr, Expr>): Expr {
  const place: Expr = { kind: 'paren', span: expr.span, expr };
  parts.set(place, expr);
  return place;
}

/** Whether each series of the answer comes from one stored series, whatever others there are. */
function isBySeries(expr: Expr): boolean {
  if (isStepInvariant(expr)) return false;
  switch (expr.kind) {
    case 'vectorSelector':
      return true;
    case 'unary':
    case 'paren':
      return isBySeries(expr.expr);
    case 'binary':
      return (isBySeries(expr.left) && isConstant(expr.right)) || (isConstant(expr.left) && isBySeries(expr.right));
    case 'call': {
      const { name, args } = expr;
      if (RANGE_FUNCTIONS.has(name)) {
        return args.every((arg) => (valueType(arg) === 'matrix' ? isRangeBySeries(arg) : isConstant(arg)));
      }
      if (!NUMBER_FUNCTIONS.has(name) && !TIME_FUNCTIONS.has(name) && !OF_ONE_VECTOR.has(name)) return false;
      return args.length > 0 && isBySeries(args[0]!) && args.slice(1).every(isConstant);
    }
    default:
      return false;
  }
}

const OF_ONE_VECTOR = new Set(['clamp', 'clamp_min', 'clamp_max', 'round', 'timestamp']);

function isRangeBySeries(expr: Expr): boolean {
  const range = rangeNode(expr);
  return range.kind === 'matrixSelector' || isBySeries(range.expr);
}

/** Whether a scalar does not depend on what is stored. */
function isConstant(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
      return true;
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      return isConstant(expr.expr);
    case 'binary':
      return isConstant(expr.left) && isConstant(expr.right);
    case 'call':
      return valueType(expr) === 'scalar' && expr.name !== 'scalar' && expr.args.every(isConstant);
    default:
      return false;
  }
}
