import type { GridSeries } from '@vitrine/model/sample-store.ts';
import { writeSeries } from '@vitrine/promql/json/write-result.ts';

/** About so many points are a block: a few hundred kilobytes. */
const BLOCK_POINTS = 10_000;

/** Series of an answer that one thread is to write: every `stride`-th block of them, from block `first` on. */
export interface Share {
  readonly timesMs: Float64Array;
  /** Those of its own blocks only. */
  readonly series: readonly GridSeries[];
  readonly first: number;
}

/** Cuts an answer into blocks, dealt out to `writers` threads in turn. */
export function dealOut(
  series: readonly GridSeries[],
  timesMs: Float64Array,
  writers: number,
): { shares: Share[]; blocks: number } {
  const perBlock = blockSeries(timesMs);
  const blocks = Math.ceil(series.length / perBlock);
  const shares = Array.from({ length: writers }, (_, first) => {
    const own: GridSeries[] = [];
    for (let block = first; block < blocks; block += writers) own.push(...series.slice(block * perBlock, (block + 1) * perBlock));
    return { timesMs, series: own, first };
  });
  return { shares, blocks };
}

function blockSeries(timesMs: Float64Array): number {
  return Math.max(1, Math.floor(BLOCK_POINTS / timesMs.length));
}

/** Answers that are being written in this thread, block by block as they are asked for. */
export class Writings {
  readonly #open = new Map<string, { readonly share: Share; at: number }>();

  add(writing: string, share: Share): void {
    if (share.series.length > 0) this.#open.set(writing, { share, at: 0 });
  }

  next(writing: string): Uint8Array<ArrayBuffer>[] {
    const open = this.#open.get(writing);
    if (open === undefined) throw new Error('the answer is not being written any more');
    const { share, at } = open;
    const { timesMs, series, first } = share;
    open.at += blockSeries(timesMs);
    if (open.at >= series.length) this.#open.delete(writing);
    return [...writeSeries(series.slice(at, open.at), timesMs, first === 0 && at === 0)];
  }

  drop(writing: string): void {
    this.#open.delete(writing);
  }
}
