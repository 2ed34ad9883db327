import { crc32 } from 'node:zlib';
import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { ByteReader, ByteWriter } from '../chunk/bytes.ts';
import { readInts, READ_AHEAD_BYTES, skipInts, writeInts } from '../chunk/int-stream.ts';
import { readValues, writeValues } from '../chunk/values.ts';
import type { TimesPart } from './curve-times.ts';

const VERSION = 1;
const CHECKSUM_BYTES = 4;
const WITH_EPOCHS = 1;
/** More than any piece has. */
const MAX_POINTS = 1 << 24;
const US_PER_MS = 1_000;
/** So many are copied one by one: views of arrays, by which more are copied at once, take longer to make. */
const FEW_POINTS = 16;

/** Bytes that are not what was written. */
export class DamagedPiece extends Error {
  override readonly name = 'DamagedPiece';
}

/** Points of one curve as columns with room to grow, in the order in which they were logged. The buffers are exchanged when they grow. */
export class PointColumns {
  readonly #hasTimes: boolean;
  length = 0;
  steps: Float64Array<ArrayBuffer>;
  /** Unix microseconds, whole. */
  timesUs: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;
  /** The bits of `values`: NaN payloads survive only when moved through this. */
  words: Uint32Array;
  /** NaN where a point has none; undefined until one has. */
  epochs: Float64Array<ArrayBuffer> | undefined;

  /** Of columns without times `timesUs` stays empty. */
  constructor(capacity = 8, { hasTimes = true }: { readonly hasTimes?: boolean } = {}) {
    this.#hasTimes = hasTimes;
    this.steps = new Float64Array(capacity);
    this.timesUs = new Float64Array(hasTimes ? capacity : 0);
    this.values = new Float64Array(capacity);
    this.words = wordsOf(this.values);
  }

  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.steps.length) return;
    const capacity = Math.max(needed, this.steps.length * 2);
    const grown = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const wider = new Float64Array(capacity);
      wider.set(column.subarray(0, this.length));
      return wider;
    };
    this.steps = grown(this.steps);
    if (this.#hasTimes) this.timesUs = grown(this.timesUs);
    this.values = grown(this.values);
    this.words = wordsOf(this.values);
    if (this.epochs !== undefined) this.epochs = grown(this.epochs);
  }

  /** `low` and `high` are the value's bits. An epoch of NaN is none. */
  push(step: number, timeUs: number, low: number, high: number, epoch: number): void {
    if (this.length === this.steps.length) this.reserve(1);
    if (!Number.isNaN(epoch)) this.needEpochs();
    const at = this.length++;
    this.steps[at] = step;
    this.timesUs[at] = timeUs;
    this.words[2 * at] = low;
    this.words[2 * at + 1] = high;
    if (this.epochs !== undefined) this.epochs[at] = epoch;
  }

  append(other: PointColumns): void {
    this.reserve(other.length);
    if (other.length <= FEW_POINTS) {
      const { steps, timesUs, words, epochs } = other;
      for (let i = 0; i < other.length; i++) {
        const epoch = epochs?.[i] ?? Number.NaN;
        this.push(steps[i] as number, timesUs[i] as number, words[2 * i] as number, words[2 * i + 1] as number, epoch);
      }
      return;
    }
    if (other.epochs !== undefined) this.needEpochs();
    const { length } = this;
    this.steps.set(other.steps.subarray(0, other.length), length);
    if (this.#hasTimes) this.timesUs.set(other.timesUs.subarray(0, other.length), length);
    this.words.set(other.words.subarray(0, 2 * other.length), 2 * length);
    if (other.epochs !== undefined) this.epochs?.set(other.epochs.subarray(0, other.length), length);
    else this.epochs?.fill(Number.NaN, length, length + other.length);
    this.length += other.length;
  }

  /** Forgets the points, and keeps the room for others. */
  clear(): void {
    this.length = 0;
    this.epochs = undefined;
  }

  /** From here on every point has an epoch, NaN where it has none. */
  needEpochs(): Float64Array<ArrayBuffer> {
    return (this.epochs ??= new Float64Array(this.steps.length).fill(Number.NaN));
  }

  /** All of them in the contract's units, in the arrays as they are: the columns are empty from then on. */
  release(): CurvePoints {
    const { length, timesUs } = this;
    for (let i = 0; i < length; i++) timesUs[i] = (timesUs[i] as number) / US_PER_MS;
    return { timesMs: cut(timesUs, length), ...this.releaseWithoutTimes() };
  }

  /** The same of columns without times. */
  releaseWithoutTimes(): Omit<CurvePoints, 'timesMs'> {
    const { length, steps, values, epochs } = this;
    Object.assign(this, new PointColumns(0, { hasTimes: this.#hasTimes }));
    return { length, steps: cut(steps, length), values: cut(values, length), epochs: epochs && cut(epochs, length) };
  }

  /** The last `limit` of them, in the contract's units, in arrays of their own. */
  take(limit = Infinity): CurvePoints {
    const { length } = this;
    const from = Math.max(0, length - limit);
    const timesMs = this.timesUs.slice(from, length);
    for (let i = 0; i < timesMs.length; i++) timesMs[i] = (timesMs[i] as number) / US_PER_MS;
    return {
      length: length - from,
      steps: this.steps.slice(from, length),
      timesMs,
      values: this.values.slice(from, length),
      epochs: this.epochs?.slice(from, length),
    };
  }
}

function cut(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return column.length === length ? column : column.slice(0, length);
}

/** Whole microseconds of a time in milliseconds. */
export function toUs(timeMs: number): number {
  return Math.round(timeMs * US_PER_MS);
}

/** Appends `points[from .. from + count)` (at least 1) to what is written; something must follow it. */
function writePoints(writer: ByteWriter, points: PointColumns, from: number, count: number): void {
  const epochs = hasEpochs(points, from, count) ? points.epochs : undefined;
  writer.varint(count);
  writer.u8(epochs === undefined ? 0 : WITH_EPOCHS);
  writeInts(writer, points.steps, from, count);
  writeInts(writer, points.timesUs, from, count);
  writeValues(writer, points.values, points.words, from, count);
  if (epochs !== undefined) writeValues(writer, epochs, wordsOf(epochs), from, count);
}

/** Appends the points to `out`, and where there is a `times`, their times to that alone, as they are. Throws DamagedPiece or RangeError. */
function readPoints(reader: ByteReader, out: PointColumns, times?: TimesPart[]): void {
  const count = reader.varint();
  if (count > MAX_POINTS) throw new DamagedPiece(`it claims ${count} points`);
  const flags = reader.u8();
  out.reserve(count);
  const epochs = (flags & WITH_EPOCHS) === 0 ? undefined : out.needEpochs();
  readInts(reader, count, out.steps, out.length);
  if (times === undefined) readInts(reader, count, out.timesUs, out.length);
  else {
    const start = reader.at;
    skipInts(reader, count);
    times.push({ length: count, times: reader.bytes.slice(start, reader.at + READ_AHEAD_BYTES) });
  }
  readValues(reader, count, out.values, out.words, out.length);
  if (epochs !== undefined) readValues(reader, count, epochs, wordsOf(epochs), out.length);
  else out.epochs?.fill(Number.NaN, out.length, out.length + count);
  out.length += count;
}

function hasEpochs({ epochs }: PointColumns, from: number, count: number): boolean {
  if (epochs === undefined) return false;
  for (let i = from; i < from + count; i++) if (!Number.isNaN(epochs[i])) return true;
  return false;
}

const writer = new ByteWriter(65_536);

/** One piece of a curve as it is stored. Layout: docs/format.md. */
export function encodePiece(points: PointColumns, from: number, count: number): Uint8Array<ArrayBuffer> {
  writer.reset();
  writer.u8(VERSION);
  writePoints(writer, points, from, count);
  return sealed();
}

/** Appends a stored piece to `out`; its times to `times` alone, where there is one. Throws DamagedPiece and leaves both as they were. */
export function decodePiece(bytes: Uint8Array, out: PointColumns, times?: TimesPart[]): void {
  const { length } = out;
  const parts = times?.length ?? 0;
  try {
    readPoints(unsealed(bytes), out, times);
  } catch (error) {
    out.length = length;
    times?.splice(parts);
    if (error instanceof RangeError) throw new DamagedPiece('it is cut off', { cause: error });
    throw error;
  }
}

/** One commit as it is logged: each curve's id and its points. */
export function encodeLogRow(points: ReadonlyMap<number, PointColumns>): Uint8Array<ArrayBuffer> {
  writer.reset();
  writer.u8(VERSION);
  writer.varint(points.size);
  for (const [curve, columns] of points) {
    writer.varint(curve);
    writePoints(writer, columns, 0, columns.length);
  }
  return sealed();
}

/** Hands the points of each curve of a log row to `take`, in the row's order. Throws DamagedPiece, before it has handed over anything. */
export function decodeLogRow(bytes: Uint8Array, take: (curve: number, points: PointColumns) => void): void {
  const reader = unsealed(bytes);
  const found: [number, PointColumns][] = [];
  try {
    for (let left = reader.varint(); left > 0; left--) {
      const curve = reader.varint();
      const points = new PointColumns();
      readPoints(reader, points);
      found.push([curve, points]);
    }
  } catch (error) {
    if (error instanceof RangeError) throw new DamagedPiece('it is cut off', { cause: error });
    throw error;
  }
  for (const [curve, points] of found) take(curve, points);
}

function sealed(): Uint8Array<ArrayBuffer> {
  writer.u32(crc32(writer.bytes.subarray(0, writer.length)));
  return writer.take();
}

function unsealed(bytes: Uint8Array): ByteReader {
  const body = bytes.length - CHECKSUM_BYTES;
  const reader = new ByteReader(bytes);
  if (body < 1 || reader.view.getUint32(body, true) !== crc32(bytes.subarray(0, body)))
    throw new DamagedPiece('it fails its checksum');
  const version = reader.u8();
  if (version !== VERSION) throw new DamagedPiece(`it has version ${version}, and this program reads version ${VERSION}`);
  return reader;
}

// Readers of ints load a little past their end: the checksum stands there.
if (READ_AHEAD_BYTES > CHECKSUM_BYTES) throw new Error('the checksum is too short to be read into');
