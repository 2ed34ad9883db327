import { crc32 } from 'node:zlib';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { ByteReader, ByteWriter } from '../chunk/bytes.ts';
import { DamagedChunk } from '../chunk/chunk.ts';
import { readInts, writeInts } from '../chunk/int-stream.ts';
import { chunkSeal } from '../chunk/row-seal.ts';
import { readValues, writeValues } from '../chunk/values.ts';
import { BUCKET_COLUMNS, type BucketColumn, type BucketColumns } from './bucket-columns.ts';

const VERSION = 1;
/** Also the room that int streams read ahead into (READ_AHEAD_BYTES). */
const CHECKSUM_BYTES = 4;
/** A row has more only by mistake: a damaged count must not claim memory. */
const MAX_BUCKETS = 1 << 16;
/** A column that is equal to another. */
const SAME = 0;

const WHOLE_NUMBERS: ReadonlySet<BucketColumn> = new Set([
  'index',
  'counts',
  'firstAfterMs',
  'lastBeforeMs',
  'nextBeforeMs',
  'ended',
]);

const writer = new ByteWriter(16_384);
const section = new ByteWriter(4096);

/** Where a row of buckets belongs. */
export interface BucketPlace {
  readonly ref: number;
  readonly widthMs: number;
  /** Where the row's first bucket may begin. */
  readonly cellMs: number;
}

/** What a row is sealed with, as a chunk is with its row: it may stand for no samples of others, nor for more than it has seen. */
export interface BucketRow extends BucketPlace {
  /** Up to when the series' samples are in it. */
  readonly toMs: number;
}

/** Buckets, at least one, as they are stored. Layout: docs/format.md. */
export function encodeBuckets({ length, columns }: BucketColumns, row: BucketRow): Uint8Array<ArrayBuffer> {
  writer.reset();
  writer.u8(VERSION);
  writer.varint(length);
  for (const [i, name] of BUCKET_COLUMNS.entries()) {
    const column = columns[name];
    const same = BUCKET_COLUMNS.findIndex((other, j) => j < i && isSame(columns[other], column, length));
    if (same !== -1) {
      writer.varint(SAME);
      writer.u8(same);
      continue;
    }
    section.reset();
    if (WHOLE_NUMBERS.has(name)) writeInts(section, column, 0, length, true);
    else writeValues(section, column, wordsOf(column), 0, length, true);
    writer.varint(section.length);
    writer.set(section.bytes.subarray(0, section.length));
  }
  writer.u32(crc32(writer.bytes.subarray(0, writer.length), sealOf(row)));
  return writer.take();
}

/**
 * Replaces `out` with a row's buckets, of which only the columns that are asked for are read. Throws DamagedChunk. `isChecked`: these very
 * bytes were read before.
 */
export function decodeBuckets(
  bytes: Uint8Array,
  row: BucketRow,
  wanted: readonly BucketColumn[],
  out: BucketColumns,
  isChecked = false,
): void {
  out.clear();
  const reader = new ByteReader(bytes);
  const body = bytes.length - CHECKSUM_BYTES;
  if (body < 1 || (!isChecked && reader.view.getUint32(body, true) !== crc32(bytes.subarray(0, body), sealOf(row)))) {
    throw new DamagedChunk('a rollup fails its checksum');
  }
  const version = reader.u8();
  if (version !== VERSION) throw new DamagedChunk(`a rollup has version ${version}, this program reads ${VERSION}`);
  const count = reader.varint();
  if (count === 0 || count > MAX_BUCKETS) throw new DamagedChunk(`a rollup claims ${count} buckets`);
  out.reserve(count);
  const starts: number[] = [];
  try {
    for (let i = 0; i < BUCKET_COLUMNS.length; i++) {
      const length = reader.varint();
      starts.push(length === SAME ? (starts[reader.u8()] as number) : reader.at);
      reader.at += length;
    }
    for (const name of wanted) {
      reader.at = starts[BUCKET_COLUMNS.indexOf(name)] as number;
      const column = out.columns[name];
      if (isIntegers(name, starts)) readInts(reader, count, column, 0);
      else readValues(reader, count, column, wordsOf(column), 0);
    }
  } catch (error) {
    throw error instanceof RangeError ? new DamagedChunk(`a rollup cannot be read: ${error.message}`, { cause: error }) : error;
  }
  out.length = count;
}

/** A column that is equal to another is written as that one is. */
function isIntegers(name: BucketColumn, starts: readonly number[]): boolean {
  const written = starts.indexOf(starts[BUCKET_COLUMNS.indexOf(name)] as number);
  return WHOLE_NUMBERS.has(BUCKET_COLUMNS[written] as BucketColumn);
}

function isSame(a: Float64Array, b: Float64Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function sealOf({ ref, widthMs, cellMs, toMs }: BucketRow): number {
  return chunkSeal(ref, cellMs, toMs, widthMs);
}
