import { PbfWriter } from 'pbf';
import { compressSync } from 'snappy';

/** A sample as a sender of tests writes it. A value given as a bigint is its bits: a number cannot carry every NaN. */
export type SentSample = readonly [value: number | bigint, timestampMs: number, startMs?: number];

/** A native histogram as it stands on the wire: deltas where its counts are whole, else counts. */
export interface SentHistogram {
  readonly timestampMs: number;
  readonly startMs?: number;
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly count?: number;
  readonly sum?: number | bigint;
  /** Writes counts as numbers that need not be whole. */
  readonly float?: boolean;
  readonly positive?: SentBuckets;
  readonly negative?: SentBuckets;
  readonly customValues?: readonly number[];
  /** 0 unknown, 1 yes, 2 no, 3 gauge. */
  readonly resetHint?: number;
}

export interface SentBuckets {
  readonly spans: readonly (readonly [offset: number, length: number])[];
  readonly counts: readonly number[];
}

export interface SentExemplar {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  /** 0 is not written. */
  readonly timestampMs: number;
}

/** A series as a sender of tests writes it. */
export interface SentSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples?: readonly SentSample[];
  readonly histograms?: readonly SentHistogram[];
  readonly exemplars?: readonly SentExemplar[];
  /** Writes the labels after the samples, as protobuf allows. */
  readonly labelsLast?: boolean;
}

export interface SentMetadata {
  readonly type: number;
  readonly metric: string;
  readonly help: string;
  readonly unit: string;
}

/** prometheus.WriteRequest, not packed. */
export function encodeWriteRequest(series: readonly SentSeries[], metadata: readonly SentMetadata[] = []): Uint8Array {
  const writer = new PbfWriter();
  for (const one of series) writer.writeMessage(1, writeSeries, one);
  for (const one of metadata) {
    writer.writeMessage(
      3,
      ({ type, metric, help, unit }, inner) => {
        inner.writeVarintField(1, type);
        writeText(inner, 2, metric);
        writeText(inner, 4, help);
        writeText(inner, 5, unit);
      },
      one,
    );
  }
  return writer.finish();
}

/** io.prometheus.write.v2.Request, not packed. */
export function encodeWriteRequestV2(
  series: readonly (SentSeries & {
    readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string };
  })[],
): Uint8Array {
  const symbols = new Map([['', 0]]);
  const ref = (text: string): number => {
    if (!symbols.has(text)) symbols.set(text, symbols.size);
    return symbols.get(text) as number;
  };
  const writer = new PbfWriter();
  for (const one of series) {
    writer.writeMessage(
      5,
      ({ labels, samples = [], histograms = [], exemplars = [], metadata }, inner) => {
        inner.writePackedVarint(1, labels.flat().map(ref));
        for (const sample of samples) inner.writeMessage(2, writeSample, sample);
        for (const histogram of histograms) inner.writeMessage(3, writeHistogram, histogram);
        for (const exemplar of exemplars) {
          inner.writeMessage(
            4,
            (sent, fields) => {
              fields.writePackedVarint(1, sent.labels.flat().map(ref));
              writeExemplarValue(sent, fields);
            },
            exemplar,
          );
        }
        if (metadata !== undefined) {
          inner.writeMessage(
            5,
            ({ type, help, unit }, fields) => {
              fields.writeVarintField(1, type);
              fields.writeVarintField(3, ref(help));
              fields.writeVarintField(4, ref(unit));
            },
            metadata,
          );
        }
      },
      one,
    );
  }
  const head = new PbfWriter();
  for (const symbol of symbols.keys()) writeText(head, 4, symbol);
  return Buffer.concat([head.finish(), writer.finish()]);
}

export function packSnappy(bytes: Uint8Array): Uint8Array {
  return compressSync(bytes);
}

function writeSeries(
  { labels, samples = [], histograms = [], exemplars = [], labelsLast = false }: SentSeries,
  writer: PbfWriter,
): void {
  const writeLabels = (): void => {
    for (const label of labels) writer.writeMessage(1, writeLabel, label);
  };
  if (!labelsLast) writeLabels();
  for (const sample of samples) writer.writeMessage(2, writeSample, sample);
  if (labelsLast) writeLabels();
  for (const exemplar of exemplars) {
    writer.writeMessage(
      3,
      (sent, inner) => {
        for (const label of sent.labels) inner.writeMessage(1, writeLabel, label);
        writeExemplarValue(sent, inner);
      },
      exemplar,
    );
  }
  for (const histogram of histograms) writer.writeMessage(4, writeHistogram, histogram);
}

function writeLabel([name, value]: readonly [string, string], writer: PbfWriter): void {
  writeText(writer, 1, name);
  writeText(writer, 2, value);
}

function writeExemplarValue({ value, timestampMs }: SentExemplar, writer: PbfWriter): void {
  writer.writeDoubleField(2, value);
  if (timestampMs !== 0) writer.writeVarintField(3, timestampMs);
}

function writeHistogram(sent: SentHistogram, writer: PbfWriter): void {
  const { schema = 0, zeroThreshold = 0, zeroCount = 0, count = 0, sum = 0, float = false, customValues = [] } = sent;
  if (float) writer.writeDoubleField(2, count);
  else writer.writeVarintField(1, count);
  writeDouble(writer, 3, sum);
  writer.writeSVarintField(4, schema);
  writer.writeDoubleField(5, zeroThreshold);
  if (float) writer.writeDoubleField(7, zeroCount);
  else writer.writeVarintField(6, zeroCount);
  for (const [field, buckets] of [[8, sent.negative] as const, [11, sent.positive] as const]) {
    if (buckets === undefined) continue;
    for (const span of buckets.spans) writer.writeMessage(field, writeSpan, span);
    const { counts } = buckets;
    if (float) writer.writePackedDouble(field + 2, [...counts]);
    else {
      writer.writePackedSVarint(
        field + 1,
        counts.map((own, i) => own - (counts[i - 1] ?? 0)),
      );
    }
  }
  if (sent.resetHint !== undefined) writer.writeVarintField(14, sent.resetHint);
  writer.writeVarintField(15, sent.timestampMs);
  if (customValues.length > 0) writer.writePackedDouble(16, [...customValues]);
  if (sent.startMs !== undefined) writer.writeVarintField(17, sent.startMs);
}

function writeSpan([offset, length]: readonly [number, number], writer: PbfWriter): void {
  writer.writeSVarintField(1, offset);
  writer.writeVarintField(2, length);
}

/** Not writeStringField: pbf 5.1.2 writes characters from U+20000 on wrongly. */
function writeText(writer: PbfWriter, field: number, text: string): void {
  writer.writeBytesField(field, Buffer.from(text));
}

function writeSample([value, timestampMs, startMs = 0]: SentSample, writer: PbfWriter): void {
  writeDouble(writer, 1, value);
  writer.writeVarintField(2, timestampMs);
  if (startMs !== 0) writer.writeVarintField(3, startMs);
}

function writeDouble(writer: PbfWriter, field: number, value: number | bigint): void {
  const bits = new DataView(new ArrayBuffer(8));
  if (typeof value === 'bigint') bits.setBigUint64(0, value, true);
  else bits.setFloat64(0, value, true);
  writer.writeTag(field, 1);
  for (let i = 0; i < 2; i++) writer.writeFixed32(bits.getUint32(4 * i, true));
}
