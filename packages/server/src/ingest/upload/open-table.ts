import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { CsvDialect, UploadFormat } from '@vitrine/model/upload.ts';
import { type Bytes, gunzip, isGzip, peek, wholeLines } from './bytes.ts';
import { guessDecimal, guessDelimiter, readCsv } from './read-csv.ts';
import { readJsonl } from './read-jsonl.ts';
import { type RandomAccess, readParquet } from './read-parquet.ts';
import type { Table } from './rows.ts';

/** What a file comes as: Parquet is read here and there, the others from the first byte to the last. */
export type UploadedFile =
  | { readonly kind: 'stream'; readonly bytes: Bytes }
  | { readonly kind: 'random'; readonly file: RandomAccess };

export interface OpenHow {
  /** undefined where the first bytes are to say. */
  readonly format: UploadFormat | undefined;
  readonly csv: CsvDialect;
  /** What gzip may unpack to. */
  readonly unpackedBytes: number;
  /** The bytes are the first of a file's, which ends anywhere. */
  readonly isHead: boolean;
}

export interface OpenTable {
  readonly table: Table;
  readonly format: UploadFormat;
  readonly gzip: boolean;
  readonly delimiter: string | undefined;
  readonly decimal: '.' | ',';
}

const HEAD_BYTES = 65_536;
const PARQUET_MAGIC = 'PAR1';

export function isParquet(head: Uint8Array): boolean {
  return Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1', 0, 4) === PARQUET_MAGIC;
}

/** Finds out what a file is, and opens it. Throws BadRequest with what to upload instead. */
export async function openTable(uploaded: UploadedFile, how: OpenHow): Promise<OpenTable> {
  const { decimal: said = '.' } = how.csv;
  if (uploaded.kind === 'random') {
    if (how.format !== undefined && how.format !== 'parquet') refuse(`is Parquet, and the mapping says ${how.format}`);
    return { table: await readParquet(uploaded.file), format: 'parquet', gzip: false, delimiter: undefined, decimal: said };
  }
  const packed = await peek(uploaded.bytes, 2);
  const gzip = isGzip(packed.head);
  const unpacked = gzip ? gunzip(packed.all, how.unpackedBytes, how.isHead) : packed.all;
  const { head, all } = await peek(how.isHead ? wholeLines(unpacked) : unpacked, HEAD_BYTES);
  if (head.length === 0) refuse('is empty');
  refuseForeign(head, gzip);
  const text = head.toString('utf8');
  const format = how.format ?? (/^\s*\{/.test(text.replace(/^\u{feff}/u, '')) ? 'jsonl' : 'csv');
  switch (format) {
    case 'jsonl':
      return { table: await readJsonl(all), format, gzip, delimiter: undefined, decimal: said };
    case 'csv': {
      const delimiter = how.csv.delimiter ?? guessDelimiter(text);
      const decimal = how.csv.decimal ?? guessDecimal(text, delimiter);
      return { table: await readCsv(all, { delimiter, decimal }), format, gzip, delimiter, decimal };
    }
    default:
      return refuse('is not Parquet, as the mapping says: it does not start with PAR1');
  }
}

/** Files that people mean to be tables, and that are none of ours. */
function refuseForeign(head: Buffer, gzip: boolean): void {
  const starts = (...bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte);
  if (isParquet(head)) refuse(gzip ? 'is Parquet in gzip: unpack it first' : 'is Parquet');
  if (isGzip(head)) refuse('was packed by gzip twice: unpack it once');
  if (starts(0x50, 0x4b, 3, 4)) refuse('is a ZIP archive or an Excel workbook: save the sheet as CSV, or unpack it first');
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) refuse('was packed by zstd: unpack it first, or pack it by gzip');
  if (starts(0x42, 0x5a, 0x68)) refuse('was packed by bzip2: unpack it first, or pack it by gzip');
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) refuse('is UTF-16: save it as UTF-8');
  if (/^\s*\[/.test(head.toString('latin1', 0, 1_000))) {
    refuse('is a list in JSON: JSONL has one object a line, as jq -c ".[]" writes them');
  }
  if (head.includes(0)) refuse('is not text: CSV, JSONL (both perhaps packed by gzip) and Parquet can be read');
}

function refuse(problem: string): never {
  throw new BadRequest('file', problem);
}
