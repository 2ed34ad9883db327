import { CUSTOM_BUCKETS, type BucketSpan, type NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { PbfWriter } from 'pbf';

/** The newest sample of a series, named as the reader takes names. */
export interface FederatedSample {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  /** Where there is one, the value means nothing. */
  readonly histogram: NativeHistogram | undefined;
  /** Unix milliseconds. */
  readonly timeMs: number;
}

export const PROTOBUF_TYPE = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

// By number, as in MetricType of io/prometheus/client/metrics.proto, which has the numbers of all fields below.
const UNTYPED = 3;
const HISTOGRAM = 4;
const GAUGE_HISTOGRAM = 5;

/** A family may come in several messages: others have their turn between them. */
const SAMPLES_A_MESSAGE = 500;
/** Says that there are no buckets, and not that this is a classic histogram. */
const NO_BUCKETS: readonly BucketSpan[] = [{ offset: 0, length: 0 }];

/** Whether who sent this Accept header likes protobuf best of what there is: that and text. */
export function prefersProtobuf(accept: string): boolean {
  let [protobuf, text] = [0, 0];
  for (const entry of accept.split(',')) {
    const [type, ...params] = entry.split(';').map((part) => part.trim().toLowerCase());
    const weight = Number(params.find((param) => param.startsWith('q='))?.slice(2) ?? 1);
    if (type === 'text/plain') text = Math.max(text, weight);
    const isDelimited = params.includes('encoding=delimited') && params.includes('proto=io.prometheus.client.metricfamily');
    if (type === 'application/vnd.google.protobuf' && isDelimited) protobuf = Math.max(protobuf, weight);
  }
  return protobuf > 0 && protobuf >= text;
}

/**
 * MetricFamily messages of one metric, each after its length. Native histograms with custom buckets are left out: the message has no
 * place for their bounds.
 */
export function* writeFamily(name: string, samples: readonly FederatedSample[]): Generator<Uint8Array> {
  const byType = Map.groupBy(samples, ({ histogram }) => {
    if (histogram === undefined) return UNTYPED;
    if (histogram.schema === CUSTOM_BUCKETS) return undefined;
    return histogram.reset === 'gauge' ? GAUGE_HISTOGRAM : HISTOGRAM;
  });
  for (const [type, alike] of byType) {
    if (type === undefined) continue;
    for (let from = 0; from < alike.length; from += SAMPLES_A_MESSAGE) {
      const family = new PbfWriter();
      writeText(family, 1, name);
      family.writeVarintField(3, type);
      for (const sample of alike.slice(from, from + SAMPLES_A_MESSAGE)) family.writeMessage(4, writeMetric, sample);
      const message = family.finish();
      const length = new PbfWriter();
      length.writeVarint(message.length);
      yield length.finish();
      yield message;
    }
  }
}

function writeMetric({ labels, value, histogram, timeMs }: FederatedSample, out: PbfWriter): void {
  for (const label of labels) {
    out.writeMessage(
      1,
      ([name, text], inner) => {
        writeText(inner, 1, name);
        writeText(inner, 2, text);
      },
      label,
    );
  }
  if (histogram === undefined) out.writeMessage(5, (number, inner) => inner.writeDoubleField(1, number), value);
  else out.writeMessage(7, writeHistogram, histogram);
  out.writeVarintField(6, timeMs);
}

/** Its counts as numbers that need not be whole, as Prometheus has them here. */
function writeHistogram(histogram: NativeHistogram, out: PbfWriter): void {
  const { count, sum, schema, zeroThreshold, zeroCount, positiveSpans, negativeSpans } = histogram;
  out.writeDoubleField(4, count);
  out.writeDoubleField(2, sum);
  out.writeSVarintField(5, schema);
  out.writeDoubleField(6, zeroThreshold);
  out.writeDoubleField(8, zeroCount);
  for (const span of negativeSpans) out.writeMessage(9, writeSpan, span);
  out.writePackedDouble(11, [...histogram.negativeBuckets]);
  const isEmpty = positiveSpans.length + negativeSpans.length === 0;
  for (const span of isEmpty ? NO_BUCKETS : positiveSpans) out.writeMessage(12, writeSpan, span);
  out.writePackedDouble(14, [...histogram.positiveBuckets]);
}

function writeSpan({ offset, length }: BucketSpan, out: PbfWriter): void {
  out.writeSVarintField(1, offset);
  out.writeVarintField(2, length);
}

/** Not writeStringField: pbf 5.1.2 writes characters from U+20000 on wrongly. */
function writeText(out: PbfWriter, field: number, text: string): void {
  out.writeBytesField(field, Buffer.from(text));
}
