import { PbfWriter } from 'pbf';

/** A metric family as a target of tests writes it, in the numbers of io/prometheus/client/metrics.proto. */
export interface ExposedFamily {
  readonly name: string;
  readonly help?: string;
  /** 0 counter, 1 gauge, 2 summary, 3 untyped, 4 histogram, 5 gauge histogram. */
  readonly type: number;
  readonly unit?: string;
  readonly metrics: readonly ExposedMetric[];
}

export interface ExposedMetric {
  readonly labels?: Readonly<Record<string, string>>;
  readonly timestampMs?: number;
  /** Of a counter, gauge or untyped one. */
  readonly value?: number;
  readonly exemplar?: ExposedExemplar;
  readonly startMs?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly quantiles?: readonly (readonly [quantile: number, value: number])[];
  readonly buckets?: readonly (readonly [bound: number, cumulative: number, exemplar?: ExposedExemplar])[];
  readonly native?: ExposedNative;
}

export interface ExposedExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestampMs?: number;
}

export interface ExposedNative {
  readonly schema: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly positive?: readonly (readonly [offset: number, counts: readonly number[]])[];
  readonly negative?: readonly (readonly [offset: number, counts: readonly number[]])[];
  /** Writes counts that need not be whole. */
  readonly float?: boolean;
  readonly exemplars?: readonly ExposedExemplar[];
}

const VALUE_FIELDS = [3, 2, 4, 5, 7, 7];

/** The families one after the other, each behind its length. */
export function encodeExposition(families: readonly ExposedFamily[]): Buffer {
  return Buffer.concat(
    families.flatMap((family) => {
      const writer = new PbfWriter();
      writer.writeStringField(1, family.name);
      writer.writeStringField(2, family.help ?? '');
      writer.writeVarintField(3, family.type);
      for (const metric of family.metrics) writer.writeMessage(4, (_, inner) => writeMetric(metric, family.type, inner), null);
      writer.writeStringField(5, family.unit ?? '');
      const message = writer.finish();
      const length = new PbfWriter();
      length.writeVarint(message.length);
      return [length.finish(), message];
    }),
  );
}

function writeMetric(metric: ExposedMetric, type: number, writer: PbfWriter): void {
  writeLabels(metric.labels ?? {}, writer);
  writer.writeMessage(VALUE_FIELDS[type] as number, (_, inner) => writeValue(metric, type, inner), null);
  if (metric.timestampMs !== undefined) writer.writeVarintField(6, metric.timestampMs);
}

function writeValue(metric: ExposedMetric, type: number, writer: PbfWriter): void {
  const { value, exemplar, startMs, count = 0, sum = 0, quantiles = [], buckets = [], native } = metric;
  const startField = type === 2 ? 4 : type >= 4 ? 15 : 3;
  if (startMs !== undefined) writer.writeMessage(startField, writeTime, startMs);
  if (value !== undefined) {
    writer.writeDoubleField(1, value);
    if (exemplar !== undefined) writer.writeMessage(2, writeExemplar, exemplar);
    return;
  }
  if (native?.float === true) writer.writeDoubleField(4, count);
  else writer.writeVarintField(1, count);
  writer.writeDoubleField(2, sum);
  for (const [quantile, at] of quantiles) {
    writer.writeMessage(
      3,
      (_, inner) => {
        inner.writeDoubleField(1, quantile);
        inner.writeDoubleField(2, at);
      },
      null,
    );
  }
  for (const [bound, cumulative, own] of buckets) {
    writer.writeMessage(
      3,
      (_, inner) => {
        inner.writeVarintField(1, cumulative);
        inner.writeDoubleField(2, bound);
        if (own !== undefined) inner.writeMessage(3, writeExemplar, own);
      },
      null,
    );
  }
  if (native !== undefined) writeNative(native, writer);
}

function writeNative(native: ExposedNative, writer: PbfWriter): void {
  const { schema, zeroThreshold = 0, zeroCount = 0, positive = [], negative = [], float = false, exemplars = [] } = native;
  writer.writeSVarintField(5, schema);
  writer.writeDoubleField(6, zeroThreshold);
  if (float) writer.writeDoubleField(8, zeroCount);
  else writer.writeVarintField(7, zeroCount);
  for (const [field, spans] of [[9, negative] as const, [12, positive] as const]) {
    for (const [offset, counts] of spans) {
      writer.writeMessage(
        field,
        (_, inner) => {
          inner.writeSVarintField(1, offset);
          inner.writeVarintField(2, counts.length);
        },
        null,
      );
    }
    const all = spans.flatMap(([, counts]) => counts);
    if (float) writer.writePackedDouble(field + 2, all);
    else {
      writer.writePackedSVarint(
        field + 1,
        all.map((count, i) => count - (all[i - 1] ?? 0)),
      );
    }
  }
  for (const exemplar of exemplars) writer.writeMessage(16, writeExemplar, exemplar);
}

function writeExemplar({ labels, value, timestampMs }: ExposedExemplar, writer: PbfWriter): void {
  writeLabels(labels, writer);
  writer.writeDoubleField(2, value);
  if (timestampMs !== undefined) writer.writeMessage(3, writeTime, timestampMs);
}

function writeLabels(labels: Readonly<Record<string, string>>, writer: PbfWriter): void {
  for (const pair of Object.entries(labels)) {
    writer.writeMessage(
      1,
      ([name, value], inner) => {
        inner.writeStringField(1, name);
        inner.writeStringField(2, value);
      },
      pair,
    );
  }
}

/** google.protobuf.Timestamp. */
function writeTime(ms: number, writer: PbfWriter): void {
  writer.writeVarintField(1, Math.floor(ms / 1000));
  writer.writeVarintField(2, (ms % 1000) * 1e6);
}
