import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { put, type Cells, type Column } from './column.ts';
import type { SeriesNotes } from './series-notes.ts';

/** A running sum or mean of histograms. */
interface Total {
  readonly reconciled: boolean;
  /** False, and nothing has changed, where one has exponential buckets and the other custom ones. */
  add(next: NativeHistogram): boolean;
  result(): NativeHistogram;
}

/** What sum or avg has seen of histograms at one step. */
interface Step {
  readonly total: Total;
  reset: boolean;
  notReset: boolean;
  incompatible: boolean;
}

/** The histograms of one group of sum or avg, a total a step. */
export class HistogramTotals {
  readonly #steps: (Step | undefined)[] = [];
  readonly #Kind: new (first: NativeHistogram) => Total;
  readonly #notes: SeriesNotes;

  constructor(Kind: new (first: NativeHistogram) => Total, notes: SeriesNotes) {
    this.#Kind = Kind;
    this.#notes = notes;
  }

  add({ labels, present, histograms }: Column): void {
    this.#notes.metric = labels.metricName;
    for (let i = 0; i < present.length; i++) {
      const histogram = histograms?.[i];
      if (present[i] === 0 || histogram === undefined) continue;
      const step = this.#steps[i];
      const [reset, notReset] = [histogram.reset === 'reset', histogram.reset === 'not reset'];
      if (step === undefined) {
        this.#steps[i] = { total: new this.#Kind(histogram), reset, notReset, incompatible: false };
        continue;
      }
      if (step.incompatible) continue;
      step.reset ||= reset;
      step.notReset ||= notReset;
      if (!step.total.add(histogram)) {
        step.incompatible = true;
        this.#notes.mixedSchemas();
      }
    }
  }

  /** Writes the totals beside the numbers' results: neither is left where there were both. */
  finish(column: Cells): void {
    for (const [i, step] of this.#steps.entries()) {
      if (step === undefined) continue;
      if (column.present[i] === 1) {
        column.present[i] = 0;
        this.#notes.mixedAggregation();
        continue;
      }
      if (step.total.reconciled) this.#notes.reconciled('aggregation');
      if (step.incompatible) continue;
      put(column, i, step.total.result());
      if (step.reset && step.notReset) this.#notes.collided('aggregation');
    }
  }
}
