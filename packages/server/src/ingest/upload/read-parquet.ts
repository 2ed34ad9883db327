import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { MOST_COLUMNS } from '@vitrine/model/upload.ts';
import {
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type ParquetReadOptions,
  type SchemaElement,
} from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressLz4, decompressLz4Raw, decompressSnappy } from 'hyparquet-compressors';
import { mebibytes } from './bytes.ts';
import { distinctNames, type FileColumn, nameSome, type Rows, type Table } from './rows.ts';

/** A file that can be read anywhere. */
export interface RandomAccess {
  readonly size: number;
  /** Throws where that is not within the file. */
  read(from: number, length: number): Promise<ArrayBuffer>;
}

const MAGIC = 'PAR1';
/** The magic at both ends, and the footer's length. */
const FRAME_BYTES = 12;
const MOST_FOOTER_BYTES = 64 * 1_048_576;
const MOST_PAGE_BYTES = 256 * 1_048_576;
/** Of a column in a row group, packed. */
const MOST_CHUNK_BYTES = 512 * 1_048_576;
const MOST_ROW_GROUPS = 100_000;
/** Cells that are in memory at once. */
const CELLS_AT_ONCE = 2_000_000;
const FEWEST_ROWS_AT_ONCE = 1_000;
const MOST_ROWS_AT_ONCE = 250_000;

const text = new TextDecoder();

/** As milliseconds, whole: what is finer is cut off. Times of a clock on a wall come as though it hung in UTC. */
const PARSERS: NonNullable<ParquetReadOptions['parsers']> = {
  timestampFromMilliseconds: (millis) => Number(millis),
  timestampFromMicroseconds: (micros) => Math.floor(Number(micros) / 1_000),
  timestampFromNanoseconds: (nanos) => Number(nanos / 1_000_000n),
  dateFromDays: (days) => days * 86_400_000,
  stringFromBytes: (bytes) => asText(bytes),
  jsonFromBytes: (bytes) => asText(bytes),
  geometryFromBytes: () => undefined,
  geographyFromBytes: () => undefined,
};

/** Node's own are quicker where it has them, and stop at a length. Throws where a page unpacks to more than it says, or than is allowed. */
const COMPRESSORS: Compressors = {
  SNAPPY: (input, length) => decompressSnappy(input, pageBytes(length)),
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: pageBytes(length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: pageBytes(length) }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: pageBytes(length) }),
  LZ4: (input, length) => decompressLz4(input, pageBytes(length)),
  LZ4_RAW: (input, length) => decompressLz4Raw(input, pageBytes(length)),
};

/** Reads the flat columns of a Parquet file of any codec. Throws BadRequest where it is damaged or too large to be read. */
export async function readParquet(file: RandomAccess): Promise<Table> {
  const metadata = await readMetadata(file);
  const { children: all } = await asParquet(() => parquetSchema(metadata));
  const leaves = all.filter(({ element, children }) => children.length === 0 && element.repetition_type !== 'REPEATED');
  const nested = all.length - leaves.length;
  if (leaves.length > MOST_COLUMNS) {
    throw new BadRequest('file', `has ${leaves.length} columns, and at most ${MOST_COLUMNS} can be read; split it`);
  }
  const names = leaves.map(({ element }) => element.name);
  if (new Set(names).size < names.length) {
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    throw new BadRequest('file', `has two columns of one name (${nameSome(distinctNames(twice), 5)}); rename one`);
  }
  const columns = leaves.map(({ element }) => describeColumn(element));
  const readers = new Map(leaves.map(({ element }) => [element.name, cellReader(element)]));
  const rowCounts = metadata.row_groups.map(({ num_rows: rows }) => Number(rows));
  return {
    columns,
    mayHaveMore: false,
    rowCount: rowCounts.reduce((sum, rows) => sum + rows, 0),
    notices:
      nested === 0
        ? []
        : [`${nested === 1 ? 'A nested column is' : `${nested} nested columns are`} left out: only flat ones can be read.`],
    async *rows(wanted) {
      const cellReaders = wanted.map((name) => readers.get(name) as CellReader);
      const perCells = Math.floor(CELLS_AT_ONCE / Math.max(1, wanted.length));
      const step = Math.max(FEWEST_ROWS_AT_ONCE, Math.min(MOST_ROWS_AT_ONCE, perCells));
      let groupStart = 0;
      for (const rows of rowCounts) {
        for (let at = 0; at < rows; at += step) {
          const from = groupStart + at;
          const to = from + Math.min(step, rows - at);
          yield await asParquet(() => readSlice(file, metadata, wanted, cellReaders, from, to, rows));
        }
        groupStart += rows;
      }
    },
  };
}

type CellReader = (cell: unknown) => unknown;

async function readSlice(
  file: RandomAccess,
  metadata: FileMetaData,
  wanted: readonly string[],
  readers: readonly CellReader[],
  from: number,
  to: number,
  rowsOfGroup: number,
): Promise<Rows> {
  const columns = new Map<string, ArrayLike<unknown>>();
  // One after the other: a column of a row group is read whole, however few rows of it are wanted.
  for (const name of new Set(wanted)) {
    const parts: Part[] = [];
    await parquetRead({
      file: { byteLength: file.size, slice: (start, end = file.size) => readPages(file, start, end, rowsOfGroup) },
      metadata,
      columns: [name],
      rowStart: from,
      rowEnd: to,
      compressors: COMPRESSORS,
      parsers: PARSERS,
      utf8: false,
      onChunk: ({ columnData, rowStart }) => parts.push({ from: rowStart, cells: columnData }),
    });
    columns.set(name, joined(parts, from, to, name));
  }
  const cells = wanted.map((name) => columns.get(name) as ArrayLike<unknown>);
  return {
    count: to - from,
    numberOf: (index) => from + index + 1,
    cell: (index, column) => (readers[column] as CellReader)((cells[column] as ArrayLike<unknown>)[index]),
    refused: [],
  };
}

interface Part {
  readonly from: number;
  readonly cells: ArrayLike<unknown>;
}

/** The cells of rows [from, to). */
function joined(parts: readonly Part[], from: number, to: number, name: string): ArrayLike<unknown> {
  const cells = Array.from<unknown>({ length: to - from });
  let found = 0;
  for (const part of parts) {
    const last = Math.min(to - part.from, part.cells.length);
    for (let at = Math.max(0, from - part.from); at < last; at++) {
      cells[part.from + at - from] = part.cells[at];
      found++;
    }
  }
  if (found !== to - from) {
    throw new BadRequest(
      'file',
      `is damaged: column ${name.slice(0, 100)} has ${found} values in rows ${from + 1} to ${to}, and the file says ${to - from}`,
    );
  }
  return cells;
}

/**
 * The pages of a column in a row group, once their heads have been looked at: the library believes what they say, and makes
 * room for as many values.
 */
async function readPages(file: RandomAccess, from: number, to: number, rows: number): Promise<ArrayBuffer> {
  const bytes = await file.read(from, to - from);
  const reader = { view: new DataView(bytes), offset: 0 };
  let values = 0;
  // As the library has it: a byte at the end is no page.
  while (reader.offset < bytes.byteLength - 1) {
    const page = parquetHeader(reader);
    const { uncompressed_page_size: unpacked, compressed_page_size: packed } = page;
    const count = page.data_page_header?.num_values ?? page.data_page_header_v2?.num_values ?? 0;
    const words = page.dictionary_page_header?.num_values ?? 0;
    if (![unpacked, packed, count, words].every((number) => Number.isInteger(number) && number >= 0))
      damaged('a page without sizes');
    if (packed > bytes.byteLength - reader.offset) damaged('a page beyond the end of its column');
    pageBytes(unpacked);
    // A word of a dictionary takes a byte at least.
    if (words > unpacked) damaged('a dictionary of more words than fit');
    values += count;
    if (values > rows) damaged(`pages with more than the ${rows} values of their row group`);
    reader.offset += packed;
  }
  return bytes;
}

function damaged(problem: string): never {
  throw new BadRequest('file', `is damaged: it has ${problem}`);
}

async function readMetadata(file: RandomAccess): Promise<FileMetaData> {
  if (file.size < FRAME_BYTES) throw new BadRequest('file', 'is too short for Parquet: is it cut off?');
  const tail = new DataView(await file.read(file.size - 8, 8));
  if (text.decode(new Uint8Array(tail.buffer, 4)) !== MAGIC) {
    throw new BadRequest('file', 'starts as Parquet but does not end so: it is cut off, damaged or encrypted');
  }
  const length = tail.getUint32(0, true);
  if (length > file.size - FRAME_BYTES) {
    throw new BadRequest('file', `is damaged: its footer says that it has ${length} bytes, which is more than the whole file`);
  }
  if (length > MOST_FOOTER_BYTES) {
    throw new BadRequest(
      'file',
      `has a footer of ${mebibytes(length)} MiB, and at most 64 MiB can be read; write fewer row groups`,
    );
  }
  const footer = await file.read(file.size - 8 - length, length + 8);
  const metadata = await asParquet(() => parquetMetadata(footer, { geoparquet: false, parsers: PARSERS }));
  await asParquet(() => checkRowGroups(metadata, file.size));
  return metadata;
}

/** What the footer says of the file must be possible: everything is read where it says, and as much as it says. */
function checkRowGroups(metadata: FileMetaData, size: number): void {
  const { row_groups: groups } = metadata;
  if (groups.length > MOST_ROW_GROUPS) {
    throw new BadRequest('file', `has ${groups.length} row groups, and at most ${MOST_ROW_GROUPS} can be read`);
  }
  for (const [index, { num_rows: rows, columns }] of groups.entries()) {
    const fail = (problem: string): never => {
      throw new BadRequest('file', `is damaged: row group ${index + 1} ${problem}`);
    };
    if (typeof rows !== 'bigint' || rows < 0n || rows > BigInt(Number.MAX_SAFE_INTEGER))
      fail('does not say how many rows it has');
    for (const { meta_data: chunk } of columns) {
      if (chunk === undefined) return fail('has a column without data');
      const from = chunk.dictionary_page_offset ?? chunk.data_page_offset;
      if (from < 0n || chunk.total_compressed_size < 0n || from + chunk.total_compressed_size > BigInt(size)) {
        fail('has a column beyond the end of the file');
      }
      if (chunk.total_compressed_size > BigInt(MOST_CHUNK_BYTES)) {
        throw new BadRequest(
          'file',
          `has ${mebibytes(Number(chunk.total_compressed_size))} MiB of one column in a row group, and the limit is ${mebibytes(MOST_CHUNK_BYTES)} MiB; write smaller row groups`,
        );
      }
      // A flat column has a value or a null a row.
      if (chunk.path_in_schema.length === 1 && chunk.num_values !== rows) {
        fail(`says that it has ${rows} rows, and a column of ${chunk.num_values} values`);
      }
    }
  }
}

function describeColumn(element: SchemaElement): FileColumn {
  const { name, type = '', converted_type: converted, logical_type: logical, scale = 0, precision } = element;
  const isTimestamp = logical?.type === 'TIMESTAMP' || converted === 'TIMESTAMP_MILLIS' || converted === 'TIMESTAMP_MICROS';
  if (isTimestamp || (type === 'INT96' && converted === undefined)) {
    // Without the newer annotation a timestamp is an instant; so is INT96, which Spark writes in UTC.
    const naive = logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC;
    return { name, type: naive ? 'timestamp' : 'timestamp, UTC', naive };
  }
  if (converted === 'DATE' || logical?.type === 'DATE') return { name, type: 'date', naive: true };
  if (isDecimal(element)) return { name, type: `decimal(${precision ?? '?'}, ${scale})`, naive: true };
  return { name, type: TYPES[type] ?? type.toLowerCase(), naive: true, ...words(element) };
}

const TYPES: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  INT32: 'int32',
  INT64: 'int64',
  FLOAT: 'float',
  DOUBLE: 'double',
  BYTE_ARRAY: 'text',
  FIXED_LEN_BYTE_ARRAY: 'bytes',
};

function words({ converted_type: converted, logical_type: logical }: SchemaElement): { readonly type?: string } {
  if (logical?.type === 'FLOAT16') return { type: 'float16' };
  if (logical?.type === 'UUID') return { type: 'uuid' };
  if (logical?.type === 'TIME' || converted?.startsWith('TIME_') === true) return { type: 'time of day' };
  if (logical?.type === 'INTERVAL' || converted === 'INTERVAL') return { type: 'interval' };
  if (logical?.type === 'INTEGER') return { type: `${logical.isSigned ? '' : 'u'}int${logical.bitWidth}` };
  if (converted?.startsWith('UINT_') === true) return { type: converted.toLowerCase().replace('_', '') };
  return {};
}

function isDecimal({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'DECIMAL' || logical?.type === 'DECIMAL';
}

/** What a cell of the column is to us. Decimals' own conversion is switched off in the schema: it multiplies by 0.01, which is not exact. */
function cellReader(element: SchemaElement): CellReader {
  if (isDecimal(element)) {
    const scale = element.scale ?? (element.logical_type?.type === 'DECIMAL' ? element.logical_type.scale : 0);
    delete element.converted_type;
    delete element.logical_type;
    return (cell) => (cell === undefined || cell === null ? undefined : decimal(cell, scale));
  }
  if (element.type === 'BYTE_ARRAY') return (cell) => (cell instanceof Uint8Array ? asText(cell) : cell);
  if (element.type === 'FIXED_LEN_BYTE_ARRAY') {
    return (cell) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : cell);
  }
  return (cell) => cell;
}

/** The nearest double. */
function decimal(cell: unknown, scale: number): number {
  const unscaled = cell instanceof Uint8Array ? signed(cell) : BigInt(cell as bigint | number);
  return Number(`${unscaled}e-${scale}`);
}

/** Two's complement, the highest byte first. */
function signed(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

function asText(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : text.decode(bytes);
}

function pageBytes(length: number): number {
  if (length >= 0 && length <= MOST_PAGE_BYTES) return length;
  throw new BadRequest(
    'file',
    `has a page that unpacks to ${mebibytes(length)} MiB, and the limit is ${mebibytes(MOST_PAGE_BYTES)} MiB; write smaller pages`,
  );
}

/** The library's complaints are about the file, whatever they are: it was checked that the file can be read. */
async function asParquet<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof BadRequest || !(error instanceof Error)) throw error;
    throw new BadRequest('file', `cannot be read as Parquet: ${error.message.replace(/^parquet /, '').slice(0, 200)}`, {
      cause: error,
    });
  }
}
