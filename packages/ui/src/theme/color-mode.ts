import type { ColorName, FieldColor } from '@vitrine/model/field-config.ts';

import { inkOf } from './color-name.ts';
import type { ThemeName } from './ink.ts';
import { SERIES_COLORS, SERIES_SLOTS, shadeOf } from './series-color.ts';

/** What is coloured. */
export interface ColorSubject {
  /** What the colour mode makes of its value: `color` of displayOf(). undefined where the mode is not by value. */
  readonly color?: ColorName | undefined;
  /** Its identity's slot, see assignSlots(). */
  readonly slot: number;
  /** Its place among the series of its panel. */
  readonly index: number;
}

/** Modes in which a value, and not the series, has a colour. */
export function isByValue(mode: string | undefined): boolean {
  return mode === 'thresholds' || mode?.startsWith('continuous-') === true;
}

/**
 * The colour of a series or a value: fixed, a shade of the fixed one, by its value; else that of its identity. All palettes are
 * ours: colours that hold on both themes and for the common colour-blindnesses, and a run keeps its own on every chart.
 */
export function colorOf(color: FieldColor | undefined, subject: ColorSubject, theme: ThemeName): string {
  switch (color?.mode) {
    case 'fixed':
      return inkOf(color.fixedColor ?? 'text', theme);
    case 'shades':
      return shadeOf(inkOf(color.fixedColor ?? 'blue', theme), subject.index, theme);
    default:
      if (isByValue(color?.mode) && subject.color !== undefined) return inkOf(subject.color, theme);
      return SERIES_COLORS[theme][subject.slot % SERIES_SLOTS]!;
  }
}
