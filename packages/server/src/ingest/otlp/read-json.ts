import { isUtf8 } from 'node:buffer';
import { type AnyValue, attributeText } from './attribute-text.ts';
import {
  type Attribute,
  type Buckets,
  type Metric,
  type MetricData,
  MOST_DEPTH,
  MOST_PARTS,
  NO_BUCKETS,
  type NumberPoint,
  type OtlpExemplar,
  type Point,
  type ResourceMetrics,
  type ScopeMetrics,
  temporalityOf,
  tooDeep,
  tooManyParts,
} from './otlp-metrics.ts';
import { BodyRefused } from '../body-refused.ts';

type Json = Readonly<Record<string, unknown>>;

/** Reads ExportMetricsServiceRequest as OTLP's JSON has it: camelCase names, 64-bit numbers as text or number. Throws BodyRefused. */
export function readMetricsJson(bytes: Uint8Array): ResourceMetrics[] {
  return listIn(parseJson(bytes), 'resourceMetrics', '', (resource, at) => ({
    attributes: attributesIn(memberOf(resource, 'resource', at), `${at}.resource`),
    scopes: listIn(resource, 'scopeMetrics', at, readScope),
  }));
}

/** How many spans or log records a request holds. Throws BodyRefused. */
export function countRecordsJson(bytes: Uint8Array, signal: 'traces' | 'logs'): number {
  const [resources, scopes, records] =
    signal === 'traces' ? ['resourceSpans', 'scopeSpans', 'spans'] : ['resourceLogs', 'scopeLogs', 'logRecords'];
  let count = 0;
  listIn(parseJson(bytes), resources, '', (resource, at) =>
    listIn(resource, scopes, at, (scope, to) => {
      count += listIn(scope, records, to, () => 0).length;
    }),
  );
  return count;
}

const [BRACE, BRACKET, COMMA] = [0x7b, 0x5b, 0x2c];
/** An object or a list takes more memory than a number. */
const WEIGHT = 4;

function parseJson(bytes: Uint8Array): Json {
  if (!isUtf8(bytes)) throw new BodyRefused(400, 'The body is not UTF-8, as JSON is.');
  // Told before the parser takes memory for it: every value in a list or object follows one of these.
  let weight = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === BRACE || byte === BRACKET) weight += WEIGHT;
    else if (byte === COMMA) weight++;
  }
  if (weight > WEIGHT * MOST_PARTS) throw tooManyParts();
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch (error) {
    throw new BodyRefused(400, 'The body is not JSON, or is cut off.', { cause: error });
  }
  return objectOf(parsed, 'body');
}

function readScope(scope: Json, at: string): ScopeMetrics {
  const inner = memberOf(scope, 'scope', at);
  return {
    name: textOf(inner, 'name', at),
    version: textOf(inner, 'version', at),
    schemaUrl: textOf(scope, 'schemaUrl', at),
    attributes: attributesIn(inner, `${at}.scope`),
    metrics: listIn(scope, 'metrics', at, readMetric),
  };
}

function readMetric(metric: Json, at: string): Metric {
  return {
    name: textOf(metric, 'name', at),
    description: textOf(metric, 'description', at),
    unit: textOf(metric, 'unit', at),
    prometheusType: attributesIn(metric, at, 'metadata').find(([key]) => key === 'prometheus.type')?.[1] ?? '',
    data: readData(metric, at),
  };
}

function readData(metric: Json, at: string): MetricData | undefined {
  for (const kind of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const) {
    if (metric[kind] === undefined || metric[kind] === null) continue;
    const where = `${at}.${kind}`;
    const data = objectOf(metric[kind], where);
    const temporality = temporalityOf(numberIn(data, 'aggregationTemporality', where));
    switch (kind) {
      case 'gauge':
        return { kind, points: listIn(data, 'dataPoints', where, readNumber) };
      case 'sum':
        return {
          kind,
          temporality,
          monotonic: data['isMonotonic'] === true,
          points: listIn(data, 'dataPoints', where, readNumber),
        };
      case 'histogram':
        return {
          kind,
          temporality,
          points: listIn(data, 'dataPoints', where, (point, to) => ({
            ...readPoint(point, to),
            count: numberIn(point, 'count', to),
            sum: optionalNumber(point['sum'], `${to}.sum`),
            bounds: numbersIn(point, 'explicitBounds', to),
            counts: numbersIn(point, 'bucketCounts', to),
          })),
        };
      case 'exponentialHistogram':
        return {
          kind: 'exponential',
          temporality,
          points: listIn(data, 'dataPoints', where, (point, to) => ({
            ...readPoint(point, to),
            count: numberIn(point, 'count', to),
            sum: optionalNumber(point['sum'], `${to}.sum`),
            scale: numberIn(point, 'scale', to),
            zeroCount: numberIn(point, 'zeroCount', to),
            zeroThreshold: numberIn(point, 'zeroThreshold', to),
            positive: bucketsIn(point, 'positive', to),
            negative: bucketsIn(point, 'negative', to),
          })),
        };
      case 'summary':
        return {
          kind,
          points: listIn(data, 'dataPoints', where, (point, to) => ({
            ...readPoint(point, to),
            count: numberIn(point, 'count', to),
            sum: numberIn(point, 'sum', to),
            quantiles: listIn(point, 'quantileValues', to, (value, inner) => [
              numberIn(value, 'quantile', inner),
              numberIn(value, 'value', inner),
            ]),
          })),
        };
    }
  }
  return undefined;
}

function readNumber(point: Json, at: string): NumberPoint {
  const value = optionalNumber(point['asDouble'], `${at}.asDouble`) ?? optionalNumber(point['asInt'], `${at}.asInt`);
  return { ...readPoint(point, at), value };
}

function readPoint(point: Json, at: string): Point {
  return {
    attributes: attributesIn(point, at),
    startMs: timeIn(point, 'startTimeUnixNano', at),
    timeMs: timeIn(point, 'timeUnixNano', at),
    stale: (numberIn(point, 'flags', at) & 1) === 1,
    exemplars: listIn(point, 'exemplars', at, readExemplar),
  };
}

function readExemplar(exemplar: Json, at: string): OtlpExemplar {
  return {
    traceId: idIn(exemplar, 'traceId', at),
    spanId: idIn(exemplar, 'spanId', at),
    attributes: attributesIn(exemplar, at, 'filteredAttributes'),
    value: optionalNumber(exemplar['asDouble'], `${at}.asDouble`) ?? optionalNumber(exemplar['asInt'], `${at}.asInt`) ?? 0,
    timeMs: timeIn(exemplar, 'timeUnixNano', at),
  };
}

/** Other bytes are base64 in JSON; ids are hexadecimal. */
function idIn(holder: Json, name: string, at: string): string {
  const id = textOf(holder, name, at);
  if (!/^[0-9a-f]*$/i.test(id)) throw problem(`${at}.${name}`, 'is not hexadecimal');
  return id.toLowerCase();
}

function bucketsIn(point: Json, name: string, at: string): Buckets {
  const buckets = memberOf(point, name, at);
  if (buckets === NOTHING) return NO_BUCKETS;
  return { from: numberIn(buckets, 'offset', `${at}.${name}`), counts: numbersIn(buckets, 'bucketCounts', `${at}.${name}`) };
}

function attributesIn(holder: Json, at: string, name = 'attributes'): Attribute[] {
  return listIn(holder, name, at, (attribute, to) => [textOf(attribute, 'key', to), attributeText(valueIn(attribute, to, 0))]);
}

function valueIn(attribute: Json, at: string, depth: number): AnyValue {
  return valueOf(memberOf(attribute, 'value', at), `${at}.value`, depth);
}

function valueOf(value: Json, at: string, depth: number): AnyValue {
  if (depth > MOST_DEPTH) throw tooDeep();
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (intValue !== undefined && intValue !== null) return bigIn(intValue, `${at}.intValue`);
  if (doubleValue !== undefined && doubleValue !== null) return numberOf(doubleValue, `${at}.doubleValue`);
  if (arrayValue !== undefined && arrayValue !== null) {
    const where = `${at}.arrayValue`;
    return listIn(objectOf(arrayValue, where), 'values', where, (member, to) => valueOf(member, to, depth + 1));
  }
  if (kvlistValue !== undefined && kvlistValue !== null) {
    const where = `${at}.kvlistValue`;
    return {
      entries: listIn(objectOf(kvlistValue, where), 'values', where, (member, to) => [
        textOf(member, 'key', to),
        valueIn(member, to, depth + 1),
      ]),
    };
  }
  return typeof bytesValue === 'string' ? Buffer.from(bytesValue, 'base64') : null;
}

const NOTHING: Json = {};

function memberOf(holder: Json, name: string, at: string): Json {
  const value = holder[name];
  return value === undefined || value === null ? NOTHING : objectOf(value, `${at}.${name}`);
}

function objectOf(value: unknown, at: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw problem(at, 'is not an object');
}

function listIn<T>(holder: Json, name: string, at: string, read: (value: Json, at: string) => T): T[] {
  const value = holder[name];
  if (value === undefined || value === null) return [];
  const where = at === '' ? name : `${at}.${name}`;
  if (!Array.isArray(value)) throw problem(where, 'is not a list');
  return value.map((member, index) => read(objectOf(member, `${where}[${index}]`), `${where}[${index}]`));
}

function numbersIn(holder: Json, name: string, at: string): number[] {
  const value = holder[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw problem(`${at}.${name}`, 'is not a list');
  return value.map((member, index) => numberOf(member, `${at}.${name}[${index}]`));
}

function textOf(holder: Json, name: string, at: string): string {
  const value = holder[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw problem(`${at}.${name}`, 'is not a text');
  return value;
}

/** 0 where it is not there, as protobuf has it. */
function numberIn(holder: Json, name: string, at: string): number {
  return optionalNumber(holder[name], `${at}.${name}`) ?? 0;
}

function optionalNumber(value: unknown, at: string): number | undefined {
  return value === undefined || value === null ? undefined : numberOf(value, at);
}

/** "NaN", "Infinity" and "-Infinity" are how JSON of protobuf writes these. */
function numberOf(value: unknown, at: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^(NaN|-?Infinity|[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?)$/i.test(value)) return Number(value);
  throw problem(at, 'is not a number');
}

function bigIn(value: unknown, at: string): number | bigint {
  if (typeof value === 'string' && /^-?\d{16,20}$/.test(value)) return BigInt(value);
  return numberOf(value, at);
}

function timeIn(holder: Json, name: string, at: string): number {
  const value = holder[name];
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return Number(value.slice(0, -6));
  const nanos = numberIn(holder, name, at);
  if (!(nanos >= 0)) throw problem(`${at}.${name}`, 'is not a time in nanoseconds since 1970');
  return Math.floor(nanos / 1_000_000);
}

function problem(at: string, what: string): BodyRefused {
  return new BodyRefused(400, `${at.slice(0, 200)} ${what}, so the request cannot be read.`);
}
