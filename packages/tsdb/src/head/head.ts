import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { type ByteReader, ByteWriter } from '../chunk/bytes.ts';
import { readSamples, readSections, sectionsOf, writeSamples, writeSections } from '../chunk/chunk.ts';
import { Columns } from '../chunk/columns.ts';
import { BLOCK_HEADER_BYTES, Blocks, NO_BLOCK } from './blocks.ts';
import { mergeInto } from './merge.ts';
import { OutOfOrder } from './out-of-order.ts';
import { Slots, SLOT_SAMPLES } from './slots.ts';

const NO_SLOT = -1;
const writer = new ByteWriter(4096);
const scratch = new Columns(SLOT_SAMPLES);

/** What few samples have, for those of one slot. */
interface Beside {
  readonly histograms: Map<number, NativeHistogram>;
  /** By place in the slot. */
  startsMs: Float64Array<ArrayBuffer> | undefined;
}

/** Where a series' samples in head are: packed, then raw, and late ones in time order. Not to be changed or kept. */
export interface HeadParts {
  readonly blocks: Blocks;
  /** Place of the first block; NO_BLOCK where there is none. */
  readonly firstBlock: number;
  readonly slot:
    | { readonly timestampsMs: Float64Array; readonly words: Uint32Array; readonly from: number; readonly end: number }
    | undefined;
  /** The slot where its samples are more than numbers. */
  readonly richSlot: Columns | undefined;
  readonly late: Columns | undefined;
}

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
  readonly #blocks = new Blocks();
  #firstBlock = new Uint32Array(1024);
  #lastBlock = new Uint32Array(1024);
  readonly #late = new Map<number, OutOfOrder>();
  /** Of the series whose slot has samples that are more than numbers. */
  readonly #beside = new Map<number, Beside>();
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
    this.#firstBlock = grown(this.#firstBlock, new Uint32Array(capacity));
    this.#lastBlock = grown(this.#lastBlock, new Uint32Array(capacity));
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

  /** As `append`, for a sample that is a histogram or has a start time (NaN: it was not told). */
  appendRich(
    ref: number,
    timestampMs: number,
    low: number,
    high: number,
    histogram?: NativeHistogram,
    startMs = Number.NaN,
  ): void {
    this.append(ref, timestampMs, low, high);
    if (histogram === undefined && Number.isNaN(startMs)) return;
    let beside = this.#beside.get(ref);
    if (beside === undefined) this.#beside.set(ref, (beside = { histograms: new Map(), startsMs: undefined }));
    if (histogram !== undefined) beside.histograms.set(timestampMs, histogram);
    if (Number.isNaN(startMs)) return;
    beside.startsMs ??= new Float64Array(SLOT_SAMPLES).fill(Number.NaN);
    beside.startsMs[(this.#inSlot[ref] as number) - 1] = startMs;
  }

  /** Adds a sample that is older than the series' newest. */
  appendLate(
    ref: number,
    timestampMs: number,
    low: number,
    high: number,
    histogram?: NativeHistogram,
    startMs = Number.NaN,
  ): void {
    let late = this.#late.get(ref);
    if (late === undefined) this.#late.set(ref, (late = new OutOfOrder()));
    late.push(timestampMs, low, high, histogram, startMs);
    this.#counts[ref] = (this.#counts[ref] as number) + 1;
    this.#samples++;
  }

  /**
   * Adds the series' samples in [fromMs, toMs] (and some beyond, whole blocks being read) to `out`, whose samples from
   * `start` on are the series' chunks in time order. Late samples win over equal timestamps.
   */
  read(ref: number, fromMs: number, toMs: number, out: Columns, start: number): void {
    if ((this.#counts[ref] ?? 0) === 0) return;
    const blocks = this.#blocks;
    for (let place = this.#firstBlock[ref] as number; place !== NO_BLOCK; place = blocks.next(place)) {
      const reader = blocks.reader(place);
      if (reader.view.getFloat64(reader.at + 4, true) > toMs) break;
      if (reader.view.getFloat64(reader.at + 12, true) >= fromMs) readBlock(reader, out);
    }
    const slot = this.#slotOf[ref] as number;
    const held = this.#inSlot[ref] as number;
    if (slot !== NO_SLOT && held > 0) {
      const page = this.#slots.page(slot);
      const at = this.#slots.offset(slot);
      if ((page.timestampsMs[at] as number) <= toMs && (page.timestampsMs[at + held - 1] as number) >= fromMs) {
        this.#readSlot(ref, slot, held, out);
      }
    }
    const late = this.#late.get(ref)?.sorted();
    if (late !== undefined) mergeInto(out, start, late, firstAtOrAfter(late, fromMs), firstAtOrAfter(late, toMs + 1));
  }

  /** The series' samples as they lie; undefined where it has none. */
  parts(ref: number): HeadParts | undefined {
    if ((this.#counts[ref] ?? 0) === 0) return undefined;
    const slot = this.#slotOf[ref] as number;
    const held = this.#inSlot[ref] as number;
    const from = this.#slots.offset(slot);
    let richSlot: Columns | undefined;
    if (this.#beside.has(ref)) this.#readSlot(ref, slot, held, (richSlot = new Columns(held)));
    return {
      blocks: this.#blocks,
      firstBlock: this.#firstBlock[ref] as number,
      slot:
        slot === NO_SLOT || held === 0 || richSlot !== undefined
          ? undefined
          : { ...this.#slots.page(slot), from, end: from + held },
      richSlot,
      late: this.#late.get(ref)?.sorted(),
    };
  }

  /** The series' oldest timestamp in head, or Infinity. */
  oldestMs(ref: number): number {
    let oldest = this.#late.get(ref)?.sorted().timestampsMs[0] ?? Infinity;
    const first = this.#firstBlock[ref] ?? NO_BLOCK;
    const slot = this.#slotOf[ref] ?? NO_SLOT;
    if (first !== NO_BLOCK) {
      const { view, at } = this.#blocks.reader(first);
      oldest = Math.min(oldest, view.getFloat64(at + 4, true));
    } else if (slot !== NO_SLOT && (this.#inSlot[ref] as number) > 0) {
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
    this.#blocks.release(this.#firstBlock[ref] ?? NO_BLOCK);
    this.#firstBlock[ref] = NO_BLOCK;
    this.#lastBlock[ref] = NO_BLOCK;
    this.#late.delete(ref);
    this.#beside.delete(ref);
  }

  #readSlot(ref: number, slot: number, held: number, out: Columns): void {
    const page = this.#slots.page(slot);
    const at = this.#slots.offset(slot);
    out.reserve(held);
    const first = out.length;
    out.timestampsMs.set(page.timestampsMs.subarray(at, at + held), first);
    out.words.set(page.words.subarray(2 * at, 2 * (at + held)), 2 * first);
    out.grow(held);
    const beside = this.#beside.size === 0 ? undefined : this.#beside.get(ref);
    if (beside === undefined) return;
    for (const [timestampMs, histogram] of beside.histograms) out.needHistograms().set(timestampMs, histogram);
    if (beside.startsMs !== undefined) out.needStarts().set(beside.startsMs.subarray(0, held), first);
  }

  #pack(ref: number, slot: number): void {
    const page = this.#slots.page(slot);
    const at = this.#slots.offset(slot);
    let sections = 0;
    if (this.#beside.size > 0 && this.#beside.has(ref)) {
      scratch.clear();
      this.#readSlot(ref, slot, SLOT_SAMPLES, scratch);
      sections = sectionsOf(scratch, 0, SLOT_SAMPLES);
      this.#beside.delete(ref);
    }
    writer.reset();
    writer.reserve(BLOCK_HEADER_BYTES);
    writer.length = BLOCK_HEADER_BYTES;
    writeSamples(writer, page.timestampsMs, page.values, page.words, at, SLOT_SAMPLES);
    if (sections !== 0) {
      writeSections(writer, scratch, 0, SLOT_SAMPLES, sections);
      scratch.clear();
    }
    writer.view.setUint32(0, writer.length, true);
    writer.view.setFloat64(4, page.timestampsMs[at] as number, true);
    writer.view.setFloat64(12, page.timestampsMs[at + SLOT_SAMPLES - 1] as number, true);
    writer.view.setUint8(20, sections);
    const place = this.#blocks.add(writer.bytes.subarray(0, writer.length));
    const last = this.#lastBlock[ref] as number;
    if (last === NO_BLOCK) this.#firstBlock[ref] = place;
    else this.#blocks.link(last, place);
    this.#lastBlock[ref] = place;
  }
}

/** Appends the samples of the packed block at the reader to `out`. */
export function readBlock(reader: ByteReader, out: Columns): void {
  const sections = reader.view.getUint8(reader.at + 20);
  reader.at += BLOCK_HEADER_BYTES;
  const from = out.length;
  readSamples(reader, out);
  if (sections !== 0) readSections(reader, out, from, sections);
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
