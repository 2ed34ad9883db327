import type { Growth, Selector } from '@vitrine/model/sample-store.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import type { LabelIndex } from './index/label-index.ts';
import { labelsTest } from './index/value-test.ts';

interface Watch {
  readonly matches: readonly ((labels: Labels) => boolean)[];
  readonly onGrowth: (growth: Growth) => void;
  readonly refs: Set<number>;
  /** What the samples since the last call reach over. */
  fromMs: number;
  toMs: number;
}

/** Who wants to know of which series. A sample of a series that nobody watches costs one look into a byte array. */
export class Watchers {
  readonly #index: LabelIndex;
  readonly #watches = new Set<Watch>();
  readonly #byRef = new Map<number, Watch[]>();
  #watched = new Uint8Array(1024);
  readonly #grown = new Set<Watch>();

  constructor(index: LabelIndex) {
    this.#index = index;
  }

  add(selectors: readonly Selector[], onGrowth: (growth: Growth) => void): () => void {
    const watch: Watch = {
      matches: selectors.map(labelsTest),
      onGrowth,
      refs: new Set(),
      fromMs: Infinity,
      toMs: -Infinity,
    };
    for (const selector of selectors) for (const ref of this.#index.match(selector)) this.#link(watch, ref);
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
      this.#grown.delete(watch);
      for (const ref of watch.refs) this.#unlink(watch, ref);
    };
  }

  seriesAdded(ref: number): void {
    if (this.#watches.size === 0) return;
    const labels = this.#index.labelsOf(ref);
    for (const watch of this.#watches) if (watch.matches.some((matches) => matches(labels))) this.#link(watch, ref);
  }

  seriesRemoved(ref: number): void {
    for (const watch of this.#byRef.get(ref) ?? []) watch.refs.delete(ref);
    this.#byRef.delete(ref);
    if (ref < this.#watched.length) this.#watched[ref] = 0;
  }

  note(ref: number, timestampMs: number): void {
    if (this.#watched[ref] !== 1) return;
    for (const watch of this.#byRef.get(ref) ?? []) {
      if (timestampMs < watch.fromMs) watch.fromMs = timestampMs;
      if (timestampMs > watch.toMs) watch.toMs = timestampMs;
      this.#grown.add(watch);
    }
  }

  /** Calls back for what was noted since the last time. */
  tell(): void {
    for (const watch of this.#grown) {
      const growth = { fromMs: watch.fromMs, toMs: watch.toMs };
      watch.fromMs = Infinity;
      watch.toMs = -Infinity;
      watch.onGrowth(growth);
    }
    this.#grown.clear();
  }

  #link(watch: Watch, ref: number): void {
    if (watch.refs.has(ref)) return;
    watch.refs.add(ref);
    const watches = this.#byRef.get(ref);
    if (watches === undefined) this.#byRef.set(ref, [watch]);
    else watches.push(watch);
    if (ref >= this.#watched.length) {
      const grown = new Uint8Array(Math.max(ref + 1, this.#watched.length * 2));
      grown.set(this.#watched);
      this.#watched = grown;
    }
    this.#watched[ref] = 1;
  }

  #unlink(watch: Watch, ref: number): void {
    const left = (this.#byRef.get(ref) ?? []).filter((other) => other !== watch);
    if (left.length > 0) this.#byRef.set(ref, left);
    else {
      this.#byRef.delete(ref);
      this.#watched[ref] = 0;
    }
  }
}
