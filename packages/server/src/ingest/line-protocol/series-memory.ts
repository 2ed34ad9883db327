import { isUtf8 } from 'node:buffer';
import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { BytesCache } from '../remote-write/bytes-cache.ts';
import { labelName, metricName } from './series-name.ts';

/** Characters that are remembered, and bytes of what else each thing takes. */
const MOST_CHARS = 192 * 1024 * 1024;
const HEAD_CHARS = 600;
const FIELDS_CHARS = 200;
const NAME_CHARS = 250;
const SERIES_CHARS = 230;
const PLACE_CHARS = 40;
const MOST_DATABASES = 8;
/** What is new takes as long as reading so many bytes of it, at least. */
const LEARNED_BYTES = 100;
/** Fields of one head that are looked at one by one. */
const MOST_LOOKED_AT = 16;
const FIRST_PLACES = 1024;
/** The label that tells one database's series from another's, as VictoriaMetrics has it. */
const DATABASE_LABEL = 'db';
const MOST_TAGS = 128;

const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const SPACE = 0x20;
const DELETE = 0x7f;

/** The fields that came with one measurement and its tags into one database, in the order in which they were first seen. */
export interface KnownFields {
  readonly database: string;
  /** The bytes of each field's key as senders write it; equal ones are one array, so that few are looked at often. */
  names: Uint8Array[];
  /** `ids[i]` is the series of `names[i]`. */
  ids: number[];
  /** Where a field stands, by its key in Latin-1: only where there are so many that looking at each takes long. */
  placeOf: Map<string, number> | undefined;
  /** Those of another database. */
  readonly next: KnownFields | undefined;
}

/** What the bytes of a measurement and its tags mean. */
export interface Head {
  /** Why every line that begins with it is refused; undefined where it is well formed. */
  readonly problem: string | undefined;
  readonly measurement: string;
  /** Names and values in turn. */
  readonly labels: readonly string[];
  /** Those of the database that was written to last come first. */
  fields: KnownFields;
}

/**
 * Remembers across requests which series the bytes of a measurement, its tags and a field mean. Equal series have one id,
 * however they were written. Bounded: past about 192 MiB all is forgotten, and learned again.
 */
export class SeriesMemory {
  readonly #mostChars: number;
  #heads = new BytesCache<Head>();
  readonly #idOf = new Map<string, number>();
  readonly #names = new Map<string, Uint8Array>();
  #chars = 0;
  /** `Labels.key` of each id. */
  readonly keys: string[] = [];
  /** By id, where the series stands in the batch that had it last. */
  places = new Int32Array(FIRST_PLACES);
  /** Whose places these are. */
  placesOf: object | undefined;
  /** Bytes of heads and fields that were new, and some for each: they take much longer than those that are known. */
  learned = 0;
  /** Rises when all is forgotten, which only `head` does: then no id or head from before means anything any more. */
  generation = 0;

  constructor(mostChars = MOST_CHARS) {
    this.#mostChars = mostChars;
  }

  /** What stands at [from, to), up to the space that ends it. */
  head(view: DataView, bytes: Uint8Array, from: number, to: number): Head {
    if (this.#chars > this.#mostChars) this.#forget();
    return this.#heads.get(view, from, to, () => {
      this.learned += to - from + LEARNED_BYTES;
      this.#chars += 2 * (to - from) + HEAD_CHARS;
      return readHead(bytes, from, to);
    });
  }

  fields(head: Head, database: string): KnownFields {
    let others: KnownFields | undefined;
    let found: KnownFields | undefined;
    let count = 0;
    for (let one: KnownFields | undefined = head.fields; one !== undefined; one = one.next) {
      if (one.database === database) found = one;
      // Of more databases than that the others are learned again.
      else if (count++ < MOST_DATABASES) others = { ...one, next: others };
    }
    if (found === undefined) this.#chars += FIELDS_CHARS + database.length;
    head.fields = { ...(found ?? noFields(database)), next: others };
    return head.fields;
  }

  /** The id of the field whose key in Latin-1 is `text`, which names its bytes; -1 where it was not seen before. */
  idOf({ names, ids, placeOf }: KnownFields, text: string): number {
    const name = this.#names.get(text);
    if (name === undefined) return -1;
    const place = placeOf === undefined ? names.indexOf(name) : (placeOf.get(text) ?? -1);
    return place === -1 ? -1 : (ids[place] as number);
  }

  /** The id of a field that was not seen before with this head. */
  addField(head: Head, fields: KnownFields, text: string): number {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = Buffer.from(text, 'latin1');
      this.#names.set(text, name);
      this.#chars += text.length + NAME_CHARS;
    }
    const labels = new Map<string, string>();
    for (let i = 0; i < head.labels.length; i += 2) labels.set(head.labels[i] as string, head.labels[i + 1] as string);
    if (fields.database !== '' && !labels.has(DATABASE_LABEL)) labels.set(DATABASE_LABEL, fields.database);
    labels.set(METRIC_NAME, metricName(head.measurement, unescape(name, 0, name.length, true)));
    const { key } = Labels.from(labels);
    let id = this.#idOf.get(key);
    if (id === undefined) {
      id = this.keys.push(key) - 1;
      this.#idOf.set(key, id);
      this.#chars += key.length + SERIES_CHARS;
      if (id === this.places.length) {
        const places = new Int32Array(id * 2);
        places.set(this.places);
        this.places = places;
      }
    }
    this.learned += text.length + LEARNED_BYTES;
    this.#chars += PLACE_CHARS;
    const place = fields.names.length;
    if (place < MOST_LOOKED_AT) {
      // Most have few: room for more would be the larger part of them.
      fields.names = fields.names.concat(name);
      fields.ids = fields.ids.concat(id);
    } else {
      fields.names.push(name);
      fields.ids.push(id);
      fields.placeOf ??= new Map(fields.names.map((one, i) => [Buffer.from(one).toString('latin1'), i]));
      fields.placeOf.set(text, place);
    }
    return id;
  }

  #forget(): void {
    this.#heads = new BytesCache<Head>();
    this.#idOf.clear();
    this.#names.clear();
    this.keys.length = 0;
    this.#chars = 0;
    this.generation++;
  }
}

/** Whether bytes are text that may stand in a name or a tag: UTF-8 without control characters, and no backslash before one. */
export function isPlainText(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte < SPACE || byte === DELETE) return false;
  }
  return bytes[to - 1] !== BACKSLASH && isUtf8(bytes.subarray(from, to));
}

function readHead(bytes: Uint8Array, from: number, to: number): Head {
  const labels = new Map<string, string>();
  let measurement = '';
  const problem = isPlainText(bytes, from, to)
    ? readTags()
    : 'the measurement or a tag has a control character, or is not UTF-8, or ends with a backslash';
  return { problem, measurement, labels: [...labels].flat(), fields: noFields('') };

  function readTags(): string | undefined {
    let at = endOf(bytes, from, to, false);
    if (at === from) return 'the measurement is missing';
    measurement = unescape(bytes, from, at, false);
    const seen = new Set<string>();
    while (at < to) {
      const keyFrom = at + 1;
      const keyTo = endOf(bytes, keyFrom, to, true);
      if (keyTo === keyFrom) return 'a comma is not followed by a tag';
      const key = unescape(bytes, keyFrom, keyTo, true);
      if (bytes[keyTo] !== EQUALS || keyTo === to) return `the tag "${key}" has no value`;
      const valueTo = endOf(bytes, keyTo + 1, to, true);
      if (valueTo === keyTo + 1) return `the tag "${key}" has no value; leave it out, or give it one`;
      if (valueTo < to && bytes[valueTo] === EQUALS) return `the value of the tag "${key}" has a = without a backslash before it`;
      if (seen.has(key)) return `the tag "${key}" stands twice`;
      seen.add(key);
      if (seen.size > MOST_TAGS) return `it has more than ${MOST_TAGS} tags, which is the limit`;
      const name = labelName(key);
      const value = unescape(bytes, keyTo + 1, valueTo, true);
      const other = labels.get(name);
      labels.set(name, other === undefined ? value : `${other};${value}`);
      at = valueTo;
    }
    return undefined;
  }
}

function noFields(database: string): KnownFields {
  return { database, names: [], ids: [], placeOf: undefined, next: undefined };
}

/** Where a name or value that begins at `from` ends: at a comma or, where `atEquals`, at a =, before which there is no backslash. */
function endOf(bytes: Uint8Array, from: number, to: number, atEquals: boolean): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if ((byte === COMMA || (atEquals && byte === EQUALS)) && (at === from || bytes[at - 1] !== BACKSLASH)) return at;
  }
  return to;
}

/** A backslash says that the comma, space or (where `equals`) = after it is part of the text; before all else it is one itself. */
function unescape(bytes: Uint8Array, from: number, to: number, equals: boolean): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
  if (!text.includes('\\')) return text;
  return text.replace(equals ? /\\([ ,=])/g : /\\([ ,])/g, '$1');
}
