import { read } from 'node:fs';
import { promisify } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { UploadMapping, UploadPreview } from '@vitrine/model/upload.ts';
import type { OpenHow, UploadedFile } from './open-table.ts';
import { previewUpload } from './preview-upload.ts';
import type { RandomAccess } from './read-parquet.ts';
import { type ReadAnswer, type ReadBatch, readUpload, type Taken } from './read-upload.ts';

/** What a thread is started for. Parquet is a file that this process has open; all else is asked for piece by piece. */
export interface Job {
  readonly file: { readonly descriptor: number; readonly size: number } | undefined;
  readonly task:
    | { readonly kind: 'preview'; readonly how: OpenHow; readonly mostRows: number }
    | { readonly kind: 'upload'; readonly mapping: UploadMapping; readonly unpackedBytes: number };
}

/** What the thread says. */
export type Said =
  | { readonly kind: 'more' }
  | { readonly kind: 'batch'; readonly batch: ReadBatch }
  | { readonly kind: 'done'; readonly answer: UploadPreview | ReadAnswer }
  /** `field` where it is the sender's to mend. */
  | { readonly kind: 'failed'; readonly field: string | undefined; readonly message: string };

/** What it is answered. */
export type Told =
  /** undefined is the end. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'taken'; readonly taken: Taken }
  | { readonly kind: 'failed'; readonly field: string | undefined; readonly message: string };

const readFrom = promisify(read);

async function work({ file, task }: Job): Promise<UploadPreview | ReadAnswer> {
  const uploaded: UploadedFile =
    file === undefined ? { kind: 'stream', bytes: asked() } : { kind: 'random', file: openFile(file.descriptor, file.size) };
  if (task.kind === 'preview') return previewUpload(uploaded, task.how, task.mostRows);
  return readUpload({ ...task, file: uploaded, take });
}

async function* asked(): AsyncGenerator<Uint8Array> {
  // The next piece is on its way while this one is read.
  let next = tell({ kind: 'more' });
  for (;;) {
    const told = await next;
    if (told.kind === 'failed') throw problem(told);
    if (told.kind !== 'bytes' || told.bytes === undefined) return;
    next = tell({ kind: 'more' });
    // Whoever stops reading is not told of what happened to the piece that it does not want.
    next.catch(() => undefined);
    yield told.bytes;
  }
}

async function take(batch: ReadBatch): Promise<Taken> {
  const { seriesIndex, timestampsMs, values } = batch.batch;
  const told = await tell({ kind: 'batch', batch }, [seriesIndex.buffer, timestampsMs.buffer, values.buffer] as ArrayBuffer[]);
  if (told.kind === 'taken') return told.taken;
  throw told.kind === 'failed' ? problem(told) : new Error('the answer to a batch is none');
}

function problem({ field, message }: Extract<Told, { readonly kind: 'failed' }>): Error {
  return field === undefined ? new Error(message) : new BadRequest(field, message.replace(`${field}: `, ''));
}

/** Answers come in order of each kind: one piece and one batch are asked for at a time. */
const waiting: { bytes: ((told: Told) => void)[]; taken: ((told: Told) => void)[] } = { bytes: [], taken: [] };

function tell(said: Said, transfer: readonly ArrayBuffer[] = []): Promise<Told> {
  return new Promise((resolve) => {
    (said.kind === 'more' ? waiting.bytes : waiting.taken).push(resolve);
    parentPort?.postMessage(said, [...transfer]);
  });
}

function openFile(descriptor: number, size: number): RandomAccess {
  return {
    size,
    async read(from, length) {
      if (from < 0 || length < 0 || from + length > size)
        throw new BadRequest('file', 'is damaged: it says that it is longer than it is');
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const { bytesRead } = await readFrom(descriptor, bytes, at, length - at, from + at);
        if (bytesRead === 0) throw new BadRequest('file', 'is damaged: it is shorter than it says');
        at += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

parentPort?.on('message', (told: Told & { readonly to: 'bytes' | 'taken' }) => waiting[told.to].shift()?.(told));
try {
  parentPort?.postMessage({ kind: 'done', answer: await work(workerData as Job) } satisfies Said, []);
} catch (error) {
  const field = error instanceof BadRequest ? error.field : undefined;
  const message = error instanceof Error ? error.message : String(error);
  parentPort?.postMessage({ kind: 'failed', field, message } satisfies Said, []);
}
parentPort?.close();
