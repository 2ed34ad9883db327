import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { readCounts, readSpan } from '../native-histogram/read-buckets.ts';
import { limitHistogram, type HistogramLimits } from '../native-histogram/limit-histogram.ts';
import { emptyWrittenHistogram, judgeHistogram, type WrittenHistogram } from '../native-histogram/written-histogram.ts';
import { RemoteWriteRefused } from '../remote-write/remote-write-refused.ts';
import { WireReader } from '../remote-write/wire-reader.ts';
import { withTypeAndUnit } from '../type-and-unit.ts';
import type { Exemplar, Exposition } from './exposition.ts';
import { openMetricsNumber } from './open-metrics-number.ts';
import { type CachedSeries, SeriesCache } from './series-cache.ts';

/** What of a scrape is taken. */
export interface ProtobufReading extends HistogramLimits {
  /** Native histograms, where there are some, rather than classic ones. */
  readonly nativeHistograms: boolean;
  /** Classic histograms also where there are native ones. */
  readonly alwaysClassic: boolean;
  /** Since when samples count. */
  readonly startTimes: boolean;
  /** Gives series the labels of Prometheus' type-and-unit-labels feature. */
  readonly typeAndUnitLabels: boolean;
  /** How long the same text may be: 64 MiB unless told. */
  readonly textBytes?: number;
  /** How many samples there may be: any number unless told. */
  readonly mostSamples?: number;
}

/** As long as text that is scraped may be. */
const TEXT_BYTES = 64 * 1024 * 1024;
/** Bytes of a metric's name, and of the labels of one series. The store refuses shorter ones by themselves. */
const LONGEST_LABELS = 64 * 1024;
/** Others may have their turn after so many samples: about 10 ms where there are a dozen labels. */
const STEP_SAMPLES = 500;
/** About what stands beside the series in a line of text, and what parts of a metric would take as lines. */
const ROOM = { value: 4, exemplar: 40, pair: 8, part: 16, span: 16, number: 4, family: 16 };

/** Protobuf exposition that cannot be read. The message is a sentence without its end. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
  readonly isTooLarge: boolean;

  constructor(message: string, { isTooLarge = false, ...options }: ErrorOptions & { readonly isTooLarge?: boolean } = {}) {
    super(message, options);
    this.isTooLarge = isTooLarge;
  }
}

/** By number, as in MetricType of io/prometheus/client/metrics.proto. */
const TYPES: readonly MetricMetadata['type'][] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'];

/** A field's number and wire type, as protobuf writes them together. */
const varint = (field: number): number => field * 8;
const double = (field: number): number => field * 8 + 1;
const bytes = (field: number): number => field * 8 + 2;

const FAMILY_NAME = bytes(1);
const FAMILY_HELP = bytes(2);
const FAMILY_TYPE = varint(3);
const FAMILY_METRIC = bytes(4);
const FAMILY_UNIT = bytes(5);
const METRIC_LABEL = bytes(1);
const METRIC_TIMESTAMP = varint(6);
const METRIC_SUMMARY = bytes(4);
const METRIC_HISTOGRAM = bytes(7);
/** Gauge, counter, summary, untyped, histogram. */
const METRIC_VALUES: ReadonlySet<number> = new Set([2, 3, 4, 5, 7].map(bytes));

/**
 * Reads what a target answers in protobuf, as Prometheus does when it scrapes: field numbers are those of
 * io/prometheus/client/metrics.proto. Give the same cache for every scrape of a target. Throws ProtobufError; then nothing
 * of the answer counts. What the cache's `resolve` throws comes through.
 */
export function parseProtobuf(body: Uint8Array, reading: ProtobufReading, cache?: SeriesCache): Exposition {
  const steps = parseProtobufInSteps(body, reading, cache);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, some samples at a time. */
export function* parseProtobufInSteps(
  body: Uint8Array,
  reading: ProtobufReading,
  cache: SeriesCache = new SeriesCache(),
): Generator<undefined, Exposition> {
  try {
    return yield* new ProtobufExposition(body, reading, cache).read();
  } catch (error) {
    if (!(error instanceof RemoteWriteRefused)) throw error;
    throw new ProtobufError('the body is not the protobuf that its Content-Type says, or is cut off', { cause: error });
  }
}

type Family = Pick<MetricMetadata, 'type' | 'unit'> & { readonly name: string };

/** One Metric while it is read. */
interface MetricPoint {
  readonly family: Family;
  /** The bytes of its labels, by which it is known again. */
  readonly raw: string;
  /** Its labels, without a name. */
  readonly pairs: () => readonly (readonly [name: string, value: string])[];
  /** Unix milliseconds; NaN where it has none. */
  readonly timestampMs: number;
}

function tooLong(what: string): ProtobufError {
  return new ProtobufError(`${what} takes more than ${LONGEST_LABELS} bytes, which is the limit`, { isTooLarge: true });
}

class ProtobufExposition {
  readonly #wire: WireReader;
  readonly #reading: ProtobufReading;
  readonly #cache: SeriesCache;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #metadata: MetricMetadata[] = [];
  readonly #series: CachedSeries[] = [];
  readonly #values: number[] = [];
  readonly #timestampsMs: number[] = [];
  readonly #startsMs: number[] = [];
  readonly #exemplars: Exemplar[] = [];
  readonly #histograms = new Map<number, NativeHistogram>();
  #hasStarts = false;
  #roomBytes: number;
  readonly #mostSamples: number;
  #stepEnds = STEP_SAMPLES;
  readonly #takeNumber = (): unknown => this.#take(ROOM.number);

  constructor(body: Uint8Array, reading: ProtobufReading, cache: SeriesCache) {
    this.#wire = new WireReader(body);
    this.#reading = reading;
    this.#cache = cache;
    this.#roomBytes = reading.textBytes ?? TEXT_BYTES;
    this.#mostSamples = reading.mostSamples ?? Infinity;
  }

  *read(): Generator<undefined, Exposition> {
    const { length } = this.#wire.bytes;
    while (this.#wire.at < length) yield* this.#readFamily(this.#wire.readEnd(length));
    return {
      length: this.#series.length,
      series: this.#series,
      values: Float64Array.from(this.#values),
      timestampsMs: Float64Array.from(this.#timestampsMs),
      metadata: this.#metadata,
      exemplars: this.#exemplars,
      histograms: this.#histograms.size === 0 ? undefined : this.#histograms,
      startsMs: this.#hasStarts ? Float64Array.from(this.#startsMs) : undefined,
    };
  }

  *#readFamily(end: number): Generator<undefined, void> {
    const wire = this.#wire;
    let [name, help, unit] = ['', '', ''];
    let type: MetricMetadata['type'] = 'counter';
    const metrics: number[] = [];
    this.#fields(end, (tag) => {
      if (tag === FAMILY_NAME) name = this.#string(end);
      else if (tag === FAMILY_HELP) help = this.#string(end);
      else if (tag === FAMILY_TYPE) type = TYPES[wire.readUint32()] ?? 'unknown';
      else if (tag === FAMILY_UNIT) unit = this.#string(end);
      else if (tag === FAMILY_METRIC) {
        metrics.push(wire.at);
        wire.at = wire.readEnd(end);
      } else return false;
      return true;
    });
    if (name === '') throw new ProtobufError('a metric family in the body has no name');
    if (name.length > LONGEST_LABELS) throw tooLong(`the name ${name.slice(0, 50)}…`);
    this.#take(ROOM.family);
    if (this.#metadata.length >= this.#mostSamples) throw this.#tooMany('metrics');
    this.#metadata.push({ metric: name, type, help, unit });
    // The name and the type may stand behind the metrics.
    for (const at of metrics) {
      wire.at = at;
      this.#readMetric({ name, type, unit }, wire.readEnd(end));
      if (this.#series.length < this.#stepEnds) continue;
      this.#stepEnds = this.#series.length + STEP_SAMPLES;
      yield;
    }
    wire.at = end;
  }

  #readMetric(family: Family, end: number): void {
    const wire = this.#wire;
    const labels: number[] = [];
    const values: number[] = [];
    let raw = '';
    let timestampMs = 0;
    this.#fields(end, (tag) => {
      if (tag === METRIC_LABEL) {
        const from = wire.at;
        labels.push(from);
        wire.at = wire.readEnd(end);
        if (raw.length + wire.at - from > LONGEST_LABELS) throw tooLong(`the labels of a series of ${family.name.slice(0, 50)}`);
        raw += this.#latin1(from, wire.at);
      } else if (tag === METRIC_TIMESTAMP) timestampMs = wire.readInt64();
      else if (METRIC_VALUES.has(tag)) {
        values.push(tag, wire.at);
        wire.at = wire.readEnd(end);
      } else return false;
      return true;
    });
    let pairs: ReturnType<MetricPoint['pairs']> | undefined;
    const point: MetricPoint = {
      family,
      raw,
      pairs: () => (pairs ??= labels.map((at) => this.#pairAt(at, end))),
      // A time of 0 is not told from none.
      timestampMs: timestampMs === 0 ? Number.NaN : timestampMs,
    };
    for (let i = 0; i < values.length; i += 2) {
      wire.at = values[i + 1] as number;
      const valueEnd = wire.readEnd(end);
      if (values[i] === METRIC_SUMMARY) this.#readSummary(point, valueEnd);
      else if (values[i] === METRIC_HISTOGRAM) this.#readHistogram(point, valueEnd);
      else this.#readNumber(point, valueEnd);
    }
    wire.at = end;
  }

  #readNumber(point: MetricPoint, end: number): void {
    const wire = this.#wire;
    let value = 0;
    let startMs = Number.NaN;
    let exemplar: Omit<Exemplar, 'sample'> | undefined;
    this.#fields(end, (tag) => {
      if (tag === double(1)) value = wire.readDouble();
      else if (tag === bytes(2)) exemplar = this.#exemplar(wire.readEnd(end));
      else if (tag === bytes(3)) startMs = this.#timestamp(wire.readEnd(end));
      else return false;
      return true;
    });
    const sample = this.#add(point, '', value, startMs);
    if (exemplar !== undefined) this.#exemplars.push({ sample, ...exemplar });
  }

  #readSummary(point: MetricPoint, end: number): void {
    const wire = this.#wire;
    let [count, sum, startMs] = [0, 0, Number.NaN];
    const quantiles: (readonly [quantile: number, value: number])[] = [];
    this.#fields(end, (tag) => {
      if (tag === varint(1)) count = wire.readUint64();
      else if (tag === double(2)) sum = wire.readDouble();
      else if (tag === bytes(3) && this.#take(ROOM.part)) quantiles.push(this.#quantile(wire.readEnd(end)));
      else if (tag === bytes(4)) startMs = this.#timestamp(wire.readEnd(end));
      else return false;
      return true;
    });
    this.#add(point, '_count', count, startMs);
    this.#add(point, '_sum', sum, startMs);
    for (const [quantile, value] of quantiles) this.#add(point, '', value, startMs, ['quantile', openMetricsNumber(quantile)]);
  }

  #readHistogram(point: MetricPoint, end: number): void {
    const wire = this.#wire;
    const written = emptyWrittenHistogram();
    const buckets: ClassicBucket[] = [];
    const exemplars: Omit<Exemplar, 'sample'>[] = [];
    let [countFloat, zeroFloat, startMs] = [0, 0, Number.NaN];
    this.#fields(end, (tag) => {
      if (tag === varint(1)) written.count = wire.readUint64();
      else if (tag === double(2)) written.sum = wire.readDouble();
      else if (tag === bytes(3) && this.#take(ROOM.part)) buckets.push(this.#bucket(wire.readEnd(end)));
      else if (tag === double(4)) countFloat = wire.readDouble();
      else if (tag === varint(5)) written.schema = wire.readSint32();
      else if (tag === double(6)) written.zeroThreshold = wire.readDouble();
      else if (tag === varint(7)) written.zeroCount = wire.readUint64();
      else if (tag === double(8)) zeroFloat = wire.readDouble();
      else if (tag === bytes(9) && this.#take(ROOM.span)) written.negative.spans.push(readSpan(wire, wire.readEnd(end)));
      else if (tag === bytes(12) && this.#take(ROOM.span)) written.positive.spans.push(readSpan(wire, wire.readEnd(end)));
      else if (tag === bytes(15)) startMs = this.#timestamp(wire.readEnd(end));
      else if (tag === bytes(16)) exemplars.push(this.#exemplar(wire.readEnd(end)));
      else {
        const field = tag >>> 3;
        if (field === 10 || field === 11) readCounts(wire, tag, end, field === 10, written.negative, this.#takeNumber);
        else if (field === 13 || field === 14) readCounts(wire, tag, end, field === 13, written.positive, this.#takeNumber);
        else return false;
      }
      return true;
    });
    if (countFloat > 0 || zeroFloat > 0) written.whole = false;
    if (countFloat > 0) written.count = countFloat;
    if (zeroFloat > 0) written.zeroCount = zeroFloat;
    const native = this.#reading.nativeHistograms && isNative(written);
    if (native) this.#addNative(point, written, startMs, exemplars, buckets);
    if (!native || (this.#reading.alwaysClassic && buckets.length > 0)) this.#addClassic(point, written, startMs, buckets);
  }

  #addNative(
    point: MetricPoint,
    written: WrittenHistogram,
    startMs: number,
    own: readonly Omit<Exemplar, 'sample'>[],
    buckets: readonly ClassicBucket[],
  ): void {
    const { name, type } = point.family;
    if (type === 'gaugehistogram') written.reset = 'gauge';
    const judged = judgeHistogram(written);
    const limited = typeof judged === 'string' ? judged : limitHistogram(judged, this.#reading);
    // Half of a scrape would look like a target that lost some of its metrics.
    if (typeof limited === 'string') throw new ProtobufError(`the native histogram ${name} cannot be kept: ${limited}`);
    const sample = this.#add(point, '', 0, startMs);
    this.#histograms.set(sample, limited);
    const exemplars = own.length > 0 ? own : buckets.flatMap(({ exemplar }) => (exemplar === undefined ? [] : [exemplar]));
    // One of a histogram belongs to a moment: without it nobody could tell whether it was there before.
    const timed = exemplars.filter(({ timestampMs }) => timestampMs !== undefined);
    for (const exemplar of timed.toSorted((a, b) => Number(a.timestampMs) - Number(b.timestampMs) || a.value - b.value)) {
      this.#exemplars.push({ sample, ...exemplar });
    }
  }

  #addClassic(point: MetricPoint, { count, sum }: WrittenHistogram, startMs: number, buckets: readonly ClassicBucket[]): void {
    this.#add(point, '_count', count, startMs);
    this.#add(point, '_sum', sum, startMs);
    for (const { bound, cumulative, exemplar } of buckets) {
      const sample = this.#add(point, '_bucket', cumulative, startMs, ['le', openMetricsNumber(bound)]);
      if (exemplar !== undefined) this.#exemplars.push({ sample, ...exemplar });
    }
    if (buckets.at(-1)?.bound !== Infinity) this.#add(point, '_bucket', count, startMs, ['le', '+Inf']);
  }

  /** Where the sample stands. */
  #add(point: MetricPoint, suffix: string, value: number, startMs: number, own?: readonly [name: string, value: string]): number {
    const name = point.family.name + suffix;
    this.#take(name.length + point.raw.length + ROOM.value);
    if (this.#series.length >= this.#mostSamples) throw this.#tooMany('samples');
    const raw = `${name}\n${own === undefined ? '' : `${own[0]}=${own[1]}`}\n${this.#said(point.family)}\n${point.raw}`;
    this.#series.push(this.#cache.get(raw) ?? this.#cache.add(raw, this.#labelsOf(point, name, own)));
    this.#values.push(value);
    this.#timestampsMs.push(point.timestampMs);
    const startsMs = this.#reading.startTimes && point.family.type !== 'gaugehistogram' ? startMs : Number.NaN;
    if (!Number.isNaN(startsMs)) this.#hasStarts = true;
    return this.#startsMs.push(startsMs) - 1;
  }

  /**
   * Counts what stands for so many bytes of text. In text every bucket repeats its labels, and a body says how much there is; here
   * two bytes stand for a bucket of any labels. Throws ProtobufError where it is too much.
   */
  #take(bytes: number): true {
    this.#roomBytes -= bytes;
    if (this.#roomBytes >= 0) return true;
    const limit = this.#reading.textBytes ?? TEXT_BYTES;
    throw new ProtobufError(
      `the body has more series, buckets and exemplars than ${limit} bytes of text could say, which is the limit (body_size_limit)`,
      { isTooLarge: true },
    );
  }

  #tooMany(what: string): ProtobufError {
    return new ProtobufError(`the body has more than ${this.#mostSamples} ${what}, which is the limit`, { isTooLarge: true });
  }

  /** What of a family its series' labels tell, beside its name. */
  #said({ type, unit }: Family): string {
    return this.#reading.typeAndUnitLabels ? `${type} ${unit}` : '';
  }

  #labelsOf({ family, pairs }: MetricPoint, name: string, own: readonly [name: string, value: string] | undefined): Labels {
    const labels = Labels.from([...pairs(), ...(own === undefined ? [] : [own]), [METRIC_NAME, name]]);
    return this.#reading.typeAndUnitLabels ? withTypeAndUnit(labels, family) : labels;
  }

  #bucket(end: number): ClassicBucket {
    const wire = this.#wire;
    let [cumulative, float, bound] = [0, 0, 0];
    let exemplar: Omit<Exemplar, 'sample'> | undefined;
    this.#fields(end, (tag) => {
      if (tag === varint(1)) cumulative = wire.readUint64();
      else if (tag === double(4)) float = wire.readDouble();
      else if (tag === double(2)) bound = wire.readDouble();
      else if (tag === bytes(3)) exemplar = this.#exemplar(wire.readEnd(end));
      else return false;
      return true;
    });
    return { bound, cumulative: float > 0 ? float : cumulative, exemplar };
  }

  #quantile(end: number): readonly [quantile: number, value: number] {
    const wire = this.#wire;
    let [quantile, value] = [0, 0];
    this.#fields(end, (tag) => {
      if (tag === double(1)) quantile = wire.readDouble();
      else if (tag === double(2)) value = wire.readDouble();
      else return false;
      return true;
    });
    return [quantile, value];
  }

  #exemplar(end: number): Omit<Exemplar, 'sample'> {
    const wire = this.#wire;
    this.#take(ROOM.exemplar);
    const labels: (readonly [name: string, value: string])[] = [];
    let value = 0;
    let timestampMs: number | undefined;
    this.#fields(end, (tag) => {
      if (tag === bytes(1) && this.#take(ROOM.pair)) labels.push(this.#pair(wire.readEnd(end)));
      else if (tag === double(2)) value = wire.readDouble();
      else if (tag === bytes(3)) timestampMs = this.#timestamp(wire.readEnd(end));
      else return false;
      return true;
    });
    return { labels, value, timestampMs };
  }

  /** google.protobuf.Timestamp, in milliseconds. */
  #timestamp(end: number): number {
    const wire = this.#wire;
    let [seconds, nanos] = [0, 0];
    this.#fields(end, (tag) => {
      if (tag === varint(1)) seconds = wire.readInt64();
      else if (tag === varint(2)) nanos = wire.readInt64();
      else return false;
      return true;
    });
    return seconds * 1000 + Math.floor(nanos / 1e6);
  }

  #pairAt(at: number, end: number): readonly [string, string] {
    const wire = this.#wire;
    const back = wire.at;
    wire.at = at;
    const pair = this.#pair(wire.readEnd(end));
    wire.at = back;
    return pair;
  }

  #pair(end: number): readonly [string, string] {
    let [name, value] = ['', ''];
    this.#fields(end, (tag) => {
      if (tag === bytes(1)) name = this.#string(end);
      else if (tag === bytes(2)) value = this.#string(end);
      else return false;
      return true;
    });
    return [name, value];
  }

  #fields(end: number, read: (tag: number) => boolean): void {
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (!read(tag)) wire.skip(tag, end);
    }
    if (wire.at !== end) throw wire.broken();
  }

  #string(end: number): string {
    const wire = this.#wire;
    const to = wire.readEnd(end);
    const from = wire.at;
    wire.at = to;
    try {
      return this.#text.decode(wire.bytes.subarray(from, to));
    } catch (error) {
      throw new ProtobufError(`the text at byte ${from} of the body is not valid UTF-8`, { cause: error });
    }
  }

  #latin1(from: number, to: number): string {
    const { buffer, byteOffset } = this.#wire.bytes;
    return Buffer.from(buffer, byteOffset + from, to - from).toString('latin1');
  }
}

interface ClassicBucket {
  readonly bound: number;
  readonly cumulative: number;
  readonly exemplar: Omit<Exemplar, 'sample'> | undefined;
}

/** One without observations has a span of no length, which tells it from a classic histogram. */
function isNative({ positive, negative, zeroThreshold, zeroCount }: WrittenHistogram): boolean {
  return positive.spans.length > 0 || negative.spans.length > 0 || zeroThreshold > 0 || zeroCount > 0;
}
