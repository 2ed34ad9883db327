import { textOn } from '../theme/color-name.ts';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';

/** The colour for text on an area that shows `fill` (0 to 1) of a colour "#rrggbb", and of the panel the rest. */
export function textOver(color: string, fill: number, theme: ThemeName): string {
  const [top, ground] = [channels(color), channels(INK[theme].panel)];
  if (top === undefined || ground === undefined) return textOn(color, theme);
  const mixed = top.map((part, at) => Math.round(ground[at]! + (part - ground[at]!) * fill));
  return textOn(`#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`, theme);
}

function channels(color: string): readonly number[] | undefined {
  const found = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(color);
  return found === null ? undefined : found.slice(1).map((part) => Number.parseInt(part, 16));
}
