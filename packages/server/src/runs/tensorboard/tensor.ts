import { BYTES, FIXED32, FIXED64, Malformed, VARINT, WireReader } from './wire.ts';

/** Numbers of TensorFlow's DataType. */
const FLOAT = 1;
const DOUBLE = 2;
const UINT8 = 4;
const INT16 = 5;
const INT8 = 6;
const STRING = 7;
const INT64 = 9;
const BOOL = 10;
const BFLOAT16 = 14;
const UINT16 = 17;
const HALF = 19;
const UINT32 = 22;
const UINT64 = 23;
const INT32 = 3;

const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  [FLOAT]: 4,
  [DOUBLE]: 8,
  [INT32]: 4,
  [UINT8]: 1,
  [INT16]: 2,
  [INT8]: 1,
  [INT64]: 8,
  [BOOL]: 1,
  [BFLOAT16]: 2,
  [UINT16]: 2,
  [HALF]: 2,
  [UINT32]: 4,
  [UINT64]: 8,
};

/** The field of TensorProto that holds the elements of a type where tensor_content does not. */
const VALUE_FIELD: Readonly<Record<number, number>> = {
  [FLOAT]: 5,
  [DOUBLE]: 6,
  [INT32]: 7,
  [UINT8]: 7,
  [INT16]: 7,
  [INT8]: 7,
  [UINT16]: 7,
  [STRING]: 8,
  [INT64]: 10,
  [BOOL]: 11,
  [HALF]: 13,
  [BFLOAT16]: 13,
  [UINT32]: 16,
  [UINT64]: 17,
};

const STRINGS_FIELD = 8;
/** Stretches of one tensor: each text is one, and numbers are where a writer does not pack them. */
const MAX_RANGES = 100_000;
const FEWER = 'a tensor of fewer elements than its shape has';

/** A stretch of bytes in which values of one *_val field lie. */
interface ValueRange {
  readonly field: number;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** Reads a TensorProto in place; one object goes over many. Throws Malformed. */
export class TensorReader {
  dtype = 0;
  /** Sizes of the dimensions; none of a scalar. */
  readonly shape: number[] = [];
  readonly #wire = new WireReader();
  readonly #inner = new WireReader();
  readonly #ranges: ValueRange[] = [];
  #rangeBytes = 0;
  #contentStart = 0;
  #contentEnd = 0;

  open(bytes: Uint8Array, start: number, end: number): this {
    const wire = this.#wire.open(bytes, start, end);
    this.dtype = 0;
    this.shape.length = 0;
    this.#ranges.length = 0;
    this.#rangeBytes = this.#contentStart = this.#contentEnd = 0;
    while (wire.next()) {
      if (wire.field === 1 && wire.type === VARINT) this.dtype = wire.readUnsigned();
      else if (wire.field === 2 && wire.type === BYTES) {
        wire.readRange();
        this.#readShape(bytes, wire.rangeStart, wire.rangeEnd);
      } else if (wire.field === 4 && wire.type === BYTES) {
        wire.readRange();
        this.#contentStart = wire.rangeStart;
        this.#contentEnd = wire.rangeEnd;
      } else if (wire.field >= 5 && wire.field <= 17) {
        const { field, type } = wire;
        const before = wire.at;
        wire.skip();
        const isRange = type === BYTES;
        const start = isRange ? wire.rangeStart : before;
        const end = isRange ? wire.rangeEnd : wire.at;
        if (this.#ranges.length >= MAX_RANGES) throw new Malformed('a tensor in more pieces than are read');
        this.#rangeBytes += end - start;
        this.#ranges.push({ field, type, start, end });
      } else wire.skip();
    }
    return this;
  }

  /** How many elements the shape speaks of. */
  get size(): number {
    return this.shape.reduce((product, size) => product * size, 1);
  }

  get isNumeric(): boolean {
    return ELEMENT_BYTES[this.dtype] !== undefined;
  }

  get isText(): boolean {
    return this.dtype === STRING;
  }

  /**
   * The elements, row by row. A number of its own may be left out where it is 0. Elsewhere TensorProto lets the last element stand
   * for the rest of the shape, which no writer of event files does, and which would make 16 MiB of a record of 70 bytes: Malformed.
   */
  numbers(): Float64Array {
    const width = ELEMENT_BYTES[this.dtype];
    if (width === undefined) throw new Malformed(`a tensor of the type ${this.dtype} has no numbers`);
    const { size } = this;
    if (this.#contentEnd > this.#contentStart) {
      if (this.#contentEnd - this.#contentStart !== size * width)
        throw new Malformed('a tensor whose content does not fit its shape');
      const out = new Float64Array(size);
      for (let i = 0; i < size; i++) out[i] = this.#elementAt(this.#contentStart + i * width);
      return out;
    }
    // Each takes a byte at least.
    if (size > 1 && this.#rangeBytes < size) throw new Malformed(FEWER);
    const out = new Float64Array(size);
    if (this.#writtenNumbers(out) < size && size > 1) throw new Malformed(FEWER);
    return out;
  }

  /** The only element of a scalar. */
  scalar(): number {
    return this.numbers()[0] as number;
  }

  /** The elements of a tensor of texts, not copied. */
  strings(): readonly Uint8Array[] {
    const { bytes } = this.#wire;
    return this.#ranges.filter(({ field }) => field === STRINGS_FIELD).map(({ start, end }) => bytes.subarray(start, end));
  }

  #readShape(bytes: Uint8Array, start: number, end: number): void {
    const shape = this.#inner.open(bytes, start, end);
    while (shape.next()) {
      if (shape.field !== 2 || shape.type !== BYTES) {
        shape.skip();
        continue;
      }
      shape.readRange();
      const after = shape.rangeEnd;
      let size = 0;
      const dimension = shape.open(bytes, shape.rangeStart, after);
      while (dimension.next()) {
        if (dimension.field === 1 && dimension.type === VARINT) size = dimension.readSigned();
        else dimension.skip();
      }
      if (size < 0) throw new Malformed('a tensor whose shape is not known');
      this.shape.push(size);
      shape.open(bytes, after, end);
    }
  }

  #elementAt(at: number): number {
    const { view } = this.#wire;
    switch (this.dtype) {
      case FLOAT:
        return view.getFloat32(at, true);
      case DOUBLE:
        return view.getFloat64(at, true);
      case INT32:
        return view.getInt32(at, true);
      case UINT32:
        return view.getUint32(at, true);
      case INT64:
        return Number(view.getBigInt64(at, true));
      case UINT64:
        return Number(view.getBigUint64(at, true));
      case INT16:
        return view.getInt16(at, true);
      case UINT16:
        return view.getUint16(at, true);
      case INT8:
        return view.getInt8(at);
      case HALF:
        return halfOf(view.getUint16(at, true));
      case BFLOAT16:
        return bfloat16Of(view.getUint16(at, true));
      default:
        return view.getUint8(at);
    }
  }

  /** Fills in what the *_val field has and returns how many that are. */
  #writtenNumbers(out: Float64Array): number {
    const wanted = VALUE_FIELD[this.dtype];
    let count = 0;
    for (const { field, type, start, end } of this.#ranges) {
      if (field !== wanted) continue;
      const values = this.#inner.open(this.#wire.bytes, start, end);
      while (values.at < end && count < out.length) out[count++] = this.#writtenNumber(values, type);
    }
    return count;
  }

  #writtenNumber(values: WireReader, type: number): number {
    const isPacked = type === BYTES;
    switch (this.dtype) {
      case FLOAT:
        if (!isPacked && type !== FIXED32) throw new Malformed('a tensor of floats that are none');
        return values.readFloat();
      case DOUBLE:
        if (!isPacked && type !== FIXED64) throw new Malformed('a tensor of doubles that are none');
        return values.readDouble();
      default:
    }
    if (!isPacked && type !== VARINT) throw new Malformed('a tensor of whole numbers that are none');
    switch (this.dtype) {
      case HALF:
        return halfOf(values.readUnsigned());
      case BFLOAT16:
        return bfloat16Of(values.readUnsigned());
      case UINT32:
      case UINT64:
      case BOOL:
        return values.readUnsigned();
      default:
        return values.readSigned();
    }
  }
}

const SCRATCH = new DataView(new ArrayBuffer(4));

/** IEEE 754 half precision. */
function halfOf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
function bfloat16Of(bits: number): number {
  SCRATCH.setUint32(0, (bits & 0xffff) << 16);
  return SCRATCH.getFloat32(0);
}
