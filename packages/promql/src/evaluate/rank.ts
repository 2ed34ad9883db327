import type { Labels } from '@vitrine/model/labels.ts';
import type { Column } from './column.ts';

/** topk() and bottomk() of one group: at each step the k best of the series shown, held in a heap a step. */
export class Ranking {
  readonly #sign: 1 | -1;
  /** Values of step i at [i * width, i * width + sizes[i]), the worst first (a heap). */
  #heapValues: Float64Array;
  #heapSeries: Int32Array;
  readonly #sizes: Int32Array;
  readonly #limits: Float64Array;
  readonly #hold: (values: number) => void;
  #width: number;
  readonly #series: { readonly labels: Labels; readonly dropName: boolean }[] = [];

  /**
   * @param sign 1 keeps the largest, -1 the smallest.
   * @param limits How many are kept at each step; whole, 0 keeps none.
   * @param hold Told how many values more are held in memory.
   */
  constructor(sign: 1 | -1, limits: Float64Array, hold: (values: number) => void) {
    this.#sign = sign;
    this.#hold = hold;
    hold(limits.length);
    this.#limits = limits;
    this.#sizes = new Int32Array(limits.length);
    this.#width = 1;
    this.#heapValues = new Float64Array(limits.length);
    this.#heapSeries = new Int32Array(limits.length);
  }

  add({ labels, dropName, values, present }: Column): void {
    const index = this.#series.length;
    this.#series.push({ labels, dropName });
    const sizes = this.#sizes;
    const limits = this.#limits;
    const sign = this.#sign;
    let worst = this.#heapValues;
    let width = this.#width;
    for (let i = 0; i < values.length; i++) {
      if (present[i] === 0) continue;
      const size = sizes[i]!;
      const value = values[i]!;
      const base = i * width;
      if (size >= limits[i]!) {
        // Most series lose against the worst kept; only ties and NaN ask for more than their value.
        if (size === 0 || value * sign < worst[base]! * sign) continue;
        if (this.#worse(worst[base]!, this.#heapSeries[base]!, value, index)) this.#siftDown(base, size, value, index);
        continue;
      }
      if (size === width) {
        this.#widen();
        worst = this.#heapValues;
        width = this.#width;
      }
      sizes[i] = size + 1;
      this.#siftUp(i * width, size, value, index);
    }
  }

  /** The kept series over the grid; at one step the best first. */
  finish(): Column[] {
    const count = this.#sizes.length;
    const columns: Column[] = [];
    const columnOf: (Column | undefined)[] = this.#series.map(() => undefined);
    const put = (at: number, i: number): void => {
      const series = this.#heapSeries[at]!;
      let column = columnOf[series];
      if (column === undefined) {
        column = { ...this.#series[series]!, values: new Float64Array(count), present: new Uint8Array(count), owned: true };
        columnOf[series] = column;
        columns.push(column);
      }
      column.values[i] = this.#heapValues[at]!;
      column.present[i] = 1;
    };
    if (count === 1) {
      const places = Array.from({ length: this.#sizes[0]! }, (_, at) => at);
      for (const at of places.sort((one, other) => this.#order(one, other))) put(at, 0);
      return columns;
    }
    for (let i = 0; i < count; i++) {
      const base = i * this.#width;
      for (let at = base, end = base + this.#sizes[i]!; at < end; at++) put(at, i);
    }
    return columns;
  }

  /** NaN is worst; of equal values the series that comes later in label order, so that answers do not change by chance. */
  #worse(value: number, series: number, otherValue: number, otherSeries: number): boolean {
    if (value < otherValue) return this.#sign === 1;
    if (value > otherValue) return this.#sign === -1;
    if (value !== value && otherValue === otherValue) return true;
    if (value === value && otherValue !== otherValue) return false;
    // Keys are compared at once. They are in label order, but where a name or value has a character up to U+0002: of such series ties may
    // go otherwise than by compareLabels(), though always the same way.
    return this.#series[series]!.labels.key > this.#series[otherSeries]!.labels.key;
  }

  #order(a: number, b: number): number {
    const [values, owners] = [this.#heapValues, this.#heapSeries];
    return this.#worse(values[a]!, owners[a]!, values[b]!, owners[b]!) ? 1 : -1;
  }

  #siftUp(base: number, from: number, value: number, series: number): void {
    const [values, owners] = [this.#heapValues, this.#heapSeries];
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#worse(value, series, values[base + parent]!, owners[base + parent]!)) break;
      values[base + at] = values[base + parent]!;
      owners[base + at] = owners[base + parent]!;
      at = parent;
    }
    values[base + at] = value;
    owners[base + at] = series;
  }

  #siftDown(base: number, size: number, value: number, series: number): void {
    const [values, owners] = [this.#heapValues, this.#heapSeries];
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const right = child + 1;
      if (
        right < size &&
        this.#worse(values[base + right]!, owners[base + right]!, values[base + child]!, owners[base + child]!)
      ) {
        child = right;
      }
      if (!this.#worse(values[base + child]!, owners[base + child]!, value, series)) break;
      values[base + at] = values[base + child]!;
      owners[base + at] = owners[base + child]!;
      at = child;
    }
    values[base + at] = value;
    owners[base + at] = series;
  }

  #widen(): void {
    const width = this.#width * 2;
    this.#hold(this.#sizes.length * this.#width);
    const values = new Float64Array(this.#sizes.length * width);
    const series = new Int32Array(this.#sizes.length * width);
    for (let i = 0; i < this.#sizes.length; i++) {
      values.set(this.#heapValues.subarray(i * this.#width, (i + 1) * this.#width), i * width);
      series.set(this.#heapSeries.subarray(i * this.#width, (i + 1) * this.#width), i * width);
    }
    [this.#heapValues, this.#heapSeries, this.#width] = [values, series, width];
  }
}
