import type { ByteReader, ByteWriter } from '../chunk/bytes.ts';
import { readSections, sectionsOf, writeSections } from '../chunk/chunk.ts';
import type { Columns } from '../chunk/columns.ts';
import { READ_AHEAD_BYTES } from '../chunk/int-stream.ts';
import { NO_BLOCK } from './blocks.ts';
import { firstAtOrAfter, readBlock, type HeadParts } from './head.ts';
import { mergeInto } from './merge.ts';

/**
 * What the head holds of one series in the closed range [fromMs, toMs], and some beyond, for a reader in another thread:
 *
 *   u32 bytes of packed blocks, then the blocks as they stand in head, what they say of others apart, and READ_AHEAD_BYTES
 *   u32 samples of the slot, then as many timestamps (f64) and pairs of words (u32)
 *   and u8 sections; where there are some, their bytes and READ_AHEAD_BYTES
 *   u32 late samples, the same way
 */
export function writeHeadCopy(
  { blocks, firstBlock, slot, richSlot, late }: HeadParts,
  fromMs: number,
  toMs: number,
  out: ByteWriter,
): void {
  const lengthAt = out.length;
  out.u32(0);
  for (let place = firstBlock; place !== NO_BLOCK; place = blocks.next(place)) {
    const { bytes, view, at } = blocks.reader(place);
    if (view.getFloat64(at + 4, true) > toMs) break;
    if (view.getFloat64(at + 12, true) >= fromMs) out.set(bytes.subarray(at, at + view.getUint32(at, true)));
  }
  out.view.setUint32(lengthAt, out.length - lengthAt - 4, true);
  for (let i = 0; i < READ_AHEAD_BYTES; i++) out.u8(0);
  if (richSlot !== undefined) writeColumns(out, richSlot, 0, richSlot.length);
  else if (slot === undefined) writeNone(out);
  else {
    writeRaw(out, slot.timestampsMs, slot.words, slot.from, slot.end);
    out.u8(0);
  }
  if (late === undefined) writeNone(out);
  else writeColumns(out, late, firstAtOrAfter(late, fromMs), firstAtOrAfter(late, toMs + 1));
}

/**
 * Adds a copy's samples to `out`, in which the series' chunks stand in time order. Where both have a timestamp the copy
 * counts: what it holds was written later, or has become a chunk since.
 */
export function readHeadCopy(reader: ByteReader, out: Columns, scratch: Columns): void {
  scratch.clear(out.wantedFromMs, out.wantedToMs);
  const blockBytes = reader.u32();
  const start = reader.at;
  for (let at = start; at < start + blockBytes; at += reader.view.getUint32(at, true)) {
    reader.at = at;
    readBlock(reader, scratch);
  }
  reader.at = start + blockBytes + READ_AHEAD_BYTES;
  readRaw(reader, scratch);
  join(out, scratch);
  scratch.clear(out.wantedFromMs, out.wantedToMs);
  readRaw(reader, scratch);
  join(out, scratch);
}

function join(out: Columns, newer: Columns): void {
  if (newer.length === 0) return;
  if (out.length > 0 && (out.timestampsMs[out.length - 1] as number) >= (newer.timestampsMs[0] as number)) {
    mergeInto(out, 0, newer);
    return;
  }
  out.reserve(newer.length);
  out.timestampsMs.set(newer.timestampsMs.subarray(0, newer.length), out.length);
  out.words.set(newer.words.subarray(0, 2 * newer.length), 2 * out.length);
  const first = out.length;
  out.grow(newer.length);
  if (newer.histograms !== undefined)
    for (const [timestampMs, one] of newer.histograms) out.needHistograms().set(timestampMs, one);
  if (newer.startsMs !== undefined) out.needStarts().set(newer.startsMs.subarray(0, newer.length), first);
}

function writeNone(out: ByteWriter): void {
  out.u32(0);
  out.u8(0);
}

function writeColumns(out: ByteWriter, samples: Columns, from: number, end: number): void {
  writeRaw(out, samples.timestampsMs, samples.words, from, end);
  const count = Math.max(0, end - from);
  const sections = sectionsOf(samples, from, count);
  out.u8(sections);
  if (sections === 0) return;
  writeSections(out, samples, from, count, sections);
  for (let i = 0; i < READ_AHEAD_BYTES; i++) out.u8(0);
}

function writeRaw(out: ByteWriter, timestampsMs: Float64Array, words: Uint32Array, from: number, end: number): void {
  const count = Math.max(0, end - from);
  out.reserve(4 + 16 * count);
  out.u32(count);
  const { view } = out;
  let at = out.length;
  for (let i = from; i < end; i++, at += 8) view.setFloat64(at, timestampsMs[i] as number, true);
  for (let i = 2 * from; i < 2 * end; i++, at += 4) view.setUint32(at, words[i] as number, true);
  out.length = at;
}

function readRaw(reader: ByteReader, out: Columns): void {
  const count = reader.u32();
  out.reserve(count);
  const { view } = reader;
  const first = out.length;
  let { at } = reader;
  for (let i = 0; i < count; i++, at += 8) out.timestampsMs[first + i] = view.getFloat64(at, true);
  for (let i = 0; i < 2 * count; i++, at += 4) out.words[2 * first + i] = view.getUint32(at, true);
  out.grow(count);
  reader.at = at;
  const sections = reader.u8();
  if (sections === 0) return;
  readSections(reader, out, first, sections);
  reader.at += READ_AHEAD_BYTES;
}
