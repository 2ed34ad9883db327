/** Transformations that replace the values of curves, whatever their x is. */
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';

import { fieldMatcher } from '../matcher.ts';
import type { Options } from './options.ts';

/** The new values of a curve; `present` as in NumberField. Called with x of the same length, rising or not. */
export type Smooth = (x: Float64Array, y: NumberField) => { readonly values: Float64Array; readonly present?: Uint8Array };

/** The column of a frame that is its x: the first of times, else the first of numbers. */
export function xOf({ fields }: Frame): NumberField | undefined {
  const found = fields.find(({ type }) => type === 'time') ?? fields[0];
  return found?.type === 'time' || found?.type === 'number' ? found : undefined;
}

/**
 * Each curve with its values replaced; with the option `keepOriginal` the old ones stay, dimmed, in front of the new. The option
 * `fields`, a list of names, says which.
 */
export function smoothCurves(frames: readonly Frame[], options: Options, smooth: Smooth): readonly Frame[] {
  const names = options.texts('fields');
  const wanted = names.length === 0 ? fieldMatcher('numeric') : fieldMatcher('byNames', { names });
  const keep = options.flag('keepOriginal', false);
  return frames.map((frame) => {
    const x = xOf(frame);
    if (x === undefined) return frame;
    const fields = frame.fields.flatMap((field): Field[] => {
      if (field === x || field.type !== 'number' || !wanted(field, frame, frames)) return [field];
      const { present: _, ...rest } = field;
      const made: Field = { ...rest, ...smooth(x.values, field) };
      if (!keep) return [made];
      const name = field.config?.displayNameFromSource ?? field.name;
      return [
        {
          ...field,
          config: { ...field.config, displayNameFromSource: `${name} (raw)`, custom: { ...field.config?.custom, ...FAINT } },
        },
        made,
      ];
    });
    return { ...frame, fields };
  });
}

/** How the curve behind a smoothed one is drawn. */
const FAINT = { lineWidth: 1, fillOpacity: 0, lineStyle: { fill: 'dash', dash: [2, 4] } };
