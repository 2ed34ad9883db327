import type { Labels } from '@vitrine/model/labels.ts';
import type { ReadSteps } from '@vitrine/model/query-trace.ts';
import type { LabelRequest, SampleSource, SelectRequest, SeriesSamples } from '@vitrine/model/sample-store.ts';
import type { Columns } from './chunk/columns.ts';
import type { Contents } from './contents.ts';
import { TestBudget } from './index/test-budget.ts';
import { valueTest } from './index/value-test.ts';
import { keepBetween, samplesOf, SpareColumns } from './series-samples.ts';
import { widthFor } from './rollup/width-for.ts';
import { type BucketsWanted, StoredChunks } from './stored-chunks.ts';

/** Reads samples and labels. Queries may take turns in the thread: each has its own buffers. */
export class Reader implements SampleSource {
  readonly #contents: Contents;
  readonly #chunks: StoredChunks;
  readonly #spare = new SpareColumns();

  constructor(contents: Contents) {
    this.#contents = contents;
    const { db } = contents;
    this.#chunks = new StoredChunks({
      file: db.file,
      chunksInRange: db.chunksInRange,
      decode: (ref, row, out, isChecked) => contents.readChunk(ref, row, out, isChecked),
      rollupsInRange: (...range) => db.rollups?.inRange.all(...range) ?? [],
      decodeRollup: (...row) => contents.readRollup(...row),
    });
  }

  *select({ matchers, fromMs, toMs, rollup, steps }: SelectRequest): Generator<SeriesSamples> {
    const { head, index, series, rolledUp } = this.#contents;
    const widthMs = rollup && widthFor(rolledUp, rollup, fromMs);
    const columns = this.#spare.take();
    try {
      for (const ref of index.match(matchers)) {
        // A query that pauses may find the series gone, or its samples moved from head to chunks: each is read in one go.
        if (!index.has(ref) || !series.overlaps(ref, fromMs, toMs)) continue;
        const wanted =
          widthMs === undefined || rollup === undefined
            ? undefined
            : { widthMs, part: rollup.part, edgeMs: rollup.rangeMs % widthMs, untilMs: head.oldestMs(ref) };
        this.read(ref, fromMs, toMs, columns, wanted, steps);
        if (columns.length === 0) continue;
        yield samplesOf(index.labelsOf(ref), columns);
      }
    } finally {
      this.#spare.giveBack(columns);
    }
  }

  *selectLabels({ matchers, fromMs, toMs }: SelectRequest): Generator<Labels> {
    const { index, series } = this.#contents;
    for (const ref of index.match(matchers)) if (index.has(ref) && series.overlaps(ref, fromMs, toMs)) yield index.labelsOf(ref);
  }

  /** Replaces `out` with the series' samples in [fromMs, toMs], or what may stand for them. */
  read(ref: number, fromMs: number, toMs: number, out: Columns, rollup?: BucketsWanted, steps?: ReadSteps): void {
    const { head, series } = this.#contents;
    out.clear(fromMs, toMs);
    const first = series.chunksFromMs[ref] as number;
    const last = series.chunksToMs[ref] as number;
    if (last >= fromMs && first <= toMs) {
      const version = series.chunksVersion[ref] as number;
      this.#chunks.read({ ref, version, fromMs, toMs, fromFirst: fromMs <= first, toLast: toMs >= last, rollup }, out, steps);
    }
    head.read(ref, fromMs, toMs, out, 0);
    keepBetween(out, fromMs, toMs);
  }

  /** In the order of their keys. */
  series(request: LabelRequest): Labels[] {
    const { index } = this.#contents;
    const labels: Labels[] = [];
    for (const ref of this.#matching(request)) labels.push(index.labelsOf(ref));
    return limited(labels.sort(byKey), request.limit);
  }

  labelNames(request: LabelRequest): string[] {
    const { index } = this.#contents;
    const names = new Set<string>();
    if (request.selectors.length === 0) {
      for (const name of index.labelNames()) if (this.#labelValues(name, request, 1).length > 0) names.add(name);
    } else {
      for (const ref of this.#matching(request)) index.eachLabel(ref, (name) => names.add(name));
    }
    return limited([...names].sort(), request.limit);
  }

  labelValues(label: string, request: LabelRequest): string[] {
    if (request.selectors.length === 0) return limited(this.#labelValues(label, request, Infinity).sort(), request.limit);
    const { index } = this.#contents;
    const [only] = request.selectors;
    if (request.selectors.length === 1 && only?.every((matcher) => matcher.label === label)) {
      // Every value is tried once, and no series looked at but to see that it has samples in range.
      const budget = new TestBudget();
      const tests = only.map((matcher) => budget.meter(matcher, valueTest(matcher)));
      return limited(
        this.#labelValues(label, request, Infinity, (value) => tests.every((test) => test(value))).sort(),
        request.limit,
      );
    }
    const values = new Set<string>();
    for (const ref of this.#matching(request)) {
      const value = index.valueOf(ref, label);
      if (value !== undefined) values.add(value);
    }
    return limited([...values].sort(), request.limit);
  }

  /** A label's values that series with samples in range have, so many at most. */
  #labelValues(
    label: string,
    { fromMs, toMs }: LabelRequest,
    limit: number,
    counts: (value: string) => boolean = () => true,
  ): string[] {
    const { index, series } = this.#contents;
    const values: string[] = [];
    const overlaps = (ref: number): boolean => series.overlaps(ref, fromMs, toMs);
    index.eachValue(label, (value, postings) => {
      if (counts(value) && (typeof postings === 'number' ? overlaps(postings) : postings.some(overlaps))) values.push(value);
      return values.length < limit;
    });
    return values;
  }

  #matching({ selectors, fromMs, toMs }: LabelRequest): number[] {
    const { index, series } = this.#contents;
    const [only] = selectors;
    const refs: readonly number[] =
      only === undefined
        ? index.all()
        : selectors.length === 1
          ? index.match(only)
          : [...new Set(selectors.flatMap((selector) => index.match(selector)))];
    return refs.filter((ref) => series.overlaps(ref, fromMs, toMs));
  }
}

/** Keys are at hand, and one comparison each. */
function byKey(a: Labels, b: Labels): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function limited<T>(items: T[], limit: number): T[] {
  return limit > 0 && items.length > limit ? items.slice(0, limit) : items;
}
