import type { ScaleSettings } from './graph-settings.ts';
import { logTicks, valueTicks } from './ticks.ts';

/** How values are laid along an axis: `forward` to an even distance, `backward` from it. */
export interface Scale {
  readonly forward: (value: number) => number;
  readonly backward: (distance: number) => number;
}

const LINEAR: Scale = { forward: (value) => value, backward: (distance) => distance };
// A logarithm has no zero: what is not above it lies far below the plot.
const LOG: Scale = { forward: (value) => (value > 0 ? Math.log10(value) : -400), backward: (distance) => 10 ** distance };

/** Equal ratios are equal lengths in every base, so a logarithm's base only says where lines stand. */
export function scaleOf(settings: ScaleSettings): Scale {
  if (settings.kind === 'linear') return LINEAR;
  if (settings.kind === 'log') return LOG;
  const { linear } = settings;
  const perLog = 1 / Math.log(settings.base);
  return {
    forward: (value) => Math.sign(value) * Math.log1p(Math.abs(value) / linear) * perLog,
    backward: (distance) => Math.sign(distance) * linear * Math.expm1(Math.abs(distance) / perLog),
  };
}

/** Where the lines of an axis stand, at most `most` of them. */
export function scaleTicks(settings: ScaleSettings, min: number, max: number, most: number, unit: string): number[] {
  switch (settings.kind) {
    case 'linear':
      return valueTicks(min, max, most, unit);
    case 'log':
      return settings.base === 10 ? logTicks(min, max, most) : powers(settings.base, min, max, most);
    case 'symlog':
      return symlogTicks(settings.base, settings.linear, min, max, most);
  }
}

function powers(base: number, min: number, max: number, most: number): number[] {
  if (!(max > min) || min <= 0 || !Number.isFinite(max)) return [];
  const low = Math.ceil(Math.log(min) / Math.log(base) - 1e-9);
  const high = Math.floor(Math.log(max) / Math.log(base) + 1e-9);
  const every = Math.max(1, Math.ceil((high - low + 1) / Math.max(1, most)));
  const ticks: number[] = [];
  // From the top, so that the end of the axis is told.
  for (let power = high; power >= low; power -= every) ticks.unshift(base ** power);
  return ticks;
}

/** Zero, and on both its sides the powers beyond the linear part. */
function symlogTicks(base: number, linear: number, min: number, max: number, most: number): number[] {
  if (!(max > min) || !Number.isFinite(max - min)) return [];
  const side = (reach: number) => (reach > linear ? powers(base, linear, reach, Math.max(1, Math.floor((most - 1) / 2))) : []);
  const ticks = [
    ...side(-min)
      .toReversed()
      .map((tick) => -tick),
    0,
    ...side(max),
  ].filter((tick) => tick >= min && tick <= max);
  return ticks.length > 1 ? ticks : valueTicks(min, max, most, '');
}
