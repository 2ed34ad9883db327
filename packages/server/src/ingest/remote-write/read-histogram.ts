import type { CounterReset, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { readCounts, readNumbers, readSpan } from '../native-histogram/read-buckets.ts';
import { emptyWrittenHistogram, judgeHistogram } from '../native-histogram/written-histogram.ts';
import type { BatchBuilder } from './batch-builder.ts';
import { ROOM } from './request-room.ts';
import type { WireReader } from './wire-reader.ts';

// Fields of prometheus.Histogram and io.prometheus.write.v2.Histogram, which number them alike.
const COUNT_INT = 0x08;
const COUNT_FLOAT = 0x11;
const SUM = 0x19;
const SCHEMA = 0x20;
const ZERO_THRESHOLD = 0x29;
const ZERO_COUNT_INT = 0x30;
const ZERO_COUNT_FLOAT = 0x39;
const NEGATIVE_SPAN = 0x42;
const NEGATIVE_DELTAS = 9;
const NEGATIVE_COUNTS = 10;
const POSITIVE_SPAN = 0x5a;
const POSITIVE_DELTAS = 12;
const POSITIVE_COUNTS = 13;
const RESET_HINT = 0x70;
const TIMESTAMP = 0x78;
const CUSTOM_VALUES = 16;
const START_TIMESTAMP = 0x88;

/**
 * By their numbers. That there was no reset is found out anew: it holds for what the sender had before this sample,
 * which need not be what is stored.
 */
const RESETS: readonly CounterReset[] = ['unknown', 'reset', 'unknown', 'gauge'];

const STALE_LOW = 0x00000002;
const STALE_HIGH = 0x7ff00000;

/** Reads one Histogram, which ends at `end`, into the batch; what is wrong with it refuses it alone. */
export function readHistogram(
  wire: WireReader,
  batch: BatchBuilder,
  series: number,
  end: number,
  seriesName: () => string,
): void {
  const { room } = batch;
  room.take(ROOM.histogram);
  const takeNumber = (): void => room.take(ROOM.number);
  const written = emptyWrittenHistogram();
  let timestampMs = 0;
  let startMs = 0;
  let stale = false;
  while (wire.at < end) {
    const tag = wire.readUint32();
    switch (tag) {
      case COUNT_INT:
        written.count = wire.readUint64();
        written.whole = true;
        continue;
      case COUNT_FLOAT:
        written.count = wire.readDouble();
        written.whole = false;
        continue;
      case SUM: {
        const { at } = wire;
        stale = wire.readWord() === STALE_LOW && wire.readWord() === STALE_HIGH;
        wire.at = at;
        written.sum = wire.readDouble();
        continue;
      }
      case SCHEMA:
        written.schema = wire.readSint32();
        continue;
      case ZERO_THRESHOLD:
        written.zeroThreshold = wire.readDouble();
        continue;
      case ZERO_COUNT_INT:
        written.zeroCount = wire.readUint64();
        continue;
      case ZERO_COUNT_FLOAT:
        written.zeroCount = wire.readDouble();
        continue;
      case NEGATIVE_SPAN:
        room.take(ROOM.span);
        written.negative.spans.push(readSpan(wire, wire.readEnd(end)));
        continue;
      case POSITIVE_SPAN:
        room.take(ROOM.span);
        written.positive.spans.push(readSpan(wire, wire.readEnd(end)));
        continue;
      case RESET_HINT:
        written.reset = RESETS[wire.readUint32()] ?? 'unknown';
        continue;
      case TIMESTAMP:
        timestampMs = wire.readInt64();
        continue;
      case START_TIMESTAMP:
        startMs = wire.readInt64();
        continue;
    }
    const field = tag >>> 3;
    if (field === NEGATIVE_DELTAS || field === NEGATIVE_COUNTS) {
      readCounts(wire, tag, end, field === NEGATIVE_DELTAS, written.negative, takeNumber);
    } else if (field === POSITIVE_DELTAS || field === POSITIVE_COUNTS) {
      readCounts(wire, tag, end, field === POSITIVE_DELTAS, written.positive, takeNumber);
    } else if (field === CUSTOM_VALUES) {
      readNumbers(wire, tag, end, () => {
        takeNumber();
        written.customValues.push(wire.readDouble());
      });
    } else wire.skip(tag, end);
  }
  if (wire.at !== end) throw wire.broken();
  if (stale) {
    batch.addStaleHistogram(series, timestampMs);
    return;
  }
  const histogram: NativeHistogram | string = judgeHistogram(written);
  if (typeof histogram === 'string') {
    batch.refuse(`Series ${seriesName()} has a native histogram that cannot be kept: ${histogram}.`, 'histograms', 1);
  } else if (batch.addHistogram(series, timestampMs, histogram)) batch.startedAt(startMs);
}
