const FREE = 0;

/**
 * The series' labels as rows of small numbers, one a label with its value, and where to find a row by what is in it. A
 * million series of nine labels take 55 MB; as texts they would take 250 MB and a million objects.
 */
export class SeriesRows {
  #ids = new Uint32Array(16_384);
  #used = 0;
  /** Of those used, how many belong to rows that were removed. */
  #dead = 0;
  #starts = new Uint32Array(1024);
  /** One more than the row is long; 0 where there is no row. */
  #lengths = new Uint16Array(1024);
  /** A hash table with open addressing, half of it free at least: a ref plus 1, or FREE. */
  #slots = new Int32Array(4096);
  #size = 0;
  #limit = 0;

  get size(): number {
    return this.#size;
  }

  /** One more than the greatest ref that ever had a row. */
  get limit(): number {
    return this.#limit;
  }

  /** The array in which rows lie, from `start(ref)` to `end(ref)`. Another one after rows were added or removed. */
  get ids(): Uint32Array {
    return this.#ids;
  }

  start(ref: number): number {
    return this.#starts[ref] as number;
  }

  end(ref: number): number {
    return (this.#starts[ref] as number) + (this.#lengths[ref] as number) - 1;
  }

  has(ref: number): boolean {
    return ref < this.#limit && this.#lengths[ref] !== 0;
  }

  /** The ref of the row that is the first `count` of these ids; undefined where there is none. */
  find(ids: Uint32Array, count: number): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(ids, 0, count) & mask; ; slot = (slot + 1) & mask) {
      const ref = (this.#slots[slot] as number) - 1;
      if (ref === -1) return undefined;
      if (this.#isRow(ref, ids, count)) return ref;
    }
  }

  /** Gives a ref that has none a row. */
  add(ref: number, ids: Uint32Array, count: number): void {
    this.#reserve(ref, count);
    this.#ids.set(ids.subarray(0, count), this.#used);
    this.#starts[ref] = this.#used;
    this.#lengths[ref] = count + 1;
    this.#used += count;
    this.#size++;
    if (this.#size * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    else this.#place(ref);
  }

  remove(ref: number): void {
    const mask = this.#slots.length - 1;
    let hole = this.#home(ref);
    while (this.#slots[hole] !== ref + 1) hole = (hole + 1) & mask;
    // What was pushed on by this row moves up, so that no search ends too early.
    for (let slot = (hole + 1) & mask; this.#slots[slot] !== FREE; slot = (slot + 1) & mask) {
      const home = this.#home((this.#slots[slot] as number) - 1);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#slots[hole] = this.#slots[slot] as number;
      hole = slot;
    }
    this.#slots[hole] = FREE;
    this.#dead += this.end(ref) - this.start(ref);
    this.#lengths[ref] = 0;
    this.#size--;
    if (this.#dead > 65_536 && this.#dead * 2 > this.#used) this.#compact();
  }

  #isRow(ref: number, ids: Uint32Array, count: number): boolean {
    const start = this.start(ref);
    if (this.end(ref) - start !== count) return false;
    for (let i = 0; i < count; i++) if (this.#ids[start + i] !== ids[i]) return false;
    return true;
  }

  #home(ref: number): number {
    return hashOf(this.#ids, this.start(ref), this.end(ref)) & (this.#slots.length - 1);
  }

  #place(ref: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#home(ref);
    while (this.#slots[slot] !== FREE) slot = (slot + 1) & mask;
    this.#slots[slot] = ref + 1;
  }

  #rehash(slots: number): void {
    this.#slots = new Int32Array(slots);
    for (let ref = 0; ref < this.#limit; ref++) if (this.#lengths[ref] !== 0) this.#place(ref);
  }

  #reserve(ref: number, count: number): void {
    if (ref >= this.#limit) this.#limit = ref + 1;
    if (ref >= this.#starts.length) {
      const capacity = Math.max(ref + 1, Math.ceil(this.#starts.length * 1.5));
      const starts = new Uint32Array(capacity);
      starts.set(this.#starts);
      this.#starts = starts;
      const lengths = new Uint16Array(capacity);
      lengths.set(this.#lengths);
      this.#lengths = lengths;
    }
    if (this.#used + count <= this.#ids.length) return;
    const ids = new Uint32Array(Math.max(this.#used + count, Math.ceil(this.#ids.length * 1.5)));
    ids.set(this.#ids.subarray(0, this.#used));
    this.#ids = ids;
  }

  #compact(): void {
    const ids = new Uint32Array(Math.max(16_384, Math.ceil((this.#used - this.#dead) * 1.25)));
    let used = 0;
    for (let ref = 0; ref < this.#limit; ref++) {
      if (this.#lengths[ref] === 0) continue;
      const row = this.#ids.subarray(this.start(ref), this.end(ref));
      ids.set(row, used);
      this.#starts[ref] = used;
      used += row.length;
    }
    this.#ids = ids;
    this.#used = used;
    this.#dead = 0;
  }
}

/** Mixed at the end, because rows differ in few numbers that are near each other. */
function hashOf(ids: Uint32Array, from: number, end: number): number {
  let hash = end - from;
  for (let i = from; i < end; i++) {
    hash = Math.imul(hash ^ (ids[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
