import { randomInt } from 'node:crypto';

const FIRST_SLOTS = 1024;
const FIRST_ARENA_BYTES = 64 * 1024;
/** A key larger than this is rare, and not worth its place. */
const LARGEST_KEY_BYTES = 16 * 1024;
/** Slots that are looked at for one key. By chance it is never so many; a key that finds none of them free is not remembered. */
const MOST_STEPS = 128;
/** Nobody outside the process knows them, so that nobody can write keys with one hash. */
const FIRST_SEED = randomInt(2 ** 32);
const STEP_SEED = randomInt(2 ** 32);

/** Bounds of one generation; there are two. */
export interface BytesCacheLimits {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Remembers what bytes mean, across requests, so that a label set or a text is decoded once and then recognised.
 * Bounded: what was not used while as many others came new is forgotten.
 */
export class BytesCache<T> {
  readonly #limits: BytesCacheLimits;
  #young = new Generation<T>();
  #old = new Generation<T>();

  constructor(limits: BytesCacheLimits = { entries: 200_000, bytes: 48 * 1024 * 1024 }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /**
   * The length of the key that was added after the one that was found last, where the bytes [from, end) of `view` begin with it;
   * else 0. It is then the one that was found last. Whether a longer key stands there the caller has to see.
   */
  skipNext(view: DataView, from: number, end: number): number {
    return this.#young.skipNext(view, from, end);
  }

  /** What was found last; to be asked after `skipNext` found something. */
  get found(): T {
    return this.#young.foundValue;
  }

  /**
   * What the bytes [from, to) of `view` mean; `read` is asked where it is not known. `held` are bytes that the value needs
   * besides, where the key does not tell.
   */
  get(view: DataView, from: number, to: number, read: () => T, held = 0): T {
    if (to - from > LARGEST_KEY_BYTES) return read();
    if (this.#young.nextLength === to - from && this.#young.skipNext(view, from, to) > 0) return this.found;
    const hash = hashOf(view, from, to);
    const known = this.#young.find(hash, view, from, to);
    if (known !== undefined) return known;
    const value = this.#old.find(hash, view, from, to) ?? read();
    if (
      this.#young.size >= this.#limits.entries ||
      this.#young.bytes + this.#young.held + to - from + held > this.#limits.bytes
    ) {
      this.#old = this.#young;
      this.#young = new Generation<T>();
    }
    this.#young.add(hash, view, from, to, value);
    this.#young.held += held;
    return value;
  }
}

/** A hash table with open addressing over copies of the bytes. */
class Generation<T> {
  /** Number of an entry plus 1; 0 is free. */
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS / 2);
  /** Where entry i's key begins; it ends where that of i + 1 begins. */
  #starts = new Int32Array(FIRST_SLOTS / 2 + 1);
  #arena = new DataView(new ArrayBuffer(FIRST_ARENA_BYTES));
  readonly #values: T[] = [];
  /** Bytes that the values need besides. */
  held = 0;
  /** The number of the entry that was found last. */
  #found = -1;

  get size(): number {
    return this.#values.length;
  }

  get bytes(): number {
    return this.#starts[this.#values.length] as number;
  }

  get foundValue(): T {
    return this.#values[this.#found] as T;
  }

  /** Of the key that was added after the one that was found last; 0 where there is none. */
  get nextLength(): number {
    const next = this.#next;
    return (this.#starts[next + 1] as number) - (this.#starts[next] as number);
  }

  /** Senders repeat themselves: most often it is that key. */
  skipNext(view: DataView, from: number, end: number): number {
    const length = this.nextLength;
    if (length === 0 || from + length > end) return 0;
    if (!sameBytes(this.#arena, this.#starts[this.#next] as number, view, from, length)) return 0;
    this.#found = this.#next;
    return length;
  }

  get #next(): number {
    return this.#found + 1 < this.#values.length ? this.#found + 1 : 0;
  }

  find(hash: number, view: DataView, from: number, to: number): T | undefined {
    const mask = this.#slots.length - 1;
    const length = to - from;
    for (let step = 0; step < MOST_STEPS; step++) {
      const slot = (hash + step) & mask;
      const entry = (this.#slots[slot] as number) - 1;
      if (entry === -1) return undefined;
      if (this.#hashes[entry] !== hash) continue;
      const start = this.#starts[entry] as number;
      if ((this.#starts[entry + 1] as number) - start !== length) continue;
      if (!sameBytes(this.#arena, start, view, from, length)) continue;
      this.#found = entry;
      return this.#values[entry];
    }
    return undefined;
  }

  add(hash: number, view: DataView, from: number, to: number, value: T): void {
    const number = this.#values.length;
    const start = this.bytes;
    const end = start + to - from;
    if (end > this.#arena.byteLength) {
      const arena = new Uint8Array(Math.max(end, this.#arena.byteLength * 2));
      arena.set(new Uint8Array(this.#arena.buffer, 0, start));
      this.#arena = new DataView(arena.buffer);
    }
    new Uint8Array(this.#arena.buffer).set(new Uint8Array(view.buffer, view.byteOffset + from, to - from), start);
    this.#values.push(value);
    if (number === this.#hashes.length) this.#grow();
    this.#hashes[number] = hash;
    this.#starts[number + 1] = end;
    this.#place(hash, number);
    this.#found = number;
  }

  #place(hash: number, entry: number): void {
    const mask = this.#slots.length - 1;
    for (let step = 0; step < MOST_STEPS; step++) {
      const slot = (hash + step) & mask;
      if (this.#slots[slot] !== 0) continue;
      this.#slots[slot] = entry + 1;
      return;
    }
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
    for (let entry = 0; entry < count; entry++) this.#place(hashes[entry] as number, entry);
  }
}

/** Eight bytes a step, and then four: a DataView reads them at once wherever they begin. */
function sameBytes(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  let i = 0;
  for (; i + 8 <= length; i += 8) if (a.getBigInt64(atA + i, true) !== b.getBigInt64(atB + i, true)) return false;
  for (; i + 4 <= length; i += 4) if (a.getInt32(atA + i, true) !== b.getInt32(atB + i, true)) return false;
  for (; i < length; i++) if (a.getUint8(atA + i) !== b.getUint8(atB + i)) return false;
  return true;
}

/**
 * Each word is mixed with a seed before it comes to the others, so that no two words that undo each other's difference
 * can be told beforehand; mixed at the end, because series differ in few bytes.
 */
function hashOf(view: DataView, from: number, to: number): number {
  let hash = FIRST_SEED ^ (to - from);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    let word = Math.imul(view.getInt32(i, true) ^ STEP_SEED, 0xcc9e2d51);
    word ^= word >>> 15;
    hash = Math.imul(((hash << 13) | (hash >>> 19)) ^ word, 0x9e3779b1);
    hash ^= hash >>> 16;
  }
  for (; i < to; i++) hash = Math.imul(hash ^ view.getUint8(i) ^ STEP_SEED, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
