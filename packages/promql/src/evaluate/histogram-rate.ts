import { CUSTOM_BUCKETS, type NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { detectReset } from '../histogram/reset.ts';
import { scale } from '../histogram/scale.ts';
import { HistogramSum } from '../histogram/sum.ts';
import { beganWithin, extrapolationOf } from './extrapolation.ts';
import type { MixedRule, MixedWindow } from './mixed-windows.ts';
import type { Samples } from './range-window.ts';
import type { SeriesNotes } from './series-notes.ts';
import { noteOverlaps, startedAnew } from './start-times.ts';

/** rate(), increase() and delta() of native histograms; of a window with numbers too there is none. */
export function extrapolatedHistograms(counter: boolean, perSecond: boolean): MixedRule {
  return (samples, { notes }) => {
    const resets = counter ? resetsOf(samples) : undefined;
    const starts = counter ? samples.startsMs : undefined;
    const { timestampsMs } = samples;
    return (window) => {
      const { lo, hi, numbers, endMs, startMs } = window;
      if (numbers > 0) return notes.mixed();
      const firstMs = timestampsMs[lo]!;
      const startedMs = starts?.[lo] ?? Number.NaN;
      const fromStart = beganWithin(window, startedMs, firstMs);
      const first = histogramAt(samples, lo);
      let increase: HistogramSum | undefined;
      if (hi - lo > 1) {
        increase = increaseOf(samples, window, resets, notes);
        if (increase === undefined) return undefined;
        if (starts !== undefined) noteOverlaps({ timestampsMs, startsMs: starts }, lo, hi, notes);
        if (fromStart && !combine(increase, first, 1, notes)) return undefined;
      } else if (fromStart) increase = new HistogramSum(first);
      else return undefined;
      const { count } = increase;
      const isDrawn = counter && count > 0 && first.count >= 0;
      const factor = extrapolationOf(window, {
        firstMs,
        lastMs: timestampsMs[hi - 1]!,
        count: hi - lo,
        startedMs,
        firstShare: isDrawn ? first.count / count : Infinity,
      });
      increase.scale(perSecond ? factor / ((endMs - startMs) / 1000) : factor);
      return { ...increase.result(), reset: hi - lo > 1 ? 'gauge' : first.reset };
    };
  };
}

/** What was counted between the first and the last sample of a window. Undefined, and said why, where they cannot be compared. */
function increaseOf(
  samples: Samples,
  { lo, hi }: MixedWindow,
  resets: Uint8Array | undefined,
  notes: SeriesNotes,
): HistogramSum | undefined {
  const first = histogramAt(samples, lo);
  const second = histogramAt(samples, lo + 1);
  const last = histogramAt(samples, hi - 1);
  if (resets === undefined) {
    if (first.reset !== 'gauge' || last.reset !== 'gauge') notes.notGauge();
  } else {
    for (let at = lo; at < hi; at++) if (histogramAt(samples, at).reset === 'gauge') notes.notCounter();
  }
  // What lies before a reset is not looked at, whatever its buckets.
  const fromZero = resets?.[lo + 1] === 1;
  const begin = fromZero ? second : first;
  let schema = Math.min(begin.schema, last.schema);
  if (isCustom(begin) !== isCustom(last)) return notes.mixedSchemas();
  if (resets !== undefined) {
    for (let at = lo + 1; at < hi - 1; at++) {
      const between = histogramAt(samples, at);
      if (isCustom(between) !== isCustom(begin)) return notes.mixedSchemas();
      schema = Math.min(schema, between.schema);
    }
  }
  const increase = new HistogramSum(last);
  increase.coarsen(schema);
  if (!fromZero && !combine(increase, first, -1, notes)) return undefined;
  for (let at = lo + (fromZero ? 2 : 1); at < hi; at++) {
    if (resets?.[at] === 1 && !combine(increase, histogramAt(samples, at - 1), 1, notes)) return undefined;
  }
  return increase;
}

/** irate() and idelta(): from the last two samples of a window. */
export function instantaneousHistograms(rate: boolean): MixedRule {
  return (samples, { notes }) =>
    ({ lo, hi }) => {
      if (hi - lo < 2) return undefined;
      const { timestampsMs, values, histograms, startsMs } = samples;
      const [last, before] = [histograms?.[hi - 1], histograms?.[hi - 2]];
      const seconds = (timestampsMs[hi - 1]! - timestampsMs[hi - 2]!) / 1000;
      const anew = rate && startsMs !== undefined && startedAnew({ timestampsMs, startsMs }, hi - 1);
      if (last === undefined && before === undefined) {
        const [value, valueBefore] = [values[hi - 1]!, values[hi - 2]!];
        const difference = anew || (rate && value < valueBefore) ? value : value - valueBefore;
        return rate ? difference / seconds : difference;
      }
      if (last === undefined || before === undefined) return notes.mixed();
      const gauges = Number(last.reset === 'gauge') + Number(before.reset === 'gauge');
      if (rate && gauges > 0) notes.notCounter();
      if (!rate && gauges < 2) notes.notGauge();
      const difference = new HistogramSum(last);
      if (!anew && !(rate && detectReset(last, before)) && !combine(difference, before, -1, notes)) return undefined;
      if (rate) difference.scale(1 / seconds);
      return { ...difference.result(), reset: 'gauge' };
    };
}

/** rate(), increase() and delta() between the range's very ends, of a range that is `anchored` or `smoothed`. */
export function extendedHistograms(counter: boolean, perSecond: boolean, smoothed: boolean): MixedRule {
  return (samples, { notes }) => {
    const { timestampsMs } = samples;
    return ({ lo, hi, numbers, startMs, endMs }) => {
      if (numbers > 0) return notes.mixed();
      let first = lo;
      while (first + 1 < hi && timestampsMs[first + 1]! <= startMs) first++;
      let last = hi - 1;
      if (smoothed) while (last > lo && timestampsMs[last - 1]! >= endMs) last--;
      if (timestampsMs[last]! <= startMs || timestampsMs[first]! > endMs) return undefined;
      const custom = isCustom(histogramAt(samples, first));
      for (let at = first; at <= last; at++) {
        const histogram = histogramAt(samples, at);
        if (isCustom(histogram) !== custom) return notes.mixedSchemas();
        if (counter && histogram.reset === 'gauge') notes.notCounter();
      }
      const leftIsDrawn = smoothed && timestampsMs[first]! < startMs;
      const left = leftIsDrawn ? between(samples, first, startMs, counter, notes) : histogramAt(samples, first);
      const rightIsDrawn = smoothed && last > lo && timestampsMs[last]! > endMs;
      const right = rightIsDrawn ? between(samples, last - 1, endMs, counter, notes) : histogramAt(samples, last);
      if (left === undefined || right === undefined) return undefined;
      if (!counter && (left.reset !== 'gauge' || right.reset !== 'gauge')) notes.notGauge();
      const increase = new HistogramSum(right);
      if (!combine(increase, left, -1, notes)) return undefined;
      if (counter) {
        let next = first + 1;
        let before = left;
        // The line to the range's start went over this reset already.
        if (leftIsDrawn && detectReset(histogramAt(samples, next), histogramAt(samples, first))) {
          before = histogramAt(samples, next++);
        }
        for (; next < last; next++) {
          const histogram = histogramAt(samples, next);
          if (detectReset(histogram, before) && !combine(increase, before, 1, notes)) return undefined;
          before = histogram;
        }
        if (next === last && detectReset(right, before) && !combine(increase, before, 1, notes)) return undefined;
      }
      if (perSecond) increase.scale(1000 / (endMs - startMs));
      return { ...increase.result(), reset: 'gauge' };
    };
  };
}

function between(
  samples: Samples,
  at: number,
  timeMs: number,
  counter: boolean,
  notes: SeriesNotes,
): NativeHistogram | undefined {
  const { timestampsMs } = samples;
  const [before, after] = [histogramAt(samples, at), histogramAt(samples, at + 1)];
  return interpolateHistograms(before, timestampsMs[at]!, after, timestampsMs[at + 1]!, timeMs, counter, notes);
}

/** On the line through two histograms. A counter that was reset between them began at zero. Undefined, and said why, where there is none. */
export function interpolateHistograms(
  before: NativeHistogram,
  beforeMs: number,
  after: NativeHistogram,
  afterMs: number,
  timeMs: number,
  counter: boolean,
  notes: SeriesNotes,
): NativeHistogram | undefined {
  if (timeMs === beforeMs) return before;
  if (timeMs === afterMs) return after;
  const fraction = (timeMs - beforeMs) / (afterMs - beforeMs);
  if (counter && detectReset(after, before)) return scale(after, fraction);
  const line = new HistogramSum(after);
  if (!combine(line, before, -1, notes)) return undefined;
  line.scale(fraction);
  return combine(line, before, 1, notes) ? line.result() : undefined;
}

/** Adds or subtracts, and says what had to be done to that end; false where it cannot be done. */
function combine(sum: HistogramSum, other: NativeHistogram, sign: 1 | -1, notes: SeriesNotes): boolean {
  if (!sum.add(other, sign)) {
    notes.mixedSchemas();
    return false;
  }
  if (sum.reconciled) notes.reconciled(sign === 1 ? 'addition' : 'subtraction');
  return true;
}

/** 1 where a histogram began anew after the one before it. */
function resetsOf({ timestampsMs, histograms, startsMs, length }: Samples): Uint8Array {
  const resets = new Uint8Array(length);
  for (let at = 1; at < length; at++) {
    const [before, histogram] = [histograms?.[at - 1], histograms?.[at]];
    if (before === undefined || histogram === undefined) continue;
    const anew = startsMs !== undefined && startedAnew({ timestampsMs, startsMs }, at);
    resets[at] = anew || detectReset(histogram, before) ? 1 : 0;
  }
  return resets;
}

function isCustom({ schema }: NativeHistogram): boolean {
  return schema === CUSTOM_BUCKETS;
}

/** The histogram at a place where it is known that there is one. */
function histogramAt({ histograms }: Samples, at: number): NativeHistogram {
  return histograms![at]!;
}
