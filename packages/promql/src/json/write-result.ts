import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { AnswerForm, GridSeries, QueryResult, SeriesSamples, WrittenAnswer } from '@vitrine/model/sample-store.ts';
import { wireBuckets } from '../histogram/format.ts';
import { formatNumber, NUMBER_BYTES, writeNumber, writeNumberAt } from './write-number.ts';

/** Pieces of about this many bytes are handed over at a time. */
const PIECE_BYTES = 256 * 1024;
/** A point is never longer: its number, its time and what stands around them. */
const POINT_BYTES = NUMBER_BYTES + 40;
const POINTS_AT_ONCE = 64;
const LEAST_BYTES = 1024;
/** Room for the longest time with what stands around it, in words of four bytes. */
const TIME_WORDS = 8;

const encoder = new TextEncoder();

/** Unix seconds with three decimals where there are milliseconds. */
export function formatTime(ms: number): string {
  return ms % 1_000 === 0 ? String(ms / 1_000) : (ms / 1_000).toFixed(3);
}

/**
 * A query's answer in Prometheus' JSON, piece by piece: an answer of a gigabyte is never in memory at once. A piece is lent until
 * the next one is asked for.
 */
export function* writeResult(result: QueryResult, form: AnswerForm): Generator<Uint8Array> {
  const out = new Piece();
  out.text(textBefore(result));
  yield* writeValues(out, result, form.limit);
  out.text(textBehind(result, form));
  yield out.take();
}

/** An answer that is at hand, written as it is taken. */
export function writtenAnswer(result: QueryResult, form: AnswerForm): WrittenAnswer {
  return {
    stats: result.stats,
    pieces: {
      async *[Symbol.asyncIterator]() {
        yield* writeResult(result, form);
      },
    },
  };
}

/** What stands before the values. */
export function textBefore({ kind }: QueryResult): string {
  return `{"status":"success","data":{"resultType":"${kind === 'samples' ? 'matrix' : kind}","result":${isList(kind) ? '[' : ''}`;
}

/** What stands behind the values. */
export function textBehind(result: QueryResult, { limit, stats }: AnswerForm): string {
  const warnings = result.annotations.filter(({ level }) => level === 'warning').map(({ text }) => text);
  const infos = result.annotations.filter(({ level }) => level === 'info').map(({ text }) => text);
  if (limit > 0 && 'series' in result && result.series.length > limit) warnings.push('results truncated due to limit');
  let text = isList(result.kind) ? ']' : '';
  if (stats) text += `,"stats":${JSON.stringify(statsOf(result))}`;
  text += '}';
  if (warnings.length > 0) text += `,"warnings":${JSON.stringify(warnings)}`;
  if (infos.length > 0) text += `,"infos":${JSON.stringify(infos)}`;
  return `${text}}`;
}

/** Writes series of one matrix, for several that write an answer together. */
export class SeriesWriter {
  readonly #out = new Piece(Infinity);
  readonly #times: GridTimes;

  constructor(timesMs: Float64Array) {
    this.#times = new GridTimes(timesMs);
  }

  /** Each series stands behind a comma, but not the first of all. What is returned is lent until the next call. */
  write(list: readonly GridSeries[], isFirst: boolean): Uint8Array {
    // It never has a piece too many: all of it is one.
    for (const _ of writeMatrix(this.#out, list, this.#times, isFirst));
    return this.#out.take();
  }
}

function isList(kind: QueryResult['kind']): boolean {
  return kind !== 'scalar' && kind !== 'string';
}

/** Prometheus' own members, and what is only here: `seriesRead`, `steps` and `trace`. */
function statsOf(result: QueryResult): unknown {
  const { elapsedMs, samplesRead, seriesRead, trace } = result.stats;
  const seconds = elapsedMs / 1_000;
  return {
    timings: { evalTotalTime: seconds, execTotalTime: seconds },
    samples: {
      totalQueryableSamples: samplesRead,
      samplesRead,
      ...(trace === undefined ? {} : { peakSamples: trace.heldValues }),
      seriesRead,
      steps: 'timesMs' in result ? result.timesMs.length : 1,
    },
    ...(trace === undefined ? {} : { trace }),
  };
}

function* writeValues(out: Piece, result: QueryResult, limit: number): Generator<Uint8Array> {
  switch (result.kind) {
    case 'scalar':
      out.text(`[${formatTime(result.timeMs)},"${formatNumber(result.value)}"]`);
      return;
    case 'string':
      out.text(`[${formatTime(result.timeMs)},${JSON.stringify(result.value)}]`);
      return;
    case 'vector':
      yield* writeVector(out, cut(result.series, limit), result.timesMs[0] as number);
      return;
    case 'matrix':
      yield* writeMatrix(out, cut(result.series, limit), new GridTimes(result.timesMs), true);
      return;
    case 'samples':
      yield* writeSamples(out, cut(result.series, limit));
  }
}

function cut<T>(series: readonly T[], limit: number): readonly T[] {
  return limit > 0 ? series.slice(0, limit) : series;
}

function* writeVector(out: Piece, list: readonly GridSeries[], timeMs: number): Generator<Uint8Array> {
  const time = formatTime(timeMs);
  let first = true;
  for (const { labels, values, present, histograms } of list) {
    if (present?.[0] === 0) continue;
    const histogram = histograms?.[0];
    out.text(`${first ? '' : ','}{"metric":${labels.toJsonText()},"`);
    if (histogram === undefined) {
      out.text(`value":[${time},"`);
      out.number(values[0] as number);
      out.text('"]}');
    } else out.text(`histogram":[${time},${histogramJson(histogram)}]}`);
    first = false;
    if (out.isFull) yield out.take();
  }
}

function* writeMatrix(out: Piece, list: readonly GridSeries[], times: GridTimes, isFirst: boolean): Generator<Uint8Array> {
  let first = isFirst;
  for (const series of list) {
    const { labels, values, histograms } = series;
    const present = histograms === undefined ? series.present : withoutHistograms(series, histograms);
    // Up to the last point that is there, because that one ends the list.
    const end = present === undefined ? values.length : present.lastIndexOf(1) + 1;
    if (end === 0 && histograms === undefined) continue;
    out.text(`${first ? '' : ','}{"metric":${labels.toJsonText()}`);
    first = false;
    if (end > 0) {
      out.text(',"values":[');
      for (let at = 0; ; yield out.take()) {
        at = out.points(times, values, present, at, end);
        if (at === end) break;
      }
      out.endPoints();
    }
    if (histograms !== undefined) yield* writeHistograms(out, histograms.length, histograms, (i) => times.at(i));
    out.text('}');
    if (out.isFull) yield out.take();
  }
}

/** Which points are numbers. */
function withoutHistograms({ values, present }: GridSeries, histograms: readonly (NativeHistogram | undefined)[]): Uint8Array {
  return Uint8Array.from(values, (_, i) => (histograms[i] === undefined && present?.[i] !== 0 ? 1 : 0));
}

/** As another member of a series, behind its labels and numbers; nothing where there are none. */
function* writeHistograms(
  out: Piece,
  length: number,
  histograms: readonly (NativeHistogram | undefined)[],
  timeMs: (i: number) => number,
): Generator<Uint8Array> {
  let any = false;
  for (let i = 0; i < length; i++) {
    const histogram = histograms[i];
    if (histogram === undefined) continue;
    out.text(`${any ? ',' : ',"histograms":['}[${formatTime(timeMs(i))},${histogramJson(histogram)}]`);
    any = true;
    if (out.isFull) yield out.take();
  }
  if (any) out.text(']');
}

/** `{"count":"3","sum":"4","buckets":[[0,"1","2","3"]]}`: counts and bounds are texts, as NaN and infinity are no JSON. */
function histogramJson(histogram: NativeHistogram): string {
  const buckets = wireBuckets(histogram).map(
    ([rule, lower, upper, count]) => `[${rule},"${formatNumber(lower)}","${formatNumber(upper)}","${formatNumber(count)}"]`,
  );
  const rest = buckets.length === 0 ? '' : `,"buckets":[${buckets.join(',')}]`;
  return `{"count":"${formatNumber(histogram.count)}","sum":"${formatNumber(histogram.sum)}"${rest}}`;
}

function* writeSamples(out: Piece, list: readonly SeriesSamples[]): Generator<Uint8Array> {
  let first = true;
  for (const { labels, length, timestampsMs, values, histograms } of list) {
    out.text(`${first ? '' : ','}{"metric":${labels.toJsonText()}`);
    first = false;
    let any = false;
    for (let i = 0; i < length; i++) {
      if (histograms?.[i] !== undefined) continue;
      if (out.isFull) yield out.take();
      out.text(`${any ? ',' : ',"values":['}[${formatTime(timestampsMs[i] as number)},"`);
      any = true;
      out.number(values[i] as number);
      out.text('"]');
    }
    if (any) out.text(']');
    if (histograms !== undefined) yield* writeHistograms(out, length, histograms, (i) => timestampsMs[i] as number);
    out.text('}');
    if (out.isFull) yield out.take();
  }
}

/** The beginnings of points, `[1435781430,"`, once for all series: each in eight words, the rest of which is padding. */
class GridTimes {
  readonly words: Int32Array;
  readonly lengths: Uint8Array;
  readonly #timesMs: Float64Array;

  constructor(timesMs: Float64Array) {
    this.#timesMs = timesMs;
    const bytes = new Uint8Array(timesMs.length * TIME_WORDS * 4);
    this.words = new Int32Array(bytes.buffer);
    this.lengths = new Uint8Array(timesMs.length);
    for (let i = 0; i < timesMs.length; i++) {
      const { written } = encoder.encodeInto(`[${formatTime(timesMs[i] as number)},"`, bytes.subarray(i * TIME_WORDS * 4));
      this.lengths[i] = written;
    }
  }

  /** In milliseconds. */
  at(i: number): number {
    return this.#timesMs[i] as number;
  }
}

/** `"],` in the order in which a little-endian word has its bytes. */
const POINT_END = 0x2c_5d_22;

/** The bytes under way to whoever asked. Memory is taken as it is needed: most answers are small. */
class Piece {
  readonly #most: number;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** @param most Bytes after which it is full. */
  constructor(most = PIECE_BYTES) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#at >= this.#most;
  }

  /** Hands over what was written, until something else is. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#at);
    this.#at = 0;
    return taken;
  }

  text(text: string): void {
    // A UTF-16 unit takes at most three bytes.
    this.#reserve(text.length * 3);
    this.#at += encoder.encodeInto(text, this.#bytes.subarray(this.#at)).written;
  }

  number(value: number): void {
    this.#reserve(NUMBER_BYTES);
    this.#at = writeNumber(this.#bytes, this.#view, this.#at, value);
  }

  /** Writes points from `from` on until the piece is full; returns how far it came, `to` at most. Each ends with a comma. */
  points(times: GridTimes, values: Float64Array, present: Uint8Array | undefined, from: number, to: number): number {
    const { words, lengths } = times;
    let i = from;
    while (i < to && this.#at < this.#most) {
      // As many as surely have room, at once.
      const end = Math.min(to, i + POINTS_AT_ONCE);
      this.#reserve((end - i) * POINT_BYTES);
      const bytes = this.#bytes;
      const view = this.#view;
      let at = this.#at;
      for (; i < end; i++) {
        if (present !== undefined && present[i] === 0) continue;
        const word = i * TIME_WORDS;
        const length = lengths[i] as number;
        view.setInt32(at, words[word] as number, true);
        view.setInt32(at + 4, words[word + 1] as number, true);
        view.setInt32(at + 8, words[word + 2] as number, true);
        view.setInt32(at + 12, words[word + 3] as number, true);
        if (length > 16) {
          view.setInt32(at + 16, words[word + 4] as number, true);
          view.setInt32(at + 20, words[word + 5] as number, true);
          view.setInt32(at + 24, words[word + 6] as number, true);
          view.setInt32(at + 28, words[word + 7] as number, true);
        }
        at = writeNumberAt(bytes, view, at + length, values, i);
        view.setInt32(at, POINT_END, true);
        at += 3;
      }
      this.#at = at;
    }
    return i;
  }

  /** Ends a list of points: its end takes the place of the last comma. */
  endPoints(): void {
    this.#at--;
    this.text(']');
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2, LEAST_BYTES));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
