import { WireReader } from '../remote-write/wire-reader.ts';
import { type AnyValue, attributeText } from './attribute-text.ts';
import {
  type Attribute,
  type Buckets,
  type ExponentialPoint,
  type HistogramPoint,
  type Metric,
  type MetricData,
  MOST_DEPTH,
  MOST_PARTS,
  NO_BUCKETS,
  type NumberPoint,
  type OtlpExemplar,
  type ResourceMetrics,
  type ScopeMetrics,
  type SummaryPoint,
  type Temporality,
  temporalityOf,
  tooDeep,
  tooManyParts,
} from './otlp-metrics.ts';
import { BodyRefused } from '../body-refused.ts';

const TWO_32 = 2 ** 32;

/**
 * Reads ExportMetricsServiceRequest. Throws BodyRefused, or RemoteWriteRefused where the bytes are no such message.
 * Field numbers are those of opentelemetry/proto/metrics/v1/metrics.proto.
 */
export function readMetricsProtobuf(bytes: Uint8Array): ResourceMetrics[] {
  return new MetricsReader(bytes).read();
}

/** How many spans or log records a request for traces or logs holds: their messages are built alike. Throws as above. */
export function countRecordsProtobuf(bytes: Uint8Array): number {
  const wire = new WireReader(bytes);
  let records = 0;
  const walk = (end: number, depth: number): void => {
    while (wire.at < end) {
      const tag = wire.readUint32();
      if ((depth === 0 && tag === 0x0a) || (depth === 1 && tag === 0x12)) walk(wire.readEnd(end), depth + 1);
      else {
        if (depth === 2 && tag === 0x12) records++;
        wire.skip(tag, end);
      }
    }
  };
  walk(bytes.length, 0);
  return records;
}

/** What the points of all kinds have. */
interface PointParts {
  attributes: Attribute[];
  startMs: number;
  timeMs: number;
  stale: boolean;
  exemplars: OtlpExemplar[];
}

class MetricsReader {
  readonly #wire: WireReader;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #parts = 0;

  constructor(bytes: Uint8Array) {
    this.#wire = new WireReader(bytes);
  }

  read(): ResourceMetrics[] {
    const resources: ResourceMetrics[] = [];
    this.#fields(this.#wire.bytes.length, (field, end) => {
      if (field !== 1) return false;
      resources.push(this.#resource(end));
      return true;
    });
    return resources;
  }

  #resource(end: number): ResourceMetrics {
    const attributes: Attribute[] = [];
    const scopes: ScopeMetrics[] = [];
    this.#fields(end, (field, to) => {
      if (field === 1) this.#attributesIn(to, 1, attributes);
      else if (field === 2) scopes.push(this.#scope(to));
      else return false;
      return true;
    });
    return { attributes, scopes };
  }

  #scope(end: number): ScopeMetrics {
    const metrics: Metric[] = [];
    const attributes: Attribute[] = [];
    let [name, version, schemaUrl] = ['', '', ''];
    this.#fields(end, (field, to) => {
      if (field === 1) {
        this.#fields(to, (inner, at) => {
          if (inner === 1) name = this.#string(at);
          else if (inner === 2) version = this.#string(at);
          else if (inner === 3) attributes.push(this.#attribute(at));
          else return false;
          return true;
        });
      } else if (field === 2) metrics.push(this.#metric(to));
      else if (field === 3) schemaUrl = this.#string(to);
      else return false;
      return true;
    });
    return { name, version, schemaUrl, attributes, metrics };
  }

  #metric(end: number): Metric {
    let [name, description, unit, prometheusType] = ['', '', '', ''];
    let data: MetricData | undefined;
    this.#fields(end, (field, to) => {
      if (field === 1) name = this.#string(to);
      else if (field === 2) description = this.#string(to);
      else if (field === 3) unit = this.#string(to);
      else if (field === 5 || field === 7 || field === 9 || field === 10 || field === 11) data = this.#data(field, to);
      else if (field === 12) {
        const [key, value] = this.#attribute(to);
        if (key === 'prometheus.type') prometheusType = value;
      } else return false;
      return true;
    });
    return { name, description, unit, prometheusType, data };
  }

  #data(kind: 5 | 7 | 9 | 10 | 11, end: number): MetricData {
    const numbers: NumberPoint[] = [];
    const histograms: HistogramPoint[] = [];
    const exponentials: ExponentialPoint[] = [];
    const summaries: SummaryPoint[] = [];
    let temporality: Temporality = 'unspecified';
    let monotonic = false;
    this.#fields(
      end,
      (field, to) => {
        if (field !== 1) return false;
        if (kind === 9) histograms.push(this.#histogram(to));
        else if (kind === 10) exponentials.push(this.#exponential(to));
        else if (kind === 11) summaries.push(this.#summary(to));
        else numbers.push(this.#number(to));
        return true;
      },
      (tag) => {
        if (tag === 0x10) temporality = temporalityOf(this.#wire.readUint32());
        else if (tag === 0x18) monotonic = this.#wire.readUint32() !== 0;
        else return false;
        return true;
      },
    );
    if (kind === 5) return { kind: 'gauge', points: numbers };
    if (kind === 7) return { kind: 'sum', temporality, monotonic, points: numbers };
    if (kind === 9) return { kind: 'histogram', temporality, points: histograms };
    if (kind === 10) return { kind: 'exponential', temporality, points: exponentials };
    return { kind: 'summary', points: summaries };
  }

  #number(end: number): NumberPoint {
    const point = newPoint();
    let value: number | undefined;
    this.#fields(
      end,
      (field, to) => this.#partOfPoint(field, 7, 5, to, point),
      (tag) => {
        if (tag === 0x21) value = this.#double();
        else if (tag === 0x31) value = this.#fixed64(true);
        else return this.#scalarOfPoint(tag, 0x40, point);
        return true;
      },
    );
    return { ...point, value };
  }

  #histogram(end: number): HistogramPoint {
    const point = newPoint();
    const bounds: number[] = [];
    const counts: number[] = [];
    let count = 0;
    let sum: number | undefined;
    this.#fields(
      end,
      (field, to) => {
        if (field === 6) this.#packed(to, counts, () => this.#fixed64());
        else if (field === 7) this.#packed(to, bounds, () => this.#double());
        else return this.#partOfPoint(field, 9, 8, to, point);
        return true;
      },
      (tag) => {
        if (tag === 0x21) count = this.#fixed64();
        else if (tag === 0x29) sum = this.#double();
        else if (tag === 0x31) counts.push(this.#counted(this.#fixed64()));
        else if (tag === 0x39) bounds.push(this.#counted(this.#double()));
        else return this.#scalarOfPoint(tag, 0x50, point);
        return true;
      },
    );
    return { ...point, count, sum, bounds, counts };
  }

  #exponential(end: number): ExponentialPoint {
    const point = newPoint();
    let [count, scale, zeroCount, zeroThreshold] = [0, 0, 0, 0];
    let sum: number | undefined;
    let positive = NO_BUCKETS;
    let negative = NO_BUCKETS;
    this.#fields(
      end,
      (field, to) => {
        if (field === 8) positive = this.#buckets(to);
        else if (field === 9) negative = this.#buckets(to);
        else return this.#partOfPoint(field, 1, 11, to, point);
        return true;
      },
      (tag) => {
        if (tag === 0x21) count = this.#fixed64();
        else if (tag === 0x29) sum = this.#double();
        else if (tag === 0x30) scale = this.#zigzag();
        else if (tag === 0x39) zeroCount = this.#fixed64();
        else if (tag === 0x71) zeroThreshold = this.#double();
        else return this.#scalarOfPoint(tag, 0x50, point);
        return true;
      },
    );
    return { ...point, count, sum, scale, zeroCount, zeroThreshold, positive, negative };
  }

  #buckets(end: number): Buckets {
    const counts: number[] = [];
    let from = 0;
    this.#fields(
      end,
      (field, to) => {
        if (field !== 2) return false;
        this.#packed(to, counts, () => this.#wire.readInt64());
        return true;
      },
      (tag) => {
        if (tag === 0x08) from = this.#zigzag();
        else if (tag === 0x10) counts.push(this.#counted(this.#wire.readInt64()));
        else return false;
        return true;
      },
    );
    return { from, counts };
  }

  #summary(end: number): SummaryPoint {
    const point = newPoint();
    const quantiles: [number, number][] = [];
    let [count, sum] = [0, 0];
    this.#fields(
      end,
      (field, to) => {
        if (field !== 6) return this.#partOfPoint(field, 7, -1, to, point);
        let [quantile, value] = [0, 0];
        this.#fields(
          to,
          () => false,
          (tag) => {
            if (tag === 0x09) quantile = this.#double();
            else if (tag === 0x11) value = this.#double();
            else return false;
            return true;
          },
        );
        quantiles.push([quantile, value]);
        return true;
      },
      (tag) => {
        if (tag === 0x21) count = this.#fixed64();
        else if (tag === 0x29) sum = this.#double();
        else return this.#scalarOfPoint(tag, 0x40, point);
        return true;
      },
    );
    return { ...point, count, sum, quantiles };
  }

  #partOfPoint(field: number, attributes: number, exemplars: number, end: number, point: PointParts): boolean {
    if (field === attributes) point.attributes.push(this.#attribute(end));
    else if (field === exemplars) {
      point.exemplars.push(this.#exemplar(end));
    } else return false;
    return true;
  }

  #exemplar(end: number): OtlpExemplar {
    const attributes: Attribute[] = [];
    let [traceId, spanId, value, timeMs] = ['', '', 0, 0];
    this.#fields(
      end,
      (field, to) => {
        if (field === 4) spanId = this.#hex(to);
        else if (field === 5) traceId = this.#hex(to);
        else if (field === 7) attributes.push(this.#attribute(to));
        else return false;
        return true;
      },
      (tag) => {
        if (tag === 0x11) timeMs = this.#timeMs();
        else if (tag === 0x19) value = this.#double();
        else if (tag === 0x31) value = this.#fixed64(true);
        else return false;
        return true;
      },
    );
    return { traceId, spanId, attributes, value, timeMs };
  }

  /** The times stand in the same fields of all points; the flags do not. */
  #scalarOfPoint(tag: number, flags: number, point: PointParts): boolean {
    if (tag === 0x11) point.startMs = this.#timeMs();
    else if (tag === 0x19) point.timeMs = this.#timeMs();
    else if (tag === flags) point.stale = (this.#wire.readUint32() & 1) === 1;
    else return false;
    return true;
  }

  #attributesIn(end: number, wanted: number, into: Attribute[]): void {
    this.#fields(end, (field, to) => {
      if (field !== wanted) return false;
      into.push(this.#attribute(to));
      return true;
    });
  }

  #attribute(end: number): Attribute {
    const [key, value] = this.#keyValue(end, 0);
    return [key, attributeText(value)];
  }

  #keyValue(end: number, depth: number): readonly [string, AnyValue] {
    let key = '';
    let value: AnyValue = null;
    this.#fields(end, (field, to) => {
      if (field === 1) key = this.#string(to);
      else if (field === 2) value = this.#value(to, depth);
      else return false;
      return true;
    });
    return [key, value];
  }

  #value(end: number, depth: number): AnyValue {
    if (depth > MOST_DEPTH) throw tooDeep();
    let value: AnyValue = null;
    this.#fields(
      end,
      (field, to) => {
        if (field === 1) value = this.#string(to);
        else if (field === 5) {
          const list: AnyValue[] = [];
          this.#fields(to, (inner, at) => {
            if (inner !== 1) return false;
            list.push(this.#value(at, depth + 1));
            return true;
          });
          value = list;
        } else if (field === 6) {
          const entries: (readonly [string, AnyValue])[] = [];
          this.#fields(to, (inner, at) => {
            if (inner !== 1) return false;
            entries.push(this.#keyValue(at, depth + 1));
            return true;
          });
          value = { entries };
        } else if (field === 7) {
          value = this.#wire.bytes.slice(this.#wire.at, to);
          this.#wire.at = to;
        } else return false;
        return true;
      },
      (tag) => {
        if (tag === 0x10) value = this.#wire.readUint32() !== 0;
        else if (tag === 0x18) value = this.#int64();
        else if (tag === 0x21) value = this.#double();
        else return false;
        return true;
      },
    );
    return value;
  }

  /**
   * Walks over a message's fields. `message` is asked for fields of bytes, with their number and end, `scalar` for all
   * others, with their tag; what they do not take (false) is passed over.
   */
  #fields(end: number, message: (field: number, end: number) => boolean, scalar: (tag: number) => boolean = () => false): void {
    this.#counted(0);
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.readUint32();
      const start = wire.at;
      if ((tag & 7) === 2) {
        const to = wire.readEnd(end);
        if (!message(tag >>> 3, to)) wire.at = to;
        if (wire.at !== to) throw wire.broken();
      } else if (!scalar(tag)) {
        wire.at = start;
        wire.skip(tag, end);
      }
      if (wire.at > end) throw wire.broken();
    }
  }

  #packed(end: number, into: number[], read: () => number): void {
    while (this.#wire.at < end) into.push(this.#counted(read()));
  }

  #counted<T>(value: T): T {
    if (++this.#parts > MOST_PARTS) throw tooManyParts();
    return value;
  }

  #string(end: number): string {
    const { bytes, at } = this.#wire;
    this.#wire.at = end;
    try {
      return this.#text.decode(bytes.subarray(at, end));
    } catch (error) {
      throw new BodyRefused(400, `The text at byte ${at} of the request is not UTF-8.`, { cause: error });
    }
  }

  #hex(end: number): string {
    const { bytes, at } = this.#wire;
    this.#wire.at = end;
    return Buffer.from(bytes.subarray(at, end)).toString('hex');
  }

  #double(): number {
    const { at } = this.#wire;
    this.#wire.readWord();
    this.#wire.readWord();
    return this.#wire.view.getFloat64(at, true);
  }

  /** Beyond 2^53 it is rounded, as a sample's value is. */
  #fixed64(signed = false): number {
    const low = this.#wire.readWord() >>> 0;
    const high = this.#wire.readWord();
    return (signed ? high : high >>> 0) * TWO_32 + low;
  }

  #int64(): AnyValue {
    const start = this.#wire.at;
    const value = this.#wire.readInt64();
    if (Number.isSafeInteger(value)) return value;
    let exact = 0n;
    for (let at = this.#wire.at - 1; at >= start; at--) exact = (exact << 7n) | BigInt((this.#wire.bytes[at] as number) & 0x7f);
    return BigInt.asIntN(64, exact);
  }

  #zigzag(): number {
    const value = this.#wire.readUint32();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Nanoseconds, as whole milliseconds; exact, though there are more of them than a double counts. */
  #timeMs(): number {
    const low = this.#wire.readWord() >>> 0;
    const high = this.#wire.readWord() >>> 0;
    // 2^32 ns are 4294 ms and 967296 ns.
    return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
  }
}

function newPoint(): PointParts {
  return { attributes: [], startMs: 0, timeMs: 0, stale: false, exemplars: [] };
}
