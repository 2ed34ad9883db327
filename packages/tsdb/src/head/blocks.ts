import { ByteReader } from '../chunk/bytes.ts';
import { READ_AHEAD_BYTES } from '../chunk/int-stream.ts';

/** Before each packed block: its length in bytes (u32), its first and its last timestamp (f64), its sections (u8), and where the series' next one is (u32). */
export const BLOCK_HEADER_BYTES = 25;
const NEXT_AT = 21;

const PAGE_BYTES = 1024 * 1024;
/** Blocks begin at multiples of this, so that a place is a number of 32 bits. */
const UNIT = 8;
const PAGE_UNITS = PAGE_BYTES / UNIT;
/** Empty pages that are kept for what comes next. */
const PAGES_KEPT = 16;

/** No block. */
export const NO_BLOCK = 0;

interface Page {
  readonly reader: ByteReader;
  used: number;
  live: number;
}

/**
 * Packed blocks of all series in large pages, because a million small buffers would cost more in headers than in samples.
 * A block's place is a number; the blocks of one series form a chain.
 */
export class Blocks {
  readonly #pages: (Page | undefined)[] = [];
  /** Numbers of pages that are not there. */
  readonly #absent: number[] = [];
  readonly #spare: Page[] = [];
  /** The page that is being filled. */
  #filling = -1;

  /** Keeps a copy of a block and returns its place. */
  add(block: Uint8Array): number {
    const bytes = Math.ceil((block.length + READ_AHEAD_BYTES) / UNIT) * UNIT;
    let page = this.#pages[this.#filling];
    if (page === undefined || page.used + bytes > page.reader.bytes.length) page = this.#turn(bytes);
    const at = page.used;
    page.reader.bytes.set(block, at);
    page.reader.view.setUint32(at + NEXT_AT, NO_BLOCK, true);
    page.used += bytes;
    page.live++;
    return this.#filling * PAGE_UNITS + at / UNIT;
  }

  /** Makes one block follow another. */
  link(place: number, next: number): void {
    const { view, at } = this.reader(place);
    view.setUint32(at + NEXT_AT, next, true);
  }

  /** At the start of the block. The same reader for blocks that lie together: to be used before the next is asked for. */
  reader(place: number): ByteReader {
    const { reader } = this.#pages[Math.floor(place / PAGE_UNITS)] as Page;
    reader.at = (place % PAGE_UNITS) * UNIT;
    return reader;
  }

  /** Where the block after this one is; NO_BLOCK where there is none. */
  next(place: number): number {
    const { view, at } = this.reader(place);
    return view.getUint32(at + NEXT_AT, true);
  }

  /** Forgets a chain. */
  release(first: number): void {
    for (let place = first; place !== NO_BLOCK;) {
      const next = this.next(place);
      const number = Math.floor(place / PAGE_UNITS);
      const page = this.#pages[number] as Page;
      if (--page.live === 0) this.#empty(number, page);
      place = next;
    }
  }

  #empty(number: number, page: Page): void {
    page.used = firstAt(number);
    if (number === this.#filling) return;
    this.#pages[number] = undefined;
    this.#absent.push(number);
    if (this.#spare.length < PAGES_KEPT && page.reader.bytes.length === PAGE_BYTES) this.#spare.push(page);
  }

  #turn(bytes: number): Page {
    const number = this.#absent.pop() ?? this.#pages.length;
    const isLarge = bytes + UNIT > PAGE_BYTES;
    const page = (isLarge ? undefined : this.#spare.pop()) ?? {
      reader: new ByteReader(new Uint8Array(isLarge ? bytes + UNIT : PAGE_BYTES)),
      used: 0,
      live: 0,
    };
    page.used = firstAt(number);
    const left = this.#pages[this.#filling];
    const before = this.#filling;
    this.#pages[number] = page;
    this.#filling = number;
    if (left?.live === 0) this.#empty(before, left);
    return page;
  }
}

/** The first place of all is no block's. */
function firstAt(page: number): number {
  return page === 0 ? UNIT : 0;
}
