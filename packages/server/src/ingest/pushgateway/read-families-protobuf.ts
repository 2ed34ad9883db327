import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { RemoteWriteRefused } from '../remote-write/remote-write-refused.ts';
import { WireReader } from '../remote-write/wire-reader.ts';
import { goNumber } from './go-number.ts';
import type { GroupLabels } from './group-labels.ts';
import { PushRefused } from './push-refused.ts';
import {
  FamilyBuilder,
  inconsistent,
  type MetricType,
  MOST_SAMPLES,
  type PushedFamily,
  SAMPLES_A_STEP,
  shown,
  timestamped,
  tooManySamples,
} from './pushed-family.ts';

/** By number, as in MetricType of io/prometheus/client/metrics.proto. */
const TYPES: readonly MetricType[] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'];
interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A field's number and wire type, as protobuf writes them together. */
const TAG = {
  varint: (field: number) => field * 8,
  double: (field: number) => field * 8 + 1,
  bytes: (field: number) => field * 8 + 2,
};

/**
 * Reads io.prometheus.client.MetricFamily messages, each after its length, as Go's client pushes them. Field numbers are
 * those of io/prometheus/client/metrics.proto. In steps. Throws PushRefused.
 */
export function* readPushedProtobuf(bytes: Uint8Array, group: GroupLabels, nowMs: number): Generator<undefined, PushedFamily[]> {
  try {
    const reader = new FamilyReader(bytes);
    const { metadata, samples } = yield* reader.read();
    const builder = new FamilyBuilder(group, metadata, nowMs);
    for (const [i, { labels, value }] of samples.entries()) {
      builder.add(labels, value);
      if ((i + 1) % SAMPLES_A_STEP === 0) yield;
    }
    return builder.finish();
  } catch (error) {
    if (error instanceof RemoteWriteRefused)
      throw new PushRefused(400, 'not readable', `The metrics cannot be read: ${error.message}`, { cause: error });
    throw error;
  }
}

class FamilyReader {
  readonly #wire: WireReader;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #metadata: MetricMetadata[] = [];
  readonly #samples: Sample[] = [];

  constructor(bytes: Uint8Array) {
    this.#wire = new WireReader(bytes);
  }

  *read(): Generator<undefined, { readonly metadata: readonly MetricMetadata[]; readonly samples: readonly Sample[] }> {
    const { bytes } = this.#wire;
    while (this.#wire.at < bytes.length) yield* this.#family(this.#wire.readEnd(bytes.length));
    return { metadata: this.#metadata, samples: this.#samples };
  }

  *#family(end: number): Generator<undefined, void> {
    let [metric, help, unit] = ['', '', ''];
    let type: MetricType = 'counter';
    const metrics: number[] = [];
    this.#fields(end, (tag) => {
      if (tag === TAG.bytes(1)) metric = this.#string(end);
      else if (tag === TAG.bytes(2)) help = this.#string(end);
      else if (tag === TAG.varint(3)) type = TYPES[this.#wire.readUint32()] ?? 'unknown';
      else if (tag === TAG.bytes(5)) unit = this.#string(end);
      else if (tag === TAG.bytes(4)) {
        metrics.push(this.#wire.at);
        this.#wire.at = this.#wire.readEnd(end);
      } else return false;
      return true;
    });
    if (metric === '') throw inconsistent('A metric in the body has no name.');
    if (this.#metadata.some((known) => known.metric === metric))
      throw inconsistent(`The metric ${metric.slice(0, 200)} stands twice in the body; send all its samples together.`);
    this.#metadata.push({ metric, type, help, unit });
    // The name and the type may stand behind the samples.
    for (const [i, at] of metrics.entries()) {
      this.#wire.at = at;
      this.#metric(metric, this.#wire.readEnd(end));
      if ((i + 1) % SAMPLES_A_STEP === 0) yield;
    }
    this.#wire.at = end;
  }

  #metric(name: string, end: number): void {
    const pairs: [string, string][] = [];
    const values: number[] = [];
    let timestampMs = 0;
    this.#fields(end, (tag) => {
      if (tag === TAG.bytes(1)) pairs.push(this.#pair(this.#wire.readEnd(end)));
      else if (tag === TAG.varint(6)) timestampMs = this.#wire.readInt64();
      else if ([2, 3, 4, 5, 7].some((field) => tag === TAG.bytes(field))) {
        values.push(tag, this.#wire.at);
        this.#wire.at = this.#wire.readEnd(end);
      } else return false;
      return true;
    });
    const labels = Labels.from([...pairs, [METRIC_NAME, name]]);
    if (timestampMs !== 0) throw timestamped(labels);
    for (let i = 0; i < values.length; i += 2) {
      this.#wire.at = values[i + 1] as number;
      const valueEnd = this.#wire.readEnd(end);
      if (values[i] === TAG.bytes(4)) this.#summary(labels, valueEnd);
      else if (values[i] === TAG.bytes(7)) this.#histogram(labels, valueEnd);
      else this.#number(labels, valueEnd);
    }
    this.#wire.at = end;
  }

  #number(labels: Labels, end: number): void {
    let value = 0;
    this.#fields(end, (tag) => {
      if (tag !== TAG.double(1)) return false;
      value = this.#double();
      return true;
    });
    this.#add(labels, value);
  }

  #summary(labels: Labels, end: number): void {
    let [count, sum] = [0, 0];
    this.#fields(end, (tag) => {
      if (tag === TAG.varint(1)) count = this.#wire.readInt64();
      else if (tag === TAG.double(2)) sum = this.#double();
      else if (tag === TAG.bytes(3)) {
        const [quantile, value] = this.#doubles(this.#wire.readEnd(end));
        this.#add(labels.with('quantile', goNumber(quantile)), value);
      } else return false;
      return true;
    });
    this.#addSuffixed(labels, '_sum', sum);
    this.#addSuffixed(labels, '_count', count);
  }

  #histogram(labels: Labels, end: number): void {
    let [count, sum] = [0, 0];
    let infinite = false;
    const bucket = labels.with(METRIC_NAME, `${labels.metricName}_bucket`);
    this.#fields(end, (tag) => {
      if (tag === TAG.varint(1)) count = this.#wire.readInt64();
      else if (tag === TAG.double(4)) count = this.#double();
      else if (tag === TAG.double(2)) sum = this.#double();
      else if (tag === TAG.bytes(3)) {
        const [cumulative, bound] = this.#bucket(this.#wire.readEnd(end));
        infinite ||= bound === Infinity;
        this.#add(bucket.with('le', goNumber(bound)), cumulative);
      } else if (tag === TAG.bytes(9) || tag === TAG.bytes(12)) {
        throw inconsistent(
          `${shown(labels)} is a native histogram, which cannot be stored yet. Give the histogram buckets of its own.`,
        );
      } else return false;
      return true;
    });
    if (!infinite) this.#add(bucket.with('le', '+Inf'), count);
    this.#addSuffixed(labels, '_sum', sum);
    this.#addSuffixed(labels, '_count', count);
  }

  #bucket(end: number): [cumulative: number, bound: number] {
    let [cumulative, bound] = [0, 0];
    this.#fields(end, (tag) => {
      if (tag === TAG.varint(1)) cumulative = this.#wire.readInt64();
      else if (tag === TAG.double(4)) cumulative = this.#double();
      else if (tag === TAG.double(2)) bound = this.#double();
      else return false;
      return true;
    });
    return [cumulative, bound];
  }

  #doubles(end: number): [number, number] {
    const both: [number, number] = [0, 0];
    this.#fields(end, (tag) => {
      if (tag === TAG.double(1)) both[0] = this.#double();
      else if (tag === TAG.double(2)) both[1] = this.#double();
      else return false;
      return true;
    });
    return both;
  }

  #pair(end: number): [string, string] {
    const pair: [string, string] = ['', ''];
    this.#fields(end, (tag) => {
      if (tag === TAG.bytes(1)) pair[0] = this.#string(end);
      else if (tag === TAG.bytes(2)) pair[1] = this.#string(end);
      else return false;
      return true;
    });
    return pair;
  }

  #addSuffixed(labels: Labels, suffix: string, value: number): void {
    this.#add(labels.with(METRIC_NAME, labels.metricName + suffix), value);
  }

  #add(labels: Labels, value: number): void {
    if (this.#samples.length >= MOST_SAMPLES) throw tooManySamples();
    this.#samples.push({ labels, value });
  }

  #fields(end: number, read: (tag: number) => boolean): void {
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (!read(tag)) wire.skip(tag, end);
    }
    if (wire.at !== end) throw wire.broken();
  }

  #double(): number {
    const { view, at } = this.#wire;
    if (at + 8 > view.byteLength) throw this.#wire.broken();
    this.#wire.at = at + 8;
    return view.getFloat64(at, true);
  }

  #string(end: number): string {
    const to = this.#wire.readEnd(end);
    const bytes = this.#wire.bytes.subarray(this.#wire.at, to);
    this.#wire.at = to;
    try {
      return this.#text.decode(bytes);
    } catch (error) {
      throw new PushRefused(400, 'not readable', 'A text in the body is not UTF-8.', { cause: error });
    }
  }
}
