const LEAST_BYTES = 4096;
/** What is larger is rare, and not kept. */
const LARGEST_BYTES = 1024 * 1024;
const MOST_KEPT = 8;

/**
 * Memory that goes to another thread and comes back with its answer. Taken anew for each message it is garbage on both sides, of
 * which V8 clears away 64 MB at most before it searches the whole heap.
 */
export class SpareMemory {
  /** The smallest first. */
  readonly #kept: ArrayBuffer[] = [];

  /** At least so many bytes, whatever stands in them. */
  take(bytes: number): ArrayBuffer {
    const place = this.#kept.findIndex((memory) => memory.byteLength >= bytes);
    if (place !== -1) return this.#kept.splice(place, 1)[0] as ArrayBuffer;
    return new ArrayBuffer(bytes > LARGEST_BYTES ? bytes : Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(bytes))));
  }

  giveBack(memory: ArrayBuffer): void {
    if (memory.byteLength > LARGEST_BYTES) return;
    const place = this.#kept.findIndex(({ byteLength }) => byteLength >= memory.byteLength);
    this.#kept.splice(place === -1 ? this.#kept.length : place, 0, memory);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
  }
}
