import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import { faded, inkOf } from '../theme/color-name.ts';
import { heatGradient, heatPixels, heatStops, pixelOf } from '../theme/heat-scale.ts';
import type { ThemeName } from '../theme/ink.ts';
import { statusInk, statusOf, statusOfColor } from '../theme/status.ts';

/** How values become colours. */
export interface HeatColoring {
  readonly min: number;
  readonly max: number;
  /** RGBA as ImageData wants it in this machine's byte order. */
  readonly pixelOf: (value: number) => number;
  cssOf(value: number): string;
  /** 0 to 1 along the scale. */
  shareOf(value: number): number;
  valueAt(share: number): number;
  /** The scale from left to right. */
  readonly gradient: string;
}

export interface HeatColorRequest {
  readonly mode: 'scheme' | 'opacity';
  readonly scheme: string;
  readonly fill: string;
  readonly reverse: boolean;
  /** How many colours there are, 2 to 256. */
  readonly steps: number;
  /** 1 is linear; 0.5 shows the small beside the large, as counts need; 0 stands for a logarithm. */
  readonly exponent: number;
}

const LEVELS = 256;

/** Colours by magnitude. */
export function heatColoring(request: HeatColorRequest, min: number, max: number, theme: ThemeName): HeatColoring {
  const base = request.mode === 'opacity' ? opacityPixels(inkOf(request.fill, theme), request.reverse) : undefined;
  const stops = heatStops(theme, request.scheme === '' ? undefined : request.scheme, request.reverse);
  const from = base ?? heatPixels(theme, stops);
  const steps = Math.max(2, Math.min(LEVELS, Math.round(request.steps)));
  // Steps are bands of one colour.
  const pixels = from.map(
    (_, level) => from[Math.round((Math.min(steps - 1, Math.floor((level / LEVELS) * steps)) / (steps - 1)) * (LEVELS - 1))]!,
  );
  const bytes = new Uint8Array(pixels.buffer);
  const css = Array.from(pixels, (__, level) => {
    const [r, g, b, alpha] = bytes.subarray(level * 4, level * 4 + 4);
    return `rgb(${r} ${g} ${b} / ${Number((alpha! / 255).toFixed(3))})`;
  });
  const { exponent } = request;
  const shareOf = (value: number) => {
    if (!(max > min)) return value > min || min > 0 ? 1 : 0;
    // By halves: from one end of all numbers to the other there is no distance.
    const share = Math.min(1, Math.max(0, (value / 2 - min / 2) / (max / 2 - min / 2)));
    if (exponent === 0) return Math.log1p(share * 999) / Math.log(1000);
    return exponent === 1 ? share : share ** exponent;
  };
  const level = (value: number) => Math.min(LEVELS - 1, Math.floor(shareOf(value) * LEVELS));
  const gradient =
    base === undefined && steps >= 32
      ? heatGradient(theme, stops)
      : `linear-gradient(to right, ${css.filter((_, at) => at % 8 === 0).join(', ')})`;
  return {
    min,
    max,
    pixelOf: (value) => pixels[level(value)]!,
    cssOf: (value) => css[level(value)]!,
    shareOf,
    valueAt: (share) =>
      min +
      (max - min) *
        (exponent === 0 ? Math.expm1(share * Math.log(1000)) / 999 : exponent === 1 ? share : share ** (1 / exponent)),
    gradient,
  };
}

/** Colours of statuses, where thresholds decide. */
export function statusColoring(steps: readonly ThresholdStep[], min: number, max: number, theme: ThemeName): HeatColoring {
  const cssOf = (value: number) => statusInk(statusOf(value, steps), theme);
  const known = new Map(steps.map(({ color }) => [statusInk(statusOfColor(color), theme), 0]));
  for (const color of known.keys()) known.set(color, pixelOf(color));
  const unknown = pixelOf(statusInk('unknown', theme));
  return {
    min,
    max,
    pixelOf: (value) => known.get(cssOf(value)) ?? unknown,
    cssOf,
    shareOf: (value) => (max > min ? (value - min) / (max - min) : 0),
    valueAt: (share) => min + share * (max - min),
    gradient: 'none',
  };
}

/** From hardly there to all there. */
function opacityPixels(color: string, reverse: boolean): Uint32Array {
  const whole = faded(color, 1);
  const solid = whole.startsWith('#') ? pixelOf(whole) : pixelOf('#888888');
  const bytes = new Uint8Array(new Uint32Array(LEVELS).fill(solid).buffer);
  for (let level = 0; level < LEVELS; level++)
    bytes[level * 4 + 3] = 10 + Math.round((reverse ? LEVELS - 1 - level : level) * (245 / (LEVELS - 1)));
  return new Uint32Array(bytes.buffer);
}
