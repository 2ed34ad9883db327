import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Binary } from '../ast.ts';
import { equal } from '../histogram/equal.ts';
import { compact, withReset } from '../histogram/layout.ts';
import { divide, scale } from '../histogram/scale.ts';
import { HistogramSum } from '../histogram/sum.ts';
import { trimLower, trimUpper } from '../histogram/trim.ts';
import type { Annotations } from './annotations.ts';
import { ARITHMETIC, COMPARISON, isArithmetic, isComparison } from './operators.ts';
import { SeriesNotes } from './series-notes.ts';

type Value = number | NativeHistogram;

/** What an operator makes of two values of which either may be a histogram; undefined: nothing is left, or, as was said, it cannot be done. */
export type CombineAny = (a: Value, b: Value) => Value | undefined;

/** Arithmetic, comparison and trimming where histograms are met. A comparison without bool gives the left side. */
export function anyOperator({ op, bool, span }: Pick<Binary, 'op' | 'bool' | 'span'>, annotations: Annotations): CombineAny {
  const notes = new SeriesNotes(annotations, span);
  const incompatible = (a: Value, b: Value): undefined => {
    const kinds = `${kindOf(a)} ${op} ${kindOf(b)}`;
    annotations.info(`incompatible sample types encountered for binary operator ${JSON.stringify(op)}: ${kinds}`, span);
  };
  const decide = (a: Value, holds: boolean): Value | undefined => (bool ? Number(holds) : holds ? a : undefined);
  return (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      if (isArithmetic(op)) return ARITHMETIC[op](a, b);
      return isComparison(op) ? decide(a, COMPARISON[op](a, b)) : incompatible(a, b);
    }
    if (typeof a === 'number') return op === '*' && typeof b !== 'number' ? compact(scale(b, a)) : incompatible(a, b);
    if (typeof b === 'number') {
      if (op === '*') return compact(scale(a, b));
      if (op === '/') return compact(divide(a, b));
      if (op === '</') return trimUpper(a, b);
      return op === '>/' ? trimLower(a, b) : incompatible(a, b);
    }
    if (op === '==' || op === '!=') return decide(a, equal(a, b) === (op === '=='));
    if (op !== '+' && op !== '-') return incompatible(a, b);
    const sum = new HistogramSum(a);
    const operation = op === '+' ? 'addition' : 'subtraction';
    if (!sum.add(b, op === '+' ? 1 : -1)) {
      annotations.warn(`incompatible bucket layout encountered for binary operator ${op}`, span);
      return undefined;
    }
    if (sum.collided) notes.collided(operation);
    if (sum.reconciled) notes.reconciled(operation);
    return op === '+' ? sum.result() : withReset(sum.result(), 'gauge');
  };
}

function kindOf(value: Value): 'float' | 'histogram' {
  return typeof value === 'number' ? 'float' : 'histogram';
}
