import { type Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { ObserverOptions } from '../lines/mappings.ts';
import { ownText } from '../lines/text-cache.ts';
import type { SampleRows } from './sample-rows.ts';

/** What one series of StatsD has come to. */
export type Total = Counter | Gauge | SetCount | Histogram | Summary;

/** Prometheus' client libraries' own, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const QUANTILES = [0.5, 0.9, 0.95, 0.99];
/** Of more values in one interval so many are kept, each as likely as the others. */
const MOST_VALUES = 500;
/** Stands for a label's value in a key. No line has such a character. */
const PLACE = '\u0003';

/** `beginMs` is a moment before its first value that no sample of it has yet. */
export function totalOf(kind: Total['kind'], labels: Labels, { buckets, quantiles }: ObserverOptions, beginMs: number): Total {
  switch (kind) {
    case 'counter':
      return new Counter(ownText(labels.key), beginMs);
    case 'gauge':
      return new Gauge(ownText(labels.key));
    case 'set':
      return new SetCount(ownText(labels.key));
    case 'histogram':
      return new Histogram(labels, buckets ?? BUCKETS, beginMs);
    case 'summary':
      return new Summary(labels, quantiles ?? QUANTILES, beginMs);
  }
}

/**
 * Writes numbers that only rise. A series begins with a 0, so that increase() counts its first value too; until that is
 * stored it is written each time.
 */
class Rising {
  #beginMs: number | undefined;

  constructor(beginMs: number) {
    this.#beginMs = beginMs;
  }

  write(rows: SampleRows, key: string, timeMs: number, value: number): void {
    if (this.#beginMs !== undefined) rows.add(key, this.#beginMs, 0);
    rows.add(key, timeMs, value);
  }

  stored(): void {
    this.#beginMs = undefined;
  }
}

class Counter {
  readonly kind = 'counter';
  readonly keys: readonly [string];
  /** Numbers that it keeps beside itself. */
  readonly cells = 0;
  readonly #rising: Rising;
  #total = 0;

  constructor(key: string, beginMs: number) {
    this.keys = [key];
    this.#rising = new Rising(beginMs);
  }

  observe(value: number, weight: number): void {
    this.#total += value * weight;
  }

  write(rows: SampleRows, timeMs: number): void {
    this.#rising.write(rows, this.keys[0], timeMs, this.#total);
  }

  stored(): void {
    this.#rising.stored();
  }
}

class Gauge {
  readonly kind = 'gauge';
  readonly keys: readonly [string];
  readonly cells = 0;
  #value = 0;

  constructor(key: string) {
    this.keys = [key];
  }

  set(value: number, relative: boolean): void {
    this.#value = relative ? this.#value + value : value;
  }

  write(rows: SampleRows, timeMs: number): void {
    rows.add(this.keys[0], timeMs, this.#value);
  }

  stored(): void {}
}

/** How many different texts came since it was last written. */
class SetCount {
  readonly kind = 'set';
  readonly keys: readonly [string];
  readonly cells = 0;
  #members = new Set<string>();

  constructor(key: string) {
    this.keys = [key];
  }

  get size(): number {
    return this.#members.size;
  }

  has(member: string): boolean {
    return this.#members.has(member);
  }

  /** Whether it is a new one. */
  add(member: string): boolean {
    const before = this.#members.size;
    return this.#members.add(member).size > before;
  }

  write(rows: SampleRows, timeMs: number): void {
    rows.add(this.keys[0], timeMs, this.#members.size);
    this.#members = new Set();
  }

  stored(): void {}
}

class Histogram {
  readonly kind = 'histogram';
  /** One a bucket, +Inf among them, then the sum and the count. */
  readonly keys: readonly string[];
  readonly cells: number;
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  readonly #rising: Rising;
  #sum = 0;

  constructor(labels: Labels, bounds: readonly number[], beginMs: number) {
    const name = labels.metricName;
    const bucket = keysWith(labels.with(METRIC_NAME, `${name}_bucket`), 'le', [...bounds.map(String), '+Inf']);
    this.keys = [...bucket, ...sumAndCount(labels)];
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
    this.#rising = new Rising(beginMs);
    this.cells = this.#counts.length;
  }

  observe(value: number, weight: number): void {
    const at = this.#bounds.findIndex((bound) => value <= bound);
    const index = at === -1 ? this.#bounds.length : at;
    this.#counts[index] = (this.#counts[index] as number) + weight;
    this.#sum += value * weight;
  }

  write(rows: SampleRows, timeMs: number): void {
    let count = 0;
    for (const [i, inside] of this.#counts.entries()) {
      count += inside;
      this.#rising.write(rows, this.keys[i] as string, timeMs, count);
    }
    this.#rising.write(rows, this.keys.at(-2) as string, timeMs, this.#sum);
    this.#rising.write(rows, this.keys.at(-1) as string, timeMs, count);
  }

  stored(): void {
    this.#rising.stored();
  }
}

/** Quantiles of what came since it was last written, as StatsD has them, over a sum and a count that rise. */
class Summary {
  readonly kind = 'summary';
  /** One a quantile, then the sum and the count. */
  readonly keys: readonly string[];
  readonly cells = MOST_VALUES;
  readonly #quantiles: readonly number[];
  readonly #rising: Rising;
  /** `weights[i]` belongs to `values[i]`. */
  #values: number[] = [];
  #weights: number[] = [];
  #seen = 0;
  #silent = false;
  #sum = 0;
  #count = 0;

  constructor(labels: Labels, quantiles: readonly number[], beginMs: number) {
    this.keys = [...keysWith(labels, 'quantile', quantiles.map(String)), ...sumAndCount(labels)];
    this.#quantiles = quantiles;
    this.#rising = new Rising(beginMs);
  }

  observe(value: number, weight: number): void {
    this.#sum += value * weight;
    this.#count += weight;
    this.#seen++;
    // Vitter's algorithm R: https://en.wikipedia.org/wiki/Reservoir_sampling
    const at = this.#values.length < MOST_VALUES ? this.#values.length : Math.floor(Math.random() * this.#seen);
    if (at >= MOST_VALUES) return;
    this.#values[at] = value;
    this.#weights[at] = weight;
  }

  write(rows: SampleRows, timeMs: number): void {
    const values = this.#values;
    if (values.length > 0) {
      const weights = this.#weights;
      const order = [...values.keys()].toSorted((a, b) => (values[a] as number) - (values[b] as number));
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [i, quantile] of this.#quantiles.entries()) {
        let below = 0;
        // The least value that has so much of the weight at it or below.
        const found = order.findIndex((index) => (below += weights[index] as number) >= quantile * all);
        const at = order.at(found) as number;
        rows.add(this.keys[i] as string, timeMs, values[at]);
      }
    } else if (!this.#silent) {
      // Nothing came, so that nothing is known: missing, neither 0 nor what it was.
      for (const i of this.#quantiles.keys()) rows.add(this.keys[i] as string, timeMs, undefined);
    }
    this.#silent = values.length === 0;
    this.#values = [];
    this.#weights = [];
    this.#seen = 0;
    this.#rising.write(rows, this.keys.at(-2) as string, timeMs, this.#sum);
    this.#rising.write(rows, this.keys.at(-1) as string, timeMs, this.#count);
  }

  stored(): void {
    this.#rising.stored();
  }
}

/** The keys of labels with one more, of several values: made from one of them, as whoever invents names makes us do this often. */
function keysWith(labels: Labels, name: string, values: readonly string[]): string[] {
  const [before = '', after = ''] = labels.with(name, PLACE).key.split(PLACE).map(ownText);
  return values.map((value) => before + value + after);
}

function sumAndCount(labels: Labels): [sum: string, count: string] {
  const name = labels.metricName;
  return [ownText(labels.with(METRIC_NAME, `${name}_sum`).key), ownText(labels.with(METRIC_NAME, `${name}_count`).key)];
}
