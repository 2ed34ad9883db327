import { readHistogramProto } from './histogram.ts';
import { type Hparams, joinHparams, readHparams, readMetadata } from './hparams.ts';
import { CURVE_LIMITS, type NewRunItem, type RunItemKind } from '@vitrine/model/curve-store.ts';
import { PointColumns } from './point-columns.ts';
import type { SkipCounts, SkipReason } from './skipped.ts';
import type { Tag, TagTable } from './tag-table.ts';
import { TensorReader } from './tensor.ts';
import { BYTES, decodeText, FIXED32, FIXED64, Malformed, VARINT, WireReader } from './wire.ts';

/** A directory of event files: the run that its values belong to, and what is known of its tags. */
export interface EventFolder {
  readonly run: string;
  readonly tags: TagTable;
  /** What its records said of hyperparameters. */
  hparams: Hparams | undefined;
  skipped: SkipCounts;
  /** Times of its earliest and latest events, unix milliseconds; NaN before there is one. */
  firstMs: number;
  lastMs: number;
}

/** Elements that fit into an item as float64. */
const MAX_ELEMENTS = CURVE_LIMITS.itemBytes / 8;
/** Items of one record may take so much memory: many short ones in it take more than the record. */
const MAX_RECORD_ITEM_BYTES = 64 * 1024 * 1024;
const HPARAMS = 'hparams';

/**
 * Reads Events (docs/tensorboard.md says which parts) and gathers what they log: scalars as columns, all else as items. One object
 * reads all files of a chunk; scalars make no objects.
 */
export class EventReader {
  readonly points = new PointColumns();
  readonly #event = new WireReader();
  readonly #summary = new WireReader();
  readonly #value = new WireReader();
  readonly #tensor = new TensorReader();
  #curves: { run: string; metric: string }[] = [];
  #items: NewRunItem[] = [];
  #chunk = 0;
  #folder!: EventFolder;
  itemBytes = 0;
  /** What itemBytes was before this record. */
  #itemBytesBefore = 0;

  /** Everything read since the last time. */
  take(): {
    readonly curves: readonly { readonly run: string; readonly metric: string }[];
    readonly columns: ReturnType<PointColumns['take']>;
    readonly items: readonly NewRunItem[];
  } {
    const taken = { curves: this.#curves, columns: this.points.take(), items: this.#items };
    this.#curves = [];
    this.#items = [];
    this.itemBytes = 0;
    this.#chunk++;
    return taken;
  }

  /** Reads one record's data. Never throws: what cannot be read is counted. */
  read(folder: EventFolder, bytes: Uint8Array, start: number, end: number): void {
    this.#folder = folder;
    this.#itemBytesBefore = this.itemBytes;
    try {
      this.#readEvent(bytes, start, end);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#skip('unreadable');
    }
  }

  #readEvent(bytes: Uint8Array, start: number, end: number): void {
    const event = this.#event.open(bytes, start, end);
    let timeMs = 0;
    let step = 0;
    let summaryStart = -1;
    let summaryEnd = -1;
    while (event.next()) {
      if (event.field === 1 && event.type === FIXED64) timeMs = event.readDouble() * 1_000;
      else if (event.field === 2 && event.type === VARINT) step = event.readSigned();
      else if (event.field === 5 && event.type === BYTES) {
        event.readRange();
        summaryStart = event.rangeStart;
        summaryEnd = event.rangeEnd;
      } else event.skip();
    }
    if (summaryStart === -1) return;
    const summary = this.#summary.open(bytes, summaryStart, summaryEnd);
    while (summary.next()) {
      if (summary.field !== 1 || summary.type !== BYTES) {
        summary.skip();
        continue;
      }
      summary.readRange();
      this.#readValue(bytes, summary.rangeStart, summary.rangeEnd, step, timeMs);
    }
  }

  #readValue(bytes: Uint8Array, start: number, end: number, step: number, timeMs: number): void {
    const value = this.#value.open(bytes, start, end);
    let tagStart = 0;
    let tagEnd = 0;
    let simple = 0;
    let metadataStart = -1;
    let metadataEnd = -1;
    /** The field that holds the value. */
    let kind = 0;
    let dataStart = 0;
    let dataEnd = 0;
    while (value.next()) {
      const { field, type } = value;
      if (field === 2 && type === FIXED32) {
        simple = value.readFloat();
        kind = 2;
      } else if (type === BYTES) {
        value.readRange();
        const { rangeStart, rangeEnd } = value;
        if (field === 1) {
          tagStart = rangeStart;
          tagEnd = rangeEnd;
        } else if (field === 9) {
          metadataStart = rangeStart;
          metadataEnd = rangeEnd;
        } else if (field === 4 || field === 5 || field === 6 || field === 8) {
          kind = field;
          dataStart = rangeStart;
          dataEnd = rangeEnd;
        }
      } else value.skip();
    }

    const tag = this.#folder.tags.find(bytes, tagStart, tagEnd);
    if (tag === undefined) return this.#skip('tags');
    if (metadataStart !== -1 && tag.plugin === '') {
      const { plugin, content } = readMetadata(bytes, metadataStart, metadataEnd);
      if (plugin === HPARAMS) {
        const { hparams } = this.#folder;
        const more = readHparams(content);
        this.#folder.hparams = hparams === undefined ? more : joinHparams(hparams, more);
        return;
      }
      this.#folder.tags.learn(tag, plugin);
    }
    if (kind === 0) return;
    if (tag.name === undefined) return this.#skip('name');
    if (!(Math.abs(step) <= CURVE_LIMITS.step)) return this.#skip('step');
    if (!(Math.abs(timeMs) <= CURVE_LIMITS.timeMs)) return this.#skip('time');
    const folder = this.#folder;
    if (!(timeMs >= folder.firstMs)) folder.firstMs = timeMs;
    if (!(timeMs <= folder.lastMs)) folder.lastMs = timeMs;
    switch (kind) {
      case 2:
        this.#addPoint(tag, step, timeMs, simple);
        return;
      case 4:
        this.#addEncoded('image', tag, step, timeMs, fieldBytes(this.#value.open(bytes, dataStart, dataEnd), 4), 0);
        return;
      case 5:
        this.#addNumbers('histogram', tag, step, timeMs, readHistogramProto(bytes, dataStart, dataEnd));
        return;
      case 6:
        this.#addEncoded('audio', tag, step, timeMs, fieldBytes(this.#value.open(bytes, dataStart, dataEnd), 4), 0);
        return;
      default:
        this.#readTensor(tag, step, timeMs, bytes, dataStart, dataEnd);
    }
  }

  #readTensor(tag: Tag, step: number, timeMs: number, bytes: Uint8Array, start: number, end: number): void {
    const tensor = this.#tensor.open(bytes, start, end);
    const { plugin } = tag;
    if (tensor.isNumeric) {
      const { shape, size } = tensor;
      if (size > MAX_ELEMENTS) return this.#skip('large');
      const isNumber = shape.length === 0 || (plugin === 'scalars' && size === 1);
      if (isNumber && (plugin === 'scalars' || plugin === '')) this.#addPoint(tag, step, timeMs, tensor.scalar());
      else if (plugin === 'histograms' && shape.length === 2 && (shape[1] === 3 || size === 0))
        this.#addNumbers('histogram', tag, step, timeMs, tensor.numbers());
      else if (plugin === 'pr_curves' && shape.length === 2 && shape[0] === 6)
        this.#addNumbers('pr_curve', tag, step, timeMs, tensor.numbers());
      else this.#skip('kind');
      return;
    }
    if (!tensor.isText) return this.#skip('kind');
    const texts = tensor.strings();
    switch (plugin) {
      case 'images':
        // Width and height as texts, then the images.
        for (const [index, image] of texts.slice(2).entries()) this.#addEncoded('image', tag, step, timeMs, image, index);
        return;
      case 'audio': {
        // Rows of (sound, label), or sounds alone.
        const columns = tensor.shape.length === 2 ? (tensor.shape[1] ?? 1) : 1;
        const sounds = texts.filter((_, i) => i % Math.max(columns, 1) === 0);
        for (const [index, sound] of sounds.entries()) this.#addEncoded('audio', tag, step, timeMs, sound, index);
        return;
      }
      case 'text':
      case '':
        for (const [index, text] of texts.entries()) this.#addItem('text', tag, step, timeMs, text, index, '');
        return;
      default:
        this.#skip('kind');
    }
  }

  #addPoint(tag: Tag, step: number, timeMs: number, value: number): void {
    if (tag.chunk !== this.#chunk) {
      tag.chunk = this.#chunk;
      tag.curve = this.#curves.length;
      this.#curves.push({ run: this.#folder.run, metric: tag.name as string });
    }
    this.points.push(tag.curve, step, timeMs, value);
  }

  #addNumbers(kind: RunItemKind, tag: Tag, step: number, timeMs: number, numbers: Float64Array): void {
    // Little endian is what the platforms that Node runs on are.
    this.#addItem(kind, tag, step, timeMs, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), 0, '');
  }

  #addEncoded(kind: 'image' | 'audio', tag: Tag, step: number, timeMs: number, data: Uint8Array, index: number): void {
    if (data.length === 0) return this.#skip('unreadable');
    this.#addItem(kind, tag, step, timeMs, data.slice(), index, mediaTypeOf(data));
  }

  #addItem(kind: RunItemKind, tag: Tag, step: number, timeMs: number, data: Uint8Array, index: number, mediaType: string): void {
    const isTooMuch = this.itemBytes - this.#itemBytesBefore + data.length > MAX_RECORD_ITEM_BYTES;
    if (data.length > CURVE_LIMITS.itemBytes || isTooMuch) return this.#skip('large');
    // Of text the page takes UTF-8 for granted.
    const bytes = kind === 'text' ? new TextEncoder().encode(decodeText(data)) : data;
    this.itemBytes += bytes.length + 200;
    this.#items.push({ run: this.#folder.run, tag: tag.name as string, kind, step, timeMs, index, mediaType, data: bytes });
  }

  #skip(reason: SkipReason): void {
    const { skipped } = this.#folder;
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  }
}

const NOTHING = new Uint8Array(0);

/** The bytes of one field of the message that `reader` is open on. */
function fieldBytes(reader: WireReader, field: number): Uint8Array {
  let found: Uint8Array = NOTHING;
  while (reader.next()) {
    if (reader.field === field && reader.type === BYTES) found = reader.readBytes();
    else reader.skip();
  }
  return found;
}

/** How files of each type begin. */
const SIGNATURES: readonly (readonly [mediaType: string, at: number, signature: string])[] = [
  ['image/png', 0, '\u0089PNG'],
  ['image/jpeg', 0, '\u00ff\u00d8\u00ff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/bmp', 0, 'BM'],
  ['audio/wav', 8, 'WAVE'],
  ['audio/ogg', 0, 'OggS'],
  ['audio/flac', 0, 'fLaC'],
  ['audio/mpeg', 0, 'ID3'],
];

/** By how the file begins: what a writer says of its type is no reason for a browser to believe it. */
function mediaTypeOf(data: Uint8Array): string {
  const matches = (at: number, signature: string): boolean =>
    data.length >= at + signature.length &&
    Buffer.from(data.buffer, data.byteOffset + at, signature.length).toString('latin1') === signature;
  return SIGNATURES.find(([, at, signature]) => matches(at, signature))?.[0] ?? 'application/octet-stream';
}
