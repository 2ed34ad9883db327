import type { RolledSamples } from '@vitrine/model/sample-store.ts';
import { equal } from '../histogram/equal.ts';
import { detectReset } from '../histogram/reset.ts';
import { beganWithin, extrapolationOf } from './extrapolation.ts';
import { advance, eachWindow, intScratch, locateWindows, type Falls, type RangeKernel, type Samples } from './range-window.ts';
import { countUpTo } from './rolled.ts';
import { noteOverlaps, startedAnew } from './start-times.ts';

const resetPositions = intScratch();
const hiddenPositions = intScratch();
const NO_FALLS: Falls = { positions: new Int32Array(0), count: 0 };

/** Of the mean distance between samples: a little less than the threshold, which rounding may lie on either side of. */
const SURELY_NEAR = 1.099_999;

/**
 * rate(), increase() and delta(), extrapolated to the window's ends as Prometheus does
 * (https://github.com/prometheus/prometheus/blob/main/promql/functions.go, extrapolatedRate): to the end itself where
 * a sample could be expected there (within 110% of the mean distance), else by half that distance; a counter never
 * below zero.
 */
export function extrapolated(counter: boolean, perSecond: boolean): RangeKernel {
  const fromStarts = extrapolatedFromStarts(perSecond);
  return (samples, windows, out, context) => {
    if (counter && samples.startsMs !== undefined) return fromStarts(samples, windows, out, context);
    const { values, present } = out;
    const { rangeMs, firstEndMs, stepMs, count } = windows;
    const { timestampsMs, values: points } = samples;
    const { from, to } = locateWindows(samples, windows);
    const { positions: resets, count: resetCount } = counter ? (samples.falls ?? findResets(samples)) : NO_FALLS;
    const { rolled, length } = samples;
    const countsUpTo = rolled === undefined ? undefined : countUpTo(rolled.counts, length);
    const hidden = counter && rolled !== undefined ? findHiddenFalls(rolled, length) : NO_FALLS;
    const divisor = perSecond ? rangeMs / 1000 : 1;
    const whole = rangeMs / divisor;
    let resetLo = 0;
    let hiddenLo = 0;
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
      if (hidden.count > 0) {
        while (hiddenLo < hidden.count && hidden.positions[hiddenLo]! <= lo) hiddenLo++;
        for (let r = hiddenLo; r < hidden.count && hidden.positions[r]! <= last; r++)
          difference += rolled!.falls[hidden.positions[r]!]!;
      }
      const firstMs = timestampsMs[lo]!;
      const lastMs = timestampsMs[last]!;
      const endMs = firstEndMs + i * stepMs;
      const sampledMs = lastMs - firstMs;
      let toStartMs = firstMs - (endMs - rangeMs);
      let toEndMs = endMs - lastMs;
      // Nearly always there are samples near both ends, and the line is drawn over the whole window: then one division is enough.
      const nearMs = sampledMs * SURELY_NEAR;
      const gaps =
        countsUpTo === undefined
          ? last - lo
          : Math.max(last - lo, countsUpTo[last + 1]! - countsUpTo[lo]! - Math.max(1, rolled!.counts[lo]!));
      let factor = whole / sampledMs;
      if (toStartMs * gaps > nearMs || toEndMs * gaps > nearMs) {
        const betweenMs = sampledMs / gaps;
        const thresholdMs = betweenMs * 1.1;
        if (toStartMs >= thresholdMs) toStartMs = betweenMs / 2;
        if (toEndMs >= thresholdMs) toEndMs = betweenMs / 2;
        factor = (sampledMs + toStartMs + toEndMs) / (sampledMs * divisor);
      }
      // A counter started at zero, so the line must not be drawn on to before that.
      if (counter && difference > 0 && first >= 0 && sampledMs * first < toStartMs * difference) {
        const toZeroMs = sampledMs * (first / difference);
        factor = (sampledMs + toZeroMs + toEndMs) / (sampledMs * divisor);
      }
      values[i] = difference * factor;
      present[i] = 1;
    }
  };
}

/** Where a sample stands for others among which values fell. */
function findHiddenFalls({ falls }: RolledSamples, length: number): Falls {
  const positions = hiddenPositions.take(length);
  let count = 0;
  for (let at = 0; at < length; at++) if (falls[at] !== 0) positions[count++] = at;
  return { positions, count };
}

/** Where a sample is below the one before it. */
function findResets({ values, length }: Samples): Falls {
  const positions = resetPositions.take(length);
  let count = 0;
  let before = values[0]!;
  for (let i = 1; i < length; i++) {
    const value = values[i]!;
    if (value < before) positions[count++] = i;
    before = value;
  }
  return { positions, count };
}

/** The same of a counter that tells since when it has counted: a restart that no fall shows counts too, and so does the first sample. */
function extrapolatedFromStarts(perSecond: boolean): RangeKernel {
  return (samples, windows, { values, present }, { notes }) => {
    const { rangeMs, firstEndMs, stepMs, count } = windows;
    const { timestampsMs, values: points, startsMs = new Float64Array(0) } = samples;
    const { from, to } = locateWindows(samples, windows);
    for (let i = 0; i < count; i++) {
      const lo = from[i]!;
      const hi = to[i]!;
      const endMs = firstEndMs + i * stepMs;
      const range = { startMs: endMs - rangeMs, endMs };
      const fromStart = hi > lo && beganWithin(range, startsMs[lo]!, timestampsMs[lo]!);
      present[i] = hi - lo > 1 || fromStart ? 1 : 0;
      if (present[i] === 0) continue;
      const first = points[lo]!;
      let increase = points[hi - 1]! - first;
      for (let at = lo + 1; at < hi; at++) {
        if (points[at]! < points[at - 1]! || startedAnew({ timestampsMs, startsMs }, at)) increase += points[at - 1]!;
      }
      noteOverlaps({ timestampsMs, startsMs }, lo, hi, notes);
      const isDrawn = increase > 0 && first >= 0;
      const factor = extrapolationOf(range, {
        firstMs: timestampsMs[lo]!,
        lastMs: timestampsMs[hi - 1]!,
        count: hi - lo,
        startedMs: startsMs[lo]!,
        firstShare: isDrawn ? first / increase : Infinity,
      });
      const whole = (fromStart ? increase + first : increase) * factor;
      values[i] = perSecond ? whole / (rangeMs / 1000) : whole;
    }
  };
}

/** irate() and idelta(): from the last two samples of the window. */
export function instantaneous(rate: boolean): RangeKernel {
  return eachWindow(2, ({ timestampsMs, values, startsMs }, _, hi) => {
    const last = values[hi - 1]!;
    const before = values[hi - 2]!;
    // After a reset the counter counted from zero up to its last value.
    const anew = rate && (last < before || (startsMs !== undefined && startedAnew({ timestampsMs, startsMs }, hi - 1)));
    const difference = anew ? last : last - before;
    return rate ? difference / ((timestampsMs[hi - 1]! - timestampsMs[hi - 2]!) / 1000) : difference;
  });
}

const counts = intScratch();
const oldest = intScratch();

/** Whether something happened between sample `at` and the one before it. */
type Happened = (samples: Samples, at: number) => boolean;

/**
 * resets() and changes(): how often something happened between neighbours, from running totals. Over an `anchored` range
 * the first sample is compared with the one before the range too.
 */
function eventCount(toNumber: (before: number, value: number) => boolean, happened: Happened, anchored: boolean): RangeKernel {
  return (samples, windows, { values, present }, { lookbackMs }) => {
    const { firstEndMs, rangeMs, stepMs, count } = windows;
    const { timestampsMs, values: points, length, histograms, startsMs } = samples;
    const totals = counts.take(length);
    let total = 0;
    totals[0] = 0;
    if (histograms === undefined && startsMs === undefined) {
      for (let at = 1; at < length; at++) totals[at] = toNumber(points[at - 1]!, points[at]!) ? ++total : total;
    } else {
      for (let at = 1; at < length; at++) totals[at] = happened(samples, at) ? ++total : total;
    }
    const { from, to } = locateWindows(samples, windows);
    const lowest = oldest.take(count);
    if (anchored) advance(timestampsMs, length, firstEndMs - rangeMs - lookbackMs, stepMs, count, lowest);
    for (let i = 0; i < count; i++) {
      const lo = from[i]!;
      const hi = to[i]!;
      if (hi > lo) {
        const before = anchored ? Math.max(lowest[i]!, lo - 1) : lo;
        values[i] = totals[hi - 1]! - totals[before]!;
        present[i] = 1;
      } else present[i] = 0;
    }
  };
}

const fell = (before: number, value: number): boolean => value < before;
const differs = (before: number, value: number): boolean => value !== before && !(Number.isNaN(value) && Number.isNaN(before));

/** A fall of a number, a restart that start times or histograms tell of, or a change of kind. */
function reset({ timestampsMs, values, histograms, startsMs }: Samples, at: number): boolean {
  if (startsMs !== undefined && startedAnew({ timestampsMs, startsMs }, at)) return true;
  const [before, histogram] = [histograms?.[at - 1], histograms?.[at]];
  if (before !== undefined && histogram !== undefined) return detectReset(histogram, before);
  return before !== histogram || fell(values[at - 1]!, values[at]!);
}

function change({ values, histograms }: Samples, at: number): boolean {
  const [before, histogram] = [histograms?.[at - 1], histograms?.[at]];
  if (before !== undefined && histogram !== undefined) return !equal(histogram, before);
  return before !== histogram || differs(values[at - 1]!, values[at]!);
}

export const resets = eventCount(fell, reset, false);
export const changes = eventCount(differs, change, false);
export const anchoredResets = eventCount(fell, reset, true);
export const anchoredChanges = eventCount(differs, change, true);
