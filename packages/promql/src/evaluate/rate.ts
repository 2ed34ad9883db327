import { anchoredCount } from './extended.ts';
import { eachWindow, intScratch, locateWindows, type RangeKernel, type Samples } from './range-window.ts';

const resetPositions = intScratch();

/**
 * rate(), increase() and delta(), extrapolated to the window's ends as Prometheus does
 * (https://github.com/prometheus/prometheus/blob/main/promql/functions.go, extrapolatedRate): to the end itself where
 * a sample could be expected there (within 110% of the mean distance), else by half that distance; a counter never
 * below zero.
 */
export function extrapolated(counter: boolean, perSecond: boolean): RangeKernel {
  return (samples, windows, { values, present }) => {
    const { rangeMs, firstEndMs, stepMs, count } = windows;
    const { timestampsMs, values: points, length } = samples;
    const { from, to } = locateWindows(samples, windows);
    const resets = resetPositions.take(counter ? length : 0);
    const resetCount = counter ? findResets(samples, resets) : 0;
    const divisor = perSecond ? rangeMs / 1000 : 1;
    let resetLo = 0;
    // Scrapes are regular, so that most windows have the same shape as the one before, and two divisions are saved.
    let shapeSampledMs = Number.NaN;
    let shapeToStartMs = 0;
    let shapeToEndMs = 0;
    let shapeLast = 0;
    let extrapolation = 0;
    let drawnToStartMs = 0;
    let drawnToEndMs = 0;
    for (let i = 0; i < count; i++) {
      const lo = from[i]!;
      const last = to[i]! - 1;
      if (last <= lo) {
        present[i] = 0;
        continue;
      }
      const first = points[lo]!;
      let difference = points[last]! - first;
      if (resetCount > 0) {
        while (resetLo < resetCount && resets[resetLo]! <= lo) resetLo++;
        for (let r = resetLo; r < resetCount && resets[r]! <= last; r++) difference += points[resets[r]! - 1]!;
      }

      const firstMs = timestampsMs[lo]!;
      const lastMs = timestampsMs[last]!;
      const endMs = firstEndMs + i * stepMs;
      const sampledMs = lastMs - firstMs;
      const toStartMs = firstMs - (endMs - rangeMs);
      const toEndMs = endMs - lastMs;
      if (sampledMs !== shapeSampledMs || toStartMs !== shapeToStartMs || toEndMs !== shapeToEndMs || last - lo !== shapeLast) {
        shapeSampledMs = sampledMs;
        shapeToStartMs = toStartMs;
        shapeToEndMs = toEndMs;
        shapeLast = last - lo;
        const betweenMs = sampledMs / (last - lo);
        const thresholdMs = betweenMs * 1.1;
        drawnToStartMs = toStartMs >= thresholdMs ? betweenMs / 2 : toStartMs;
        drawnToEndMs = toEndMs >= thresholdMs ? betweenMs / 2 : toEndMs;
        extrapolation = (sampledMs + drawnToStartMs + drawnToEndMs) / (sampledMs * divisor);
      }
      // A counter started at zero, so the line must not be drawn on to before that.
      if (counter && difference > 0 && first >= 0 && sampledMs * first < drawnToStartMs * difference) {
        const toZeroMs = sampledMs * (first / difference);
        values[i] = difference * ((sampledMs + toZeroMs + drawnToEndMs) / (sampledMs * divisor));
      } else values[i] = difference * extrapolation;
      present[i] = 1;
    }
  };
}

/** Writes where a sample is below the one before it; gives how many there are. */
function findResets({ values, length }: Samples, positions: Int32Array): number {
  let found = 0;
  let before = values[0]!;
  for (let i = 1; i < length; i++) {
    const value = values[i]!;
    if (value < before) positions[found++] = i;
    before = value;
  }
  return found;
}

/** irate() and idelta(): from the last two samples of the window. */
export function instantaneous(rate: boolean): RangeKernel {
  return eachWindow(2, ({ timestampsMs, values }, _, hi) => {
    const last = values[hi - 1]!;
    const before = values[hi - 2]!;
    // After a reset the counter counted from zero up to its last value.
    const difference = rate && last < before ? last : last - before;
    return rate ? difference / ((timestampsMs[hi - 1]! - timestampsMs[hi - 2]!) / 1000) : difference;
  });
}

const counts = intScratch();

/** resets() and changes(): how often something happened between neighbours, from running totals. */
function eventCount(happened: (before: number, value: number) => boolean): RangeKernel {
  const within = eachWindow(1, (_, lo, hi) => counts.take(0)[hi - 1]! - counts.take(0)[lo]!);
  return (samples, windows, out, context) => {
    const { values, length } = samples;
    const totals = counts.take(length);
    totals[0] = 0;
    for (let i = 1; i < length; i++) totals[i] = totals[i - 1]! + (happened(values[i - 1]!, values[i]!) ? 1 : 0);
    within(samples, windows, out, context);
  };
}

const fell = (before: number, value: number): boolean => value < before;
const changed = (before: number, value: number): boolean => value !== before && !(Number.isNaN(value) && Number.isNaN(before));

export const resets = eventCount(fell);
export const changes = eventCount(changed);
export const anchoredResets = anchoredCount(fell);
export const anchoredChanges = anchoredCount(changed);
