/** Points as columns that grow. */
export class PointColumns {
  length = 0;
  #curveIndex = new Uint32Array(1_024);
  #steps = new Float64Array(1_024);
  #timesMs = new Float64Array(1_024);
  #values = new Float64Array(1_024);

  push(curve: number, step: number, timeMs: number, value: number): void {
    const at = this.length;
    if (at === this.#steps.length) this.#grow();
    this.#curveIndex[at] = curve;
    this.#steps[at] = step;
    this.#timesMs[at] = timeMs;
    this.#values[at] = value;
    this.length = at + 1;
  }

  /** Takes out what there is, as columns that are the caller's. */
  take(): {
    readonly curveIndex: Uint32Array<ArrayBuffer>;
    readonly steps: Float64Array<ArrayBuffer>;
    readonly timesMs: Float64Array<ArrayBuffer>;
    readonly values: Float64Array<ArrayBuffer>;
  } {
    const { length } = this;
    this.length = 0;
    return {
      curveIndex: this.#curveIndex.slice(0, length),
      steps: this.#steps.slice(0, length),
      timesMs: this.#timesMs.slice(0, length),
      values: this.#values.slice(0, length),
    };
  }

  #grow(): void {
    const capacity = this.#steps.length * 2;
    const [curveIndex, steps, timesMs, values] = [this.#curveIndex, this.#steps, this.#timesMs, this.#values];
    (this.#curveIndex = new Uint32Array(capacity)).set(curveIndex);
    (this.#steps = new Float64Array(capacity)).set(steps);
    (this.#timesMs = new Float64Array(capacity)).set(timesMs);
    (this.#values = new Float64Array(capacity)).set(values);
  }
}
