import { tickBase } from '@vitrine/model/unit.ts';

const DECIMAL = [1, 2, 5, 10];
const BINARY = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
/** Seconds by which clocks are divided. */
const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
/** Bad ranges must not loop: no axis has room for more. */
const MOST_TICKS = 200;

/** Where the lines of a value axis stand: at round numbers of the unit, at most `most` of them within [min, max]. */
export function valueTicks(min: number, max: number, most: number, unit: string): number[] {
  if (!(max > min) || !Number.isFinite(max - min) || most < 1) return [];
  const step = roundStep((max - min) / most, unit);
  // Numbers this close together have no round ones between them that a double can tell apart.
  if (
    !(step > 0) ||
    !Number.isFinite(step) ||
    (max - min) / step > 2 * most ||
    Math.max(Math.abs(min), Math.abs(max)) / step > 1e12
  )
    return [];
  const ticks: number[] = [];
  // Counting in whole steps keeps 0.1 + 0.2 away.
  const end = Math.min(max + step * 1e-9, Number.MAX_VALUE);
  for (let n = Math.ceil(min / step - 1e-9); n * step <= end && ticks.length < MOST_TICKS; n++) {
    ticks.push(n === 0 ? 0 : Number((n * step).toPrecision(14)));
  }
  return ticks;
}

/** The smallest round step that is not below `least`. */
function roundStep(least: number, unit: string): number {
  const { kind, unitSeconds } = tickBase(unit);
  if (kind === 'binary' && least > 1) {
    const power = 1024 ** Math.floor(Math.log(least) / Math.log(1024));
    return power * (BINARY.find((factor) => factor * power >= least * 0.999) ?? 1024);
  }
  if (kind === 'clock' && least * unitSeconds >= 1) {
    const seconds = least * unitSeconds;
    const found = CLOCK.find((step) => step >= seconds * 0.999);
    return (found ?? decimalStep(seconds / 86_400) * 86_400) / unitSeconds;
  }
  return decimalStep(least);
}

function decimalStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = DECIMAL.find((step) => step * power >= least * 0.999) ?? 10;
  return Number((factor * power).toPrecision(6));
}

/**
 * Lines of a logarithmic axis: powers of ten, thinned where there are many, with 2 and 5 between where there are few; even ones where
 * the axis is shorter than from one of these to the next.
 */
export function logTicks(min: number, max: number, most: number): number[] {
  if (!(max > min) || min <= 0 || !Number.isFinite(max)) return [];
  const low = Math.floor(Math.log10(min) + 1e-9);
  const high = Math.ceil(Math.log10(max) - 1e-9);
  const decades = high - low;
  const every = Math.max(1, Math.ceil(decades / Math.max(1, most)));
  const lines = (between: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let power = low; power <= high && ticks.length < MOST_TICKS; power += every) {
      for (const factor of between) {
        const tick = Number((factor * 10 ** power).toPrecision(6));
        if (tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9)) ticks.push(tick);
      }
    }
    return ticks;
  };
  const ticks = lines(decades <= 1 || decades * 3 <= most ? [1, 2, 5] : [1]);
  if (ticks.length > 1) return ticks;
  const finer = lines([1, 2, 5]);
  return finer.length > 1 ? finer : valueTicks(min, max, most, '');
}
