import { readInts, readIntsBetween, writeInts, INT_STREAM_LIMIT } from './int-stream.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';

/**
 * Values of one chunk, bit-exact for every float64. The codec is chosen by looking at the values:
 * CONSTANT one bit pattern; INTEGER; DECIMAL integers over a power of ten; FLOAT32 the bits of exact float32s;
 * WORDS the high and the low half of the bits as two streams of integers, which takes anything; NEAR decimals that were
 * multiplied or summed up in floating point and so lie some places beside a decimal.
 * Rare numbers that fit none of the dense codecs (NaN of any payload, infinities, -0) ride along as exceptions.
 */
const CONSTANT = 0;
const INTEGER = 1;
const DECIMAL = 2;
const FLOAT32 = 3;
const WORDS = 4;
const NEAR = 5;
const WITH_EXCEPTIONS = 0x80;

/** One sample in this many may be an exception; beyond it WORDS is smaller. */
const EXCEPTION_SHARE = 12;

const WORD = 0x1_0000_0000;
const MAX_DECIMALS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: MAX_DECIMALS + 1 }, (_, exponent) => Number(`1e${exponent}`));

/** More decimals leave so many places between that WORDS is as small. */
const NEAR_DECIMALS = 12;
/** Bit patterns that a NEAR value may lie beside its decimal. */
const NEAR_PLACES = 2 ** 24;
/** Values that are tried before all are turned into NEAR ones. */
const NEAR_TRIED = 24;

const float64 = new Float64Array(1);
const float64Words = wordsOf(float64);
const float32 = new Float32Array(1);
const float32Bits = new Int32Array(float32.buffer);

/** Scratch: the values to encode, exceptions replaced by their neighbour, then the integers they become. */
let plain = new Float64Array(2048);
let integers = new Float64Array(2048);
let exceptionAt = new Uint32Array(2048);
/** How many bit patterns each value lies above its decimal. */
let places = new Float64Array(2048);

function reserve(count: number): void {
  if (plain.length >= count) return;
  plain = new Float64Array(count * 2);
  integers = new Float64Array(count * 2);
  exceptionAt = new Uint32Array(count * 2);
  places = new Float64Array(count * 2);
}

/**
 * Writes `count` (at least 1) values; `words` are their bits, two words a value from value `from` on. `thorough`: they
 * will lie for long, so that looking for NEAR decimals and for patches is worth its time.
 */
export function writeValues(
  writer: ByteWriter,
  values: Float64Array,
  words: Uint32Array,
  from: number,
  count: number,
  thorough = false,
): void {
  if (isConstant(words, from, count)) {
    writer.u8(CONSTANT);
    writer.u32(words[2 * from] as number);
    writer.u32(words[2 * from + 1] as number);
    return;
  }
  reserve(count);
  const exceptions = setExceptionsAside(values, from, count);
  const codec = exceptions * EXCEPTION_SHARE > count ? WORDS : toIntegers(count);
  if (codec === WORDS) {
    const start = writer.length;
    writer.u8(WORDS);
    writeHalf(writer, words, 2 * from + 1, count);
    writeHalf(writer, words, 2 * from, count);
    if (!thorough || exceptions * EXCEPTION_SHARE > count || !toNear(count)) return;
    const end = writer.length;
    writer.u8(exceptions > 0 ? NEAR | WITH_EXCEPTIONS : NEAR);
    writer.u8(decimals);
    writeInts(writer, integers, 0, count, thorough);
    writeInts(writer, places, 0, count, thorough);
    writeExceptions(writer, words, from, exceptions);
    // Both were written, because nothing else tells which is smaller.
    if (writer.length - end < end - start) {
      writer.bytes.copyWithin(start, end, writer.length);
      writer.length -= end - start;
    } else writer.length = end;
    return;
  }
  writer.u8(exceptions > 0 ? codec | WITH_EXCEPTIONS : codec);
  if (codec === DECIMAL) writer.u8(decimals);
  writeInts(writer, integers, 0, count, thorough);
  writeExceptions(writer, words, from, exceptions);
}

function writeExceptions(writer: ByteWriter, words: Uint32Array, from: number, exceptions: number): void {
  if (exceptions === 0) return;
  writer.varint(exceptions);
  let previous = 0;
  for (let i = 0; i < exceptions; i++) {
    const at = exceptionAt[i] as number;
    writer.varint(at - previous);
    writer.u32(words[2 * (from + at)] as number);
    writer.u32(words[2 * (from + at) + 1] as number);
    previous = at;
  }
}

/** Reads `count` values into `out[at ..]`; `words` is a view of the same bytes as `out`. */
export function readValues(reader: ByteReader, count: number, out: Float64Array, words: Uint32Array, at: number): void {
  const head = reader.u8();
  const codec = head & ~WITH_EXCEPTIONS;
  switch (codec) {
    case CONSTANT: {
      const low = reader.u32();
      const high = reader.u32();
      for (let i = 2 * at, end = 2 * (at + count); i < end; i += 2) {
        words[i] = low;
        words[i + 1] = high;
      }
      return;
    }
    case INTEGER:
      readInts(reader, count, out, at);
      break;
    case DECIMAL: {
      const divisor = POWERS_OF_TEN[reader.u8()] as number;
      readInts(reader, count, out, at);
      for (let i = at, end = at + count; i < end; i++) out[i] = (out[i] as number) / divisor;
      break;
    }
    case FLOAT32:
      readInts(reader, count, out, at);
      for (let i = at, end = at + count; i < end; i++) {
        float32Bits[0] = out[i] as number;
        out[i] = float32[0] as number;
      }
      break;
    case NEAR: {
      const divisor = POWERS_OF_TEN[reader.u8()] as number;
      readInts(reader, count, out, at);
      reserve(count);
      readInts(reader, count, places, 0);
      for (let i = 0; i < count; i++) {
        out[at + i] = (out[at + i] as number) / divisor;
        const low = (words[2 * (at + i)] as number) + (places[i] as number);
        words[2 * (at + i)] = low;
        if (low < 0 || low >= WORD) words[2 * (at + i) + 1] = (words[2 * (at + i) + 1] as number) + Math.floor(low / WORD);
      }
      break;
    }
    case WORDS:
      reserve(count);
      readInts(reader, count, integers, 0);
      readInts(reader, count, plain, 0);
      for (let i = 0; i < count; i++) {
        words[2 * (at + i)] = plain[i] as number;
        words[2 * (at + i) + 1] = integers[i] as number;
      }
      return;
    default:
      throw new RangeError(`chunk: value codec ${codec} is unknown`);
  }
  if ((head & WITH_EXCEPTIONS) === 0) return;
  let index = at;
  for (let left = reader.varint(); left > 0; left--) {
    index += reader.varint();
    words[2 * index] = reader.u32();
    words[2 * index + 1] = reader.u32();
  }
}

/**
 * Reads of `count` values those at [lo, hi) into `out[at ..]`, which must have room for all; `words` is a view of the same bytes. The
 * reader is left somewhere among the values.
 */
export function readValuesBetween(
  reader: ByteReader,
  count: number,
  lo: number,
  hi: number,
  out: Float64Array,
  words: Uint32Array,
  at: number,
): void {
  const start = reader.at;
  const codec = reader.u8();
  const divisor = codec === DECIMAL ? (POWERS_OF_TEN[reader.u8()] as number) : 1;
  if (codec === INTEGER || codec === DECIMAL) {
    readIntsBetween(reader, count, lo, hi, out, at);
    if (divisor !== 1) for (let i = at, end = at + hi - lo; i < end; i++) out[i] = (out[i] as number) / divisor;
    return;
  }
  reader.at = start;
  readValues(reader, count, out, words, at);
  words.copyWithin(2 * at, 2 * (at + lo), 2 * (at + hi));
}

function isConstant(words: Uint32Array, from: number, count: number): boolean {
  const low = words[2 * from];
  const high = words[2 * from + 1];
  for (let i = 2 * from + 2, end = 2 * (from + count); i < end; i += 2) {
    if (words[i] !== low || words[i + 1] !== high) return false;
  }
  return true;
}

/** Fills `plain`, and `exceptionAt` with the places of numbers that no dense codec keeps. Returns how many those are. */
function setExceptionsAside(values: Float64Array, from: number, count: number): number {
  let exceptions = 0;
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const value = values[from + i] as number;
    // NaN and infinities differ from themselves less themselves; -0 has a negative reciprocal.
    if (value - value !== 0 || (value === 0 && 1 / value < 0)) {
      if (exceptions === i) previous = firstOrdinary(values, from, count);
      exceptionAt[exceptions++] = i;
      plain[i] = previous;
    } else {
      plain[i] = value;
      previous = value;
    }
  }
  return exceptions;
}

function firstOrdinary(values: Float64Array, from: number, count: number): number {
  for (let i = from; i < from + count; i++) {
    const value = values[i] as number;
    if (value - value === 0 && !Object.is(value, -0)) return value;
  }
  return 0;
}

/** How many decimals the last DECIMAL choice of `toIntegers`, or that of `toNear`, needs. */
let decimals = 0;

/** Turns `plain` into `integers` by the first codec that keeps every bit. */
function toIntegers(count: number): typeof INTEGER | typeof DECIMAL | typeof FLOAT32 | typeof WORDS {
  if (areIntegers(count)) {
    integers.set(plain.subarray(0, count));
    return INTEGER;
  }
  if (toDecimals(count)) return DECIMAL;
  if (toFloat32Bits(count)) return FLOAT32;
  return WORDS;
}

function areIntegers(count: number): boolean {
  for (let i = 0; i < count; i++) {
    const value = plain[i] as number;
    if (Math.floor(value) !== value || value > INT_STREAM_LIMIT || value < -INT_STREAM_LIMIT) return false;
  }
  return true;
}

function toDecimals(count: number): boolean {
  decimals = 0;
  // Values seldom agree on their number of decimals at once, so it grows on the way and the earlier ones are done again.
  for (let done = 0; done < count;) {
    const value = plain[done] as number;
    while (decimals <= MAX_DECIMALS && !isDecimal(value)) decimals++;
    if (decimals > MAX_DECIMALS) return false;
    done++;
  }
  const factor = POWERS_OF_TEN[decimals] as number;
  for (let i = 0; i < count; i++) {
    const value = plain[i] as number;
    const integer = Math.round(value * factor);
    if (integer / factor !== value || integer > INT_STREAM_LIMIT || integer < -INT_STREAM_LIMIT || Object.is(integer, -0)) {
      return false;
    }
    integers[i] = integer;
  }
  return true;
}

function isDecimal(value: number): boolean {
  const factor = POWERS_OF_TEN[decimals] as number;
  const integer = Math.round(value * factor);
  return integer / factor === value && integer <= INT_STREAM_LIMIT && integer >= -INT_STREAM_LIMIT;
}

function toFloat32Bits(count: number): boolean {
  for (let i = 0; i < count; i++) {
    const value = plain[i] as number;
    float32[0] = value;
    if (float32[0] !== value) return false;
    integers[i] = float32Bits[0] as number;
  }
  return true;
}

function writeHalf(writer: ByteWriter, words: Uint32Array, firstWord: number, count: number): void {
  for (let i = 0; i < count; i++) integers[i] = words[firstWord + 2 * i] as number;
  writeInts(writer, integers, 0, count);
}

/**
 * Turns `plain` into `integers` and `places` with the number of decimals that seems to take the fewest bits; false where
 * no number of them comes near.
 */
function toNear(count: number): boolean {
  const step = Math.max(1, Math.floor(count / NEAR_TRIED));
  const tried: { readonly exponent: number; readonly bits: number }[] = [];
  for (let exponent = 1; exponent <= NEAR_DECIMALS; exponent++) {
    const bits = nearBits(count, step, exponent);
    if (bits < Infinity) tried.push({ exponent, bits });
  }
  // Some of the values may get by with fewer decimals than all of them.
  for (const { exponent } of tried.sort((a, b) => a.bits - b.bits)) {
    decimals = exponent;
    if (areNear(count)) return true;
  }
  return false;
}

function areNear(count: number): boolean {
  const factor = POWERS_OF_TEN[decimals] as number;
  for (let i = 0; i < count; i++) {
    const value = plain[i] as number;
    const integer = Math.round(value * factor);
    const beside = placesBetween(integer / factor, value);
    if (!(Math.abs(beside) <= NEAR_PLACES && Math.abs(integer) <= INT_STREAM_LIMIT) || Object.is(integer, -0)) return false;
    integers[i] = integer;
    places[i] = beside;
  }
  return true;
}

/** About how many bits a value takes with so many decimals, judged by some of them; Infinity where it cannot be. */
function nearBits(count: number, step: number, exponent: number): number {
  const factor = POWERS_OF_TEN[exponent] as number;
  let most = 0;
  let furthest = 0;
  let previous = Math.round((plain[0] as number) * factor);
  for (let i = 0; i < count; i += step) {
    const value = plain[i] as number;
    const integer = Math.round(value * factor);
    const beside = Math.abs(placesBetween(integer / factor, value));
    if (!(beside <= NEAR_PLACES && Math.abs(integer) <= INT_STREAM_LIMIT)) return Infinity;
    most = Math.max(most, Math.abs(integer - previous) / step);
    furthest = Math.max(furthest, beside);
    previous = integer;
  }
  return Math.log2(1 + most) + Math.log2(1 + 2 * furthest);
}

/** How many bit patterns above `from` the number `to` is. */
function placesBetween(from: number, to: number): number {
  float64[0] = from;
  const low = float64Words[0] as number;
  const high = float64Words[1] as number;
  float64[0] = to;
  return ((float64Words[1] as number) - high) * WORD + ((float64Words[0] as number) - low);
}
