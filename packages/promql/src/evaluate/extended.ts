import { advance, intScratch, type RangeKernel, type Samples } from './range-window.ts';

/** How a range selector reaches beyond its range: `anchored` to the sample before it, `smoothed` also to the one after. */
export type Extension = 'anchored' | 'smoothed';

const oldest = intScratch();
const starts = intScratch();
const ends = intScratch();
const newest = intScratch();

/** On the line through two neighbouring samples. A counter that was reset between them began at zero. */
export function interpolate({ timestampsMs, values }: Samples, before: number, timeMs: number, counter: boolean): number {
  const after = before + 1;
  const end = values[after]!;
  const start = counter && end < values[before]! ? 0 : values[before]!;
  const elapsed = timeMs - timestampsMs[before]!;
  return start + ((end - start) * elapsed) / (timestampsMs[after]! - timestampsMs[before]!);
}

/** rate(), increase() and delta() between the range's very ends, without extrapolation. */
export function extendedRate(counter: boolean, perSecond: boolean, extension: Extension): RangeKernel {
  const smoothed = extension === 'smoothed';
  return (samples, { rangeMs, firstEndMs, stepMs, count }, { values, present }, { lookbackMs }) => {
    const { timestampsMs, values: points, length } = samples;
    const [lowest, froms, tos, highest] = [oldest.take(count), starts.take(count), ends.take(count), newest.take(count)];
    advance(timestampsMs, length, firstEndMs - rangeMs - lookbackMs, stepMs, count, lowest);
    advance(timestampsMs, length, firstEndMs - rangeMs, stepMs, count, froms);
    advance(timestampsMs, length, firstEndMs, stepMs, count, tos);
    advance(timestampsMs, length, smoothed ? firstEndMs + lookbackMs : firstEndMs, stepMs, count, highest);
    for (let i = 0; i < count; i++) {
      const endMs = firstEndMs + i * stepMs;
      const startMs = endMs - rangeMs;
      const from = froms[i]!;
      const to = tos[i]!;
      present[i] = 0;
      let first = Math.max(lowest[i]!, from - 1);
      let last = to - 1;
      // A sample at the very end is enough; else the one behind it says where the line goes.
      if (smoothed && !(last >= first && timestampsMs[last] === endMs)) last = Math.min(to, highest[i]! - 1);
      if (last < first || timestampsMs[last]! <= startMs || timestampsMs[first]! > endMs) continue;
      const left = smoothed && timestampsMs[first]! < startMs ? interpolate(samples, first, startMs, counter) : points[first]!;
      const right =
        smoothed && last > first && timestampsMs[last]! > endMs ? interpolate(samples, last - 1, endMs, counter) : points[last]!;
      let difference = right - left;
      if (counter) {
        if (timestampsMs[first]! <= startMs) first++;
        if (timestampsMs[last]! >= endMs) last--;
        let before = left;
        for (let at = first; at <= last; at++) {
          if (points[at]! < before) difference += before;
          before = points[at]!;
        }
        if (right < before) difference += before;
      }
      values[i] = perSecond ? difference / (rangeMs / 1000) : difference;
      present[i] = 1;
    }
  };
}
