import type { ThemeName } from './ink.ts';

/**
 * Ten hues in an order that keeps neighbours apart, lightness alternating so that they differ without hue too. A slot has
 * the same hue in both themes: a run that is blue at night is blue by day.
 */
export const SERIES_COLORS: Readonly<Record<ThemeName, readonly string[]>> = {
  // blue, amber, mint, pink, gold, violet, teal, coral, lime, periwinkle
  dark: ['#4fa8ff', '#f4a83c', '#2fe9c2', '#e0508c', '#a98209', '#8e6cf0', '#0894aa', '#ff7a72', '#d6dc4a', '#b0ccff'],
  light: ['#0c8ef2', '#b5400f', '#009879', '#a838a8', '#b08a00', '#5f5be0', '#28545c', '#ec4884', '#55692f', '#57209c'],
};

export const SERIES_SLOTS = 10;

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  // FNV's low bits mix poorly for short texts that differ in their end.
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** The slot that an identity asks for, wherever it stands alone: 0 to 9. */
export function seriesSlot(identity: string): number {
  return hash(identity) % SERIES_SLOTS;
}

/**
 * Slots for the identities of one chart. Each gets the slot it asks for; where two ask for the same, the later one in
 * alphabetical order takes the next free one, and once all ten are taken, the one used least. Equal sets give equal slots, whatever
 * their order.
 */
export function assignSlots(identities: Iterable<string>): Map<string, number> {
  const slots = new Map<string, number>();
  const used = new Uint32Array(SERIES_SLOTS);
  const waiting: string[] = [];
  for (const identity of [...new Set(identities)].sort()) {
    const wanted = seriesSlot(identity);
    if (used[wanted] === 0) {
      slots.set(identity, wanted);
      used[wanted] = 1;
    } else waiting.push(identity);
  }
  for (const identity of waiting) {
    const wanted = seriesSlot(identity);
    let best = wanted;
    for (let step = 0; step < SERIES_SLOTS; step++) {
      const slot = (wanted + step) % SERIES_SLOTS;
      if (used[slot]! < used[best]!) best = slot;
    }
    slots.set(identity, best);
    used[best] = used[best]! + 1;
  }
  return slots;
}

/** Within a run the split is line style. */
export type LineStyle = 'solid' | 'dashed' | 'dotted';

const STYLE_OF_SPLIT: Readonly<Record<string, LineStyle>> = {
  train: 'solid',
  training: 'solid',
  val: 'dashed',
  valid: 'dashed',
  validation: 'dashed',
  eval: 'dashed',
  dev: 'dashed',
  test: 'dotted',
  testing: 'dotted',
  holdout: 'dotted',
};

/** Train solid, validation dashed, test dotted; anything else is solid. */
export function lineStyle(split: string | undefined): LineStyle {
  return (
    (split !== undefined && Object.hasOwn(STYLE_OF_SPLIT, split.toLowerCase()) && STYLE_OF_SPLIT[split.toLowerCase()]) || 'solid'
  );
}
