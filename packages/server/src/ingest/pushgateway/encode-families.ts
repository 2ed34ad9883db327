/** A metric as io/prometheus/client/metrics.proto has it, for tests. Field numbers are that file's. */
export interface SentFamily {
  readonly name: string;
  readonly help?: string;
  /** 0 counter, 1 gauge, 2 summary, 3 untyped, 4 histogram, 5 gauge histogram. */
  readonly type: number;
  readonly metrics: readonly SentMetric[];
}

export interface SentMetric {
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a counter, gauge or untyped one. */
  readonly value?: number;
  readonly count?: number;
  readonly sum?: number;
  /** Quantiles or buckets: bound and value. */
  readonly parts?: readonly (readonly [bound: number, value: number])[];
  readonly timestampMs?: number;
}

const VALUE_FIELDS = [3, 2, 4, 5, 7, 7];
const SUMMARY = 2;

/** The metrics one after the other, each behind its length. */
export function encodeFamilies(families: readonly SentFamily[]): Buffer {
  return Buffer.concat(
    families.map(({ name, help, type, metrics }) => {
      const message = Buffer.concat([
        text(1, name),
        ...(help === undefined ? [] : [text(2, help)]),
        number(3, type),
        ...metrics.map((metric) => bytes(4, encodeMetric(metric, type))),
      ]);
      return Buffer.concat([varint(message.length), message]);
    }),
  );
}

function encodeMetric({ labels = {}, value, count = 0, sum = 0, parts, timestampMs }: SentMetric, type: number): Buffer {
  const inside =
    value === undefined
      ? [
          number(1, count),
          double(2, sum),
          ...(parts ?? []).map(([bound, at]) =>
            bytes(3, type === SUMMARY ? [double(1, bound), double(2, at)] : [number(1, at), double(2, bound)]),
          ),
        ]
      : [double(1, value)];
  return Buffer.concat([
    ...Object.entries(labels).map(([name, label]) => bytes(1, [text(1, name), text(2, label)])),
    bytes(VALUE_FIELDS[type] ?? 0, inside),
    ...(timestampMs === undefined ? [] : [number(6, timestampMs)]),
  ]);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) | 0x80);
  return Buffer.from([...out, rest]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function double(field: number, value: number): Buffer {
  const out = Buffer.alloc(9);
  out[0] = field * 8 + 1;
  out.writeDoubleLE(value, 1);
  return out;
}

function bytes(field: number, content: Buffer | readonly Buffer[]): Buffer {
  const whole = Buffer.isBuffer(content) ? content : Buffer.concat(content);
  return Buffer.concat([varint(field * 8 + 2), varint(whole.length), whole]);
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}
