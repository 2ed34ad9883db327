import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { emptyHistograms, put } from './column.ts';
import type { Extension } from './extended.ts';
import type { Range } from './extrapolation.ts';
import { advance, floatScratch, intScratch, type KernelContext, type RangeKernel, type Samples } from './range-window.ts';

/** A window with histograms in it: samples [lo, hi), `numbers` of which are numbers. */
export interface MixedWindow extends Range {
  readonly lo: number;
  readonly hi: number;
  readonly numbers: number;
}

/**
 * What a function makes of the windows of one series that have histograms in them: a value, nothing (undefined), or
 * what it makes of the numbers alone.
 */
export type MixedRule = (
  samples: Samples,
  context: KernelContext,
) => (window: MixedWindow) => number | NativeHistogram | 'as numbers' | undefined;

/** A kernel that follows a rule where a series has histograms; where it has none, that is found out once a series. */
export function withHistograms(numbersKernel: RangeKernel, rule: MixedRule, extension?: Extension): RangeKernel {
  return (samples, windows, out, context) => {
    const { timestampsMs, length, histograms } = samples;
    if (histograms === undefined) return numbersKernel(samples, windows, out, context);
    const numbers = numbersOf(samples);
    if (numbers.length > 0) numbersKernel(numbers, windows, out, context);
    else out.present.fill(0);
    out.histograms = emptyHistograms(windows.count);
    const { firstEndMs, rangeMs, stepMs, count } = windows;
    const earlierMs = extension === undefined ? 0 : context.lookbackMs;
    const laterMs = extension === 'smoothed' ? context.lookbackMs : 0;
    const from = new Int32Array(count);
    const to = new Int32Array(count);
    advance(timestampsMs, length, firstEndMs - rangeMs - earlierMs, stepMs, count, from);
    advance(timestampsMs, length, firstEndMs + laterMs, stepMs, count, to);
    const numbersBefore = new Int32Array(length + 1);
    for (let at = 0; at < length; at++) numbersBefore[at + 1] = numbersBefore[at]! + (histograms[at] === undefined ? 1 : 0);
    const valueOf = rule(samples, context);
    for (let i = 0; i < count; i++) {
      const [lo, hi] = [from[i]!, to[i]!];
      const inWindow = numbersBefore[hi]! - numbersBefore[lo]!;
      if (inWindow === hi - lo) continue;
      const endMs = firstEndMs + i * stepMs;
      const value = valueOf({ lo, hi, numbers: inWindow, startMs: endMs - rangeMs, endMs });
      if (value === undefined) out.present[i] = 0;
      else if (value !== 'as numbers') put(out, i, value);
    }
  };
}

/** Passes over histograms, and says so where there are numbers beside them. */
export const ignoringHistograms: MixedRule =
  (_, { notes }) =>
  ({ numbers }) => {
    if (numbers > 0) notes.ignoredInRange();
    return 'as numbers';
  };

const numberTimes = floatScratch();
const numberValues = floatScratch();
const numberStarts = floatScratch();
const numberCounts = floatScratch();
const numberSums = floatScratch();
const numberFalls = floatScratch();
const numberPlaces = intScratch();

/** The samples that are numbers. Lent until the next call. */
function numbersOf({ timestampsMs, values, length, histograms, startsMs, rolled }: Samples): Samples {
  const places = numberPlaces.take(length);
  let count = 0;
  for (let at = 0; at < length; at++) if (histograms?.[at] === undefined) places[count++] = at;
  const gather = (from: Float64Array, into: Float64Array): Float64Array => {
    for (let i = 0; i < count; i++) into[i] = from[places[i]!]!;
    return into;
  };
  return {
    timestampsMs: gather(timestampsMs, numberTimes.take(count)),
    values: gather(values, numberValues.take(count)),
    length: count,
    startsMs: startsMs === undefined ? undefined : gather(startsMs, numberStarts.take(count)),
    rolled: rolled && {
      counts: gather(rolled.counts, numberCounts.take(count)),
      sums: gather(rolled.sums, numberSums.take(count)),
      falls: gather(rolled.falls, numberFalls.take(count)),
    },
  };
}
