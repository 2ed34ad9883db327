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

  /** The set in `bytes[from, to)`; `read` is asked where it is not known. */
  get(bytes: Uint8Array, from: number, to: number, read: () => LabelSet): LabelSet {
    if (to - from > LARGEST_SET_BYTES) return read();
    const hash = hashOf(bytes, from, to);
    const known = this.#young.find(hash, bytes, from, to);
    if (known !== undefined) return known;
    const set = this.#old.find(hash, bytes, from, to) ?? read();
    if (this.#young.size >= this.#limits.sets || this.#young.bytes + to - from > this.#limits.bytes) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.add(hash, bytes, from, to, set);
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
  #arena = new Uint8Array(FIRST_ARENA_BYTES);
  readonly #sets: LabelSet[] = [];

  get size(): number {
    return this.#sets.length;
  }

  get bytes(): number {
    return this.#starts[this.#sets.length] as number;
  }

  find(hash: number, bytes: Uint8Array, from: number, to: number): LabelSet | undefined {
    const mask = this.#slots.length - 1;
    const length = to - from;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const set = (this.#slots[slot] as number) - 1;
      if (set === -1) return undefined;
      if (this.#hashes[set] !== hash) continue;
      const start = this.#starts[set] as number;
      if ((this.#starts[set + 1] as number) - start !== length) continue;
      const arena = this.#arena;
      let i = 0;
      while (i < length && arena[start + i] === bytes[from + i]) i++;
      if (i === length) return this.#sets[set];
    }
  }

  add(hash: number, bytes: Uint8Array, from: number, to: number, set: LabelSet): void {
    const number = this.#sets.length;
    const start = this.bytes;
    const end = start + to - from;
    if (end > this.#arena.length) {
      const arena = new Uint8Array(Math.max(end, this.#arena.length * 2));
      arena.set(this.#arena.subarray(0, start));
      this.#arena = arena;
    }
    this.#arena.set(bytes.subarray(from, to), start);
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

/** Four bytes a step; mixed at the end, because series differ in few bytes. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  let i = from;
  for (const end = to - 3; i < end; i += 4) {
    const word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
