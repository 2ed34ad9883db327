import type { ChunkRow } from './database.ts';

/** Memory for chunks as they are stored, about 40 M samples of scraped data. */
const LIMIT_BYTES = 48 * 1024 * 1024;
/** What a row takes beside its data, roughly. */
const ROW_BYTES = 250;
/** A read whose middle is in buckets leaves two. */
const MOST_SPANS = 4;

interface Span {
  /** Every chunk that has samples in this closed range is among the rows. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: readonly ChunkRow[];
  readonly bytes: number;
}

interface Entry {
  readonly version: number;
  /** None meets another; the one put in last comes first. */
  readonly spans: readonly Span[];
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
    if (entry === undefined || entry.version !== version) return undefined;
    for (const span of entry.spans) {
      if (fromMs < span.fromMs || toMs > span.toMs) continue;
      this.#entries.delete(ref);
      this.#entries.set(ref, entry);
      return span.rows;
    }
    return undefined;
  }

  /** Keeps all chunks that have samples in the closed range. What it meets of what is known makes room for it. */
  put(ref: number, version: number, fromMs: number, toMs: number, rows: readonly ChunkRow[]): void {
    const entry = this.#entries.get(ref);
    const known = entry?.version === version ? entry.spans : [];
    const apart = known.filter((span) => span.toMs < fromMs || span.fromMs > toMs).slice(0, MOST_SPANS - 1);
    this.#forget(ref);
    let bytes = ROW_BYTES;
    for (const [, , , , data] of rows) bytes += ROW_BYTES + data.length;
    // A giant would push out everybody else.
    const mostBytes = this.#limitBytes / 8;
    if (bytes > mostBytes) return;
    const span = { fromMs, toMs, rows, bytes };
    const spans = bytes + bytesOf(apart) > mostBytes ? [span] : [span, ...apart];
    this.#entries.set(ref, { version, spans });
    this.#bytes += bytesOf(spans);
    for (const [oldest] of this.#entries) {
      if (this.#bytes <= this.#limitBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(ref: number): void {
    const entry = this.#entries.get(ref);
    if (entry === undefined) return;
    this.#entries.delete(ref);
    this.#bytes -= bytesOf(entry.spans);
  }
}

function bytesOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { bytes }) => sum + bytes, 0);
}
