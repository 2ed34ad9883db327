import { BYTES, FIXED64, Malformed, WireReader } from './wire.ts';

/** Triples (left, right, count) as the store keeps histograms. */
export type Buckets = Float64Array;

const wire = new WireReader();

/**
 * A HistogramProto (of PyTorch, tensorboardX and TensorFlow 1) as triples (left, right, count). Its buckets reach from -1.8e308 to
 * 1.8e308; TensorBoard leaves out the empty ones at both ends, and takes the least and greatest value for the outer edges, and so do we.
 */
export function readHistogramProto(bytes: Uint8Array, start: number, end: number): Buckets {
  wire.open(bytes, start, end);
  let min = Number.NaN;
  let max = Number.NaN;
  const limits: number[] = [];
  const counts: number[] = [];
  while (wire.next()) {
    if (wire.field === 1 && wire.type === FIXED64) min = wire.readDouble();
    else if (wire.field === 2 && wire.type === FIXED64) max = wire.readDouble();
    else if (wire.field === 6) readDoubles(limits);
    else if (wire.field === 7) readDoubles(counts);
    else wire.skip();
  }
  if (limits.length !== counts.length) throw new Malformed('a histogram with more limits than buckets, or fewer');
  const first = counts.findIndex((count) => count > 0);
  if (first === -1) return new Float64Array(0);
  const last = counts.findLastIndex((count) => count > 0);
  const buckets = new Float64Array((last - first + 1) * 3);
  for (let i = first; i <= last; i++) {
    const at = (i - first) * 3;
    buckets[at] = i === first ? min : (limits[i - 1] as number);
    buckets[at + 1] = i === last ? max : (limits[i] as number);
    buckets[at + 2] = counts[i] as number;
  }
  return buckets;
}

/** Packed or one by one. */
function readDoubles(into: number[]): void {
  if (wire.type === FIXED64) {
    into.push(wire.readDouble());
    return;
  }
  if (wire.type !== BYTES) throw new Malformed('a histogram of numbers that are none');
  wire.readRange();
  const { rangeStart, rangeEnd } = wire;
  if ((rangeEnd - rangeStart) % 8 !== 0) throw new Malformed('a histogram that ends within a number');
  for (let at = rangeStart; at < rangeEnd; at += 8) into.push(wire.view.getFloat64(at, true));
}
