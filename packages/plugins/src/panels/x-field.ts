import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame, NumberField } from '@vitrine/model/frame.ts';
import type { PickX } from '@vitrine/ui/chart/series.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';

/** Which column of each frame is x: the one of that name, else the first numbers that are no time, else the first. Pure. */
export function pickXField(frames: readonly Frame[], xField: string): PickX {
  const names = fieldNames(frames);
  return (frame) => {
    if (frame.shape === 'exemplars') return undefined;
    if (xField !== '') {
      const own = names[frames.indexOf(frame)];
      const found = frame.fields.findIndex(
        (field, index) => isNumbers(field) && (own?.[index] === xField || field.name === xField),
      );
      return found < 0 ? undefined : found;
    }
    const number = frame.fields.findIndex(({ type }) => type === 'number');
    return number < 0 ? undefined : number;
  };
}

/** From the first frame that has a time beside its x; undefined where none has, or where time and x don't rise together. Pure. */
export function timeMapOf(frames: readonly Frame[], pickX: PickX): TimeMap | undefined {
  for (const frame of frames) {
    const column = pickX(frame);
    const x = column === undefined ? undefined : frame.fields[column];
    const time = frame.fields.find((field): field is NumberField => field.type === 'time' && field !== x);
    if (!isNumbers(x) || time === undefined) continue;
    const times: number[] = [];
    const xs: number[] = [];
    for (let row = 0; row < frame.length; row++) {
      const [at, value] = [time.values[row]!, x.values[row]!];
      if (time.present?.[row] === 0 || x.present?.[row] === 0 || !Number.isFinite(at) || !Number.isFinite(value)) continue;
      // A run that starts again goes back in steps: only what rises has a way back to its time.
      if (times.length > 0 && !(at > times.at(-1)! && value > xs.at(-1)!)) continue;
      times.push(at);
      xs.push(value);
    }
    if (times.length > 1) return { times: Float64Array.from(times), xs: Float64Array.from(xs) };
  }
  return undefined;
}
