import { BitWriter, fitsIn } from './bit-writer.ts';
import { XorColumn } from './xor-column.ts';

/** Samples `from` to `to` (not included) of a series as a chunk of Prometheus' XOR encoding; at most 65,535. */
export function writeXorChunk(timestampsMs: Float64Array, words: Uint32Array, from: number, to: number): Uint8Array<ArrayBuffer> {
  const out = new BitWriter();
  const values = new XorColumn(out);
  out.bits(to - from, 16);
  let deltaMs = 0;
  for (let i = from; i < to; i++) {
    const high = words[2 * i + 1]!;
    const low = words[2 * i]!;
    const timeMs = timestampsMs[i]!;
    if (i === from) {
      out.varint(timeMs);
      values.first(high, low);
      continue;
    }
    const nextMs = timeMs - timestampsMs[i - 1]!;
    if (i === from + 1) out.uvarint(nextMs);
    else writeChange(out, nextMs - deltaMs);
    deltaMs = nextMs;
    values.next(high, low);
  }
  return out.finish();
}

function writeChange(out: BitWriter, change: number): void {
  if (change === 0) out.bits(0, 1);
  else if (fitsIn(change, 14)) {
    out.bits(0b10, 2);
    out.int(change, 14);
  } else if (fitsIn(change, 17)) {
    out.bits(0b110, 3);
    out.int(change, 17);
  } else if (fitsIn(change, 20)) {
    out.bits(0b1110, 4);
    out.int(change, 20);
  } else {
    out.bits(0b1111, 4);
    out.int(change, 64);
  }
}
