import type { ByteReader, ByteWriter } from './bytes.ts';

/**
 * Integers as a run of numbers: a straight line costs nothing, the rest is bit-packed in groups, each with its own
 * smallest number and width (frame of reference). Reading is one unaligned 32-bit load, a shift and a mask a number.
 * Where a few numbers of a group are far from the others they are patched in, so that they do not widen all.
 */

/** Magnitude up to which a stream holds integers: their differences, and the zigzag of those, stay exact in a double. */
export const INT_STREAM_LIMIT = 2 ** 51;

/** Readers may load this many bytes past a stream's last byte, so something must follow it. */
export const READ_AHEAD_BYTES = 4;

const LINEAR = 0;
const DELTA = 1;
const PLAIN = 2;
const GROUP = 64;

/** Widths up to here are packed to the bit (25 bits and a shift of 7 fit a 32-bit load); wider ones to the byte. */
const BIT_WIDTH_MAX = 25;

/** Added to a group's width where patches follow its numbers. */
const PATCHED = 0x80;
const MAX_PATCHES = 24;
/** Shorter groups are not worth the search. */
const PATCHED_MIN = 16;
/** Differences beyond this have no exact zigzag. */
const PATCH_LIMIT = 2 ** 50;
/** Patched groups take twice the time to read: they must be this much smaller. */
const PATCHED_SHARE = 0.75;

/** The numbers of one group. */
const group = new Float64Array(GROUP);
const ascending = new Float64Array(GROUP);

let deltas = new Float64Array(2048);
let offsets = new Float64Array(2048);

/**
 * Writes `numbers[from .. from + count)`, integers within ±INT_STREAM_LIMIT. `thorough`: they will lie for long, so that
 * looking for patches is worth its time.
 */
export function writeInts(writer: ByteWriter, numbers: Float64Array, from: number, count: number, thorough = false): void {
  if (deltas.length < count) {
    deltas = new Float64Array(count * 2);
    offsets = new Float64Array(count * 2);
  }
  const first = numbers[from] as number;
  const step = count > 1 ? (numbers[from + 1] as number) - first : 0;
  let linear = true;
  let previous = first;
  for (let i = 1; i < count; i++) {
    const number = numbers[from + i] as number;
    const delta = number - previous;
    deltas[i - 1] = delta;
    offsets[i - 1] = number - first;
    if (delta !== step) linear = false;
    previous = number;
  }
  if (linear) {
    writer.u8(LINEAR);
    writer.zigzag(first);
    writer.zigzag(step);
    return;
  }
  const scale = commonFactor(deltas, count - 1);
  if (scale > 1) {
    for (let i = 0; i < count - 1; i++) {
      deltas[i] = (deltas[i] as number) / scale;
      offsets[i] = (offsets[i] as number) / scale;
    }
  }
  const plain = packedBytes(offsets, count - 1) < packedBytes(deltas, count - 1);
  writer.u8(plain ? PLAIN : DELTA);
  writer.zigzag(first);
  writer.varint(scale);
  writeGroups(writer, plain ? offsets : deltas, count - 1, thorough);
}

/** Reads `count` numbers into `out[at ..]`. */
export function readInts(reader: ByteReader, count: number, out: Float64Array, at: number): void {
  const mode = reader.u8();
  const first = reader.zigzag();
  if (mode === LINEAR) {
    const step = reader.zigzag();
    // Whole numbers within 2^53 all the way, so the sums are exact.
    let number = first;
    for (let i = at, end = at + count; i < end; i++) {
      out[i] = number;
      number += step;
    }
    return;
  }
  if (mode !== DELTA && mode !== PLAIN) throw new RangeError(`int stream: mode ${mode} is unknown`);
  const scale = reader.varint();
  out[at] = first;
  if (mode === DELTA) readDeltas(reader, count - 1, out, at + 1, first, scale);
  else readOffsets(reader, count - 1, out, at + 1, first, scale);
}

/**
 * Reads of `count` numbers those at [lo, hi) into `out[at ..]`. What is before them is passed over where numbers do not build on each
 * other. The reader is left somewhere in the stream.
 */
export function readIntsBetween(reader: ByteReader, count: number, lo: number, hi: number, out: Float64Array, at: number): void {
  const mode = reader.u8();
  const first = reader.zigzag();
  if (mode === LINEAR) {
    const step = reader.zigzag();
    for (let i = lo; i < hi; i++) out[at + i - lo] = first + i * step;
    return;
  }
  if (mode !== DELTA && mode !== PLAIN) throw new RangeError(`int stream: mode ${mode} is unknown`);
  const scale = reader.varint();
  let to = at;
  if (lo === 0 && hi > 0) out[to++] = first;
  let number = first;
  for (let from = 1; from < hi && from < count; from += GROUP) {
    const end = Math.min(count, from + GROUP);
    if (mode === PLAIN && end <= lo) {
      skipGroup(reader, end - from);
      continue;
    }
    readGroup(reader, end - from);
    if (mode === DELTA) {
      for (let i = 0; i < end - from; i++) group[i] = number += (group[i] as number) * scale;
    } else for (let i = 0; i < end - from; i++) group[i] = first + (group[i] as number) * scale;
    for (let i = Math.max(from, lo), last = Math.min(end, hi); i < last; i++) out[to++] = group[i - from] as number;
  }
}

/** Goes behind `count` numbers without reading them. */
export function skipInts(reader: ByteReader, count: number): void {
  const mode = reader.u8();
  reader.zigzag();
  if (mode === LINEAR) {
    reader.zigzag();
    return;
  }
  if (mode !== DELTA && mode !== PLAIN) throw new RangeError(`int stream: mode ${mode} is unknown`);
  reader.varint();
  for (let left = count - 1; left > 0; left -= GROUP) skipGroup(reader, Math.min(left, GROUP));
}

function skipGroup(reader: ByteReader, count: number): void {
  const width = reader.u8();
  reader.zigzag();
  let patches = width >= PATCHED ? reader.u8() : 0;
  reader.at += ((width & ~PATCHED) * count + 7) >>> 3;
  for (; patches > 0; patches--) {
    reader.u8();
    reader.zigzag();
  }
}

function readDeltas(reader: ByteReader, count: number, out: Float64Array, at: number, first: number, scale: number): void {
  const view = reader.view;
  let number = first;
  for (let from = at, left = count; left > 0; from += GROUP, left -= GROUP) {
    const width = reader.u8();
    const end = from + (left < GROUP ? left : GROUP);
    if (width >= PATCHED) {
      readPatched(reader, width - PATCHED, end - from);
      for (let i = from; i < end; i++) {
        number += (group[i - from] as number) * scale;
        out[i] = number;
      }
      continue;
    }
    const base = reader.zigzag() * scale;
    const start = reader.at;
    if (width === 0) {
      for (let i = from; i < end; i++) {
        number += base;
        out[i] = number;
      }
    } else if (width <= BIT_WIDTH_MAX) {
      const mask = (1 << width) - 1;
      let bit = start * 8;
      for (let i = from; i < end; i++) {
        number += base + scale * ((view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask);
        out[i] = number;
        bit += width;
      }
    } else if (width === 32) {
      for (let i = from, byte = start; i < end; i++, byte += 4) {
        number += base + scale * view.getUint32(byte, true);
        out[i] = number;
      }
    } else {
      const bytes = width >>> 3;
      let byte = start;
      for (let i = from; i < end; i++) {
        number += base + scale * readWide(view, byte, bytes);
        out[i] = number;
        byte += bytes;
      }
    }
    reader.at = start + ((width * (end - from) + 7) >>> 3);
  }
}

function readOffsets(reader: ByteReader, count: number, out: Float64Array, at: number, first: number, scale: number): void {
  const view = reader.view;
  for (let from = at, left = count; left > 0; from += GROUP, left -= GROUP) {
    const width = reader.u8();
    const end = from + (left < GROUP ? left : GROUP);
    if (width >= PATCHED) {
      readPatched(reader, width - PATCHED, end - from);
      for (let i = from; i < end; i++) out[i] = first + (group[i - from] as number) * scale;
      continue;
    }
    const base = first + reader.zigzag() * scale;
    const start = reader.at;
    if (width === 0) {
      for (let i = from; i < end; i++) out[i] = base;
    } else if (width <= BIT_WIDTH_MAX) {
      const mask = (1 << width) - 1;
      let bit = start * 8;
      for (let i = from; i < end; i++) {
        out[i] = base + scale * ((view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask);
        bit += width;
      }
    } else if (width === 32) {
      for (let i = from, byte = start; i < end; i++, byte += 4) out[i] = base + scale * view.getUint32(byte, true);
    } else {
      const bytes = width >>> 3;
      let byte = start;
      for (let i = from; i < end; i++) {
        out[i] = base + scale * readWide(view, byte, bytes);
        byte += bytes;
      }
    }
    reader.at = start + ((width * (end - from) + 7) >>> 3);
  }
}

/** Reads a group with patches into `group`. */
function readPatched(reader: ByteReader, width: number, count: number): void {
  const base = reader.zigzag();
  let patches = reader.u8();
  unpack(reader, width, base, count);
  for (let place = 0; patches > 0; patches--) {
    place += reader.u8();
    group[place] = base + reader.zigzag();
  }
}

/** Reads a group of any kind into `group`. */
function readGroup(reader: ByteReader, count: number): void {
  const width = reader.u8();
  if (width >= PATCHED) readPatched(reader, width - PATCHED, count);
  else unpack(reader, width, reader.zigzag(), count);
}

/** Reads packed numbers into `group`. */
function unpack(reader: ByteReader, width: number, base: number, count: number): void {
  const { view, at: start } = reader;
  if (width <= BIT_WIDTH_MAX) {
    const mask = (1 << width) - 1;
    let bit = start * 8;
    for (let i = 0; i < count; i++) {
      group[i] = base + ((view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask);
      bit += width;
    }
  } else {
    const bytes = width >>> 3;
    for (let i = 0, byte = start; i < count; i++, byte += bytes) {
      group[i] = base + (width === 32 ? view.getUint32(byte, true) : readWide(view, byte, bytes));
    }
  }
  reader.at = start + ((width * count + 7) >>> 3);
}

function readWide(view: DataView, byte: number, bytes: number): number {
  const low = view.getUint32(byte, true);
  switch (bytes) {
    case 5:
      return low + view.getUint8(byte + 4) * 0x1_0000_0000;
    case 6:
      return low + view.getUint16(byte + 4, true) * 0x1_0000_0000;
    default:
      return low + (view.getUint32(byte + 4, true) & 0xffffff) * 0x1_0000_0000;
  }
}

/** Bits a number in [0, range] takes: exact up to 25, then whole bytes up to 7. */
function widthOf(range: number): number {
  if (range < 0x200_0000) return 32 - Math.clz32(range);
  if (range < 0x1_0000_0000) return 32;
  if (range < 0x100_0000_0000) return 40;
  if (range < 0x1_0000_0000_0000) return 48;
  return 56;
}

function packedBytes(numbers: Float64Array, count: number): number {
  let bytes = 0;
  for (let from = 0; from < count; from += GROUP) {
    const end = Math.min(count, from + GROUP);
    let low = numbers[from] as number;
    let high = low;
    for (let i = from + 1; i < end; i++) {
      const number = numbers[i] as number;
      if (number < low) low = number;
      else if (number > high) high = number;
    }
    bytes += 2 + ((widthOf(high - low) * (end - from) + 7) >>> 3);
  }
  return bytes;
}

function writeGroups(writer: ByteWriter, numbers: Float64Array, count: number, thorough: boolean): void {
  for (let from = 0; from < count; from += GROUP) {
    const end = Math.min(count, from + GROUP);
    let low = numbers[from] as number;
    let high = low;
    for (let i = from + 1; i < end; i++) {
      const number = numbers[i] as number;
      if (number < low) low = number;
      else if (number > high) high = number;
    }
    const width = widthOf(high - low);
    if (thorough && width > 1 && end - from >= PATCHED_MIN && findPatches(numbers, from, end, low, high)) {
      writePatched(writer, numbers, from, end);
      continue;
    }
    writer.u8(width);
    writer.zigzag(low);
    if (width === 0) continue;
    if (width <= BIT_WIDTH_MAX) packBits(writer, numbers, from, end, low, width);
    else packBytes(writer, numbers, from, end, low, width >>> 3);
  }
}

/** What `findPatches` found: numbers within a width of a base are packed, the others patched in. */
let patchedWidth = 0;
let patchedBase = 0;

/** Whether a group takes fewer bytes with patches; if so `patchedWidth` and `patchedBase` are for `writePatched`. */
function findPatches(numbers: Float64Array, from: number, end: number, low: number, high: number): boolean {
  const count = end - from;
  if (high - low > PATCH_LIMIT) return false;
  let sum = 0;
  for (let i = from; i < end; i++) sum += (numbers[i] as number) - low;
  const mean = sum / count;
  // Where they are spread evenly over their range nothing is to be gained; this is cheaper than looking.
  if (Math.min(mean, high - low - mean) * 4 > high - low) return false;
  const sorted = ascending.subarray(0, count);
  sorted.set(numbers.subarray(from, end));
  sorted.sort();
  const full = widthOf(high - low);
  let best = ((full * count + 7) >>> 3) * PATCHED_SHARE;
  let found = false;
  for (let width = 0; width < full; width++) {
    // Wider ones are packed to the byte.
    if (width > BIT_WIDTH_MAX && width % 8 !== 0) continue;
    const reach = 2 ** width;
    let most = 0;
    let base = 0;
    for (let first = 0, last = 0; last < count; last++) {
      while ((sorted[last] as number) - (sorted[first] as number) >= reach) first++;
      if (last - first < most) continue;
      most = last - first + 1;
      base = sorted[first] as number;
    }
    const patches = count - most;
    if (patches > MAX_PATCHES) continue;
    const furthest = Math.max(high - base, base - low);
    const bytes = ((width * count + 7) >>> 3) + patches * (1 + varintBytes(2 * furthest));
    if (bytes >= best) continue;
    best = bytes;
    found = true;
    patchedWidth = width;
    patchedBase = base;
  }
  return found;
}

function writePatched(writer: ByteWriter, numbers: Float64Array, from: number, end: number): void {
  const reach = 2 ** patchedWidth;
  const isNear = (number: number): boolean => number >= patchedBase && number - patchedBase < reach;
  let patches = 0;
  for (let i = from; i < end; i++) {
    const number = numbers[i] as number;
    if (isNear(number)) group[i - from] = number;
    else {
      patches++;
      group[i - from] = patchedBase;
    }
  }
  writer.u8(PATCHED + patchedWidth);
  writer.zigzag(patchedBase);
  writer.u8(patches);
  if (patchedWidth > BIT_WIDTH_MAX) packBytes(writer, group, 0, end - from, patchedBase, patchedWidth >>> 3);
  else if (patchedWidth > 0) packBits(writer, group, 0, end - from, patchedBase, patchedWidth);
  let previous = from;
  for (let i = from; i < end; i++) {
    const number = numbers[i] as number;
    if (isNear(number)) continue;
    writer.u8(i - previous);
    writer.zigzag(number - patchedBase);
    previous = i;
  }
}

function varintBytes(number: number): number {
  return Math.ceil(Math.log2(number + 1) / 7) || 1;
}

function packBits(writer: ByteWriter, numbers: Float64Array, from: number, end: number, low: number, width: number): void {
  writer.reserve(((width * (end - from) + 7) >>> 3) + 4);
  const bytes = writer.bytes;
  let at = writer.length;
  let held = 0;
  let bits = 0;
  for (let i = from; i < end; i++) {
    held |= ((numbers[i] as number) - low) << bits;
    bits += width;
    while (bits >= 8) {
      bytes[at++] = held;
      held >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) bytes[at++] = held;
  writer.length = at;
}

function packBytes(writer: ByteWriter, numbers: Float64Array, from: number, end: number, low: number, width: number): void {
  writer.reserve(width * (end - from) + 8);
  const view = writer.view;
  let at = writer.length;
  for (let i = from; i < end; i++) {
    const number = (numbers[i] as number) - low;
    view.setUint32(at, number % 0x1_0000_0000, true);
    // The spare high bytes are overwritten by the next number.
    if (width > 4) view.setUint32(at + 4, Math.floor(number / 0x1_0000_0000), true);
    at += width;
  }
  writer.length = at;
}

/** The greatest number that divides every delta: memory sizes, for one, move in pages. */
function commonFactor(numbers: Float64Array, count: number): number {
  let factor = 0;
  for (let i = 0; i < count && factor !== 1; i++) {
    let rest = Math.abs(numbers[i] as number);
    if (factor !== 0) rest %= factor;
    while (rest !== 0) {
      const next = factor % rest;
      factor = rest;
      rest = next;
    }
  }
  return factor === 0 ? 1 : factor;
}
