import { Labels } from '@vitrine/model/labels.ts';
import type { BatchBuilder } from './batch-builder.ts';
import { ROOM } from './request-room.ts';
import type { WireReader } from './wire-reader.ts';

const EXEMPLAR_VALUE = 0x11;
const EXEMPLAR_TIMESTAMP = 0x18;

/**
 * Reads one Exemplar, which ends at `end`, into the batch. `readLabel` is asked for each field 1, with its tag, and adds
 * names and values in turn, or says what is wrong: the versions of the protocol write labels in different ways.
 */
export function readExemplar(
  wire: WireReader,
  batch: BatchBuilder,
  series: number,
  end: number,
  readLabel: (tag: number, end: number, texts: string[]) => string | undefined,
): void {
  batch.room.take(ROOM.exemplar);
  const texts: string[] = [];
  let problem: string | undefined;
  let value = 0;
  let timestampMs = 0;
  while (wire.at < end) {
    const tag = wire.readUint32();
    if (tag === EXEMPLAR_VALUE) value = wire.readDouble();
    else if (tag === EXEMPLAR_TIMESTAMP) timestampMs = wire.readInt64();
    else if (tag >>> 3 === 1) problem = readLabel(tag, end, texts) ?? problem;
    else wire.skip(tag, end);
  }
  if (wire.at !== end) throw wire.broken();
  if (timestampMs === 0) problem ??= 'An exemplar has no timestamp.';
  if (texts.length % 2 !== 0) problem ??= 'An exemplar has an odd number of label references.';
  if (problem !== undefined) {
    batch.refuse(problem, 'exemplars', 1);
    return;
  }
  const pairs: [name: string, value: string][] = [];
  for (let i = 0; i < texts.length; i += 2) pairs.push([texts[i] as string, texts[i + 1] as string]);
  batch.addExemplar(series, { labels: Labels.from(pairs), value, timestampMs });
}
