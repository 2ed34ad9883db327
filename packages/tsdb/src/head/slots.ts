/** Samples that a series gathers before they are packed into a block. */
export const SLOT_SAMPLES = 32;

const PAGE_SHIFT = 10;
const PAGE_SLOTS = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_SLOTS - 1;

/** A thousand slots in one stretch of memory. `words` are the bits of `values`. */
export interface SlotPage {
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly words: Uint32Array;
}

/**
 * Room for the newest samples of each series: 512 bytes a slot, in large pages, because a million small typed arrays
 * would cost more in headers than in samples.
 */
export class Slots {
  readonly #pages: SlotPage[] = [];
  readonly #free: number[] = [];
  #used = 0;

  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const slot = this.#used++;
    if (slot >>> PAGE_SHIFT >= this.#pages.length) {
      const values = new Float64Array(PAGE_SLOTS * SLOT_SAMPLES);
      this.#pages.push({
        timestampsMs: new Float64Array(PAGE_SLOTS * SLOT_SAMPLES),
        values,
        words: new Uint32Array(values.buffer),
      });
    }
    return slot;
  }

  release(slot: number): void {
    this.#free.push(slot);
  }

  page(slot: number): SlotPage {
    return this.#pages[slot >>> PAGE_SHIFT] as SlotPage;
  }

  /** Where the slot starts in its page. */
  offset(slot: number): number {
    return (slot & PAGE_MASK) * SLOT_SAMPLES;
  }
}
