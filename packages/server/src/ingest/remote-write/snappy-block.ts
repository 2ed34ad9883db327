import { RemoteWriteRefused } from './remote-write-refused.ts';

/** No block packs better: the smallest element, a copy of 3 bytes, stands for at most 64. */
const BEST_RATIO = 64;
/** Memory kept between requests; what is larger is taken for one request only. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** Below this a loop is faster than a call of `set`. */
const SHORT_BYTES = 100;
/**
 * Bytes go eight at a time, so up to seven more than asked for are written; what comes next overwrites them. As integers: a
 * double that is a NaN may lose its payload, and optimised code makes no objects of these.
 */
const SLOP_BYTES = 8;

/**
 * Unpacks snappy blocks (not the framed format) into memory that it uses again: fresh memory for each request, which is
 * what the native package gives, costs more than the unpacking itself.
 * Format: https://github.com/google/snappy/blob/main/format_description.txt
 */
export class SnappyUnpacker {
  #kept = new Uint8Array(64 * 1024);

  /**
   * The unpacked bytes, which the next call overwrites. Throws RemoteWriteRefused; where the block says that it is
   * larger than `limitBytes`, before any memory is taken.
   */
  unpack(body: Uint8Array, limitBytes: number): Uint8Array {
    const { length, at } = readLength(body);
    if (length > limitBytes) {
      throw new RemoteWriteRefused(
        400,
        `The body unpacks to ${length} bytes; the limit is ${limitBytes}. Send fewer samples in one request.`,
      );
    }
    if (length > body.length * BEST_RATIO) throw broken('it is shorter than its unpacked length allows');
    const output = this.#memory(length + SLOP_BYTES);
    unpackElements(body, at, output, length);
    return output.subarray(0, length);
  }

  #memory(length: number): Uint8Array {
    if (length <= this.#kept.length) return this.#kept;
    const memory = new Uint8Array(Math.min(2 ** Math.ceil(Math.log2(length)), Math.max(length, KEPT_BYTES)));
    if (memory.length <= KEPT_BYTES) this.#kept = memory;
    return memory;
  }
}

function unpackElements(body: Uint8Array, start: number, output: Uint8Array, length: number): void {
  const end = body.length;
  const input = new DataView(body.buffer, body.byteOffset, end);
  const view = new DataView(output.buffer, 0, output.length);
  let at = start;
  let to = 0;
  while (at < end) {
    const tag = body[at++] as number;
    let count = (tag >>> 2) + 1;
    let offset: number;
    switch (tag & 3) {
      case 0: {
        if (count > 60) {
          const lengthBytes = count - 60;
          if (at + lengthBytes > end) throw broken('it ends inside an element');
          count = 1;
          for (let i = 0; i < lengthBytes; i++) count += (body[at++] as number) * 2 ** (8 * i);
        }
        if (at + count > end) throw broken('it ends inside an element');
        if (to + count > length) throw broken('it is longer than it says');
        if (count <= SHORT_BYTES && at + count + SLOP_BYTES <= end) {
          for (let i = 0; i < count; i += 8) view.setBigInt64(to + i, input.getBigInt64(at + i, true), true);
        } else output.set(body.subarray(at, at + count), to);
        at += count;
        to += count;
        continue;
      }
      case 1:
        count = ((tag >>> 2) & 7) + 4;
        offset = ((tag >>> 5) << 8) | (body[at] as number);
        at += 1;
        break;
      case 2:
        offset = (body[at] as number) | ((body[at + 1] as number) << 8);
        at += 2;
        break;
      default:
        offset =
          ((body[at] as number) |
            ((body[at + 1] as number) << 8) |
            ((body[at + 2] as number) << 16) |
            ((body[at + 3] as number) << 24)) >>>
          0;
        at += 4;
    }
    if (at > end) throw broken('it ends inside an element');
    if (offset === 0 || offset > to) throw broken('it copies from before its start');
    if (to + count > length) throw broken('it is longer than it says');
    const from = to - offset;
    // A copy may overlap what it writes: then it repeats, in steps that do not run ahead.
    if (offset >= 8) for (let i = 0; i < count; i += 8) view.setBigInt64(to + i, view.getBigInt64(from + i, true), true);
    else if (offset >= 4) for (let i = 0; i < count; i += 4) view.setInt32(to + i, view.getInt32(from + i, true), true);
    else for (let i = 0; i < count; i++) output[to + i] = output[from + i] as number;
    to += count;
  }
  if (to !== length) throw broken('it is shorter than it says');
}

/** The varint that a block starts with, and where the elements begin. */
function readLength(body: Uint8Array): { length: number; at: number } {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = body[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { length, at: i + 1 };
  }
  throw broken('it does not start with its unpacked length');
}

function broken(how: string): RemoteWriteRefused {
  return new RemoteWriteRefused(400, `The body is not a snappy block, or is cut off: ${how}.`);
}
