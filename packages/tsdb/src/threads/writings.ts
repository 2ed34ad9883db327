import { type GridSeries, QueryError } from '@vitrine/model/sample-store.ts';
import { SeriesWriter } from '@vitrine/promql/json/write-result.ts';

/** About so many points are a block: a few hundred kilobytes. */
const BLOCK_POINTS = 10_000;

/** Blocks of an answer that each thread writes before the first of them was taken. */
export const BLOCKS_AHEAD = 2;

/** Series of an answer that one thread is to write. */
export interface Share {
  readonly timesMs: Float64Array;
  /** Those of its own blocks, one after the other. */
  readonly series: readonly GridSeries[];
  /** How many series each of its blocks has. */
  readonly blockSeries: readonly number[];
  /** The first block is the first of the answer. */
  readonly isFirst: boolean;
}

/** Cuts an answer into blocks, dealt out to `writers` threads in turn. */
export function dealOut(
  series: readonly GridSeries[],
  timesMs: Float64Array,
  writers: number,
): { shares: Share[]; blocks: number } {
  const shares = Array.from({ length: writers }, (_, i) => ({
    timesMs,
    series: [] as GridSeries[],
    blockSeries: [] as number[],
    isFirst: i === 0,
  }));
  let blocks = 0;
  for (let from = 0; from < series.length; blocks++) {
    let points = 0;
    let end = from;
    for (; end < series.length && points < BLOCK_POINTS; end++) points += pointsOf(series[end]!);
    const { series: own, blockSeries } = shares[blocks % writers]!;
    for (let i = from; i < end; i++) own.push(series[i]!);
    blockSeries.push(end - from);
    from = end;
  }
  return { shares, blocks };
}

export function pointsOf({ values, present }: GridSeries): number {
  if (present === undefined) return values.length;
  let points = 0;
  for (let i = 0; i < present.length; i++) points += present[i]!;
  return points;
}

/** A block of an answer, in memory that two threads see: it is neither copied nor garbage. */
export interface Block {
  readonly memory: SharedArrayBuffer;
  readonly bytes: number;
}

interface Writing {
  share: Share;
  readonly writer: SeriesWriter;
  /** Blocks stand in them in turns. */
  readonly memories: (SharedArrayBuffer | undefined)[];
  /** What it takes in memory. */
  bytes: number;
  block: number;
  at: number;
  touchedMs: number;
}

/** An answer of which nothing was asked for so long is given up: who wanted it has gone without a word. */
const UNTOUCHED_MS = 60_000;

/** Where the answers of one thread take more than this, those that nobody seems to read make room, and without any of those no more begin. */
const HELD_BYTES = 256 * 1024 * 1024;
/** Whoever has asked for more since then reads it, however slowly. */
const READ_MS = 15_000;
/** What a series takes beside its values, roughly. */
const SERIES_BYTES = 200;

/** Memory of answers that are over is kept for the next ones, so many pieces of it. */
const SPARE_MEMORIES = 8;
const LARGEST_SPARE_BYTES = 1024 * 1024;

/** Answers that are being written in this thread, block by block as they are asked for. */
export class Writings {
  /** Those of which nothing was asked for longest come first. */
  readonly #open = new Map<string, Writing>();
  readonly #untouchedMs: number;
  readonly #heldBytes: number;
  #bytes = 0;
  #spare: SharedArrayBuffer[] = [];
  #sweep: NodeJS.Timeout | undefined;

  constructor(untouchedMs = UNTOUCHED_MS, heldBytes = HELD_BYTES) {
    this.#untouchedMs = untouchedMs;
    this.#heldBytes = heldBytes;
  }

  /** How many answers are being written. */
  get size(): number {
    return this.#open.size;
  }

  /** What they take in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Throws QueryError where there is no room beside the answers that are being read. */
  add(writing: string, share: Share): void {
    const bytes = bytesOf(share);
    this.#makeRoom(bytes);
    // One answer alone may take more than all are to: its query was allowed.
    if (this.#bytes + bytes > this.#heldBytes && this.#open.size > 0) {
      throw new QueryError(
        'limit',
        `Answers that are being read take ${Math.round(this.#bytes / 1e6)} MB of memory, and this one has no room beside them: try again in a while, or ask for fewer series or a longer step`,
      );
    }
    const memories = Array.from({ length: BLOCKS_AHEAD }, () => undefined);
    const touchedMs = performance.now();
    this.#open.set(writing, { share, writer: new SeriesWriter(share.timesMs), memories, bytes, block: 0, at: 0, touchedMs });
    this.#bytes += bytes;
    this.#sweep ??= setInterval(() => this.#dropUntouched(), this.#untouchedMs / 2).unref();
  }

  /** The next block. It stays as it is until BLOCKS_AHEAD more were asked for, or the answer is dropped. */
  next(writing: string): Block {
    const open = this.#open.get(writing);
    if (open === undefined) throw new Error('the answer is not being written any more');
    const { share, writer, memories, block, at } = open;
    open.at += share.blockSeries[block] ?? 0;
    open.block++;
    open.touchedMs = performance.now();
    const written = writer.write(share.series.slice(at, open.at), share.isFirst && block === 0);
    const place = block % BLOCKS_AHEAD;
    const memory = this.#room(memories[place], written.length);
    this.#count(open, memory.byteLength - (memories[place]?.byteLength ?? 0));
    memories[place] = memory;
    new Uint8Array(memory).set(written);
    // The text is still to be read; the series are not.
    if (open.block === share.blockSeries.length) {
      this.#count(open, -bytesOf(share));
      open.share = { ...share, series: [] };
    }
    this.#open.delete(writing);
    this.#open.set(writing, open);
    this.#makeRoom(0);
    return { memory, bytes: written.length };
  }

  /** To be said of every answer at its end: nobody reads its blocks any more. */
  drop(writing: string): void {
    const open = this.#giveUp(writing);
    for (const memory of open?.memories ?? []) {
      if (memory !== undefined && memory.byteLength <= LARGEST_SPARE_BYTES && this.#spare.length < SPARE_MEMORIES)
        this.#spare.push(memory);
    }
  }

  #dropUntouched(): void {
    const beforeMs = performance.now() - this.#untouchedMs;
    for (const [writing, { touchedMs }] of this.#open) if (touchedMs <= beforeMs) this.#giveUp(writing);
  }

  /** Gives up what nobody seems to read, until so much more fits. */
  #makeRoom(bytes: number): void {
    const beforeMs = performance.now() - READ_MS;
    for (const [writing, { touchedMs }] of this.#open) {
      if (this.#bytes + bytes <= this.#heldBytes || touchedMs > beforeMs) return;
      // Somebody may read its memory still, so it is not for others.
      this.#giveUp(writing);
    }
  }

  #giveUp(writing: string): Writing | undefined {
    const open = this.#open.get(writing);
    if (open === undefined) return undefined;
    this.#open.delete(writing);
    this.#bytes -= open.bytes;
    if (this.#open.size === 0) {
      clearInterval(this.#sweep);
      this.#sweep = undefined;
    }
    return open;
  }

  #count(open: Writing, bytes: number): void {
    open.bytes += bytes;
    this.#bytes += bytes;
  }

  #room(held: SharedArrayBuffer | undefined, bytes: number): SharedArrayBuffer {
    if (held !== undefined && held.byteLength >= bytes) return held;
    const fits = this.#spare.findIndex(({ byteLength }) => byteLength >= bytes);
    if (fits >= 0) return this.#spare.splice(fits, 1)[0]!;
    // Blocks are about equally long.
    return new SharedArrayBuffer(Math.ceil((bytes * 1.2) / 65_536) * 65_536);
  }
}

function bytesOf({ timesMs, series }: Share): number {
  return series.reduce(
    (sum, { values, present }) => sum + SERIES_BYTES + values.byteLength + (present?.byteLength ?? 0),
    timesMs.byteLength,
  );
}
