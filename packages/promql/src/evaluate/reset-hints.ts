import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Expr, VectorSelector } from '../ast.ts';
import { detectReset } from '../histogram/reset.ts';
import { withReset } from '../histogram/layout.ts';

const COUNTING = /^histogram_(?:count|sum|avg)$/;
const WHOLE = /^histogram_(?:quantiles?|fraction)$/;

/**
 * The selectors of which only counts and sums of histograms are asked. Prometheus reads these without buckets, and finds
 * out by itself, while it reads, where the counting began anew; that shows in warnings. A subquery above leaves samples
 * out, so that this is not done below one.
 */
export function countedOnly(expr: Expr, counting = false, found = new Set<VectorSelector>()): ReadonlySet<VectorSelector> {
  switch (expr.kind) {
    case 'vectorSelector':
      if (counting) found.add(expr);
      break;
    case 'matrixSelector':
      countedOnly(expr.selector, counting, found);
      break;
    case 'call': {
      const counts = !WHOLE.test(expr.name) && (counting || COUNTING.test(expr.name));
      for (const arg of expr.args) countedOnly(arg, counts, found);
      break;
    }
    case 'aggregation':
      countedOnly(expr.expr, counting, found);
      if (expr.param !== undefined) countedOnly(expr.param, counting, found);
      break;
    case 'binary':
      countedOnly(expr.left, counting, found);
      countedOnly(expr.right, counting, found);
      break;
    case 'unary':
    case 'paren':
    case 'stepInvariant':
      countedOnly(expr.expr, counting, found);
      break;
    default:
  }
  return found;
}

/** The histograms, with what comparing neighbours says where they themselves say nothing about resets. */
export function withDetectedResets(
  histograms: readonly (NativeHistogram | undefined)[],
  length: number,
): (NativeHistogram | undefined)[] {
  let before: NativeHistogram | undefined;
  return histograms.slice(0, length).map((histogram) => {
    if (histogram === undefined) return undefined;
    const previous = before;
    before = histogram;
    if (histogram.reset !== 'unknown' || previous === undefined) return histogram;
    return withReset(histogram, detectReset(histogram, previous) ? 'reset' : 'not reset');
  });
}
