import { PbfWriter } from 'pbf';
import { maskedCrc32c } from '../runs/tensorboard/crc32c.ts';

/** A TensorProto as a test writes it. */
export interface WrittenTensor {
  readonly dtype: number;
  readonly shape?: readonly number[];
  readonly content?: Uint8Array;
  /** Values in the field of that number, one by one or packed. */
  readonly floats?: readonly number[];
  readonly doubles?: readonly number[];
  readonly ints?: { readonly field: number; readonly values: readonly number[]; readonly packed?: boolean };
  readonly texts?: readonly (string | Uint8Array)[];
}

export interface WrittenValue {
  readonly tag: string;
  readonly simple?: number;
  readonly tensor?: WrittenTensor;
  readonly image?: Uint8Array;
  readonly audio?: Uint8Array;
  readonly histogram?: {
    readonly min: number;
    readonly max: number;
    readonly limits: readonly number[];
    readonly counts: readonly number[];
  };
  /** The metadata's plugin. */
  readonly plugin?: string;
  readonly content?: Uint8Array;
}

export interface WrittenEvent {
  readonly wallTime?: number;
  readonly step?: number | bigint;
  readonly version?: string;
  readonly values?: readonly WrittenValue[];
}

/** An event file as TensorFlow, PyTorch and tensorboardX write them: a record for its version, and one an event. */
export function eventFile(events: readonly WrittenEvent[]): Uint8Array {
  return Buffer.concat([{ wallTime: 1, version: 'brain.Event:2' }, ...events].map((event) => record(eventBytes(event))));
}

export function record(data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(data.length + 16);
  out.writeBigUInt64LE(BigInt(data.length), 0);
  out.writeUInt32LE(maskedCrc32c(out, 0, 8), 8);
  out.set(data, 12);
  out.writeUInt32LE(maskedCrc32c(data, 0, data.length), 12 + data.length);
  return out;
}

export function eventBytes({ wallTime, step, version, values }: WrittenEvent): Uint8Array {
  const pbf = new PbfWriter();
  if (wallTime !== undefined) pbf.writeDoubleField(1, wallTime);
  if (step !== undefined) {
    pbf.writeTag(2, 0);
    writeInt64(pbf, BigInt(step));
  }
  if (version !== undefined) pbf.writeStringField(3, version);
  if (values !== undefined)
    pbf.writeMessage(
      5,
      (all, summary) => {
        for (const value of all) summary.writeMessage(1, writeValue, value);
      },
      values,
    );
  return pbf.finish();
}

/** HParamsPluginData with a session's start, and its end where there is a status. */
export function hparamsContent(
  start: { readonly hparams: Readonly<Record<string, string | number | boolean>>; readonly group?: string } | undefined,
  end?: { readonly status: number; readonly endSeconds?: number },
): Uint8Array {
  const pbf = new PbfWriter();
  if (start !== undefined) {
    pbf.writeMessage(
      3,
      ({ hparams, group }, session) => {
        for (const [name, value] of Object.entries(hparams)) {
          session.writeMessage(
            1,
            (_, entry) => {
              entry.writeStringField(1, name);
              entry.writeMessage(2, writeProtoValue, value);
            },
            undefined,
          );
        }
        if (group !== undefined) session.writeStringField(4, group);
      },
      start,
    );
  }
  if (end !== undefined) {
    pbf.writeMessage(
      4,
      ({ status, endSeconds }, session) => {
        session.writeVarintField(1, status);
        if (endSeconds !== undefined) session.writeDoubleField(2, endSeconds);
      },
      end,
    );
  }
  return pbf.finish();
}

function writeProtoValue(value: string | number | boolean, pbf: PbfWriter): void {
  if (typeof value === 'number') pbf.writeDoubleField(2, value);
  else if (typeof value === 'string') pbf.writeStringField(3, value);
  else pbf.writeBooleanField(4, value);
}

function writeValue({ tag, simple, tensor, image, audio, histogram, plugin, content }: WrittenValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, tag);
  if (simple !== undefined) pbf.writeFloatField(2, simple);
  if (image !== undefined) pbf.writeMessage(4, (bytes, inner) => inner.writeBytesField(4, bytes), image);
  if (histogram !== undefined) {
    pbf.writeMessage(
      5,
      ({ min, max, limits, counts }, inner) => {
        inner.writeDoubleField(1, min);
        inner.writeDoubleField(2, max);
        inner.writePackedDouble(6, [...limits]);
        inner.writePackedDouble(7, [...counts]);
      },
      histogram,
    );
  }
  if (audio !== undefined) pbf.writeMessage(6, (bytes, inner) => inner.writeBytesField(4, bytes), audio);
  if (tensor !== undefined) pbf.writeMessage(8, writeTensor, tensor);
  if (plugin !== undefined) {
    pbf.writeMessage(
      9,
      (_, metadata) =>
        metadata.writeMessage(
          1,
          (__, data) => {
            data.writeStringField(1, plugin);
            if (content !== undefined) data.writeBytesField(2, content);
          },
          undefined,
        ),
      undefined,
    );
  }
}

function writeTensor({ dtype, shape = [], content, floats, doubles, ints, texts }: WrittenTensor, pbf: PbfWriter): void {
  pbf.writeVarintField(1, dtype);
  pbf.writeMessage(
    2,
    (sizes, inner) => {
      for (const size of sizes) inner.writeMessage(2, (it, dimension) => dimension.writeVarintField(1, it), size);
    },
    shape,
  );
  if (content !== undefined) pbf.writeBytesField(4, content);
  if (floats !== undefined) pbf.writePackedFloat(5, [...floats]);
  for (const value of doubles ?? []) pbf.writeDoubleField(6, value);
  if (ints?.packed === true) pbf.writePackedVarint(ints.field, [...ints.values]);
  else for (const value of ints?.values ?? []) pbf.writeVarintField(ints?.field ?? 7, value);
  for (const text of texts ?? []) pbf.writeBytesField(8, typeof text === 'string' ? Buffer.from(text) : text);
}

/** pbf knows no whole numbers past 2^53. */
function writeInt64(pbf: PbfWriter, value: bigint): void {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  pbf.realloc(bytes.length);
  for (const byte of bytes) pbf.buf[pbf.pos++] = byte;
}
