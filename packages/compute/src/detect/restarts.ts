import type { CurvePoints } from '@vitrine/model/curve-store.ts';

/**
 * A curve as if it had been logged once: a run that went back to a checkpoint has thrown away what came after it, so that
 * the rise to the checkpoint's loss is none. Of points of one step all stay. Steps that are NaN are left out.
 */
export function withoutRestarts(curve: CurvePoints): CurvePoints {
  const { steps, length } = curve;
  let rises = true;
  for (let i = 0; i < length; i++) {
    if (!(i === 0 ? !Number.isNaN(steps[0]) : steps[i]! >= steps[i - 1]!)) {
      rises = false;
      break;
    }
  }
  if (rises) return curve;
  const kept = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    const step = steps[i]!;
    if (Number.isNaN(step)) continue;
    if (count > 0 && step < steps[kept[count - 1]!]!) while (count > 0 && steps[kept[count - 1]!]! >= step) count--;
    kept[count++] = i;
  }
  const pick = (column: Float64Array): Float64Array => Float64Array.from(kept.subarray(0, count), (i) => column[i]!);
  return {
    length: count,
    steps: pick(steps),
    timesMs: pick(curve.timesMs),
    values: pick(curve.values),
    epochs: curve.epochs === undefined ? undefined : pick(curve.epochs),
  };
}
