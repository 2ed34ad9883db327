import { type BucketSpan, CUSTOM_BUCKETS, type NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { detectReset } from '@vitrine/promql/histogram/reset.ts';
import { BitWriter, fitsIn } from './bit-writer.ts';
import { XorColumn } from './xor-column.ts';

/** In a chunk's third byte. */
const COUNTER_RESET = 0b1000_0000;
const GAUGE = 0b1100_0000;
const SIZES = [3, 6, 9, 12, 18, 25, 56] as const;

/** Whether a chunk that ends with `before` may hold `next` too: its buckets are laid out alike, and nothing was reset. */
export function continues(before: NativeHistogram, next: NativeHistogram): boolean {
  if (next.reset === 'reset' || (next.reset === 'gauge') !== (before.reset === 'gauge')) return false;
  return (
    next.schema === before.schema &&
    next.zeroThreshold === before.zeroThreshold &&
    areEqualSpans(next.positiveSpans, before.positiveSpans) &&
    areEqualSpans(next.negativeSpans, before.negativeSpans) &&
    next.customValues.length === before.customValues.length &&
    next.customValues.every((bound, i) => bound === before.customValues[i]) &&
    (next.reset === 'gauge' || !detectReset(next, before))
  );
}

/** Histograms that continue one another as a chunk of Prometheus' float histogram encoding; at most 65,535. */
export function writeHistogramChunk(
  samples: readonly { readonly timeMs: number; readonly histogram: NativeHistogram }[],
): Uint8Array<ArrayBuffer> {
  const out = new BitWriter();
  const [{ histogram: first }] = samples as [(typeof samples)[number]];
  out.bits(samples.length, 16);
  out.bits(first.reset === 'gauge' ? GAUGE : first.reset === 'reset' ? COUNTER_RESET : 0, 8);
  writeLayout(out, first);
  const columns = valuesOf(first).map(() => new XorColumn(out));
  let lastMs = 0;
  let deltaMs = 0;
  for (const [i, { timeMs, histogram }] of samples.entries()) {
    const nextMs = timeMs - lastMs;
    varbit(out, i === 0 ? timeMs : nextMs - deltaMs);
    deltaMs = i === 0 ? 0 : nextMs;
    lastMs = timeMs;
    const values = Float64Array.from(valuesOf(histogram));
    const words = new Uint32Array(values.buffer);
    for (const [at, column] of columns.entries()) {
      if (i === 0) column.first(words[2 * at + 1]!, words[2 * at]!);
      else column.next(words[2 * at + 1]!, words[2 * at]!);
    }
  }
  return out.finish();
}

function valuesOf({ count, zeroCount, sum, positiveBuckets, negativeBuckets }: NativeHistogram): number[] {
  return [count, zeroCount, sum, ...positiveBuckets, ...negativeBuckets];
}

function writeLayout(
  out: BitWriter,
  { schema, zeroThreshold, positiveSpans, negativeSpans, customValues }: NativeHistogram,
): void {
  writeThreshold(out, zeroThreshold);
  varbit(out, schema);
  writeSpans(out, positiveSpans);
  writeSpans(out, negativeSpans);
  if (schema !== CUSTOM_BUCKETS) return;
  uvarbit(out, customValues.length);
  for (const bound of customValues) writeBound(out, bound);
}

/** A power of two from 2^-243 to 2^10 is one byte. */
function writeThreshold(out: BitWriter, threshold: number): void {
  const exponent = Math.log2(threshold) + 1;
  if (threshold === 0) out.bits(0, 8);
  else if (Number.isInteger(exponent) && 2 ** (exponent - 1) === threshold && exponent >= -242 && exponent <= 11) {
    out.bits(exponent + 243, 8);
  } else {
    out.bits(255, 8);
    out.double(threshold);
  }
}

function writeSpans(out: BitWriter, spans: readonly BucketSpan[]): void {
  uvarbit(out, spans.length);
  for (const { offset, length } of spans) {
    uvarbit(out, length);
    varbit(out, offset);
  }
}

/** Thousandths up to 33,554.43 are whole numbers, of which none is 0. */
function writeBound(out: BitWriter, bound: number): void {
  const thousandths = Math.round(bound * 1_000);
  if (thousandths >= 0 && thousandths <= 33_554_430 && thousandths / 1_000 === bound) uvarbit(out, thousandths + 1);
  else {
    out.bits(0, 1);
    out.double(bound);
  }
}

/** So many ones, a zero, and then as few bits as hold the number. */
function varbit(out: BitWriter, value: number): void {
  writeSized(
    out,
    value,
    SIZES.findIndex((size) => fitsIn(value, size)),
  );
}

function uvarbit(out: BitWriter, value: number): void {
  writeSized(
    out,
    value,
    SIZES.findIndex((size) => value < 2 ** size),
  );
}

function writeSized(out: BitWriter, value: number, size: number): void {
  if (value === 0) {
    out.bits(0, 1);
    return;
  }
  if (size < 0) {
    out.bits(0b1111_1111, 8);
    out.int(value, 64);
    return;
  }
  // One 1 more than the size's place, and a 0.
  out.bits(2 ** (size + 2) - 2, size + 2);
  out.int(value, SIZES[size]!);
}

function areEqualSpans(a: readonly BucketSpan[], b: readonly BucketSpan[]): boolean {
  return a.length === b.length && a.every(({ offset, length }, i) => offset === b[i]!.offset && length === b[i]!.length);
}
