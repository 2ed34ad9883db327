import { isUtf8 } from 'node:buffer';
import type { LineBatch } from './line-batch.ts';
import { NumberReader } from './number-reader.ts';
import { type Precision, TimestampReader } from './precision.ts';
import { type Head, isPlainText, type KnownFields, type SeriesMemory } from './series-memory.ts';

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

/** Bytes of what is new, of which one go reads no more: about 5 ms. */
const MOST_LEARNED = 64 * 1024;
/** Bad lines that are told one by one; their count has no bound. */
const MOST_PROBLEMS = 10;
const MOST_SHOWN_BYTES = 100;
/** Longer lines are somebody's mistake: VictoriaMetrics has the same limit. */
const MOST_LINE_BYTES = 256 * 1024;
const TOO_LONG = `it has more than ${MOST_LINE_BYTES} bytes, which is the limit`;

const TRUE = 1;
const FALSE = 0;
const NEITHER = -1;

export interface LineProblem {
  /** Counted from 1. */
  readonly line: number;
  /** Its beginning. */
  readonly text: string;
  readonly problem: string;
}

export interface LineReaderOptions {
  /** Gets the samples. */
  readonly batch: LineBatch;
  /** Stands in the label `db`; "" for none. */
  readonly database: string;
  readonly precision: Precision;
  /** For lines that say no time. */
  readonly nowMs: number;
}

/**
 * Reads one body of InfluxDB's line protocol. A line counts with all its fields or not at all, except that fields which are
 * text are left out and counted.
 * The grammar is that of github.com/influxdata/line-protocol.
 */
export class LineReader {
  /** What went wrong with the first bad lines. */
  readonly problems: LineProblem[] = [];
  badLines = 0;
  /** Fields that are text, which has no place among samples. */
  textFields = 0;
  readonly batch: LineBatch;

  readonly #memory: SeriesMemory;
  readonly #database: string;
  readonly #nowMs: number;
  readonly #timestamp: TimestampReader;
  readonly #number = new NumberReader();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Whether all of it is UTF-8, so that texts need not be looked at one by one. */
  readonly #isUtf8: boolean;
  #at = 0;
  #line = 0;
  #problem = '';

  constructor(body: Uint8Array, { batch, database, precision, nowMs }: LineReaderOptions) {
    this.#memory = batch.memory;
    this.batch = batch;
    this.#database = database;
    this.#nowMs = nowMs;
    this.#timestamp = new TimestampReader(precision);
    // A newline at the end saves asking for the end at every byte.
    this.#bytes = body.at(-1) === NEWLINE || body.length === 0 ? body : Buffer.concat([body, Buffer.of(NEWLINE)]);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    this.#isUtf8 = isUtf8(this.#bytes);
  }

  /** Reads on for about `mostBytes`, or less where much is new; answers whether there is more. Stops where it is too much for one batch. Others may read with the same memory in between. */
  read(mostBytes: number): boolean {
    const batch = this.batch;
    const memory = this.#memory;
    batch.resume();
    const end = this.#bytes.length;
    const stop = Math.min(end, this.#at + mostBytes);
    const enough = memory.learned + MOST_LEARNED;
    while (this.#at < stop && memory.learned < enough && !batch.tooMany) this.#readLine();
    return this.#at < end && !batch.tooMany;
  }

  #readLine(): void {
    const bytes = this.#bytes;
    const from = this.#at;
    this.#line++;
    let at = from;
    while (bytes[at] === SPACE) at++;
    const first = bytes[at] as number;
    if (first === NEWLINE || (first === RETURN && bytes[at + 1] === NEWLINE)) {
      this.#at = at + (first === NEWLINE ? 1 : 2);
    } else if (first === HASH) {
      this.#readComment(from, at);
    } else {
      const line = this.#line;
      const { length: rows, seriesCount } = this.batch;
      const texts = this.textFields;
      const end = this.#readPoint(at);
      if (end !== -1) {
        this.#at = end;
        return;
      }
      this.batch.takeBack(rows, seriesCount);
      this.textFields = texts;
      this.#refuse(line, from);
    }
  }

  #readComment(from: number, at: number): void {
    const bytes = this.#bytes;
    let byte = bytes[at] as number;
    while ((byte >= SPACE && byte !== DELETE) || byte === TAB) byte = bytes[++at] as number;
    const end = byte === RETURN ? at + 1 : at;
    if (bytes[end] === NEWLINE) this.#at = end + 1;
    else {
      this.#fail(at, 'a comment has a control character');
      this.#refuse(this.#line, from);
    }
  }

  /** Reads on at the next line. `#at` is where the line went wrong. */
  #refuse(line: number, from: number): void {
    this.badLines++;
    const bytes = this.#bytes;
    const newline = bytes.indexOf(NEWLINE, Math.max(from, this.#at - 1));
    const end = newline === -1 ? bytes.length : newline;
    this.#at = end + 1;
    if (this.problems.length === MOST_PROBLEMS) return;
    const to = Math.min(end, from + MOST_SHOWN_BYTES);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
    this.problems.push({ line, text: to < end ? `${text}…` : text, problem: this.#problem });
  }

  /** Where the next line begins, or -1 where this one is bad. */
  #readPoint(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    let byte = bytes[at] as number;
    while (byte > SPACE || (byte === SPACE && bytes[at - 1] === BACKSLASH && at > from)) byte = bytes[++at] as number;
    if (byte !== SPACE) {
      const isEnd = byte === NEWLINE || (byte === RETURN && bytes[at + 1] === NEWLINE);
      return this.#fail(
        at,
        isEnd ? 'it has no field; a line is "measurement,tag=value field=value timestamp"' : 'it has a control character',
      );
    }
    const limit = from + MOST_LINE_BYTES;
    if (at > limit) return this.#fail(at, TOO_LONG);
    const head = this.#memory.head(this.#view, bytes, from, at);
    if (head.problem !== undefined) return this.#fail(at, head.problem);
    const fields = head.fields.database === this.#database ? head.fields : this.#memory.fields(head, this.#database);
    while (bytes[at] === SPACE) at++;

    const batch = this.batch;
    const rows = batch.length;
    for (let place = 0; ; place++) {
      const id = this.#readKey(head, fields, place, at);
      if (id === -1) return -1;
      at = this.#at;
      byte = bytes[at] as number;
      if ((byte >= ZERO && byte <= NINE) || byte === MINUS || byte === POINT) {
        if (!this.#number.read(bytes, at)) return this.#fail(at, this.#number.problem);
        at = this.#number.end;
        batch.add(id, this.#number.value);
      } else if (byte === QUOTE) {
        at = this.#skipText(at);
        if (at === -1) return -1;
        this.textFields++;
      } else {
        let end = at;
        while ((bytes[end] as number) > SPACE && bytes[end] !== COMMA) end++;
        const truth = truthOf(bytes, at, end);
        if (truth === NEITHER) {
          return this.#fail(at, 'the value of a field is neither a number nor true or false, nor text in quotes');
        }
        at = end;
        batch.add(id, truth);
      }
      if (at > limit) return this.#fail(at, TOO_LONG);
      byte = bytes[at] as number;
      if (byte !== COMMA) break;
      at++;
    }

    let timeMs = this.#nowMs;
    if (byte === SPACE) {
      do byte = bytes[++at] as number;
      while (byte === SPACE);
      if (byte !== NEWLINE && byte !== RETURN) {
        const negative = byte === MINUS;
        if (negative) byte = bytes[++at] as number;
        const first = at;
        while (byte >= ZERO && byte <= NINE) byte = bytes[++at] as number;
        if (at === first) return this.#fail(at, 'the timestamp is not a number');
        const read = this.#timestamp.read(bytes, first, at, negative);
        if (read === undefined) return this.#fail(at, 'the timestamp is out of range; does the precision fit it?');
        timeMs = read;
        while (byte === SPACE) byte = bytes[++at] as number;
      }
    }
    if (byte === RETURN) byte = bytes[++at] as number;
    if (byte !== NEWLINE) return this.#fail(at, 'something stands after its fields that is no timestamp');
    batch.setTimes(rows, timeMs);
    return at + 1;
  }

  /** The id of the field whose key stands at `from`, and `#at` at its value; -1 where there is no key. */
  #readKey(head: Head, fields: KnownFields, place: number, from: number): number {
    const bytes = this.#bytes;
    // Senders write the fields of a measurement in the same order again and again.
    const guess = fields.names[place];
    if (guess !== undefined && bytes[from + guess.length] === EQUALS) {
      let i = 0;
      while (i < guess.length && bytes[from + i] === guess[i]) i++;
      if (i === guess.length) {
        this.#at = from + i + 1;
        return fields.ids[place] as number;
      }
    }
    let at = from;
    let byte = bytes[at] as number;
    while ((byte > SPACE && byte !== EQUALS && byte !== COMMA) || (at > from && byte >= SPACE && bytes[at - 1] === BACKSLASH)) {
      byte = bytes[++at] as number;
    }
    if (byte !== EQUALS || at === from) {
      return this.#fail(at, at === from ? 'it has no field, or a field has no name' : 'a field has no =, so it has no value');
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, at - from).toString('latin1');
    const known = this.#memory.idOf(fields, text);
    this.#at = at + 1;
    if (known !== -1) return known;
    if (!isPlainText(bytes, from, at)) {
      return this.#fail(at, 'the name of a field has a control character, or is not UTF-8');
    }
    return this.#memory.addField(head, fields, text);
  }

  /** The first byte after the text whose quote stands at `from`, or -1. */
  #skipText(from: number): number {
    const bytes = this.#bytes;
    let lines = 0;
    // The last byte is the newline that may have been put there.
    const end = bytes.length - 1;
    for (let at = from + 1; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#line += lines;
        if (!this.#isUtf8 && !isUtf8(bytes.subarray(from, at))) return this.#fail(at, 'the text of a field is not UTF-8');
        return at + 1;
      }
      if (byte === BACKSLASH) at++;
      if (bytes[at] === NEWLINE) lines++;
    }
    // Without an end this is no text of many lines: so only this line is lost.
    return this.#fail(from, 'the text of a field has no closing quote');
  }

  #fail(at: number, problem: string): -1 {
    this.#at = at;
    this.#problem = problem;
    return -1;
  }
}

/** t, T, true, True and TRUE, and the same of false. */
function truthOf(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > 5) return NEITHER;
  switch (String.fromCharCode(...bytes.subarray(from, to))) {
    case 't':
    case 'T':
    case 'true':
    case 'True':
    case 'TRUE':
      return TRUE;
    case 'f':
    case 'F':
    case 'false':
    case 'False':
    case 'FALSE':
      return FALSE;
    default:
      return NEITHER;
  }
}
