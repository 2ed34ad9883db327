import { thresholdsOf } from '@vitrine/compute/field/display.ts';
import type { NumberField } from '@vitrine/model/frame.ts';

import { isByValue } from '../theme/color-mode.ts';
import { inkOf } from '../theme/color-name.ts';
import { schemeStops } from '../theme/color-scheme.ts';
import type { ThemeName } from '../theme/ink.ts';

/** From where to where the thresholds and schemes of a field reach. */
function shareRange(field: Pick<NumberField, 'config' | 'range'>): { readonly min: number; readonly max: number } {
  return { min: field.config?.min ?? field.range?.min ?? 0, max: field.config?.max ?? field.range?.max ?? 100 };
}

/** A colour at a value. Two stops at one value are an edge. */
export interface InkStop {
  readonly at: number;
  readonly ink: string;
}

/** How a field's colour follows its value, rising; empty where its colour mode is not by value. */
export function inkStops(field: Pick<NumberField, 'config' | 'range'>, theme: ThemeName): readonly InkStop[] {
  const mode = field.config?.color?.mode;
  if (!isByValue(mode)) return [];
  const range = shareRange(field);
  if (mode === 'thresholds') {
    const steps = thresholdsOf(field);
    return steps.flatMap(({ value, color }, index) => {
      const ink = inkOf(color, theme);
      const before = steps[index - 1];
      return before === undefined
        ? [{ at: value, ink }]
        : [
            { at: value, ink: inkOf(before.color, theme) },
            { at: value, ink },
          ];
    });
  }
  const stops = schemeStops(mode!, theme);
  return stops.map((ink, index) => ({ at: range.min + ((range.max - range.min) * index) / (stops.length - 1), ink }));
}

/** The colour of a value by its field's stops: that of the highest stop it reaches. */
export function inkAt(stops: readonly InkStop[], value: number): string | undefined {
  let found = stops[0]?.ink;
  for (const { at, ink } of stops) if (value >= at) found = ink;
  return found;
}

/** A gradient up the plot, for lines and areas coloured by value. */
export function valueGradient(
  ctx: CanvasRenderingContext2D,
  stops: readonly InkStop[],
  yToPx: (value: number) => number,
  top: number,
  bottom: number,
): CanvasGradient | string {
  if (stops.length === 0 || !(bottom > top)) return 'transparent';
  const gradient = ctx.createLinearGradient(0, bottom, 0, top);
  for (const { at, ink } of stops) {
    const px = at === -Infinity ? bottom : yToPx(at);
    gradient.addColorStop(Math.min(1, Math.max(0, (bottom - px) / (bottom - top))), ink);
  }
  return gradient;
}
