/**
 * The binary form of a panel's data on its way to the page: numbers travel as the bytes of their typed arrays, so that
 * the page reads them in place.
 *
 *   uint32 LE   length of the header in bytes
 *   bytes       header: JSON (WireHeader), UTF-8, padded with spaces so that what follows is 8-byte aligned
 *   bytes       columns, in the order of the header: number columns as float64 LE and boolean columns as one byte a value,
 *               then the presence as one byte a value where the header says so; each padded to 8 bytes. String and JSON
 *               columns stand in the header. Frames inside cells follow the frames of the answer, one after the other.
 */
import { BadRequest } from './bad-request.ts';
import type { FieldSettings } from './field-config.ts';
import type { Field, Frame, FrameField, PanelData } from './frame.ts';

export const FRAME_CONTENT_TYPE = 'application/vnd.vitrine.frames';

const PREFIX_BYTES = 4;
const ALIGNMENT = 8;

/** Cells refer to each other's frames this deep at most. */
const MAX_NESTING = 4;

interface WireField {
  readonly name: string;
  readonly type: Field['type'];
  readonly labels?: Readonly<Record<string, string>>;
  readonly config?: FieldSettings;
  readonly hasPresence?: true;
  readonly strings?: readonly string[];
  readonly json?: readonly unknown[];
  /** How many frames each cell holds. */
  readonly frameCounts?: readonly number[];
}

interface WireFrame extends Omit<Frame, 'fields'> {
  readonly fields: readonly WireField[];
}

interface WireHeader extends Omit<PanelData, 'frames'> {
  readonly frames: readonly WireFrame[];
  /** Those inside cells, level by level, each level in the order of the cells that hold them. */
  readonly nested: readonly (readonly WireFrame[])[];
}

export function encodePanelData(data: PanelData): Uint8Array {
  const levels = levelsOf(data.frames);
  const [top = [], ...nested] = levels.map((frames) => frames.map(describeFrame));
  const header: WireHeader = { ...data, frames: top, nested };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bodyStart = align(PREFIX_BYTES + json.length);
  let size = bodyStart;
  for (const frame of levels.flat()) for (const field of frame.fields) size += columnBytes(field, frame.length);

  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, bodyStart - PREFIX_BYTES, true);
  bytes.set(json, PREFIX_BYTES);
  bytes.fill(0x20, PREFIX_BYTES + json.length, bodyStart);
  let at = bodyStart;
  for (const frame of levels.flat()) {
    for (const field of frame.fields) {
      if (field.type === 'number' || field.type === 'time') {
        new Float64Array(bytes.buffer, at, frame.length).set(field.values.subarray(0, frame.length));
        at += frame.length * Float64Array.BYTES_PER_ELEMENT;
      } else if (field.type === 'boolean') {
        bytes.set(field.values.subarray(0, frame.length), at);
        at = align(at + frame.length);
      }
      if (field.present === undefined) continue;
      bytes.set(field.present.subarray(0, frame.length), at);
      at = align(at + frame.length);
    }
  }
  return bytes;
}

/** The frames of the answer, then those in their cells, then those in the cells of these. */
function levelsOf(frames: readonly Frame[]): (readonly Frame[])[] {
  const levels: (readonly Frame[])[] = [frames];
  for (let level = frames; level.length > 0;) {
    level = level.flatMap(({ fields }) =>
      fields.filter((field) => field.type === 'frame').flatMap(({ values }) => values.flat()),
    );
    if (level.length === 0) break;
    if (levels.length > MAX_NESTING) throw new BadRequest('frames', `hold frames in cells more than ${MAX_NESTING} levels deep`);
    levels.push(level);
  }
  return levels;
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

  function readField(wire: WireField, length: number): Field {
    const { strings, json, frameCounts: _frameCounts, hasPresence, type, config, ...rest } = wire;
    const named = config === undefined ? rest : { ...rest, config: reviveThresholds(config) };
    const column = readColumn(type, length);
    const present = hasPresence === true ? takeBytes(length) : undefined;
    const field = present === undefined ? named : { ...named, present };
    switch (type) {
      case 'string':
        return { ...field, type, values: strings ?? [] };
      case 'json':
        return { ...field, type, values: json ?? [] };
      case 'frame':
        // Filled in below, when the frames of the next level are read.
        return { ...field, type, values: [] };
      case 'boolean':
        return { ...field, type, values: column as Uint8Array };
      default:
        return { ...field, type, values: column as Float64Array };
    }
  }

  function readColumn(type: Field['type'], length: number): Float64Array | Uint8Array | undefined {
    if (type === 'boolean') return takeBytes(length);
    if (type !== 'number' && type !== 'time') return undefined;
    return new Float64Array(buffer.buffer as ArrayBuffer, take(length * Float64Array.BYTES_PER_ELEMENT), length);
  }

  function takeBytes(length: number): Uint8Array {
    const column = new Uint8Array(buffer.buffer as ArrayBuffer, take(length), length);
    at = buffer.byteOffset + align(at - buffer.byteOffset);
    return column;
  }

  const { frames: top, nested, ...rest } = header;
  const wires = [top, ...nested];
  const levels = wires.map((level) =>
    level.map((wire): Frame => ({ ...wire, fields: wire.fields.map((field) => readField(field, wire.length)) })),
  );
  return { ...rest, frames: joinLevels(wires, levels) };
}

/** Puts the frames of each level into the cells of the level above. */
function joinLevels(wires: readonly (readonly WireFrame[])[], levels: readonly (readonly Frame[])[]): readonly Frame[] {
  let below: readonly Frame[] = [];
  for (let level = levels.length - 1; level >= 0; level--) {
    let next = 0;
    below = levels[level]!.map((frame, f) => ({
      ...frame,
      fields: frame.fields.map((field, i): Field => {
        if (field.type !== 'frame') return field;
        const counts = wires[level]![f]!.fields[i]!.frameCounts ?? [];
        return { ...field, values: counts.map((count) => below.slice(next, (next += count))) } satisfies FrameField;
      }),
    }));
  }
  return below;
}

/** JSON has no -Infinity, from which the first step of thresholds holds. */
function reviveThresholds(config: FieldSettings): FieldSettings {
  const { thresholds } = config;
  if (thresholds === undefined) return config;
  const steps = thresholds.steps.map((step) => ({ ...step, value: step.value ?? Number.NEGATIVE_INFINITY }));
  return { ...config, thresholds: { ...thresholds, steps } };
}

function describeFrame({ fields, ...frame }: Frame): WireFrame {
  return { ...frame, fields: fields.map((field) => describeField(field, frame.length)) };
}

function describeField(field: Field, length: number): WireField {
  return {
    name: field.name,
    type: field.type,
    ...(field.labels === undefined ? {} : { labels: field.labels }),
    ...(field.config === undefined ? {} : { config: field.config }),
    ...(field.present === undefined ? {} : { hasPresence: true as const }),
    ...(field.type === 'string' ? { strings: field.values.slice(0, length) } : {}),
    ...(field.type === 'json' ? { json: field.values.slice(0, length) } : {}),
    ...(field.type === 'frame' ? { frameCounts: field.values.slice(0, length).map((frames) => frames.length) } : {}),
  };
}

function columnBytes(field: Field, length: number): number {
  const presence = field.present === undefined ? 0 : align(length);
  if (field.type === 'number' || field.type === 'time') return length * Float64Array.BYTES_PER_ELEMENT + presence;
  return (field.type === 'boolean' ? align(length) : 0) + presence;
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
