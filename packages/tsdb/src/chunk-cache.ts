import type { ChunkRow } from './database.ts';

/** Memory for chunks as they are stored, about 40 M samples of scraped data. */
const LIMIT_BYTES = 48 * 1024 * 1024;
/** What a row takes beside its data, roughly. */
const ROW_BYTES = 250;

interface Entry {
  readonly version: number;
  /** Every chunk that has samples in this closed range is among the rows. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: readonly ChunkRow[];
  readonly bytes: number;
}

/**
 * The chunks of the series that were read last: dashboards ask for the same ones again and again, and SQLite's way to
 * a row costs as much as decoding it. What is kept of one version of a series' chunks says nothing of another.
 */
export class ChunkCache {
  readonly #limitBytes: number;
  /** The one read longest ago comes first. */
  readonly #entries = new Map<number, Entry>();
  #bytes = 0;

  constructor(limitBytes = LIMIT_BYTES) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The series' chunks in the closed range, and perhaps more of them, in time order; undefined where they are not known. */
  get(ref: number, version: number, fromMs: number, toMs: number): readonly ChunkRow[] | undefined {
    const entry = this.#entries.get(ref);
    if (entry === undefined || entry.version !== version || fromMs < entry.fromMs || toMs > entry.toMs) return undefined;
    this.#entries.delete(ref);
    this.#entries.set(ref, entry);
    return entry.rows;
  }

  /** Keeps all chunks that have samples in the closed range. */
  put(ref: number, version: number, fromMs: number, toMs: number, rows: readonly ChunkRow[]): void {
    this.#forget(ref);
    let bytes = ROW_BYTES;
    for (const [, , , , data] of rows) bytes += ROW_BYTES + data.length;
    // A giant would push out everybody else.
    if (bytes > this.#limitBytes / 8) return;
    this.#entries.set(ref, { version, fromMs, toMs, rows, bytes });
    this.#bytes += bytes;
    for (const [oldest] of this.#entries) {
      if (this.#bytes <= this.#limitBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(ref: number): void {
    const entry = this.#entries.get(ref);
    if (entry === undefined) return;
    this.#entries.delete(ref);
    this.#bytes -= entry.bytes;
  }
}
