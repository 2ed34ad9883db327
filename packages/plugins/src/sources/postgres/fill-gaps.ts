import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';
import type { GapFill } from './macros.ts';

const MAX_TIMES = 200_000;

/**
 * A wide frame on the grid of its groups over the page's range, closed: what is missing stays so ("null"), becomes what was before
 * ("previous") or a number. Groups outside of the range are kept. Throws LimitExceeded.
 */
export function fillGaps(
  frame: Frame,
  { stepMs, mode, value }: GapFill,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Frame {
  const [time, ...series] = frame.fields as readonly NumberField[];
  if (time === undefined) return frame;
  const times = new Set(time.values);
  const first = Math.floor(fromMs / stepMs) * stepMs;
  if ((toMs - first) / stepMs > MAX_TIMES)
    throw new LimitExceeded(
      'gaps',
      `Filling gaps of ${stepMs / 1_000} s over this range gives more than ${MAX_TIMES.toLocaleString('en')} times; group by more time, or ask for a shorter range`,
    );
  for (let at = first; at <= toMs; at += stepMs) times.add(at);
  const grid = Float64Array.from(times).toSorted();
  const rowOf = new Map(Array.from(time.values, (at, row) => [at, row] as const));
  const fields = series.map((field): Field => {
    const values = new Float64Array(grid.length);
    const present = new Uint8Array(grid.length);
    let before: number | undefined;
    for (const [index, at] of grid.entries()) {
      const row = rowOf.get(at);
      const known = row === undefined || field.present?.[row] === 0 ? undefined : (field.values[row] as number);
      const filled = known ?? (mode === 'previous' ? before : mode === 'value' ? value : undefined);
      before = known ?? before;
      if (filled === undefined) continue;
      values[index] = filled;
      present[index] = 1;
    }
    const { present: _, ...rest } = field;
    return { ...rest, values, ...(present.includes(0) ? { present } : {}) };
  });
  return { ...frame, length: grid.length, fields: [{ name: time.name, type: 'time', values: grid }, ...fields] };
}
