import type { MessagePort } from 'node:worker_threads';
import type { Cardinality, CardinalityRequest } from '@vitrine/model/cardinality.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import {
  QueryError,
  StoreBusy,
  StoreReadOnly,
  type AppendResult,
  type DeletedSamples,
  type DeleteRequest,
  type Exemplar,
  type FoundLabels,
  type Growth,
  type LabelRequest,
  type LabelSearch,
  type QueryResult,
  type SampleBatch,
  type Selector,
  type SeriesExemplars,
  type StoreStats,
} from '@vitrine/model/sample-store.ts';
import type { Arrival, BatchSeries } from './batch-series.ts';
import type { SentKeys } from './key-tokens.ts';
import { StoreOpenError } from './store-open-error.ts';
import type { StoreLog, StoreOptions } from './store-options.ts';
import type { Bell } from './threads/ask.ts';
import type { SpareMemory } from './threads/spare-memory.ts';

/** What the worker is started with. */
export type WorkerOptions = Omit<StoreOptions, 'log'>;

/** What the store's thread is asked; each is answered once. */
export type StoreQuestion =
  | { readonly kind: 'open' }
  | { readonly kind: 'append'; readonly keys: SentKeys; readonly columns: BatchColumns }
  | { readonly kind: 'series'; readonly request: LabelRequest }
  | { readonly kind: 'labelNames'; readonly request: LabelRequest }
  | { readonly kind: 'labelValues'; readonly label: string; readonly request: LabelRequest }
  | { readonly kind: 'searchLabels'; readonly search: LabelSearch }
  | { readonly kind: 'cardinality'; readonly request: CardinalityRequest }
  | { readonly kind: 'exemplars'; readonly request: LabelRequest }
  | { readonly kind: 'deleteSeries'; readonly request: DeleteRequest }
  | { readonly kind: 'stats' };

/** What it is told. */
export type StoreOrder =
  | { readonly kind: 'watch'; readonly watchId: number; readonly selectors: readonly Selector[] }
  | { readonly kind: 'unwatch'; readonly watchId: number }
  /** A thread that evaluates has the other end. */
  | { readonly kind: 'connect'; readonly port: MessagePort; readonly bell: Bell };

/** What it says unasked. */
export type StoreNote =
  | { readonly kind: 'growth'; readonly watchId: number; readonly growth: Growth }
  | { readonly kind: 'log'; readonly level: Parameters<StoreLog>[0]; readonly sentence: string };

/** Labels travel as their keys: a class does not survive the way. */
export type Answer =
  /** The memory that the columns came in goes back with it. */
  | { readonly kind: 'append'; readonly result: AppendResult; readonly memory: ArrayBuffer }
  | { readonly kind: 'series'; readonly keys: readonly string[] }
  | { readonly kind: 'strings'; readonly strings: readonly string[] }
  | { readonly kind: 'foundLabels'; readonly found: FoundLabels }
  | { readonly kind: 'cardinality'; readonly cardinality: Cardinality }
  | { readonly kind: 'exemplars'; readonly series: readonly SentSeriesExemplars[] }
  | { readonly kind: 'deleted'; readonly deleted: DeletedSamples }
  | { readonly kind: 'stats'; readonly stats: StoreStats }
  | { readonly kind: 'open' };

export interface SentResult {
  /** The result, its series without labels. */
  readonly bare: QueryResult;
  readonly keys: readonly string[];
}

export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly field?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly reason?: string | undefined;
}

/** An exemplar with the key of its labels. */
type SentExemplar = Omit<Exemplar, 'labels'> & { readonly labels: string };

interface SentSeriesExemplars {
  readonly labels: string;
  readonly exemplars: readonly SentExemplar[];
}

/** A batch without its keys. */
export type BatchColumns = Omit<SampleBatch, 'seriesKeys' | 'exemplars'> & {
  readonly exemplars?: readonly { readonly seriesIndex: number; readonly exemplar: SentExemplar }[] | undefined;
};

/**
 * A batch's columns to be moved to the worker, as copies in memory of `spare`, in which they all stand: the caller's arrays stay
 * the caller's.
 */
export function ownColumns(batch: SampleBatch, spare: SpareMemory): { columns: BatchColumns; memory: ArrayBuffer } {
  const { histograms, staleHistograms, startsMs } = batch;
  const count = batch.seriesIndex.length;
  const doubles = startsMs === undefined ? 2 : 3;
  const memory = spare.take(count * (8 * doubles + 4));
  const values = new Float64Array(memory, 0, count);
  // Through bytes, so that NaN payloads survive.
  new Uint8Array(memory).set(new Uint8Array(batch.values.buffer, batch.values.byteOffset, batch.values.byteLength));
  const columns = {
    seriesIndex: copied(batch.seriesIndex, new Uint32Array(memory, 8 * doubles * count, count)),
    timestampsMs: copied(batch.timestampsMs, new Float64Array(memory, 8 * count, count)),
    values,
    histograms,
    staleHistograms,
    startsMs: startsMs && copied(startsMs, new Float64Array(memory, 16 * count, count)),
    exemplars: batch.exemplars?.map(({ seriesIndex: series, exemplar }) => ({
      seriesIndex: series,
      exemplar: sendExemplar(exemplar),
    })),
  };
  return { columns, memory };
}

function copied<Column extends Float64Array | Uint32Array>(from: ArrayLike<number>, to: Column): Column {
  to.set(from);
  return to;
}

/** The batch that `ownColumns` was given. */
export function receiveBatch(series: BatchSeries, { exemplars, ...columns }: BatchColumns): Arrival {
  if (exemplars === undefined) return { series, ...columns };
  const received = exemplars.map(({ seriesIndex, exemplar }) => ({ seriesIndex, exemplar: receiveExemplar(exemplar) }));
  return { series, ...columns, exemplars: received };
}

function sendExemplar({ labels, value, timestampMs }: Exemplar): SentExemplar {
  return { labels: labels.key, value, timestampMs };
}

function receiveExemplar({ labels, value, timestampMs }: SentExemplar): Exemplar {
  return { labels: Labels.fromKey(labels), value, timestampMs };
}

export function sendExemplars(series: readonly SeriesExemplars[]): SentSeriesExemplars[] {
  return series.map(({ labels, exemplars }) => ({ labels: labels.key, exemplars: exemplars.map(sendExemplar) }));
}

export function receiveExemplars(series: readonly SentSeriesExemplars[]): SeriesExemplars[] {
  return series.map(({ labels, exemplars }) => ({ labels: Labels.fromKey(labels), exemplars: exemplars.map(receiveExemplar) }));
}

/** A result and the buffers to move with it. The evaluation's arrays are its caller's, so they may be taken. */
export function sendResult(result: QueryResult): { sent: SentResult; buffers: ArrayBuffer[] } {
  const buffers = new Set<ArrayBuffer>();
  const take = (array: Float64Array | Uint8Array | undefined): void => {
    if (array !== undefined && array.byteLength > 0) buffers.add(array.buffer as ArrayBuffer);
  };
  switch (result.kind) {
    case 'matrix':
    case 'vector': {
      take(result.timesMs);
      const keys: string[] = [];
      const series = result.series.map(({ labels, values, present, histograms }) => {
        keys.push(labels.key);
        take(values);
        take(present);
        return { labels: Labels.empty, values, present, histograms };
      });
      return { sent: { bare: { ...result, series }, keys }, buffers: [...buffers] };
    }
    case 'samples': {
      const keys: string[] = [];
      const series = result.series.map(({ labels, length, timestampsMs, values, histograms, startsMs }) => {
        keys.push(labels.key);
        take(timestampsMs);
        take(values);
        take(startsMs);
        return { labels: Labels.empty, length, timestampsMs, values, histograms, startsMs };
      });
      return { sent: { bare: { ...result, series }, keys }, buffers: [...buffers] };
    }
    case 'scalar':
    case 'string':
      return { sent: { bare: result, keys: [] }, buffers: [] };
  }
}

export function receiveResult({ bare, keys }: SentResult): QueryResult {
  const labels = (i: number): Labels => Labels.fromKey(keys[i] as string);
  switch (bare.kind) {
    case 'matrix':
    case 'vector':
      return { ...bare, series: bare.series.map((series, i) => ({ ...series, labels: labels(i) })) };
    case 'samples':
      return { ...bare, series: bare.series.map((series, i) => ({ ...series, labels: labels(i) })) };
    default:
      return bare;
  }
}

export function sendError(error: unknown): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const sent = { name, message, stack };
  if (error instanceof QueryError) return { ...sent, code: error.code, from: error.from, to: error.to };
  if (error instanceof BadRequest) return { ...sent, field: error.field };
  if (error instanceof StoreBusy) return { ...sent, retryAfterSeconds: error.retryAfterSeconds };
  if (error instanceof StoreOpenError) return { ...sent, reason: error.reason };
  return sent;
}

/** The error of the class that was thrown; its `cause` has the worker's stack. */
export function receiveError(sent: SentError): Error {
  const cause = new Error(sent.message);
  if (sent.stack !== undefined) cause.stack = sent.stack;
  switch (sent.name) {
    case 'QueryError': {
      const position = sent.from === undefined || sent.to === undefined ? undefined : { from: sent.from, to: sent.to };
      return new QueryError(sent.code as QueryError['code'], sent.message, position, { cause });
    }
    case 'BadRequest': {
      const field = sent.field ?? '';
      return new BadRequest(field, sent.message.slice(field.length + 2), { cause });
    }
    case 'StoreReadOnly':
      return new StoreReadOnly(sent.message, { cause });
    case 'StoreBusy':
      return new StoreBusy(sent.message, sent.retryAfterSeconds ?? 1);
    case 'StoreOpenError':
      return new StoreOpenError(sent.reason as StoreOpenError['reason'], sent.message, { cause });
    case 'AbortError':
      return new DOMException(sent.message, 'AbortError');
    default:
      return cause;
  }
}
