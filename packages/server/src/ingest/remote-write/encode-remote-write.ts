import { PbfWriter } from 'pbf';
import { compressSync } from 'snappy';

/** A series as a sender of tests writes it. */
export interface SentSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly (readonly [value: number | bigint, timestampMs: number])[];
  readonly histograms?: number;
  readonly exemplars?: number;
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
      ({ labels, samples, histograms = 0, exemplars = 0, metadata }, inner) => {
        inner.writePackedVarint(1, labels.flat().map(ref));
        for (const sample of samples) inner.writeMessage(2, writeSample, sample);
        for (let i = 0; i < histograms; i++) inner.writeMessage(3, (_, empty) => empty.writeVarintField(15, 1), null);
        for (let i = 0; i < exemplars; i++) inner.writeMessage(4, (_, empty) => empty.writeDoubleField(2, 1), null);
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
  { labels, samples, histograms = 0, exemplars = 0, labelsLast = false }: SentSeries,
  writer: PbfWriter,
): void {
  const writeLabels = (): void => {
    for (const label of labels) {
      writer.writeMessage(
        1,
        ([name, value], inner) => {
          writeText(inner, 1, name);
          writeText(inner, 2, value);
        },
        label,
      );
    }
  };
  if (!labelsLast) writeLabels();
  for (const sample of samples) writer.writeMessage(2, writeSample, sample);
  if (labelsLast) writeLabels();
  for (let i = 0; i < exemplars; i++) writer.writeMessage(3, (_, inner) => inner.writeDoubleField(2, 1), null);
  for (let i = 0; i < histograms; i++) writer.writeMessage(4, (_, inner) => inner.writeVarintField(15, 1), null);
}

/** Not writeStringField: pbf 5.1.2 writes characters from U+20000 on wrongly. */
function writeText(writer: PbfWriter, field: number, text: string): void {
  writer.writeBytesField(field, Buffer.from(text));
}

/** A value given as a bigint is its bits: a number cannot carry every NaN. */
function writeSample([value, timestampMs]: readonly [number | bigint, number], writer: PbfWriter): void {
  const bits = new DataView(new ArrayBuffer(8));
  if (typeof value === 'bigint') bits.setBigUint64(0, value, true);
  else bits.setFloat64(0, value, true);
  writer.writeTag(1, 1);
  for (let i = 0; i < 2; i++) writer.writeFixed32(bits.getUint32(4 * i, true));
  writer.writeVarintField(2, timestampMs);
}
