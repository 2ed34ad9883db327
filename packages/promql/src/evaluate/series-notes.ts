import type { Span } from '../ast.ts';
import type { Annotations } from './annotations.ts';

/** What was done to histograms when something about them had to be said. */
export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation';

/** Says what should be known of one series after the other: about samples of both kinds, native histograms, start times. */
export class SeriesNotes {
  /** The name of the series that is being looked at. */
  metric = '';
  readonly #annotations: Annotations;
  readonly #span: Span;

  /** @param span The expression that the series come from. */
  constructor(annotations: Annotations, span: Span) {
    this.#annotations = annotations;
    this.#span = span;
  }

  /** Numbers and histograms where only one of them makes sense: there is no answer. */
  mixed(): undefined {
    this.#warn(`encountered a mix of histograms and floats for metric name ${this.#name}`);
  }

  mixedAggregation(): void {
    this.#warn('encountered a mix of histograms and floats for aggregation');
  }

  /** Exponential and custom buckets, which cannot be brought together: there is no answer. */
  mixedSchemas(): undefined {
    this.#warn(`vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${this.#name}`);
  }

  notCounter(): void {
    this.#warn(`this native histogram metric is not a counter: ${this.#name}`);
  }

  notGauge(): void {
    this.#warn(`this native histogram metric is not a gauge: ${this.#name}`);
  }

  /** Some say that they were reset, some that they were not. */
  collided(operation: HistogramOperation): void {
    this.#warn(`conflicting counter resets during histogram ${operation}`);
  }

  startsOverlap(): void {
    this.#warn(`sample has start time that overlaps with previous sample timestamp for metric ${this.#name}`);
  }

  /** Custom bounds differed, and those that all have were taken. */
  reconciled(operation: HistogramOperation): void {
    this.#info(`mismatched custom buckets were reconciled during ${operation}`);
  }

  /** Histograms that a function of numbers passed over. */
  ignoredInRange(): void {
    this.#info(`ignored histograms in a range containing both floats and histograms for metric name ${this.#name}`);
  }

  ignoredInAggregation(op: string): void {
    this.#info(`ignored histogram in ${op} aggregation`);
  }

  get #name(): string {
    return JSON.stringify(this.metric);
  }

  #warn(text: string): void {
    this.#annotations.warn(text, this.#span);
  }

  #info(text: string): void {
    this.#annotations.info(text, this.#span);
  }
}
