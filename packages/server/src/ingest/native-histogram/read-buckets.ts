import type { BucketSpan } from '@vitrine/model/native-histogram.ts';
import { BYTES, type WireReader } from '../remote-write/wire-reader.ts';
import type { WrittenSide } from './written-histogram.ts';

const SPAN_OFFSET = 0x08;
const SPAN_LENGTH = 0x10;

/** Reads the counts of a field, `deltas` those that are told as differences. `before` each it is asked whether there is room. */
export function readCounts(
  wire: WireReader,
  tag: number,
  end: number,
  deltas: boolean,
  side: WrittenSide,
  before: () => void = () => {},
): void {
  readNumbers(wire, tag, end, () => {
    before();
    if (deltas) side.deltas.push(wire.readSint64());
    else side.counts.push(wire.readDouble());
  });
}

/** Packed, or one by one: protobuf wants readers to take both. */
export function readNumbers(wire: WireReader, tag: number, end: number, readOne: () => void): void {
  if ((tag & 7) !== BYTES) {
    readOne();
    return;
  }
  const to = wire.readEnd(end);
  while (wire.at < to) readOne();
  if (wire.at !== to) throw wire.broken();
}

/** Reads one BucketSpan, which ends at `end`. */
export function readSpan(wire: WireReader, end: number): BucketSpan {
  let offset = 0;
  let length = 0;
  while (wire.at < end) {
    const tag = wire.readUint32();
    if (tag === SPAN_OFFSET) offset = wire.readSint32();
    else if (tag === SPAN_LENGTH) length = wire.readUint32();
    else wire.skip(tag, end);
  }
  if (wire.at !== end) throw wire.broken();
  return { offset, length };
}
