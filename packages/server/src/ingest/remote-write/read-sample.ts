import type { BatchBuilder } from './batch-builder.ts';
import type { WireReader } from './wire-reader.ts';

const SAMPLE_VALUE = 0x09;
const SAMPLE_TIMESTAMP = 0x10;
/** Of 2.0 only. */
const SAMPLE_START_TIMESTAMP = 0x18;

/**
 * Reads one Sample, which ends at `end`, into the batch: prometheus.Sample and io.prometheus.write.v2.Sample number these
 * fields alike. The value travels as its two words, so that the payload of a NaN stays.
 */
export function readSample(wire: WireReader, batch: BatchBuilder, series: number, end: number): void {
  let low = 0;
  let high = 0;
  let timestampMs = 0;
  let startMs = 0;
  while (wire.at < end) {
    const tag = wire.readUint32();
    if (tag === SAMPLE_VALUE) {
      low = wire.readWord();
      high = wire.readWord();
    } else if (tag === SAMPLE_TIMESTAMP) timestampMs = wire.readInt64();
    else if (tag === SAMPLE_START_TIMESTAMP) startMs = wire.readInt64();
    else wire.skip(tag, end);
  }
  if (wire.at !== end) throw wire.broken();
  if (batch.add(series, timestampMs, low, high) && startMs !== 0) batch.startedAt(startMs);
}
