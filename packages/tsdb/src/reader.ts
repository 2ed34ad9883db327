import { compareLabels, type Labels } from '@vitrine/model/labels.ts';
import {
  QueryError,
  type LabelRequest,
  type SampleSource,
  type SelectRequest,
  type SeriesSamples,
} from '@vitrine/model/sample-store.ts';
import { Columns } from './chunk/chunk.ts';
import type { Contents } from './contents.ts';
import type { ChunkRow } from './database.ts';
import { firstAtOrAfter } from './head/head.ts';
import { isDamage } from './sqlite-error.ts';

/** Buffers kept for the next query, and the samples that one may have room for: a giant is left to the collector. */
const SPARE_BUFFERS = 4;
const SPARE_SAMPLES = 1 << 18;

/** Reads samples and labels. Queries may take turns in the thread: each has its own buffers. */
export class Reader implements SampleSource {
  readonly #contents: Contents;
  readonly #spare: Columns[] = [];

  constructor(contents: Contents) {
    this.#contents = contents;
  }

  *select({ matchers, fromMs, toMs }: SelectRequest): Generator<SeriesSamples> {
    const { index, series } = this.#contents;
    const columns = this.#spare.pop() ?? new Columns(8192);
    try {
      for (const ref of index.match(matchers)) {
        // A query that pauses may find the series gone, or its samples moved from head to chunks: each is read in one go.
        if (!index.has(ref) || !series.overlaps(ref, fromMs, toMs)) continue;
        this.read(ref, fromMs, toMs, columns);
        if (columns.length === 0) continue;
        const { length, timestampsMs, values } = columns;
        yield { labels: index.labelsOf(ref), length, timestampsMs, values };
      }
    } finally {
      if (this.#spare.length < SPARE_BUFFERS && columns.timestampsMs.length <= SPARE_SAMPLES) this.#spare.push(columns);
    }
  }

  *selectLabels({ matchers, fromMs, toMs }: SelectRequest): Generator<Labels> {
    const { index, series } = this.#contents;
    for (const ref of index.match(matchers)) if (index.has(ref) && series.overlaps(ref, fromMs, toMs)) yield index.labelsOf(ref);
  }

  /** Replaces `out` with the series' samples in [fromMs, toMs]. */
  read(ref: number, fromMs: number, toMs: number, out: Columns): void {
    const { head, series } = this.#contents;
    out.length = 0;
    if ((series.chunksToMs[ref] as number) >= fromMs && (series.chunksFromMs[ref] as number) <= toMs) {
      this.#readChunks(ref, Math.max(fromMs, -(2 ** 52)), Math.min(toMs, 2 ** 52), out);
    }
    head.read(ref, fromMs, toMs, out, 0);
    const from = firstAtOrAfter(out, fromMs);
    const end = firstAtOrAfter(out, toMs + 1, from);
    if (from > 0) {
      out.timestampsMs.copyWithin(0, from, end);
      out.words.copyWithin(0, 2 * from, 2 * end);
    }
    out.length = end - from;
  }

  series(request: LabelRequest): Labels[] {
    const { index } = this.#contents;
    const labels: Labels[] = [];
    for (const ref of this.#matching(request)) labels.push(index.labelsOf(ref));
    return limited(labels.sort(compareLabels), request.limit);
  }

  labelNames(request: LabelRequest): string[] {
    const { index } = this.#contents;
    const names = new Set<string>();
    if (request.selectors.length === 0) {
      for (const name of index.labelNames()) if (this.#labelValues(name, request, undefined, 1).length > 0) names.add(name);
    } else {
      for (const ref of this.#matching(request)) for (const name of index.labelsOf(ref).names) names.add(name);
    }
    return limited([...names].sort(), request.limit);
  }

  labelValues(label: string, request: LabelRequest): string[] {
    const matched = request.selectors.length === 0 ? undefined : new Set(this.#matching(request));
    return limited(this.#labelValues(label, request, matched, Infinity).sort(), request.limit);
  }

  #labelValues(label: string, { fromMs, toMs }: LabelRequest, matched: ReadonlySet<number> | undefined, limit: number): string[] {
    const { index, series } = this.#contents;
    const values: string[] = [];
    const counts = (ref: number): boolean => (matched === undefined || matched.has(ref)) && series.overlaps(ref, fromMs, toMs);
    for (const [value, postings] of index.valuesOf(label)) {
      if (values.length >= limit) break;
      if (typeof postings === 'number' ? counts(postings) : postings.some(counts)) values.push(value);
    }
    return values;
  }

  #matching({ selectors, fromMs, toMs }: LabelRequest): number[] {
    const { index, series } = this.#contents;
    const [only] = selectors;
    const refs =
      only === undefined
        ? index.all()
        : selectors.length === 1
          ? index.match(only)
          : [...new Set(selectors.flatMap((selector) => index.match(selector)))];
    return refs.filter((ref) => series.overlaps(ref, fromMs, toMs));
  }

  #readChunks(ref: number, fromMs: number, toMs: number, out: Columns): void {
    const contents = this.#contents;
    const { chunks, series } = contents;
    const isInRange = ([, minMs, maxMs]: ChunkRow): boolean => maxMs >= fromMs && minMs <= toMs;
    const known = chunks.get(ref, fromMs, toMs);
    if (known !== undefined) {
      for (const row of known) if (isInRange(row)) contents.readChunk(ref, row, out, true);
      return;
    }
    const rows = this.#chunkRows(ref, fromMs, toMs).filter(isInRange);
    let sound = true;
    for (const row of rows) if (!contents.readChunk(ref, row, out)) sound = false;
    if (!sound) return;
    // Beyond the first and the last chunk there are none, so a range that moves on with the clock stays known.
    const first = fromMs <= (series.chunksFromMs[ref] as number) ? -Infinity : fromMs;
    const last = toMs >= (series.chunksToMs[ref] as number) ? Infinity : toMs;
    chunks.put(ref, first, last, rows);
  }

  #chunkRows(ref: number, fromMs: number, toMs: number): ChunkRow[] {
    const { db } = this.#contents;
    try {
      return db.chunksInRange.all(ref, fromMs, toMs);
    } catch (error) {
      if (!isDamage(error)) throw error;
      throw new QueryError(
        'execution',
        `${db.file} is damaged and these samples cannot be read: stop the server and restore the file from a backup, or move it aside`,
        undefined,
        { cause: error },
      );
    }
  }
}

function limited<T>(items: T[], limit: number): T[] {
  return limit > 0 && items.length > limit ? items.slice(0, limit) : items;
}
