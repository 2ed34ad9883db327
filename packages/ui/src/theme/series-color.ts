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

/** Colours of one chart that are nearer than this are mistaken for each other at the width of a line. */
const TOO_NEAR = 0.165;

/**
 * Slots for the identities of one chart. Each gets the slot it asks for; where that is taken, or looks much like one that is, the later
 * one in alphabetical order takes the slot farthest from all taken ones, and once all ten are taken, the one used least. Equal sets
 * give equal slots, whatever their order.
 */
export function assignSlots(identities: Iterable<string>): Map<string, number> {
  const slots = new Map<string, number>();
  const used = new Uint32Array(SERIES_SLOTS);
  const waiting: string[] = [];
  const take = (identity: string, slot: number) => {
    slots.set(identity, slot);
    used[slot] = used[slot]! + 1;
  };
  for (const identity of [...new Set(identities)].sort()) {
    const wanted = seriesSlot(identity);
    if (distanceToUsed(wanted, used) >= TOO_NEAR) take(identity, wanted);
    else waiting.push(identity);
  }
  for (const identity of waiting) {
    const wanted = seriesSlot(identity);
    const least = Math.min(...used);
    let best = -1;
    for (let step = 0; step < SERIES_SLOTS; step++) {
      const slot = (wanted + step) % SERIES_SLOTS;
      if (used[slot] !== least) continue;
      if (best < 0 || distanceToUsed(slot, used) > distanceToUsed(best, used)) best = slot;
    }
    take(identity, best);
  }
  return slots;
}

function distanceToUsed(slot: number, used: Uint32Array): number {
  let nearest = Infinity;
  for (let other = 0; other < SERIES_SLOTS; other++) {
    if (used[other]! > 0) nearest = Math.min(nearest, slotDistances()[slot * SERIES_SLOTS + other]!);
  }
  return nearest;
}

let distances: Float64Array | undefined;

/** How far apart two slots look, in the theme in which they look more alike. Lightness counts half: lines are thin. */
function slotDistances(): Float64Array {
  if (distances !== undefined) return distances;
  distances = new Float64Array(SERIES_SLOTS * SERIES_SLOTS).fill(Infinity);
  for (const colors of Object.values(SERIES_COLORS)) {
    const seen = colors.map(oklab);
    for (let a = 0; a < SERIES_SLOTS; a++) {
      for (let b = 0; b < SERIES_SLOTS; b++) {
        const [from, to] = [seen[a]!, seen[b]!];
        const distance = Math.hypot((from[0] - to[0]) / 2, from[1] - to[1], from[2] - to[2]);
        distances[a * SERIES_SLOTS + b] = Math.min(distances[a * SERIES_SLOTS + b]!, distance);
      }
    }
  }
  return distances;
}

function channels(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** OKLab after Björn Ottosson, https://bottosson.github.io/posts/oklab/. */
function oklab(hex: string): readonly [lightness: number, a: number, b: number] {
  const [r, g, b] = channels(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** How far each shade goes from the hue: towards the foreground, then towards the background. */
const SHADES: Readonly<Record<ThemeName, readonly (readonly [towards: number, share: number])[]>> = {
  dark: [
    [255, 0],
    [255, 0.45],
    [0, 0.35],
  ],
  light: [
    [0, 0],
    [0, 0.4],
    [255, 0.35],
  ],
};

/** A colour's shade: 0 is the colour itself, 1 stands out more, 2 less; then from the start. */
export function shadeOf(color: string, shade: number, theme: ThemeName): string {
  const [towards, share] = SHADES[theme][shade % SHADES[theme].length]!;
  // What is not opaque has no shades.
  if (share === 0 || !/^#[\da-f]{6}$/i.test(color)) return color;
  const mixed = channels(color).map((part) => Math.round(part + (towards - part) * share));
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
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
