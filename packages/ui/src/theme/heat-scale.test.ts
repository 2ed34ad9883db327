import { expect, test } from 'vitest';

import { heatGradient, heatPixels, heatStops, pixelOf } from './heat-scale.ts';
import { HEAT_SCHEMES, opacityStops } from './heat-scheme.ts';
import { INK } from './ink.ts';

const themes = ['dark', 'light'] as const;

test.each(themes)('on %s every scheme has 256 pixels, from its first colour to its last', (theme) => {
  for (const scheme of [...HEAT_SCHEMES, 'our own']) {
    const stops = heatStops(theme, scheme);
    const pixels = heatPixels(theme, stops);
    expect(pixels).toHaveLength(256);
    expect([pixels[0], pixels[255]], scheme).toEqual([pixelOf(stops[0]!), pixelOf(stops.at(-1)!)]);
  }
});

test.each<[string, 'dark' | 'light', string, string]>([
  ['Oranges', 'light', '#7f2704', 'ink is much on a light page'],
  ['Oranges', 'dark', '#fee5cc', 'light is much on a dark one'],
  ['Spectral', 'dark', '#9e0142', 'red is much'],
  ['Viridis', 'light', '#fde725', 'as published'],
])('the most of %s on %s is %s: %s', (scheme, theme, most) => {
  expect(heatStops(theme, scheme).at(-1)).toBe(most);
  expect(heatStops(theme, scheme, true)[0]).toBe(most);
});

test('a scheme that is not known is our own', () => {
  for (const scheme of ['', 'constructor', '__proto__']) expect(heatStops('dark', scheme)).toBe(heatStops('dark'));
});

test('one colour, from hardly seen to all of it', () => {
  const stops = opacityStops('#ff0000', 'dark');
  expect(heatGradient('dark', stops)).toBe(`linear-gradient(to right, ${INK.dark.grid}, #ff0000)`);
});
