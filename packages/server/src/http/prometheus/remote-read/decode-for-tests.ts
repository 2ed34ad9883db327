import { PbfReader } from 'pbf';
import { crc32c } from './crc32c.ts';

/** A sample of a chunk: its bits, or the values of a histogram in their order. */
export interface DecodedSample {
  readonly timeMs: number;
  readonly bits?: bigint;
  readonly histogram?: readonly number[];
}

export interface DecodedChunk {
  readonly type: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: readonly DecodedSample[];
  /** Of a histogram chunk. */
  readonly layout?: {
    readonly flags: number;
    readonly schema: number;
    readonly zeroThreshold: number;
    readonly spans: readonly (readonly (readonly [offset: number, length: number])[])[];
    readonly bounds: readonly number[];
  };
}

export interface DecodedSeries {
  readonly query: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly chunks: DecodedChunk[];
}

/** Reads what stands in a streamed answer to remote read; throws where a checksum is wrong. */
export function decodeChunkedResponse(body: Uint8Array): DecodedSeries[] {
  const found: DecodedSeries[] = [];
  for (let at = 0; at < body.length;) {
    const head = new PbfReader(body.subarray(at));
    const length = head.readVarint();
    at += head.pos;
    const sum = new DataView(body.buffer, body.byteOffset + at).getUint32(0);
    const message = body.subarray(at + 4, at + 4 + length);
    if (crc32c(message) !== sum) throw new Error('the checksum is wrong');
    at += 4 + length;
    found.push(...readMessage(message));
  }
  return found;
}

function readMessage(bytes: Uint8Array): DecodedSeries[] {
  const series: { labels: Record<string, string>; chunks: DecodedChunk[] }[] = [];
  let query = 0;
  const reader = new PbfReader(bytes);
  reader.readFields((tag) => {
    if (tag === 2) query = reader.readVarint();
    if (tag !== 1) return;
    const one = { labels: {} as Record<string, string>, chunks: [] as DecodedChunk[] };
    reader.readMessage((inner) => {
      if (inner === 1) {
        const pair = ['', ''];
        reader.readMessage((part) => void (pair[part - 1] = reader.readString()), null);
        one.labels[pair[0]!] = pair[1]!;
      } else if (inner === 2) {
        const chunk = { fromMs: 0, toMs: 0, type: 0, data: new Uint8Array() };
        reader.readMessage((part) => {
          if (part === 1) chunk.fromMs = reader.readVarint(true);
          else if (part === 2) chunk.toMs = reader.readVarint(true);
          else if (part === 3) chunk.type = reader.readVarint();
          else if (part === 4) chunk.data = Uint8Array.from(reader.readBytes());
        }, null);
        one.chunks.push({ ...chunk, ...(chunk.type === 1 ? { samples: decodeXor(chunk.data) } : decodeHistograms(chunk.data)) });
      }
    }, null);
    series.push(one);
  }, null);
  return series.map((one) => ({ query, ...one }));
}

/** Bit by bit, and so slow that it is easily seen to be right. */
class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): bigint {
    let value = 0n;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >>> 3];
      if (byte === undefined) throw new Error('the chunk ends too early');
      value = (value << 1n) | BigInt((byte >>> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  /** How many ones stand before a zero, or before there are `most`. */
  ones(most: number): number {
    let count = 0;
    while (count < most && this.read(1) === 1n) count++;
    return count;
  }

  signed(count: number): number {
    const value = this.read(count);
    return Number(value > 1n << BigInt(count - 1) ? value - (1n << BigInt(count)) : value);
  }

  uvarint(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.read(8);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return Number(value);
    }
  }

  varint(): number {
    const value = this.uvarint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  varbit(): number {
    const ones = this.ones(8);
    return ones === 0 ? 0 : ones === 8 ? Number(BigInt.asIntN(64, this.read(64))) : this.signed(VARBITS[ones - 1]!);
  }

  uvarbit(): number {
    const ones = this.ones(8);
    return ones === 0 ? 0 : Number(this.read(VARBITS[ones - 1] ?? 64));
  }
}

const VARBITS = [3, 6, 9, 12, 18, 25, 56];

class Xor {
  value: bigint;
  #leading = 0;
  #size = 0;

  constructor(bits: Bits) {
    this.value = bits.read(64);
  }

  next(bits: Bits): bigint {
    if (bits.read(1) === 0n) return this.value;
    if (bits.read(1) === 1n) {
      this.#leading = Number(bits.read(5));
      this.#size = Number(bits.read(6)) || 64;
    }
    this.value ^= bits.read(this.#size) << BigInt(64 - this.#leading - this.#size);
    return this.value;
  }
}

function decodeXor(data: Uint8Array): DecodedSample[] {
  const bits = new Bits(data);
  const count = Number(bits.read(16));
  const samples: DecodedSample[] = [];
  let timeMs = bits.varint();
  const values = new Xor(bits);
  let deltaMs = 0;
  for (let i = 0; i < count; i++) {
    if (i === 1) deltaMs = bits.uvarint();
    else if (i > 1) {
      const size = [0, 14, 17, 20, 64][bits.ones(4)]!;
      deltaMs += size === 0 ? 0 : size === 64 ? Number(BigInt.asIntN(64, bits.read(64))) : bits.signed(size);
    }
    if (i > 0) timeMs += deltaMs;
    samples.push({ timeMs, bits: i === 0 ? values.value : values.next(bits) });
  }
  return samples;
}

function decodeHistograms(data: Uint8Array): Pick<DecodedChunk, 'samples' | 'layout'> {
  const bits = new Bits(data);
  const count = Number(bits.read(16));
  const flags = Number(bits.read(8));
  const threshold = Number(bits.read(8));
  const zeroThreshold = threshold === 0 ? 0 : threshold === 255 ? toDouble(bits.read(64)) : 2 ** (threshold - 244);
  const schema = bits.varbit();
  const spans = [0, 1].map(() =>
    Array.from({ length: bits.uvarbit() }, () => {
      const length = bits.uvarbit();
      return [bits.varbit(), length] as const;
    }),
  );
  const bounds =
    schema === -53
      ? Array.from({ length: bits.uvarbit() }, () => {
          const thousandths = bits.uvarbit();
          return thousandths === 0 ? toDouble(bits.read(64)) : (thousandths - 1) / 1_000;
        })
      : [];
  const width = 3 + spans.flat().reduce((sum, [, length]) => sum + length, 0);
  const samples: DecodedSample[] = [];
  let columns: Xor[] = [];
  let timeMs = 0;
  let deltaMs = 0;
  for (let i = 0; i < count; i++) {
    if (i === 0) {
      timeMs = bits.varbit();
      columns = Array.from({ length: width }, () => new Xor(bits));
    } else {
      deltaMs += bits.varbit();
      timeMs += deltaMs;
      for (const column of columns) column.next(bits);
    }
    samples.push({ timeMs, histogram: columns.map(({ value }) => toDouble(value)) });
  }
  return { samples, layout: { flags, schema, zeroThreshold, spans, bounds } };
}

function toDouble(bits: bigint): number {
  return new Float64Array(BigUint64Array.of(bits).buffer)[0]!;
}
