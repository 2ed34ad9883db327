import { type Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { parseExpositionNumber } from './parse-exposition.ts';

/** A sample of a known family. */
export interface CheckedSample {
  readonly labels: Labels;
  /** What follows the family's name in the sample's. */
  readonly suffix: string;
  readonly value: number;
  /** Unix milliseconds; undefined where the line has none. */
  readonly timestampMs: number | undefined;
}

interface Bucket {
  readonly bound: number;
  readonly value: number;
}

/** The samples that together are one metric: a histogram's buckets, count and sum, a summary's quantiles. Throws Error for a rule that is broken. */
export class MetricPointGroup {
  /** `Labels.key` of the labels that all its samples share. */
  readonly key: string;
  readonly #type: MetricMetadata['type'];
  readonly #family: string;
  readonly #values = new Map<string, number>();
  #buckets: Bucket[] = [];
  /** When each series was last given; undefined where it was given without a time. */
  readonly #times = new Map<string, number | undefined>();
  #pointMs: number | undefined;

  constructor(type: MetricMetadata['type'], family: string, key: string) {
    this.#type = type;
    this.#family = family;
    this.key = key;
  }

  static keyOf(type: MetricMetadata['type'], family: string, { labels }: CheckedSample): string {
    const own: Partial<Record<MetricMetadata['type'], string>> = {
      histogram: 'le',
      gaugehistogram: 'le',
      summary: 'quantile',
      stateset: family,
    };
    return labels.without(new Set([METRIC_NAME, own[type] ?? METRIC_NAME])).key;
  }

  add(sample: CheckedSample): void {
    this.#checkTime(sample);
    this.#checkValue(sample);
    if (sample.suffix === '_bucket') this.#addBucket(sample);
    else this.#values.set(sample.suffix, sample.value);
  }

  /** Checks what can only be said of the whole. */
  close(): void {
    this.#closePoint();
  }

  #checkTime({ labels, timestampMs }: CheckedSample): void {
    const known = this.#times.has(labels.key);
    const before = this.#times.get(labels.key);
    if (known && timestampMs === undefined) {
      throw new Error(
        before === undefined
          ? `${labels} stands twice without a timestamp`
          : `${labels} has a timestamp in one line and none in another`,
      );
    }
    if (known && before === undefined) throw new Error(`${labels} has a timestamp in one line and none in another`);
    if (before !== undefined && timestampMs !== undefined && timestampMs < before)
      throw new Error(`the timestamps of ${labels} go back`);
    // A later time begins a new point of the same metric.
    if (this.#pointMs !== undefined && timestampMs !== undefined && timestampMs !== this.#pointMs) this.#closePoint();
    this.#times.set(labels.key, timestampMs);
    this.#pointMs = timestampMs;
  }

  #checkValue({ labels, suffix, value }: CheckedSample): void {
    const mustCount = (): void => {
      if (Number.isNaN(value) || value < 0) throw new Error(`${labels} must be a number of at least 0`);
    };
    switch (this.#type) {
      case 'counter':
      case 'histogram':
        return mustCount();
      case 'gaugehistogram':
        if (suffix !== '_gsum') mustCount();
        else if (Number.isNaN(value)) throw new Error(`${labels} must be a number`);
        return;
      case 'summary':
        if (suffix !== '') return mustCount();
        return checkQuantile(labels, value);
      case 'info':
        if (value !== 1) throw new Error(`${labels} is of type info and must be 1`);
        return;
      case 'stateset':
        if (!labels.has(this.#family)) throw new Error(`${labels} is of type stateset and needs a label ${this.#family}`);
        if (value !== 0 && value !== 1) throw new Error(`${labels} is of type stateset and must be 0 or 1`);
        return;
      default:
    }
  }

  #addBucket({ labels, value }: CheckedSample): void {
    const le = labels.get('le');
    const bound = /^\+Inf$|^[^iI]+$/.test(le) ? parseExpositionNumber(le) : undefined;
    if (bound === undefined || Number.isNaN(bound)) throw new Error(`${labels} needs a label le with a number or +Inf`);
    const before = this.#buckets.at(-1);
    if (before !== undefined && bound <= before.bound)
      throw new Error(`the buckets of ${this.#family} are not in the order of le`);
    if (before !== undefined && value < before.value)
      throw new Error(`the buckets of ${this.#family} fall from le="${before.bound}" to le="${le}"`);
    this.#buckets.push({ bound, value });
  }

  #closePoint(): void {
    const gauge = this.#type === 'gaugehistogram';
    if (this.#type === 'histogram' || gauge) {
      const [countName, sumName] = gauge ? (['_gcount', '_gsum'] as const) : (['_count', '_sum'] as const);
      this.#checkHistogram(
        `${this.#family}${countName}`,
        this.#values.get(countName),
        `${this.#family}${sumName}`,
        this.#values.get(sumName),
      );
    }
    this.#values.clear();
    this.#buckets = [];
  }

  #checkHistogram(countName: string, count: number | undefined, sumName: string, sum: number | undefined): void {
    const last = this.#buckets.at(-1);
    if (last?.bound !== Infinity) throw new Error(`${this.#family} has no bucket with le="+Inf"`);
    if ((count === undefined) !== (sum === undefined)) throw new Error(`${countName} and ${sumName} must be there together`);
    if (count !== undefined && count !== last.value)
      throw new Error(`${countName} is ${count}; the bucket with le="+Inf" is ${last.value}`);
    const negative = (this.#buckets[0]?.bound ?? 0) < 0;
    if (this.#type === 'histogram' && negative && sum !== undefined) {
      throw new Error(`${this.#family} has buckets below 0, so it cannot have ${sumName}`);
    }
    if (this.#type === 'gaugehistogram' && !negative && sum !== undefined && sum < 0) {
      throw new Error(`${sumName} is below 0, and no bucket is`);
    }
  }
}

function checkQuantile(labels: Labels, value: number): void {
  const quantile = parseExpositionNumber(labels.get('quantile'));
  if (quantile === undefined || !(quantile >= 0 && quantile <= 1))
    throw new Error(`${labels} needs a label quantile from 0 to 1`);
  if (value < 0) throw new Error(`${labels} must not be below 0`);
}
