import { heatSchemeStops } from './heat-scheme.ts';
import type { ThemeName } from './ink.ts';

/**
 * Colours of magnitude, evenly spaced for the eye: on dark from the panel's dark up to light (viridis, van der Walt and Smith
 * 2015), on light from pale to deep. More is always farther from the background.
 */
const STOPS: Readonly<Record<ThemeName, readonly string[]>> = {
  dark: ['#2c1f4d', '#443983', '#31688e', '#21918c', '#35b779', '#90d743', '#fde725'],
  light: ['#eef5e3', '#c9e7cb', '#90d0c3', '#57b2bd', '#3388b0', '#305d97', '#2a2c66'],
};

const LEVELS = 256;

/** By the stops' own text. Documents name no more of them than there are schemes and colours. */
const tables = new Map<string, Uint32Array>();
const MOST_TABLES = 256;

/** The colours from the least to the most; a scheme that is not known, or none, is our own. `reverse` turns them round. */
export function heatStops(theme: ThemeName, scheme?: string, reverse = false): readonly string[] {
  const stops = (scheme === undefined ? undefined : heatSchemeStops(scheme, theme)) ?? STOPS[theme];
  return reverse ? stops.toReversed() : stops;
}

function channels(hex: string): readonly [number, number, number] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
}

/** 256 opaque pixels from the least to the most, as ImageData wants them in this machine's byte order. */
export function heatPixels(theme: ThemeName, stops: readonly string[] = STOPS[theme]): Uint32Array {
  const key = stops.join();
  const known = tables.get(key);
  if (known !== undefined) return known;
  const colors = stops.map(channels);
  const bytes = new Uint8ClampedArray(LEVELS * 4);
  for (let level = 0; level < LEVELS; level++) {
    const at = (level / (LEVELS - 1)) * (colors.length - 1);
    const low = colors[Math.floor(at)]!;
    const high = colors[Math.min(colors.length - 1, Math.floor(at) + 1)]!;
    const part = at - Math.floor(at);
    for (let channel = 0; channel < 3; channel++)
      bytes[level * 4 + channel] = low[channel]! + (high[channel]! - low[channel]!) * part;
    bytes[level * 4 + 3] = 255;
  }
  const pixels = new Uint32Array(bytes.buffer);
  if (tables.size >= MOST_TABLES) tables.clear();
  tables.set(key, pixels);
  return pixels;
}

/** One opaque pixel of a colour "#rrggbb", as `heatPixels` has them. */
export function pixelOf(color: string): number {
  return new Uint32Array(Uint8ClampedArray.of(...channels(color), 255).buffer)[0]!;
}

/** The scale as a CSS gradient from left to right. */
export function heatGradient(theme: ThemeName, stops: readonly string[] = STOPS[theme]): string {
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
