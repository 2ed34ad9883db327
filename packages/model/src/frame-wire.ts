/**
 * The binary form of a panel's data on its way to the page: numbers travel as the bytes of their typed arrays, so that
 * the page reads them in place.
 *
 *   uint32 LE   length of the header in bytes
 *   bytes       header: JSON (WireHeader), UTF-8, padded with spaces so that what follows is 8-byte aligned
 *   bytes       columns, in the order of the header: number columns as float64 LE, then their presence as one byte a
 *               value where the header says so, padded to 8 bytes. String columns stand in the header.
 */
import { BadRequest } from './bad-request.ts';
import type { Field, Frame, Notice, PanelData, QueryTrace } from './frame.ts';

export const FRAME_CONTENT_TYPE = 'application/vnd.vitrine.frames';

const PREFIX_BYTES = 4;
const ALIGNMENT = 8;

interface WireField {
  readonly name: string;
  readonly type: Field['type'];
  readonly labels?: Readonly<Record<string, string>>;
  readonly unit?: string;
  readonly hasPresence?: true;
  readonly strings?: readonly string[];
}

interface WireHeader {
  readonly frames: readonly {
    readonly refId: string;
    readonly shape: Frame['shape'];
    readonly length: number;
    readonly fields: readonly WireField[];
  }[];
  readonly notices: readonly Notice[];
  readonly traces: readonly QueryTrace[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export function encodePanelData(data: PanelData): Uint8Array {
  const header: WireHeader = {
    frames: data.frames.map((frame) => ({
      refId: frame.refId,
      shape: frame.shape,
      length: frame.length,
      fields: frame.fields.map(describeField),
    })),
    notices: data.notices,
    traces: data.traces,
    fromMs: data.fromMs,
    toMs: data.toMs,
    stepMs: data.stepMs,
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bodyStart = align(PREFIX_BYTES + json.length);
  let size = bodyStart;
  for (const frame of data.frames) for (const field of frame.fields) size += columnBytes(field, frame.length);

  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, bodyStart - PREFIX_BYTES, true);
  bytes.set(json, PREFIX_BYTES);
  bytes.fill(0x20, PREFIX_BYTES + json.length, bodyStart);
  let at = bodyStart;
  for (const frame of data.frames) {
    for (const field of frame.fields) {
      if (field.type === 'string') continue;
      new Float64Array(bytes.buffer, at, frame.length).set(field.values.subarray(0, frame.length));
      at += frame.length * Float64Array.BYTES_PER_ELEMENT;
      if (field.present === undefined) continue;
      bytes.set(field.present.subarray(0, frame.length), at);
      at = align(at + frame.length);
    }
  }
  return bytes;
}

/** The number columns of the answer are views into `bytes` where its alignment allows. Throws BadRequest on bytes of another form. */
export function decodePanelData(bytes: Uint8Array): PanelData {
  const buffer = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  const { header, bodyStart } = readHeader(buffer);
  let at = buffer.byteOffset + bodyStart;
  const end = buffer.byteOffset + buffer.byteLength;

  function take(byteCount: number): number {
    const start = at;
    if (start + byteCount > end)
      throw new BadRequest('frames', `the answer ends early: ${end - start} of ${byteCount} bytes of a column are there`);
    at += byteCount;
    return start;
  }

  const frames = header.frames.map((frame): Frame => {
    const fields = frame.fields.map(({ strings, hasPresence, ...field }): Field => {
      if (field.type === 'string') return { ...field, type: 'string', values: strings ?? [] };
      const values = new Float64Array(
        buffer.buffer as ArrayBuffer,
        take(frame.length * Float64Array.BYTES_PER_ELEMENT),
        frame.length,
      );
      if (hasPresence !== true) return { ...field, type: field.type, values };
      const present = new Uint8Array(buffer.buffer as ArrayBuffer, take(frame.length), frame.length);
      at = buffer.byteOffset + align(at - buffer.byteOffset);
      return { ...field, type: field.type, values, present };
    });
    return { ...frame, fields };
  });
  return { ...header, frames };
}

function describeField(field: Field): WireField {
  return {
    name: field.name,
    type: field.type,
    ...(field.labels === undefined ? {} : { labels: field.labels }),
    ...(field.type === 'string' ? { strings: field.values } : {}),
    ...(field.type !== 'string' && field.unit !== undefined ? { unit: field.unit } : {}),
    ...(field.type !== 'string' && field.present !== undefined ? { hasPresence: true as const } : {}),
  };
}

function columnBytes(field: Field, length: number): number {
  if (field.type === 'string') return 0;
  return length * Float64Array.BYTES_PER_ELEMENT + (field.present === undefined ? 0 : align(length));
}

function readHeader(bytes: Uint8Array): { header: WireHeader; bodyStart: number } {
  if (bytes.byteLength < PREFIX_BYTES) throw new BadRequest('frames', 'the answer is empty');
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const bodyStart = PREFIX_BYTES + headerBytes;
  if (bodyStart > bytes.byteLength) throw new BadRequest('frames', 'the answer ends inside its header');
  try {
    return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, bodyStart))) as WireHeader, bodyStart };
  } catch (cause) {
    throw new BadRequest('frames', 'the header of the answer is not JSON', { cause });
  }
}

function align(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
