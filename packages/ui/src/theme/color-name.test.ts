import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { colorOf } from './color-mode.ts';
import { faded, HUE_NAMES, inkOf, textOn } from './color-name.ts';
import { SCHEME_IDS, schemeColor } from './color-scheme.ts';
import { INK } from './ink.ts';
import { SERIES_COLORS } from './series-color.ts';
import { statusOf, statusOfColor } from './status.ts';

const themes = ['dark', 'light'] as const;

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

test.each<[string | undefined, string]>([
  ['green', INK.dark.healthy],
  ['yellow', INK.dark.warning],
  ['red', INK.dark.critical],
  ['critical', INK.dark.critical],
  ['super-light-blue', '#bbdbff'],
  ['dark-purple', '#a270d8'],
  ['text', INK.dark.text],
  [undefined, INK.dark.text],
  ['transparent', 'transparent'],
  ['#F2495C', '#f2495c'],
  ['#abc', '#aabbcc'],
  ['#11223380', 'rgb(17 34 51 / 0.502)'],
  ['rgb(1, 2, 3)', '#010203'],
  ['rgba(255,0,0,.5)', 'rgb(255 0 0 / 0.5)'],
  ['rgb(10% 20% 30% / 40%)', 'rgb(26 51 77 / 0.4)'],
  ['rgb(999, -1, 0)', INK.dark.text],
  ['RebeccaPurple', '#663399'],
  ['continuous-viridis@1.000', '#fde725'],
])('%s is %s on dark', (color, want) => {
  expect(inkOf(color, 'dark')).toBe(want);
});

test.each([
  'red;background:url(//evil)',
  'url(javascript:alert(1))',
  'rgb(0,0,0);color:red',
  'expression(alert(1))',
  'var(--x)',
  '#12',
  '#12345',
  '#gggggg',
  'rgb(1,2)',
  'rgb(1,2,3,4,5)',
  'rgb(.,.,.)',
  'constructor',
  '__proto__',
  'dark-__proto__',
  'continuous-none@0.5',
  'notacolor',
  '',
])('%j is no colour: plain text', (color) => {
  for (const theme of themes) expect(inkOf(color, theme)).toBe(INK[theme].text);
});

test('whatever a document says, an ink is one colour and nothing more', () => {
  const color = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('r', 'g', 'b', '(', ')', ',', '1', '.', '%', '/', '#', 'f', ' ', ';', '-') }),
  );
  fc.assert(
    fc.property(color, fc.constantFrom(...themes), (text, theme) => {
      expect(inkOf(text, theme)).toMatch(/^(#[\da-f]{6}|rgb\(\d+ \d+ \d+ \/ [\d.]+\)|transparent)$/);
    }),
  );
});

describe.each(themes)('%s', (theme) => {
  test('each shade of each hue is AA on every surface, and shades go one way', () => {
    for (const shades of HUE_NAMES) {
      const inks = shades.map((shade) => inkOf(shade, theme));
      expect(new Set(inks).size).toBe(5);
      for (const ink of inks) {
        for (const surface of [INK[theme].page, INK[theme].panel, INK[theme].raised]) {
          expect(contrast(ink, surface), `${ink} on ${surface}`).toBeGreaterThanOrEqual(4.5);
        }
      }
      for (let i = 2; i < inks.length; i++) expect(luminance(inks[i]!)).toBeLessThan(luminance(inks[i - 1]!));
    }
  });

  test('text on an area of any hue or scheme can be read', () => {
    const schemes = SCHEME_IDS.flatMap((id) => [0, 0.25, 0.5, 0.75, 1].map((share) => schemeColor(id, share, theme)));
    for (const area of [...HUE_NAMES.flat().map((name) => inkOf(name, theme)), ...schemes]) {
      expect(contrast(textOn(area, theme), area), area).toBeGreaterThanOrEqual(4.5);
    }
    expect(textOn(faded(INK[theme].critical, 0.2), theme)).toBe(INK[theme].text);
  });

  test('every scheme stands out from the panel at both ends', () => {
    for (const id of SCHEME_IDS) {
      for (const share of [0, 1]) {
        const ink = schemeColor(id, share, theme);
        expect(contrast(ink, INK[theme].panel), `${id} at ${share}: ${ink}`).toBeGreaterThanOrEqual(1.2);
      }
    }
  });
});

test('a scheme stays at its ends, and one that is not known is green to red', () => {
  expect(schemeColor('continuous-blues', 7, 'light')).toBe(schemeColor('continuous-blues', 1, 'light'));
  expect(schemeColor('continuous-blues', Number.NaN, 'light')).toBe(schemeColor('continuous-blues', 0, 'light'));
  expect(schemeColor('none', 0, 'dark')).toBe(INK.dark.healthy);
});

test('faded keeps the colour and what it already let through', () => {
  expect(faded('#ff0000', 0.5)).toBe('rgb(255 0 0 / 0.5)');
  expect(faded('rgb(255 0 0 / 0.5)', 0.5)).toBe('rgb(255 0 0 / 0.25)');
  expect(faded('transparent', 0.5)).toBe('transparent');
});

test.each<[Parameters<typeof colorOf>[0], string]>([
  [undefined, SERIES_COLORS.dark[3]!],
  [{ mode: 'palette-classic' }, SERIES_COLORS.dark[3]!],
  [{ mode: 'palette-colorblind' }, SERIES_COLORS.dark[3]!],
  [{ mode: 'fixed', fixedColor: 'red' }, INK.dark.critical],
  [{ mode: 'thresholds' }, INK.dark.warning],
  [{ mode: 'continuous-GrYlRd' }, INK.dark.warning],
])('a series in %j', (color, want) => {
  expect(colorOf(color, { slot: 3, index: 1, color: 'yellow' }, 'dark')).toBe(want);
});

test('shades of one colour differ from series to series', () => {
  const shades = [0, 1, 2].map((index) => colorOf({ mode: 'shades', fixedColor: 'blue' }, { slot: 0, index }, 'light'));
  expect(new Set(shades).size).toBe(3);
  expect(colorOf({ mode: 'shades', fixedColor: 'rgb(0 0 0 / 0.5)' }, { slot: 0, index: 1 }, 'light')).toBe('rgb(0 0 0 / 0.5)');
});

test.each([
  ['green', 'healthy'],
  ['dark-yellow', 'warning'],
  ['orange', 'warning'],
  ['super-light-red', 'critical'],
  ['running', 'running'],
  ['blue', 'neutral'],
  ['constructor', 'neutral'],
  [undefined, 'neutral'],
])('%s means %s', (color, want) => {
  expect(statusOfColor(color)).toBe(want);
});

test('thresholds in percent are a share of the range', () => {
  const thresholds = {
    mode: 'percentage',
    steps: [
      { value: -Infinity, color: 'green' },
      { value: 50, color: 'red' },
    ],
  } as const;
  expect(statusOf(149, thresholds, { min: 100, max: 200 })).toBe('healthy');
  expect(statusOf(150, thresholds, { min: 100, max: 200 })).toBe('critical');
  expect(statusOf(Number.NaN, thresholds)).toBe('unknown');
  expect(statusOf(1, undefined)).toBe('neutral');
});
