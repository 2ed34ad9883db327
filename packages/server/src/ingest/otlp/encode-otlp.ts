/** A message as JSON of OTLP has it; tests write requests so. */
export type Sent = Readonly<Record<string, unknown>>;

type Scalar = 'string' | 'bytes' | 'hex' | 'bool' | 'int64' | 'uint32' | 'uint64' | 'sint32' | 'double' | 'fixed64' | 'sfixed64';
type Encoding = Scalar | { readonly of: string } | { readonly packed: Scalar };

const WIRE_TYPES = {
  bool: 0,
  int64: 0,
  uint32: 0,
  uint64: 0,
  sint32: 0,
  double: 1,
  fixed64: 1,
  sfixed64: 1,
  string: 2,
  bytes: 2,
  hex: 2,
} as const satisfies Record<Scalar, number>;

const POINT = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] } as const;
const TEMPORALITY = { aggregationTemporality: [2, 'uint32'] } as const;

/** Field numbers of opentelemetry/proto, by message. */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, readonly [number, Encoding]>>>> = {
  request: {
    resourceMetrics: [1, { of: 'resourceMetrics' }],
    resourceSpans: [1, { of: 'resourceRecords' }],
    resourceLogs: [1, { of: 'resourceRecords' }],
  },
  resourceRecords: {
    resource: [1, { of: 'resource' }],
    scopeSpans: [2, { of: 'scopeRecords' }],
    scopeLogs: [2, { of: 'scopeRecords' }],
  },
  scopeRecords: { scope: [1, { of: 'scope' }], spans: [2, { of: 'record' }], logRecords: [2, { of: 'record' }] },
  record: { name: [5, 'string'] },
  resourceMetrics: { resource: [1, { of: 'resource' }], scopeMetrics: [2, { of: 'scopeMetrics' }], schemaUrl: [3, 'string'] },
  resource: { attributes: [1, { of: 'keyValue' }] },
  scopeMetrics: { scope: [1, { of: 'scope' }], metrics: [2, { of: 'metric' }], schemaUrl: [3, 'string'] },
  scope: { name: [1, 'string'], version: [2, 'string'], attributes: [3, { of: 'keyValue' }] },
  metric: {
    name: [1, 'string'],
    description: [2, 'string'],
    unit: [3, 'string'],
    gauge: [5, { of: 'numbers' }],
    sum: [7, { of: 'numbers' }],
    histogram: [9, { of: 'histogram' }],
    exponentialHistogram: [10, { of: 'exponential' }],
    summary: [11, { of: 'summary' }],
    metadata: [12, { of: 'keyValue' }],
  },
  numbers: { dataPoints: [1, { of: 'number' }], ...TEMPORALITY, isMonotonic: [3, 'bool'] },
  histogram: { dataPoints: [1, { of: 'histogramPoint' }], ...TEMPORALITY },
  exponential: { dataPoints: [1, { of: 'exponentialPoint' }], ...TEMPORALITY },
  summary: { dataPoints: [1, { of: 'summaryPoint' }] },
  number: {
    ...POINT,
    asDouble: [4, 'double'],
    exemplars: [5, { of: 'exemplar' }],
    asInt: [6, 'sfixed64'],
    attributes: [7, { of: 'keyValue' }],
    flags: [8, 'uint32'],
  },
  histogramPoint: {
    ...POINT,
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    bucketCounts: [6, { packed: 'fixed64' }],
    explicitBounds: [7, { packed: 'double' }],
    exemplars: [8, { of: 'exemplar' }],
    attributes: [9, { of: 'keyValue' }],
    flags: [10, 'uint32'],
    min: [11, 'double'],
    max: [12, 'double'],
  },
  exponentialPoint: {
    attributes: [1, { of: 'keyValue' }],
    ...POINT,
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    scale: [6, 'sint32'],
    zeroCount: [7, 'fixed64'],
    positive: [8, { of: 'buckets' }],
    negative: [9, { of: 'buckets' }],
    flags: [10, 'uint32'],
    exemplars: [11, { of: 'exemplar' }],
    min: [12, 'double'],
    max: [13, 'double'],
    zeroThreshold: [14, 'double'],
  },
  buckets: { offset: [1, 'sint32'], bucketCounts: [2, { packed: 'uint64' }] },
  summaryPoint: {
    ...POINT,
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    quantileValues: [6, { of: 'quantile' }],
    attributes: [7, { of: 'keyValue' }],
    flags: [8, 'uint32'],
  },
  quantile: { quantile: [1, 'double'], value: [2, 'double'] },
  exemplar: {
    timeUnixNano: [2, 'fixed64'],
    asDouble: [3, 'double'],
    spanId: [4, 'hex'],
    traceId: [5, 'hex'],
    asInt: [6, 'sfixed64'],
    filteredAttributes: [7, { of: 'keyValue' }],
  },
  keyValue: { key: [1, 'string'], value: [2, { of: 'anyValue' }] },
  anyValue: {
    stringValue: [1, 'string'],
    boolValue: [2, 'bool'],
    intValue: [3, 'int64'],
    doubleValue: [4, 'double'],
    arrayValue: [5, { of: 'values' }],
    kvlistValue: [6, { of: 'keyValues' }],
    bytesValue: [7, 'bytes'],
  },
  values: { values: [1, { of: 'anyValue' }] },
  keyValues: { values: [1, { of: 'keyValue' }] },
};

/** A request for metrics, traces or logs as protobuf. */
export function encodeOtlp(request: Sent): Buffer {
  return encodeMessage('request', request);
}

function encodeMessage(name: string, message: Sent): Buffer {
  const parts: Buffer[] = [];
  for (const [key, [field, encoding]] of Object.entries(MESSAGES[name] ?? {})) {
    const value = message[key];
    if (value === undefined) continue;
    if (typeof encoding === 'string') parts.push(tag(field, WIRE_TYPES[encoding]), encodeScalar(encoding, value));
    else if ('packed' in encoding)
      parts.push(
        lengthBefore(
          field,
          (value as unknown[]).map((one) => encodeScalar(encoding.packed, one)),
        ),
      );
    else for (const one of [value].flat() as Sent[]) parts.push(lengthBefore(field, [encodeMessage(encoding.of, one)]));
  }
  return Buffer.concat(parts);
}

function encodeScalar(encoding: Scalar, value: unknown): Buffer {
  const bytes = Buffer.alloc(8);
  switch (encoding) {
    case 'string':
    case 'hex':
    case 'bytes': {
      const content = Buffer.from(value as string, encoding === 'bytes' ? 'base64' : encoding === 'hex' ? 'hex' : 'utf8');
      return Buffer.concat([varint(BigInt(content.length)), content]);
    }
    case 'double':
      bytes.writeDoubleLE(Number(value));
      return bytes;
    case 'fixed64':
      bytes.writeBigUInt64LE(BigInt(value as string));
      return bytes;
    case 'sfixed64':
      bytes.writeBigInt64LE(BigInt(value as string));
      return bytes;
    case 'sint32':
      return varint(Number(value) < 0 ? BigInt(-2 * Number(value) - 1) : BigInt(2 * Number(value)));
    default:
      return varint(BigInt(value as string));
  }
}

function tag(field: number, wireType: number): Buffer {
  return varint(BigInt(field * 8 + wireType));
}

function lengthBefore(field: number, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([tag(field, 2), varint(BigInt(content.length)), content]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
