import { ByteReader, ByteWriter } from '../chunk/bytes.ts';
import { readSamples, writeSamples, type Columns } from '../chunk/chunk.ts';
import { READ_AHEAD_BYTES } from '../chunk/int-stream.ts';
import { mergeInto } from './merge.ts';
import { OutOfOrder } from './out-of-order.ts';
import { Slots, SLOT_SAMPLES } from './slots.ts';

/** Before each packed block: its length in bytes (u32), its first and its last timestamp (f64). */
const BLOCK_HEADER_BYTES = 20;

const NO_SLOT = -1;
const writer = new ByteWriter(4096);

/**
 * The samples that are in the write-ahead log and not yet in chunks. A series' newest samples stand raw in its slot;
 * a full slot is packed into a block behind the series' earlier blocks; samples that came late stand aside. What is
 * known of a series lies in columns indexed by its ref, so that a million series are a dozen arrays, not objects.
 */
export class Head {
  readonly #slots = new Slots();
  #slotOf = new Int32Array(1024).fill(NO_SLOT);
  #inSlot = new Uint8Array(1024);
  /** Samples in head, late ones included. */
  #counts = new Uint32Array(1024);
  #blockBytes = new Uint32Array(1024);
  readonly #blocks: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  readonly #late = new Map<number, OutOfOrder>();
  #samples = 0;

  /** All samples in head. */
  get samples(): number {
    return this.#samples;
  }

  count(ref: number): number {
    return this.#counts[ref] ?? 0;
  }

  /** Makes room for refs below `limit`. */
  reserve(limit: number): void {
    if (limit <= this.#slotOf.length) return;
    const capacity = Math.max(limit, this.#slotOf.length * 2);
    const slotOf = new Int32Array(capacity).fill(NO_SLOT);
    slotOf.set(this.#slotOf);
    this.#slotOf = slotOf;
    this.#inSlot = grown(this.#inSlot, new Uint8Array(capacity));
    this.#counts = grown(this.#counts, new Uint32Array(capacity));
    this.#blockBytes = grown(this.#blockBytes, new Uint32Array(capacity));
  }

  /** Adds a sample that is newer than all of the series' samples. */
  append(ref: number, timestampMs: number, low: number, high: number): void {
    let slot = this.#slotOf[ref] as number;
    if (slot === NO_SLOT) this.#slotOf[ref] = slot = this.#slots.take();
    let held = this.#inSlot[ref] as number;
    if (held === SLOT_SAMPLES) {
      this.#pack(ref, slot);
      held = 0;
    }
    const page = this.#slots.page(slot);
    const at = this.#slots.offset(slot) + held;
    page.timestampsMs[at] = timestampMs;
    page.words[2 * at] = low;
    page.words[2 * at + 1] = high;
    this.#inSlot[ref] = held + 1;
    this.#counts[ref] = (this.#counts[ref] as number) + 1;
    this.#samples++;
  }

  /** Adds a sample that is older than the series' newest. */
  appendLate(ref: number, timestampMs: number, low: number, high: number): void {
    let late = this.#late.get(ref);
    if (late === undefined) this.#late.set(ref, (late = new OutOfOrder()));
    late.push(timestampMs, low, high);
    this.#counts[ref] = (this.#counts[ref] as number) + 1;
    this.#samples++;
  }

  /**
   * Adds the series' samples in [fromMs, toMs] (and some beyond, whole blocks being read) to `out`, whose samples from
   * `start` on are the series' chunks in time order. Late samples win over equal timestamps.
   */
  read(ref: number, fromMs: number, toMs: number, out: Columns, start: number): void {
    if ((this.#counts[ref] ?? 0) === 0) return;
    const blocks = this.#blocks[ref];
    if (blocks !== undefined) {
      const reader = new ByteReader(blocks);
      const end = this.#blockBytes[ref] as number;
      for (let at = 0; at < end; at += reader.view.getUint32(at, true)) {
        if (reader.view.getFloat64(at + 4, true) > toMs) break;
        if (reader.view.getFloat64(at + 12, true) < fromMs) continue;
        reader.at = at + BLOCK_HEADER_BYTES;
        readSamples(reader, out);
      }
    }
    const slot = this.#slotOf[ref] as number;
    const held = this.#inSlot[ref] as number;
    if (slot !== NO_SLOT && held > 0) {
      const page = this.#slots.page(slot);
      const at = this.#slots.offset(slot);
      if ((page.timestampsMs[at] as number) <= toMs && (page.timestampsMs[at + held - 1] as number) >= fromMs) {
        out.reserve(held);
        out.timestampsMs.set(page.timestampsMs.subarray(at, at + held), out.length);
        out.words.set(page.words.subarray(2 * at, 2 * (at + held)), 2 * out.length);
        out.length += held;
      }
    }
    const late = this.#late.get(ref)?.sorted();
    if (late !== undefined) mergeInto(out, start, late, firstAtOrAfter(late, fromMs), firstAtOrAfter(late, toMs + 1));
  }

  /** The series' oldest timestamp in head, or Infinity. */
  oldestMs(ref: number): number {
    let oldest = this.#late.get(ref)?.sorted().timestampsMs[0] ?? Infinity;
    const blocks = this.#blocks[ref];
    const slot = this.#slotOf[ref] ?? NO_SLOT;
    if (blocks !== undefined) oldest = Math.min(oldest, new ByteReader(blocks).view.getFloat64(4, true));
    else if (slot !== NO_SLOT && (this.#inSlot[ref] as number) > 0) {
      oldest = Math.min(oldest, this.#slots.page(slot).timestampsMs[this.#slots.offset(slot)] as number);
    }
    return oldest;
  }

  /** Forgets the series' samples: they are in chunks now, or too old. */
  clear(ref: number): void {
    const slot = this.#slotOf[ref] ?? NO_SLOT;
    if (slot !== NO_SLOT) this.#slots.release(slot);
    this.#samples -= this.#counts[ref] ?? 0;
    this.#slotOf[ref] = NO_SLOT;
    this.#inSlot[ref] = 0;
    this.#counts[ref] = 0;
    this.#blockBytes[ref] = 0;
    this.#blocks[ref] = undefined;
    this.#late.delete(ref);
  }

  #pack(ref: number, slot: number): void {
    const page = this.#slots.page(slot);
    const at = this.#slots.offset(slot);
    writer.reset();
    writer.reserve(BLOCK_HEADER_BYTES);
    writer.length = BLOCK_HEADER_BYTES;
    writeSamples(writer, page.timestampsMs, page.values, page.words, at, SLOT_SAMPLES);
    writer.view.setUint32(0, writer.length, true);
    writer.view.setFloat64(4, page.timestampsMs[at] as number, true);
    writer.view.setFloat64(12, page.timestampsMs[at + SLOT_SAMPLES - 1] as number, true);
    const before = this.#blockBytes[ref] as number;
    const blocks = new Uint8Array(before + writer.length + READ_AHEAD_BYTES);
    const old = this.#blocks[ref];
    if (old !== undefined) blocks.set(old.subarray(0, before));
    blocks.set(writer.bytes.subarray(0, writer.length), before);
    while (this.#blocks.length <= ref) this.#blocks.push(undefined);
    this.#blocks[ref] = blocks;
    this.#blockBytes[ref] = before + writer.length;
  }
}

/** Index of the first sample at or after a time. */
export function firstAtOrAfter({ timestampsMs, length }: Columns, timeMs: number, from = 0): number {
  let low = from;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timestampsMs[middle] as number) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function grown<T extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(old: T, room: T): T {
  room.set(old);
  return room;
}
