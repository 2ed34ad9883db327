import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { withTypeAndUnit } from '../type-and-unit.ts';
import { ExpositionError } from './exposition-error.ts';
import type { Exemplar, Exposition, ExpositionFormat } from './exposition.ts';
import { openMetricsNumber } from './open-metrics-number.ts';
import type { CachedSeries, Told } from './series-cache.ts';
import { SeriesCache } from './series-cache.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Bytes that may stand in a name without quotes: 1 in a label's name, 2 in a metric's only, 4 where it may not start one. */
const NAME_BYTE = new Uint8Array(256);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_') NAME_BYTE[char.charCodeAt(0)] = 1;
for (const char of '0123456789') NAME_BYTE[char.charCodeAt(0)] = 1 | 4;
NAME_BYTE[':'.charCodeAt(0)] = 2;

const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** What Go's ParseFloat accepts, less hexadecimal and underscores, which Prometheus refuses. */
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITY = /^[+-]?inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan$/i;
const SHOWN_CHARS = 40;
/** Takes about 10 ms where all series are new. */
const STEP_BYTES = 128 * 1024;

const TEXT_TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped', 'unknown']);
const OPENMETRICS_TYPES: ReadonlySet<string> = new Set([
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
  'unknown',
]);

export interface ExpositionReading {
  /** Takes OpenMetrics' `…_created` lines for start times of the samples beside them, not for series. */
  readonly startTimes?: boolean;
  /** Gives series the labels of Prometheus' type-and-unit-labels feature. */
  readonly typeAndUnitLabels?: boolean;
  /** What text before this one told of metrics; what this one tells is added. */
  readonly metadata?: Map<string, MetadataDraft>;
  /** Told of a line that cannot be read, and that is passed over then; without it such a line refuses the whole text. */
  readonly onBadLine?: (error: ExpositionError) => void;
}

const SAMPLE_NAME = /^(.*?)(_total|_bucket|_count|_sum|_created|_gcount|_gsum|_info|)$/s;
/** Of the types that are counted since a time: the label that tells the samples of one metric from each other. */
const OWN_LABEL: Partial<Record<MetricMetadata['type'], string>> = { counter: METRIC_NAME, histogram: 'le', summary: 'quantile' };

/**
 * Reads Prometheus text 0.0.4 or OpenMetrics 1.0 text as leniently as Prometheus does when it scrapes: the tokens must
 * be right, the meaning of types is not checked (`checkOpenMetrics` does that). Give the same cache for every scrape of a target.
 * Throws ExpositionError; then nothing of the text counts (but see `onBadLine`). What the cache's `resolve` throws comes through.
 */
export function parseExposition(
  body: Uint8Array,
  format: ExpositionFormat,
  cache: SeriesCache = new SeriesCache(),
  reading: ExpositionReading = {},
): Exposition {
  const reader = new ExpositionReader(body, format, cache, reading);
  reader.read(body.length);
  return reader.finish();
}

/** As `parseExposition`, a part of the text at a time, so that others have their turn between. */
export function* parseExpositionInSteps(body: Uint8Array, format: ExpositionFormat): Generator<undefined, Exposition> {
  const reader = new ExpositionReader(body, format, new SeriesCache(), {});
  while (reader.read(STEP_BYTES)) yield;
  return reader.finish();
}

/** Says what is meant by a number in exposition text, or undefined where it is none. */
export function parseExpositionNumber(text: string): number | undefined {
  if (FLOAT.test(text)) {
    const value = Number(text);
    // Go reports what is too large for a double as an error, and so does Prometheus.
    return Number.isFinite(value) ? value : undefined;
  }
  if (INFINITY.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return NOT_A_NUMBER.test(text) ? Number.NaN : undefined;
}

/** What is known of a metric so far. */
export interface MetadataDraft {
  metric: string;
  type: MetricMetadata['type'];
  help: string;
  unit: string;
}

class ExpositionReader {
  readonly #bytes: Buffer;
  readonly #openMetrics: boolean;
  readonly #cache: SeriesCache;
  readonly #startTimes: boolean;
  readonly #typeAndUnitLabels: boolean;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #at = 0;
  readonly #onBadLine: ((error: ExpositionError) => void) | undefined;
  #lineAt = 0;
  /** Where an error was last, and in which line. */
  #known = { at: 0, line: 1 };
  #previous: CachedSeries | undefined;
  /** What was said of metrics so far. */
  #told: Told;
  #ended = false;

  #length = 0;
  /** As it was before the line. */
  #lineLength = 0;
  readonly #series: CachedSeries[] = [];
  #values = new Float64Array(256);
  #timestampsMs = new Float64Array(256);
  readonly #metadata: Map<string, MetadataDraft>;
  readonly #exemplars: Exemplar[] = [];

  constructor(body: Uint8Array, format: ExpositionFormat, cache: SeriesCache, reading: ExpositionReading) {
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#openMetrics = format === 'openmetrics';
    this.#cache = cache;
    this.#startTimes = reading.startTimes === true && this.#openMetrics;
    this.#typeAndUnitLabels = reading.typeAndUnitLabels === true;
    this.#metadata = reading.metadata ?? new Map();
    this.#told = reading.metadata === undefined ? cache.nothingTold : cache.lastTold;
    this.#onBadLine = reading.onBadLine;
  }

  /** Reads the lines that begin within the next bytes. Whether there are more. */
  read(atMost: number): boolean {
    const until = Math.min(this.#at + atMost, this.#bytes.length);
    for (;;) {
      try {
        return this.#readLines(until);
      } catch (error) {
        if (this.#onBadLine === undefined || !(error instanceof ExpositionError)) throw error;
        this.#onBadLine(error);
        this.#passLine();
      }
    }
  }

  /** Goes behind the line that could not be read, and forgets what was taken of it. */
  #passLine(): void {
    const newline = this.#bytes.indexOf(NEWLINE, this.#lineAt);
    this.#at = newline === -1 ? this.#bytes.length : newline + 1;
    this.#length = this.#lineLength;
    this.#series.length = this.#length;
    while ((this.#exemplars.at(-1)?.sample ?? -1) >= this.#length) this.#exemplars.pop();
  }

  #readLines(until: number): boolean {
    const bytes = this.#bytes;
    let previous = this.#previous;
    while (this.#at < until) {
      this.#lineAt = this.#at;
      this.#lineLength = this.#length;
      if (this.#ended) throw this.#error('expected nothing after "# EOF"');
      if (!this.#openMetrics) this.#skipBlanks();
      const byte = bytes[this.#at];
      if (byte === undefined) break;
      if (byte === HASH) {
        this.#ended = this.#readComment();
      } else if (!this.#openMetrics && this.#atLineEnd()) {
        this.#skipLineEnd();
      } else {
        previous = this.#readSample(previous);
      }
    }
    this.#previous = previous;
    return this.#at < bytes.length;
  }

  finish(): Exposition {
    if (this.#openMetrics && !this.#ended) throw this.#error('expected "# EOF" as the last line of OpenMetrics text');
    this.#cache.lastTold = this.#told;
    return {
      length: this.#length,
      series: this.#series,
      values: this.#values.subarray(0, this.#length),
      timestampsMs: this.#timestampsMs.subarray(0, this.#length),
      metadata: [...this.#metadata.values()],
      exemplars: this.#exemplars,
      startsMs: this.#startTimes ? this.#readStarts() : undefined,
    };
  }

  /** What the lines about start times say of the samples; undefined where there are none. */
  #readStarts(): Float64Array | undefined {
    const startMs = new Map<string, number>();
    for (const [i, { isStart, startOf }] of this.#series.entries()) {
      // OpenMetrics has seconds here.
      if (isStart && startOf !== undefined) startMs.set(startOf, Math.round((this.#values[i] as number) * 1000));
    }
    if (startMs.size === 0) return undefined;
    return Float64Array.from(this.#series, ({ isStart, startOf }) =>
      isStart || startOf === undefined ? Number.NaN : (startMs.get(startOf) ?? Number.NaN),
    );
  }

  #readSample(previous: CachedSeries | undefined): CachedSeries {
    const guess = previous === undefined ? this.#cache.first : previous.next;
    let series: CachedSeries;
    if (guess !== undefined && guess.told === this.#told && this.#standsHere(guess.raw)) {
      series = guess;
      this.#at += guess.raw.length;
    } else {
      series = this.#readSeries();
      if (previous === undefined) this.#cache.first = series;
      else previous.next = series;
    }

    if (this.#openMetrics) this.#expectSpace('a value after the series');
    else this.#skipBlanks();
    const value = this.#readNumber('a value such as 1.5, NaN or +Inf');
    const timestampMs = this.#readTimestamp();

    if (this.#length === this.#values.length) this.#grow();
    this.#series.push(series);
    this.#values[this.#length] = value;
    this.#timestampsMs[this.#length] = timestampMs;
    this.#length++;

    if (this.#openMetrics && this.#bytes[this.#at] === SPACE) this.#readExemplar();
    if (!this.#openMetrics) this.#skipBlanks();
    this.#expectLineEnd(this.#openMetrics ? 'the end of the line, a timestamp or an exemplar' : 'the end of the line');
    return series;
  }

  /** Whether the text goes on with this series and nothing that makes it longer. */
  #standsHere(raw: string): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    const length = raw.length;
    if (at + length >= bytes.length) return false;
    // Series in a row differ near the end of their labels, so compare from there.
    for (let i = length - 1; i >= 0; i--) if (bytes[at + i] !== raw.charCodeAt(i)) return false;
    if (raw.charCodeAt(length - 1) === CLOSE) return true;
    let end = at + length;
    if (bytes[end] !== SPACE && bytes[end] !== TAB) return false;
    while (bytes[end] === SPACE || bytes[end] === TAB) end++;
    return bytes[end] !== OPEN;
  }

  #readSeries(): CachedSeries {
    const start = this.#at;
    const end = this.#findSeriesEnd();
    if (end !== -1) {
      const known = this.#cache.get(this.#bytes.toString('latin1', start, end));
      if (known !== undefined && this.#isAsSaid(known)) {
        this.#at = end;
        return known;
      }
    }
    const written = this.#readLabels();
    const raw = this.#bytes.toString('latin1', start, this.#at);
    const known = this.#cache.get(raw);
    if (known?.told === this.#told) return known;
    const { family, suffix, type, unit } = this.#familyOf(written.metricName);
    const said = this.#said(type, unit);
    if (known?.said === said) {
      known.told = this.#told;
      return known;
    }
    const own = OWN_LABEL[type];
    const named = own === 'le' || own === 'quantile' ? withOneName(written, own) : written;
    const labels = this.#typeAndUnitLabels ? withTypeAndUnit(named, { type, unit }) : named;
    const about = this.#startTimes ? startOf(written, family, suffix, own) : undefined;
    return this.#cache.add(raw, labels, { ...about, said, told: this.#told });
  }

  /** Whether its metric is said to be what it was when the series was read. What is quoted is found out by reading it anew. */
  #isAsSaid(series: CachedSeries): boolean {
    if (series.told === this.#told) return true;
    const name = /^[^{ \t]+/.exec(series.raw)?.[0];
    if (name === undefined) return false;
    const { type, unit } = this.#familyOf(name);
    if (series.said !== this.#said(type, unit)) return false;
    series.told = this.#told;
    return true;
  }

  /** What of a metric the labels of its series depend on. */
  #said(type: MetricMetadata['type'], unit: string): string {
    return this.#typeAndUnitLabels ? `${type} ${unit}` : type;
  }

  /** The metric that a sample is of, and what the text has told of it so far. */
  #familyOf(name: string): Pick<MetricMetadata, 'type' | 'unit'> & { readonly family: string; readonly suffix: string } {
    const whole = this.#metadata.get(name);
    if (whole !== undefined) return { family: name, suffix: '', type: whole.type, unit: whole.unit };
    const [, family = '', suffix = ''] = SAMPLE_NAME.exec(name) ?? [];
    const { type = 'unknown', unit = '' } = this.#metadata.get(family) ?? {};
    return { family, suffix, type, unit };
  }

  /** Where `name{labels}` seems to end, or -1 where the labels are not closed on this line. */
  #findSeriesEnd(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    while (NAME_BYTE[bytes[at] ?? 0] !== 0) at++;
    const nameEnd = at;
    if (!this.#openMetrics) while (bytes[at] === SPACE || bytes[at] === TAB) at++;
    if (bytes[at] !== OPEN) return nameEnd;
    let quoted = false;
    for (at++; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === NEWLINE) return -1;
      if (quoted && byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = !quoted;
      else if (byte === CLOSE && !quoted) return at + 1;
    }
    return -1;
  }

  #readLabels(): Labels {
    const bytes = this.#bytes;
    const start = this.#at;
    const pairs = new Map<string, string>();
    const name = this.#readName(1 | 2);
    if (name !== '') pairs.set(METRIC_NAME, name);
    else if (bytes[start] !== OPEN) throw this.#error('expected a metric name');

    const nameEnd = this.#at;
    if (!this.#openMetrics) this.#skipBlanks();
    if (bytes[this.#at] !== OPEN) {
      this.#at = nameEnd;
      return Labels.from(pairs);
    }
    this.#at++;
    this.#readPairs(pairs, true);
    if (!pairs.get(METRIC_NAME)) throw this.#error('expected a metric name, found only labels', start);
    return Labels.from(pairs);
  }

  /** Reads from behind `{` to behind `}`. A quoted text that no `=` follows is the metric's name. */
  #readPairs(pairs: Map<string, string>, nameAllowed: boolean): void {
    const bytes = this.#bytes;
    for (;;) {
      this.#skipBlanks();
      const start = this.#at;
      if (bytes[start] === CLOSE) break;
      const quoted = bytes[start] === QUOTE;
      const name = quoted ? this.#readQuoted('a label name') : this.#readName(1);
      if (name === '') throw this.#error(quoted ? 'a label name is empty' : 'expected a label name or "}"', start);
      this.#skipBlanks();
      if (quoted && nameAllowed && (bytes[this.#at] === COMMA || bytes[this.#at] === CLOSE)) {
        if (pairs.has(METRIC_NAME)) throw this.#error(`the metric has a second name "${name}"`, start);
        pairs.set(METRIC_NAME, name);
      } else {
        if (bytes[this.#at] !== EQUALS) throw this.#error(`expected "=" after the label name "${name}"`);
        this.#at++;
        this.#skipBlanks();
        if (bytes[this.#at] !== QUOTE) throw this.#error(`expected a value in double quotes for the label "${name}"`);
        const value = this.#readQuoted(`the value of label "${name}"`);
        if (pairs.has(name)) throw this.#error(`the label "${name}" stands twice`, start);
        pairs.set(name, value);
        this.#skipBlanks();
      }
      if (bytes[this.#at] === COMMA) this.#at++;
      // The text format's parser of Prometheus needs no comma between two labels.
      else if (bytes[this.#at] !== CLOSE && (this.#openMetrics || !this.#startsLabel()))
        throw this.#error(`expected "," or "}" after the label "${name}"`);
    }
    this.#at++;
  }

  /** Reads a name without quotes; "" where there is none. `kinds` says which bytes count (see NAME_BYTE). */
  #readName(kinds: number): string {
    const bytes = this.#bytes;
    const start = this.#at;
    if (((NAME_BYTE[bytes[start] ?? 0] as number) & 4) !== 0) return '';
    while (((NAME_BYTE[bytes[this.#at] ?? 0] as number) & kinds) !== 0) this.#at++;
    return bytes.toString('latin1', start, this.#at);
  }

  #readQuoted(what: string): string {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    let escaped = false;
    let at = start;
    for (; bytes[at] !== QUOTE; at++) {
      if (bytes[at] === BACKSLASH) {
        escaped = true;
        at++;
      }
      if (at >= bytes.length || bytes[at] === NEWLINE)
        throw this.#error(`expected a closing double quote for ${what} on the same line`);
    }
    this.#at = at + 1;
    const text = this.#decode(start, at, what);
    return escaped ? text.replace(/\\([\\n"])/g, (_, char: string) => (char === 'n' ? '\n' : char)) : text;
  }

  #decode(start: number, end: number, what: string): string {
    for (let i = start; i < end; i++) {
      if ((this.#bytes[i] as number) >= 0x80) {
        try {
          return this.#utf8.decode(this.#bytes.subarray(start, end));
        } catch {
          // The decoder's own message says no more than that it failed.
          throw this.#error(`${what} is not valid UTF-8`, start);
        }
      }
    }
    return this.#bytes.toString('latin1', start, end);
  }

  /** Reads up to the next blank or line end. */
  #readNumber(expected: string): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let byte = bytes[at] as number;
    const negative = byte === MINUS;
    if (negative || byte === PLUS) byte = bytes[++at] as number;
    let mantissa = 0;
    let digits = 0;
    let exponent = 0;
    for (; byte >= 0x30 && byte <= 0x39; byte = bytes[++at] as number) {
      mantissa = mantissa * 10 + byte - 0x30;
      digits++;
    }
    if (byte === DOT) {
      const point = at;
      byte = bytes[++at] as number;
      for (; byte >= 0x30 && byte <= 0x39; byte = bytes[++at] as number) {
        mantissa = mantissa * 10 + byte - 0x30;
        digits++;
      }
      exponent = point + 1 - at;
    }
    if (digits > 0 && (byte === 0x65 || byte === 0x45)) {
      byte = bytes[++at] as number;
      const down = byte === MINUS;
      if (down || byte === PLUS) byte = bytes[++at] as number;
      let power = 0;
      const powerStart = at;
      for (; byte >= 0x30 && byte <= 0x39 && power < 1000; byte = bytes[++at] as number) power = power * 10 + byte - 0x30;
      if (at === powerStart) digits = 0;
      exponent += down ? -power : power;
    }
    // Below 2^53 the digits are exact, and so are powers of ten up to 22: one rounding, as a correct parser has.
    if (
      digits > 0 &&
      digits <= 16 &&
      mantissa < Number.MAX_SAFE_INTEGER &&
      exponent >= -22 &&
      exponent <= 22 &&
      this.#endsToken(byte)
    ) {
      this.#at = at;
      const size =
        exponent < 0 ? mantissa / (POWERS_OF_TEN[-exponent] as number) : mantissa * (POWERS_OF_TEN[exponent] as number);
      return negative ? -size : size;
    }
    at = start;
    while (at < bytes.length && !this.#endsToken(bytes[at])) at++;
    const value = at - start > 512 ? undefined : parseExpositionNumber(bytes.toString('latin1', start, at));
    if (value === undefined) throw this.#error(`expected ${expected}`);
    this.#at = at;
    return value;
  }

  #endsToken(byte: number | undefined): boolean {
    return byte === NEWLINE || byte === SPACE || byte === undefined || (!this.#openMetrics && (byte === TAB || byte === RETURN));
  }

  /** Unix milliseconds, or NaN where the line has no timestamp. */
  #readTimestamp(): number {
    const bytes = this.#bytes;
    if (this.#openMetrics) {
      if (bytes[this.#at] !== SPACE || bytes[this.#at + 1] === HASH) return Number.NaN;
      this.#at++;
      return this.#readSeconds();
    }
    this.#skipBlanks();
    if (this.#atLineEnd()) return Number.NaN;
    const start = this.#at;
    const value = this.#readNumber('a timestamp in whole milliseconds');
    // The grammar has a whole number here: 1e3 and 2.72 are none.
    for (let i = start; i < this.#at; i++) {
      const byte = bytes[i] as number;
      if ((byte < 0x30 || byte > 0x39) && !(i === start && byte === MINUS)) {
        throw this.#error('expected a timestamp in whole milliseconds', start);
      }
    }
    if (!Number.isSafeInteger(value)) throw this.#error('expected a timestamp in whole milliseconds', start);
    return value;
  }

  #readSeconds(): number {
    const start = this.#at;
    const seconds = this.#readNumber('a timestamp in seconds');
    const ms = Math.round(seconds * 1000);
    // One far beyond any clock is still a number; the store refuses it.
    if (!Number.isFinite(ms)) throw this.#error('expected a timestamp in seconds', start);
    return ms;
  }

  /** Reads ` # {labels} value [seconds]`. */
  #readExemplar(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at + 1] !== HASH || bytes[this.#at + 2] !== SPACE || bytes[this.#at + 3] !== OPEN) {
      throw this.#error('expected the end of the line or an exemplar such as # {trace_id="a"} 0.5');
    }
    this.#at += 4;
    const pairs = new Map<string, string>();
    this.#readPairs(pairs, false);
    this.#expectSpace("the exemplar's value");
    const value = this.#readNumber("the exemplar's value");
    let timestampMs: number | undefined;
    if (bytes[this.#at] === SPACE) {
      this.#at++;
      timestampMs = this.#readSeconds();
    }
    this.#exemplars.push({ sample: this.#length - 1, labels: [...pairs], value, timestampMs });
  }

  /** Reads a line that starts with `#`. Returns whether it is OpenMetrics' end. */
  #readComment(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    const newline = bytes.indexOf(NEWLINE, start);
    const next = newline === -1 ? bytes.length : newline + 1;
    let end = newline === -1 ? bytes.length : newline;
    if (!this.#openMetrics && end > start && bytes[end - 1] === RETURN) end--;
    this.#at++;

    if (this.#openMetrics && end - start === 5 && bytes.toString('latin1', start, end) === '# EOF') {
      this.#at = next;
      return true;
    }
    if (bytes[this.#at] !== SPACE && (this.#openMetrics || bytes[this.#at] !== TAB)) {
      if (this.#openMetrics) throw this.#error('expected "# HELP", "# TYPE", "# UNIT" or "# EOF"', start);
      this.#at = next;
      return false;
    }
    this.#skipGap();
    const word = bytes.toString('latin1', this.#at, Math.min(this.#at + 5, end));
    const kind = /^(HELP|TYPE|UNIT)[ \t]/.exec(word)?.[1];
    if (kind === undefined || (kind === 'UNIT' && !this.#openMetrics)) {
      if (this.#openMetrics) throw this.#error('expected "# HELP", "# TYPE", "# UNIT" or "# EOF"', start);
      this.#at = next;
      return false;
    }
    this.#at += 4;
    this.#skipGap();
    const metric = bytes[this.#at] === QUOTE ? this.#readQuoted('the metric name') : this.#readName(1 | 2);
    if (metric === '') {
      if (this.#openMetrics || this.#at < end) throw this.#error(`expected a metric name after "${kind}"`);
      this.#at = next;
      return false;
    }
    if (this.#at < end && bytes[this.#at] !== SPACE && bytes[this.#at] !== TAB)
      throw this.#error(`expected a space after the metric name "${metric}"`);
    this.#skipGap();
    const text = this.#decode(Math.min(this.#at, end), end, `the text of ${kind}`);
    this.#describe(kind as 'HELP' | 'TYPE' | 'UNIT', metric, text);
    if (this.#openMetrics && newline === -1) throw this.#error('expected the line to end with a line feed', start);
    this.#at = next;
    return false;
  }

  #describe(kind: 'HELP' | 'TYPE' | 'UNIT', metric: string, text: string): void {
    let draft = this.#metadata.get(metric);
    if (draft === undefined) {
      draft = { metric, type: 'unknown', help: '', unit: '' };
      this.#metadata.set(metric, draft);
      // A metric that is told of, were it by nothing more, is no part of another.
      if (kind === 'HELP') this.#told = this.#cache.after(this.#told, metric, '');
    }
    if (kind === 'HELP') {
      const escapes = this.#openMetrics ? /\\([\\n"])/g : /\\([\\n])/g;
      draft.help = text.includes('\\') ? text.replace(escapes, (_, char: string) => (char === 'n' ? '\n' : char)) : text;
    } else if (kind === 'UNIT') {
      if (text !== '' && !metric.endsWith(`_${text}`))
        throw this.#error(`the unit "${text}" is not the end of the metric's name "${metric}"`);
      draft.unit = text;
      this.#told = this.#cache.after(this.#told, metric, `unit ${text}`);
    } else {
      const type = this.#openMetrics ? text : text.trim();
      const types = this.#openMetrics ? OPENMETRICS_TYPES : TEXT_TYPES;
      if (!types.has(type)) throw this.#error(`"${shorten(type)}" is not a metric type; expected ${[...types].join(', ')}`);
      draft.type = type === 'untyped' ? 'unknown' : (type as MetricMetadata['type']);
      this.#told = this.#cache.after(this.#told, metric, type);
    }
  }

  /** Between the words of a comment: one space in OpenMetrics, any blanks in text. */
  #skipGap(): void {
    if (!this.#openMetrics) this.#skipBlanks();
    else if (this.#bytes[this.#at] === SPACE) this.#at++;
  }

  #startsLabel(): boolean {
    const byte = this.#bytes[this.#at] ?? 0;
    return byte === QUOTE || ((NAME_BYTE[byte] as number) & 5) === 1;
  }

  #skipBlanks(): void {
    const bytes = this.#bytes;
    while (bytes[this.#at] === SPACE || bytes[this.#at] === TAB) this.#at++;
  }

  #atLineEnd(): boolean {
    const byte = this.#bytes[this.#at];
    if (byte === RETURN) {
      const next = this.#bytes[this.#at + 1];
      return !this.#openMetrics && (next === NEWLINE || next === undefined);
    }
    return byte === NEWLINE || byte === undefined;
  }

  #skipLineEnd(): void {
    if (this.#bytes[this.#at] === RETURN) this.#at++;
    this.#at++;
  }

  #expectSpace(what: string): void {
    if (this.#bytes[this.#at] !== SPACE) throw this.#error(`expected one space and ${what}`);
    this.#at++;
  }

  #expectLineEnd(what: string): void {
    if (!this.#atLineEnd() || (this.#openMetrics && this.#at >= this.#bytes.length)) throw this.#error(`expected ${what}`);
    this.#skipLineEnd();
  }

  #grow(): void {
    const values = new Float64Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
    const timestampsMs = new Float64Array(values.length);
    timestampsMs.set(this.#timestampsMs);
    this.#timestampsMs = timestampsMs;
  }

  /** An error at a byte, with what stands there. */
  #error(problem: string, at: number = this.#at): ExpositionError {
    const bytes = this.#bytes;
    const inside = Math.min(at, bytes.length);
    let { at: from, line } = this.#known;
    if (inside < from) [from, line] = [0, 1];
    for (let i = bytes.indexOf(NEWLINE, from); i !== -1 && i < inside; i = bytes.indexOf(NEWLINE, i + 1)) line++;
    this.#known = { at: inside, line };
    if (!problem.startsWith('expected')) return new ExpositionError(line, problem);
    const newline = bytes.indexOf(NEWLINE, inside);
    const rest = bytes.toString('utf8', inside, Math.min(newline === -1 ? bytes.length : newline, inside + 4 * SHOWN_CHARS));
    return new ExpositionError(
      line,
      `${problem}, found ${rest.trim() === '' ? 'the end of the line' : JSON.stringify(shorten(rest))}`,
    );
  }
}

/** Which metric a sample is of, where metrics of its type may say since when they count. */
function startOf(
  labels: Labels,
  family: string,
  suffix: string,
  own: string | undefined,
): { readonly startOf: string; readonly isStart: boolean } | undefined {
  if (own === undefined) return undefined;
  return { startOf: labels.without(new Set([own])).with(METRIC_NAME, family).key, isStart: suffix === '_created' };
}

/** A bucket or a quantile has one name however its number is written, as Prometheus 3 has it: "1" is "1.0". */
function withOneName(labels: Labels, label: 'le' | 'quantile'): Labels {
  const text = labels.get(label);
  const value = text === '' ? undefined : parseExpositionNumber(text);
  return value === undefined ? labels : labels.with(label, openMetricsNumber(value));
}

function shorten(text: string): string {
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}…`;
}
