import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { LabelIndex } from './index/label-index.ts';
import { postingsLength } from './index/postings.ts';

/** Which label explodes is looked for anew after this time, and among so many series at most. */
const LOOK_AGAIN_MS = 60_000;
/** Or where the series that were looked at have become more or fewer by this share: what is said of them would be wrong. */
const LOOK_AGAIN_SHARE = 0.1;
const MOST_SERIES = 200_000;
/** Sentences that are remembered. */
const MOST_DETAILS = 100;
const SHOWN_VALUE = 100;

/** How many series there may be, in all and of each value of a label such as `job`. */
export class SeriesLimits {
  readonly #index: LabelIndex;
  readonly #max: number;
  readonly #maxPer: ReadonlyMap<string, number>;
  readonly #details = new Map<string, { readonly text: string; readonly atMs: number; readonly series: number }>();

  constructor(index: LabelIndex, max: number, maxPer: ReadonlyMap<string, number> = new Map()) {
    this.#index = index;
    this.#max = max;
    this.#maxPer = maxPer;
  }

  /** Begins a group of new series, which are in the index only once all of them are known. */
  begin(): NewSeries {
    const perValue = new Map<string, number>();
    let created = 0;
    return {
      refusal: (key) => {
        if (this.#index.size + created >= this.#max) return this.#detail('', '', this.#index.size + created, this.#max);
        const labels = this.#maxPer.size === 0 ? Labels.empty : Labels.fromKey(key);
        for (const [label, max] of this.#maxPer) {
          const value = labels.get(label);
          if (value === '') continue;
          const count = this.#indexed(label, value) + (perValue.get(`${label}\0${value}`) ?? 0);
          if (count >= max) return this.#detail(label, value, count, max);
        }
        created++;
        for (const label of this.#maxPer.keys()) {
          const value = labels.get(label);
          if (value !== '') perValue.set(`${label}\0${value}`, (perValue.get(`${label}\0${value}`) ?? 0) + 1);
        }
        return undefined;
      },
    };
  }

  /** Says who has how many series, and which label makes them so many. */
  #detail(label: string, value: string, count: number, max: number): string {
    const whose = label === '' ? '' : `${label} ${value.slice(0, SHOWN_VALUE)}: `;
    const counted = `${whose}${count.toLocaleString('en')} series, limit ${max.toLocaleString('en')}`;
    const known = this.#details.get(whose);
    const series = this.#indexed(label, value);
    if (known !== undefined && performance.now() - known.atMs < LOOK_AGAIN_MS) {
      if (Math.abs(series - known.series) <= known.series * LOOK_AGAIN_SHARE) return `${counted}${known.text}`;
    }
    const widest = label === '' ? this.#widest() : this.#widestOf(label, value);
    if (widest === undefined) return counted;
    if (this.#details.size >= MOST_DETAILS) this.#details.delete(this.#details.keys().next().value as string);
    const text = `; label ${widest.name} has ${widest.values.toLocaleString('en')} values`;
    this.#details.set(whose, { text, atMs: performance.now(), series });
    return `${counted}${text}`;
  }

  /** The series that are in the index already, of all or of a label's value. */
  #indexed(label: string, value: string): number {
    if (label === '') return this.#index.size;
    const postings = this.#index.postings(label, value);
    return postings === undefined ? 0 : postingsLength(postings);
  }

  #widest(): Widest | undefined {
    return greatest(this.#index.labelNames().map((name) => ({ name, values: this.#index.valueCount(name) })));
  }

  #widestOf(label: string, value: string): Widest | undefined {
    const postings = this.#index.postings(label, value);
    if (postings === undefined) return undefined;
    const refs = typeof postings === 'number' ? [postings] : postings.slice(0, MOST_SERIES);
    const byLabel = new Map<string, Set<string>>();
    for (const ref of refs) {
      this.#index.eachLabel(ref, (name, own) => {
        const values = byLabel.get(name);
        if (values === undefined) byLabel.set(name, new Set([own]));
        else values.add(own);
      });
    }
    return greatest([...byLabel].map(([name, { size }]) => ({ name, values: size })));
  }
}

export interface NewSeries {
  /** Counts the series of a key, and says nothing, or says why there may not be one more. */
  refusal(key: string): string | undefined;
}

interface Widest {
  readonly name: string;
  readonly values: number;
}

/** Of labels that have as many values each, the one that is no metric's name. */
function greatest(labels: readonly Widest[]): Widest | undefined {
  return labels.toSorted((a, b) => b.values - a.values || Number(a.name === METRIC_NAME) - Number(b.name === METRIC_NAME))[0];
}
