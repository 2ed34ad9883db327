import { crc32 } from 'node:zlib';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { Columns } from './columns.ts';
import { readHistograms, writeHistograms } from './histograms.ts';
import { readInts, writeInts } from './int-stream.ts';
import { readValues, readValuesBetween, writeValues } from './values.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';

/** A chunk is larger than this only by mistake: a damaged count must not claim memory. */
const MAX_SAMPLES = 1 << 20;
/** Samples and nothing else. */
const PLAIN = 1;
/** With sections behind the samples: a byte says which. */
const WITH_SECTIONS = 2;
/** Sections, as the bits of one number. */
const HISTOGRAMS = 1;
const STARTS = 2;
/** The timestamps are stored elsewhere, once for several series. */
const TIMES = 4;
/** Some samples stand for others that are not kept. */
const ROLLED = 8;
/** Also the room that int streams read ahead into (READ_AHEAD_BYTES). */
const CHECKSUM_BYTES = 4;
const UNSEALED = 0;

const writer = new ByteWriter(16_384);

/** A chunk whose bytes are not what was written. */
export class DamagedChunk extends Error {
  override readonly name = 'DamagedChunk';
}

/** Appends `count` samples to a writer, without checksum: the form of the head's blocks and the body of a chunk. `thorough`: see writeValues. */
export function writeSamples(
  out: ByteWriter,
  timestampsMs: Float64Array,
  values: Float64Array,
  words: Uint32Array,
  from: number,
  count: number,
  thorough = false,
): void {
  out.varint(count);
  writeInts(out, timestampsMs, from, count, thorough);
  writeValues(out, values, words, from, count, thorough);
}

/** Appends the samples that stand at the reader to `out`. */
export function readSamples(reader: ByteReader, out: Columns): void {
  const count = reader.varint();
  if (count > MAX_SAMPLES) throw new DamagedChunk(`a chunk claims ${count} samples`);
  out.reserve(count);
  readInts(reader, count, out.timestampsMs, out.length);
  readValues(reader, count, out.values, out.words, out.length);
  out.grow(count);
}

/** The same of a chunk that nothing stands behind: at least the samples that are wanted in `out`. */
function readWanted(reader: ByteReader, timesOf: (id: number) => Float64Array, hasTimesElsewhere: boolean, out: Columns): void {
  const count = reader.varint();
  if (count > MAX_SAMPLES) throw new DamagedChunk(`a chunk claims ${count} samples`);
  const at = out.length;
  out.reserve(count);
  const { timestampsMs, values, words, wantedFromMs, wantedToMs } = out;
  let times: Float64Array = timestampsMs;
  let first = at;
  if (hasTimesElsewhere) {
    times = readTimes(reader, timesOf, count);
    first = 0;
  } else readInts(reader, count, timestampsMs, at);
  const lo = firstAfter(times, first, count, wantedFromMs - 1);
  const hi = firstAfter(times, first, count, wantedToMs);
  if (hi <= lo) return;
  if (hasTimesElsewhere) timestampsMs.set(times.subarray(lo, hi), at);
  else timestampsMs.copyWithin(at, at + lo, at + hi);
  if (hi - lo === count) readValues(reader, count, values, words, at);
  else readValuesBetween(reader, count, lo, hi, values, words, at);
  out.grow(hi - lo);
}

/** How many of the `count` ascending times from `first` on are not after the time. */
function firstAfter(times: Float64Array, first: number, count: number, timeMs: number): number {
  if (count === 0 || (times[first + count - 1] as number) <= timeMs) return count;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[first + middle] as number) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What the samples have beside their numbers, as bits; 0 where they have nothing. */
export function sectionsOf(samples: Columns, from: number, count: number): number {
  const { histograms, startsMs, timestampsMs, rolled } = samples;
  let sections = 0;
  if (histograms !== undefined) {
    for (let i = from; i < from + count; i++) {
      if (!histograms.has(timestampsMs[i] as number)) continue;
      sections |= HISTOGRAMS;
      break;
    }
  }
  if (startsMs !== undefined) {
    for (let i = from; i < from + count; i++) {
      if (Number.isNaN(startsMs[i])) continue;
      sections |= STARTS;
      break;
    }
  }
  if (rolled !== undefined) {
    for (let i = from; i < from + count; i++) {
      if (!samples.isRolled(i)) continue;
      sections |= ROLLED;
      break;
    }
  }
  return sections;
}

/** Writes what `sectionsOf` found, behind the samples. */
export function writeSections(out: ByteWriter, samples: Columns, from: number, count: number, sections: number): void {
  const { histograms, startsMs, timestampsMs } = samples;
  if ((sections & HISTOGRAMS) !== 0 && histograms !== undefined) {
    const found: NativeHistogram[] = [];
    const places = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const histogram = histograms.get(timestampsMs[from + i] as number);
      if (histogram === undefined) continue;
      places[found.length] = i;
      found.push(histogram);
    }
    out.varint(found.length);
    writeInts(out, places, 0, found.length);
    writeHistograms(out, found);
  }
  if ((sections & STARTS) !== 0 && startsMs !== undefined) writeValues(out, startsMs, wordsOf(startsMs), from, count);
  if ((sections & ROLLED) !== 0) writeRolled(out, samples, from, count);
}

/** Varint count, then three columns: places, how many samples each stands for, and what those add up to. */
function writeRolled(out: ByteWriter, samples: Columns, from: number, count: number): void {
  const rolled = samples.needRolled();
  const places = new Float64Array(count);
  const counts = new Float64Array(count);
  const sums = new Float64Array(count);
  let found = 0;
  for (let i = 0; i < count; i++) {
    if (!samples.isRolled(from + i)) continue;
    places[found] = i;
    counts[found] = rolled.counts[from + i] as number;
    sums[found++] = rolled.sums[from + i] as number;
  }
  out.varint(found);
  writeInts(out, places, 0, found);
  writeInts(out, counts, 0, found);
  writeValues(out, sums, wordsOf(sums), 0, found);
}

function readRolled(reader: ByteReader, out: Columns, from: number): void {
  const found = reader.varint();
  const length = out.length - from;
  if (found === 0 || found > length) throw new DamagedChunk(`a chunk claims ${found} rolled-up samples of ${length}`);
  const places = new Float64Array(found);
  const counts = new Float64Array(found);
  const sums = new Float64Array(found);
  readInts(reader, found, places, 0);
  readInts(reader, found, counts, 0);
  readValues(reader, found, sums, wordsOf(sums), 0);
  const rolled = out.needRolled();
  for (let i = 0; i < found; i++) {
    rolled.counts[from + (places[i] as number)] = counts[i] as number;
    rolled.sums[from + (places[i] as number)] = sums[i] as number;
  }
}

/** Reads the sections of the samples that stand in `out` from `from` on and were read just before. */
export function readSections(reader: ByteReader, out: Columns, from: number, sections: number): void {
  const count = out.length - from;
  if ((sections & HISTOGRAMS) !== 0) {
    const found = reader.varint();
    if (found === 0 || found > count) throw new DamagedChunk(`a chunk claims ${found} histograms of ${count} samples`);
    const places = new Float64Array(found);
    readInts(reader, found, places, 0);
    const timeOf = (i: number): number => out.timestampsMs[from + (places[i] as number)] as number;
    let first = 0;
    let end = found;
    while (first < end && timeOf(first) < out.wantedFromMs) first++;
    while (end > first && timeOf(end - 1) > out.wantedToMs) end--;
    const byTime = out.needHistograms();
    readHistograms(reader, found, first, end).forEach((histogram, i) => byTime.set(timeOf(first + i), histogram));
  }
  if ((sections & STARTS) !== 0) {
    const startsMs = out.needStarts();
    readValues(reader, count, startsMs, wordsOf(startsMs), from);
  }
  if ((sections & ROLLED) !== 0) readRolled(reader, out, from);
}

/**
 * One chunk as it is stored: version, samples, CRC-32, which begins with `seal` (see chunkSeal). Its timestamps are those with
 * the id, where there is one. Layout: docs/format.md.
 */
export function encodeChunk(
  samples: Columns,
  from: number,
  count: number,
  seal = UNSEALED,
  timesId?: number,
): Uint8Array<ArrayBuffer> {
  writer.reset();
  const sections = sectionsOf(samples, from, count) | (timesId === undefined ? 0 : TIMES);
  writer.u8(sections === 0 ? PLAIN : WITH_SECTIONS);
  if (sections !== 0) writer.u8(sections);
  if (timesId === undefined) writeSamples(writer, samples.timestampsMs, samples.values, samples.words, from, count, true);
  else {
    writer.varint(count);
    writer.varint(timesId);
    writeValues(writer, samples.values, samples.words, from, count, true);
  }
  if (sections !== 0) writeSections(writer, samples, from, count, sections);
  writer.u32(crc32(writer.bytes.subarray(0, writer.length), seal));
  return writer.take();
}

/**
 * Appends a stored chunk's samples to `out`, at least those that are wanted there. Throws DamagedChunk and leaves `out` as it was. `isChecked`: these very
 * bytes were decoded before. `timesOf` gives timestamps that are stored elsewhere; it throws DamagedChunk too. A chunk without a
 * seal is read under any.
 */
export function decodeChunk(
  bytes: Uint8Array,
  out: Columns,
  isChecked = false,
  timesOf: (id: number) => Float64Array = timesElsewhere,
  seal = UNSEALED,
): void {
  const reader = new ByteReader(bytes);
  if (!isChecked && !isWhole(bytes, reader.view, seal)) {
    throw new DamagedChunk('a chunk fails its checksum');
  }
  const version = reader.u8();
  if (version !== PLAIN && version !== WITH_SECTIONS) {
    throw new DamagedChunk(`a chunk has version ${version}, this program reads versions up to ${WITH_SECTIONS}`);
  }
  const sections = version === WITH_SECTIONS ? reader.u8() : 0;
  const from = out.length;
  try {
    if ((sections & ~TIMES) === 0) readWanted(reader, timesOf, sections === TIMES, out);
    else if ((sections & TIMES) === 0) readSamples(reader, out);
    else readValuesAt(reader, timesOf, out);
    if (sections !== 0) readSections(reader, out, from, sections);
  } catch (error) {
    out.length = from;
    // Whole by its checksum, and still not what this program writes.
    throw error instanceof RangeError ? new DamagedChunk(`a chunk cannot be read: ${error.message}`, { cause: error }) : error;
  }
}

function isWhole(bytes: Uint8Array, view: DataView, seal: number): boolean {
  const length = bytes.length - CHECKSUM_BYTES;
  if (length < 1) return false;
  const body = bytes.subarray(0, length);
  const checksum = view.getUint32(length, true);
  // Chunks of older versions have none.
  return checksum === crc32(body, seal) || (seal !== UNSEALED && checksum === crc32(body, UNSEALED));
}

function readValuesAt(reader: ByteReader, timesOf: (id: number) => Float64Array, out: Columns): void {
  const count = reader.varint();
  const times = readTimes(reader, timesOf, count);
  out.reserve(count);
  out.timestampsMs.set(times, out.length);
  readValues(reader, count, out.values, out.words, out.length);
  out.grow(count);
}

function readTimes(reader: ByteReader, timesOf: (id: number) => Float64Array, count: number): Float64Array {
  const times = timesOf(reader.varint());
  if (times.length !== count) throw new DamagedChunk(`a chunk of ${count} samples has ${times.length} times`);
  return times;
}

function timesElsewhere(): never {
  throw new DamagedChunk('the times of a chunk are stored elsewhere');
}

/** Whether a stored chunk has native histograms: it takes more room than its number of samples tells. */
export function hasHistograms(bytes: Uint8Array): boolean {
  return bytes[0] === WITH_SECTIONS && ((bytes[1] as number) & HISTOGRAMS) !== 0;
}
