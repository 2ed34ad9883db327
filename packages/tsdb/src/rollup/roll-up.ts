import { isStaleAt } from '@vitrine/model/stale-nan.ts';
import type { Columns } from '../chunk/columns.ts';

/** Where PromQL itself takes a metric for a counter by its name. */
const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

/** Whether a metric's falls are resets, all of which rate() has to see. */
export function countsUp(metric: string): boolean {
  return COUNTER_NAME.test(metric);
}

/**
 * Appends to `out` the samples of each bucket `(k * bucketMs, (k + 1) * bucketMs]` that stand for all: its first, least, greatest
 * and last number, markers of a series' end, and where `isCounter` what is on both sides of a fall. The last number says how many
 * samples there were and what they add up to. A bucket that this keeps all of stays as it is, and what was rolled up before does
 * too. Samples are numbers only. Pure.
 */
export function rollUp(samples: Columns, bucketMs: number, isCounter: boolean, out: Columns): void {
  const { timestampsMs, length } = samples;
  for (let from = 0; from < length;) {
    const bucket = Math.ceil((timestampsMs[from] as number) / bucketMs);
    let end = from + 1;
    while (end < length && (timestampsMs[end] as number) <= bucket * bucketMs) end++;
    rollUpBucket(samples, from, end, isCounter, out);
    from = end;
  }
}

function rollUpBucket(samples: Columns, from: number, end: number, isCounter: boolean, out: Columns): void {
  const { timestampsMs, values, words, rolled } = samples;
  const kept = new Set<number>();
  let [first, last, least, greatest] = [-1, -1, -1, -1];
  let count = 0;
  let sum = 0;
  let lost = 0;
  for (let at = from; at < end; at++) {
    if (isStaleAt(words, at)) {
      kept.add(at);
      continue;
    }
    const value = values[at] as number;
    if (first === -1) first = at;
    if (isCounter && last !== -1 && value < (values[last] as number)) kept.add(last).add(at);
    last = at;
    if (!Number.isNaN(value)) {
      if (least === -1 || value < (values[least] as number)) least = at;
      if (greatest === -1 || value > (values[greatest] as number)) greatest = at;
    }
    const part = rolled?.sums[at] ?? value;
    count += rolled?.counts[at] ?? 1;
    // Kahan's summation in Neumaier's form.
    const next = sum + part;
    if (Number.isFinite(next)) lost += Math.abs(sum) >= Math.abs(part) ? sum - next + part : part - next + sum;
    sum = next;
  }
  for (const at of [first, last, least, greatest]) if (at !== -1) kept.add(at);
  const isWhole = kept.size === end - from;
  for (let at = from; at < end; at++) {
    if (!isWhole && !kept.has(at)) continue;
    out.push(timestampsMs[at] as number, words[2 * at] as number, words[2 * at + 1] as number);
    if (isWhole) {
      if (rolled !== undefined && samples.isRolled(at)) standFor(out, rolled.counts[at] as number, rolled.sums[at] as number);
    } else if (at === last) standFor(out, count, Number.isFinite(sum) ? sum + lost : sum);
    else if (!isStaleAt(words, at)) standFor(out, 0, 0);
  }
}

/** Says what the sample that was put in last stands for. */
function standFor(out: Columns, count: number, sum: number): void {
  const { counts, sums } = out.needRolled();
  counts[out.length - 1] = count;
  sums[out.length - 1] = sum;
}
