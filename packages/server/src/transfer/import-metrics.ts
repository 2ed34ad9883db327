import { type FileHandle, open } from 'node:fs/promises';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { UploadMapping } from '@vitrine/model/upload.ts';
import { type Bytes, gunzip, isGzip, peek } from '../ingest/upload/bytes.ts';
import { openTable, type UploadedFile } from '../ingest/upload/open-table.ts';
import { readUpload } from '../ingest/upload/read-upload.ts';
import type { MetricSink } from './metric-sink.ts';
import { type LoneNan, readDump, readMetricsJsonl } from './read-lines.ts';
import { readOpenMetrics } from './read-openmetrics.ts';
import type { ReadPart, RefusedPlace } from './read-part.ts';
import { isSamplesTable, readSamplesTable } from './read-samples-table.ts';

export const IMPORT_KINDS = ['openmetrics', 'prometheus-tsdb-dump', 'csv', 'jsonl', 'parquet'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export interface ImportCounts {
  bytes: number;
  accepted: number;
  /** By reason. */
  refused: Map<string, number>;
  /** NaNs of a dump that stand alone among numbers: they may be markers of a series' end. */
  loneNans: number;
}

export interface ImportMetrics {
  readonly kind: ImportKind;
  /** "-" is standard input. */
  readonly path: string;
  /** What the columns of a CSV or Parquet file mean that "vitrine export metrics" has not written. */
  readonly mapping: UploadMapping | undefined;
  /** Of a dump. */
  readonly loneNan: LoneNan;
  readonly sink: MetricSink;
  readonly counts: ImportCounts;
  /** Told of what is refused, as it is. */
  readonly onRefused: (refused: RefusedPlace) => void;
}

/** Reads a file part by part, and stores each part before the next is read on. Throws BadRequest where it is none of its kind. */
export async function importMetrics({ kind, path, mapping, loneNan, sink, counts, onRefused }: ImportMetrics): Promise<void> {
  const refuse = (refused: RefusedPlace): void => {
    counts.refused.set(refused.reason, (counts.refused.get(refused.reason) ?? 0) + refused.count);
    onRefused(refused);
  };
  const take = async ({ batch, refused }: ReadPart): Promise<void> => {
    refused.forEach(refuse);
    if (batch.values.length === 0) return;
    const stored = await sink.store(batch);
    counts.accepted += stored.accepted;
    stored.refused.forEach(refuse);
  };
  const file = path === '-' ? undefined : await open(path, 'r');
  try {
    const bytes = counted(file === undefined ? process.stdin : file.createReadStream({ autoClose: false }), counts);
    switch (kind) {
      case 'openmetrics':
        for await (const part of readOpenMetrics(await unpacked(bytes))) await take(part);
        return;
      case 'prometheus-tsdb-dump':
        for await (const part of readDump(await unpacked(bytes), loneNan, () => counts.loneNans++)) await take(part);
        return;
      case 'jsonl':
        for await (const part of readMetricsJsonl(await unpacked(bytes))) await take(part);
        return;
      case 'csv':
      case 'parquet': {
        const uploaded: UploadedFile =
          kind === 'csv' ? { kind: 'stream', bytes } : { kind: 'random', file: await randomAccess(file, counts) };
        if (mapping !== undefined) {
          const answer = await readUpload({
            file: uploaded,
            mapping: { ...mapping, format: kind },
            unpackedBytes: Infinity,
            async take({ batch }) {
              const stored = await sink.store(batch);
              counts.accepted += stored.accepted;
              return { accepted: stored.accepted, refused: stored.refused, told: [] };
            },
          });
          answer.reasons.forEach(refuse);
          if (answer.stopped !== undefined) throw new BadRequest('file', answer.stopped.replace(/^file: /, ''));
          return;
        }
        const { table } = await openTable(uploaded, {
          format: kind,
          csv: { delimiter: undefined, decimal: '.' },
          unpackedBytes: Infinity,
          isHead: false,
        });
        if (!isSamplesTable(table))
          throw new BadRequest(
            'file',
            'has other columns than series, timestamp_ms and value: say with --mapping FILE what they mean, in the JSON of docs/ingest-upload.md',
          );
        for await (const part of readSamplesTable(table)) await take(part);
      }
    }
  } finally {
    await file?.close();
  }
}

async function* counted(bytes: Bytes, counts: ImportCounts): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    counts.bytes += chunk.length;
    yield chunk;
  }
}

async function unpacked(bytes: Bytes): Promise<Bytes> {
  const { head, all } = await peek(bytes, 2);
  return isGzip(head) ? gunzip(all, Infinity, false) : all;
}

/** Parquet is read here and there. */
async function randomAccess(
  file: FileHandle | undefined,
  counts: ImportCounts,
): Promise<Extract<UploadedFile, { kind: 'random' }>['file']> {
  if (file === undefined) throw new BadRequest('file', 'is standard input, and Parquet is read from its end: name a file');
  const { size } = await file.stat();
  return {
    size,
    async read(from, length) {
      const bytes = new ArrayBuffer(length);
      let at = 0;
      while (at < length) {
        const { bytesRead } = await file.read(new Uint8Array(bytes, at), 0, length - at, from + at);
        if (bytesRead === 0)
          throw new BadRequest('file', 'is damaged: it ends before the place where it says that something stands');
        at += bytesRead;
      }
      counts.bytes += length;
      return bytes;
    },
  };
}
