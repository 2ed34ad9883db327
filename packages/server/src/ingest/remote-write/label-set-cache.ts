import type { LabelSet } from './label-set.ts';

const FIRST_SLOTS = 1024;
const FIRST_ARENA_BYTES = 64 * 1024;
/** A set larger than this is rare, and not worth its place. */
const LARGEST_SET_BYTES = 16 * 1024;

/** Bounds of one generation; there are two. */
export interface LabelSetCacheLimits {
  readonly sets: number;
  readonly bytes: number;
}

/**
 * Remembers what the bytes of a label set mean, across requests, so that a series' labels are decoded once and then
 * recognised. Bounded: what was not used during the last `sets` new ones is forgotten.
 */
export class LabelSetCache {
  readonly #limits: LabelSetCacheLimits;
  #young = new Generation();
  #old = new Generation();

  constructor(limits: LabelSetCacheLimits = { sets: 200_000, bytes: 48 * 1024 * 1024 }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The set in the bytes [from, to) of `view`; `read` is asked where it is not known. */
  get(view: DataView, from: number, to: number, read: () => LabelSet): LabelSet {
    if (to - from > LARGEST_SET_BYTES) return read();
    const next = this.#young.findNext(view, from, to);
    if (next !== undefined) return next;
    const hash = hashOf(view, from, to);
    const known = this.#young.find(hash, view, from, to);
    if (known !== undefined) return known;
    const set = this.#old.find(hash, view, from, to) ?? read();
    if (this.#young.size >= this.#limits.sets || this.#young.bytes + to - from > this.#limits.bytes) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.add(hash, view, from, to, set);
    return set;
  }
}

/** A hash table with open addressing over copies of the bytes. */
class Generation {
  /** Number of a set plus 1; 0 is free. */
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS / 2);
  /** Where set i's bytes begin; they end where those of i + 1 begin. */
  #starts = new Int32Array(FIRST_SLOTS / 2 + 1);
  #arena = new DataView(new ArrayBuffer(FIRST_ARENA_BYTES));
  readonly #sets: LabelSet[] = [];
  /** The number of the set that was found last. */
  #found = -1;

  get size(): number {
    return this.#sets.length;
  }

  get bytes(): number {
    return this.#starts[this.#sets.length] as number;
  }

  /** The set that was added after the one that was found last, where it is that: senders repeat themselves. */
  findNext(view: DataView, from: number, to: number): LabelSet | undefined {
    const set = this.#found + 1 < this.#sets.length ? this.#found + 1 : 0;
    const start = this.#starts[set] as number;
    const length = to - from;
    if (set >= this.#sets.length || (this.#starts[set + 1] as number) - start !== length) return undefined;
    if (!sameBytes(this.#arena, start, view, from, length)) return undefined;
    this.#found = set;
    return this.#sets[set];
  }

  find(hash: number, view: DataView, from: number, to: number): LabelSet | undefined {
    const mask = this.#slots.length - 1;
    const length = to - from;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const set = (this.#slots[slot] as number) - 1;
      if (set === -1) return undefined;
      if (this.#hashes[set] !== hash) continue;
      const start = this.#starts[set] as number;
      if ((this.#starts[set + 1] as number) - start !== length) continue;
      if (!sameBytes(this.#arena, start, view, from, length)) continue;
      this.#found = set;
      return this.#sets[set];
    }
  }

  add(hash: number, view: DataView, from: number, to: number, set: LabelSet): void {
    const number = this.#sets.length;
    const start = this.bytes;
    const end = start + to - from;
    if (end > this.#arena.byteLength) {
      const arena = new Uint8Array(Math.max(end, this.#arena.byteLength * 2));
      arena.set(new Uint8Array(this.#arena.buffer, 0, start));
      this.#arena = new DataView(arena.buffer);
    }
    new Uint8Array(this.#arena.buffer).set(new Uint8Array(view.buffer, view.byteOffset + from, to - from), start);
    this.#sets.push(set);
    if (number === this.#hashes.length) this.#grow();
    this.#hashes[number] = hash;
    this.#starts[number + 1] = end;
    this.#place(hash, number);
  }

  #place(hash: number, set: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = set + 1;
  }

  /** Half of the slots stay free. */
  #grow(): void {
    const count = this.#hashes.length;
    const hashes = new Int32Array(count * 2);
    hashes.set(this.#hashes);
    const starts = new Int32Array(count * 2 + 1);
    starts.set(this.#starts);
    this.#hashes = hashes;
    this.#starts = starts;
    this.#slots = new Int32Array(count * 4);
    for (let set = 0; set < count; set++) this.#place(hashes[set] as number, set);
  }
}

/** Four bytes a step: a DataView reads them at once wherever they begin. */
function sameBytes(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4) if (a.getInt32(atA + i, true) !== b.getInt32(atB + i, true)) return false;
  for (; i < length; i++) if (a.getUint8(atA + i) !== b.getUint8(atB + i)) return false;
  return true;
}

/** Mixed at the end, because series differ in few bytes. */
function hashOf(view: DataView, from: number, to: number): number {
  let hash = to - from;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < to; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
