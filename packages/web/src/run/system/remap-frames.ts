import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { interpolate } from '@vitrine/ui/chart/annotations.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';

/**
 * Frames of curves over time as frames over the run's own x. What a machine logs counts steps of its own, which are none of the
 * training's: its times are what both share. Points from before the first step and after the last one are left out. Pure.
 */
export function remapFrames(frames: readonly Frame[], map: TimeMap): readonly Frame[] {
  return frames.map((frame) => {
    const [x] = frame.fields;
    if (!isNumbers(x)) return frame;
    const places = Array.from(x.values, (timeMs) => interpolate(map.times, map.xs, timeMs));
    const kept = Array.from(places.keys()).filter((row) => places[row] !== undefined);
    const fields = frame.fields.map((field, at): Field => {
      if (at === 0) return { ...field, type: 'number', values: Float64Array.from(kept, (row) => places[row]!) };
      return isNumbers(field)
        ? { ...field, values: Float64Array.from(kept, (row) => field.values[row]!), ...presentOf(field, kept) }
        : field;
    });
    return { ...frame, length: kept.length, fields };
  });
}

function presentOf({ present }: Field, kept: readonly number[]): { readonly present?: Uint8Array } {
  return present === undefined ? {} : { present: Uint8Array.from(kept, (row) => present[row]!) };
}
