import { expect, test } from 'vitest';

import { INK } from './ink.ts';
import type { Ink, ThemeName } from './ink.ts';
import { assignSlots, lineStyle, SERIES_COLORS, SERIES_SLOTS, seriesSlot } from './series-color.ts';
import css from './tokens.css?raw';

type Rgb = [number, number, number];

const themes = ['dark', 'light'] as const;

function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Oklab (Ottosson 2020). */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const VISION: Readonly<Record<string, readonly Rgb[]>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seenAs(hex: string, matrix: readonly Rgb[]): Rgb {
  const [r, g, b] = linear(hex);
  return oklab(matrix.map((row) => Math.max(0, row[0] * r + row[1] * g + row[2] * b)) as Rgb);
}

test.each(themes)('tokens.css and the canvases draw %s with the same colours', (theme: ThemeName) => {
  const block = css.slice(css.indexOf(`[data-mantine-color-scheme='${theme}']`));
  for (const name of Object.keys(INK[theme]) as (keyof Ink)[]) {
    expect(/--v-(\w+): (#\w+);/.exec(block.slice(block.indexOf(`--v-${name}:`)))?.[2], name).toBe(INK[theme][name]);
  }
});

test.each(themes)('text and status are AA on every surface of %s', (theme) => {
  const ink = INK[theme];
  for (const surface of [ink.page, ink.panel, ink.raised]) {
    for (const name of ['text', 'dim', 'faint', 'accent', 'healthy', 'warning', 'critical', 'unknown', 'running'] as const) {
      expect(contrast(ink[name], surface), `${name} on ${surface}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test.each(themes)('series lines of %s stand out from the panel, and from each other in every kind of colour vision', (theme) => {
  const colors = SERIES_COLORS[theme];
  expect(colors).toHaveLength(SERIES_SLOTS);
  for (const color of colors) expect(contrast(color, INK[theme].panel)).toBeGreaterThanOrEqual(3);
  for (const [vision, matrix] of Object.entries(VISION)) {
    const seen = colors.map((color) => seenAs(color, matrix));
    for (let i = 0; i < seen.length; i++) {
      for (let j = i + 1; j < seen.length; j++) {
        const distance = Math.hypot(...seen[i]!.map((part, k) => part - seen[j]![k]!));
        expect(distance, `${vision}: ${colors[i]} and ${colors[j]}`).toBeGreaterThan(0.045);
      }
    }
  }
});

test('a run keeps its colour whatever order the runs come in, and no two share one while ten suffice', () => {
  const runs = Array.from({ length: 10 }, (_, index) => `run-${index}`);
  const slots = assignSlots(runs);
  expect(new Set(slots.values()).size).toBe(10);
  expect(assignSlots(runs.toReversed())).toEqual(slots);
  expect(assignSlots(['run-3']).get('run-3')).toBe(seriesSlot('run-3'));
});

test.each([
  ['the demo’s runs', ['run=healthy', 'run=hot-lr', 'run=overfit'], 0.165],
  ['three runs', ['run=a', 'run=b', 'run=c'], 0.165],
  ['four runs', ['run=a', 'run=b', 'run=c', 'run=d'], 0.125],
])('%s are easily told apart in both themes', (_, runs, least) => {
  for (const theme of themes) {
    const colors = [...assignSlots(runs).values()].map((slot) => seenAs(SERIES_COLORS[theme][slot]!, VISION['full']!));
    for (const [i, a] of colors.entries()) {
      for (const b of colors.slice(i + 1)) expect(Math.hypot(...a.map((part, k) => part - b[k]!))).toBeGreaterThan(least);
    }
  }
});

test('past ten, colours repeat evenly', () => {
  const slots = assignSlots(Array.from({ length: 25 }, (_, index) => `s${index}`));
  const used = [...slots.values()].reduce(
    (counts, slot) => counts.set(slot, (counts.get(slot) ?? 0) + 1),
    new Map<number, number>(),
  );
  expect(Math.max(...used.values()) - Math.min(...used.values())).toBeLessThanOrEqual(1);
});

test.each([
  ['train', 'solid'],
  ['validation', 'dashed'],
  ['Val', 'dashed'],
  ['test', 'dotted'],
  ['constructor', 'solid'],
  [undefined, 'solid'],
])('split %s is %s', (split, want) => {
  expect(lineStyle(split)).toBe(want);
});
