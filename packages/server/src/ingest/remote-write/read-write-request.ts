import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import type { BatchBuilder } from './batch-builder.ts';
import { type LabelSet, makeLabelSet, nameOf, refusedLabelSet, tooManyLabels } from './label-set.ts';
import type { BytesCache } from './bytes-cache.ts';
import { readExemplar } from './read-exemplar.ts';
import { readHistogram } from './read-histogram.ts';
import { readSample } from './read-sample.ts';
import { MOST_LABELS, ROOM } from './request-room.ts';
import { WireReader } from './wire-reader.ts';

// Tags (field number * 8 + wire type) of prometheus.WriteRequest and the messages in it.
const REQUEST_TIMESERIES = 0x0a;
const REQUEST_METADATA = 0x1a;
const SERIES_LABEL = 0x0a;
const SERIES_SAMPLE = 0x12;
const SERIES_EXEMPLAR = 0x1a;
const SERIES_HISTOGRAM = 0x22;
const LABEL_NAME = 0x0a;
const LABEL_VALUE = 0x12;
const METADATA_TYPE = 0x08;
const METADATA_NAME = 0x12;
const METADATA_HELP = 0x22;
const METADATA_UNIT = 0x2a;

/** By their numbers in both versions of the protocol. */
export const METRIC_TYPES: readonly MetricMetadata['type'][] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** Reads prometheus.WriteRequest (remote write 1.0) into `batch`. Returns the metadata. Throws RemoteWriteRefused. */
export function readWriteRequest(bytes: Uint8Array, cache: BytesCache<LabelSet>, batch: BatchBuilder): MetricMetadata[] {
  const reader = new WriteRequestReader(bytes, cache, batch);
  return reader.readRequest();
}

class WriteRequestReader {
  readonly #wire: WireReader;
  readonly #cache: BytesCache<LabelSet>;
  readonly #batch: BatchBuilder;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #labelsFrom = 0;
  #labelsTo = 0;
  readonly #readExemplarLabel = (tag: number, end: number, texts: string[]): string | undefined => {
    const wire = this.#wire;
    if (tag !== SERIES_LABEL) {
      wire.skip(tag, end);
      return undefined;
    }
    this.#batch.room.take(ROOM.label);
    const to = wire.readEnd(end);
    try {
      this.#readLabel(wire, to, texts);
      return undefined;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      wire.at = to;
      return 'An exemplar has a label that is not valid UTF-8.';
    }
  };
  readonly #readLabels = (): LabelSet => this.#decodeLabels(this.#wire.bytes, this.#labelsFrom, this.#labelsTo);

  constructor(bytes: Uint8Array, cache: BytesCache<LabelSet>, batch: BatchBuilder) {
    this.#wire = new WireReader(bytes);
    this.#cache = cache;
    this.#batch = batch;
  }

  readRequest(): MetricMetadata[] {
    const wire = this.#wire;
    const end = wire.bytes.length;
    const metadata: MetricMetadata[] = [];
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (tag === REQUEST_TIMESERIES) this.#readSeries(wire.readEnd(end));
      else if (tag === REQUEST_METADATA) {
        this.#batch.room.take(ROOM.metadata);
        metadata.push(this.#readMetadata(wire.readEnd(end)));
      } else wire.skip(tag, end);
    }
    return metadata;
  }

  #readSeries(end: number): void {
    this.#batch.room.take(ROOM.series);
    const wire = this.#wire;
    const bytes = wire.bytes;
    const start = wire.at;
    const known = start + this.#cache.skipNext(wire.view, start, end);
    let set: LabelSet | undefined;
    if (known > start && (known === end || bytes[known] !== SERIES_LABEL)) {
      set = this.#cache.found;
      wire.at = known;
    } else {
      while (wire.at < end && bytes[wire.at] === SERIES_LABEL) {
        wire.at++;
        wire.at = wire.readEnd(end);
      }
    }
    this.#labelsFrom = start;
    this.#labelsTo = wire.at;
    // Every sender writes the labels first and together; protobuf also allows them anywhere.
    if (!this.#isOneSample(end) && this.#labelsAreScattered(end)) set = this.#gatherLabels(start, end);
    set ??= this.#cache.get(wire.view, start, this.#labelsTo, this.#readLabels);
    wire.at = this.#labelsTo;
    this.#readSamples(set, end);
  }

  /** Whether a single sample is what is left of the series that ends at `end`, as it mostly is. */
  #isOneSample(end: number): boolean {
    const { at, bytes } = this.#wire;
    return bytes[at] === SERIES_SAMPLE && at + 2 + (bytes[at + 1] as number) === end && end - at - 2 < 0x80;
  }

  #readSamples(set: LabelSet, end: number): void {
    const wire = this.#wire;
    const batch = this.#batch;
    if (set.problem !== undefined) {
      this.#refuseSeries(set.problem, end);
      return;
    }
    const series = batch.seriesOf(set);
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (tag === SERIES_SAMPLE) readSample(wire, batch, series, wire.readEnd(end));
      else if (tag === SERIES_HISTOGRAM) readHistogram(wire, batch, series, wire.readEnd(end), () => nameOf(set));
      else if (tag === SERIES_EXEMPLAR) readExemplar(wire, batch, series, wire.readEnd(end), this.#readExemplarLabel);
      else wire.skip(tag, end);
    }
  }

  #refuseSeries(problem: string, end: number): void {
    const wire = this.#wire;
    const counts = { samples: 0, histograms: 0, exemplars: 0 };
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (tag === SERIES_SAMPLE) counts.samples++;
      else if (tag === SERIES_HISTOGRAM) counts.histograms++;
      else if (tag === SERIES_EXEMPLAR) counts.exemplars++;
      wire.skip(tag, end);
    }
    this.#batch.refuse(problem, 'samples', counts.samples);
    this.#batch.refuse(problem, 'histograms', counts.histograms);
    this.#batch.refuse(problem, 'exemplars', counts.exemplars);
  }

  /** Whether labels stand after the samples of the series that ends at `end`. */
  #labelsAreScattered(end: number): boolean {
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (tag === SERIES_LABEL) return true;
      wire.skip(tag, end);
    }
    return false;
  }

  #gatherLabels(start: number, end: number): LabelSet {
    const wire = this.#wire;
    const parts: Uint8Array[] = [];
    wire.at = start;
    while (wire.at < end) {
      const from = wire.at;
      const tag = wire.readUint32();
      wire.skip(tag, end);
      if (tag !== SERIES_LABEL) continue;
      parts.push(wire.bytes.subarray(from, wire.at));
      if (parts.length > MOST_LABELS) return tooManyLabels();
    }
    const bytes = Buffer.concat(parts);
    return { ...this.#decodeLabels(bytes, 0, bytes.length), ambiguous: true };
  }

  #decodeLabels(bytes: Uint8Array, from: number, to: number): LabelSet {
    const wire = new WireReader(bytes);
    wire.at = from;
    const texts: string[] = [];
    try {
      while (wire.at < to) {
        wire.readUint32();
        this.#readLabel(wire, wire.readEnd(to), texts);
        if (texts.length > 2 * MOST_LABELS) return tooManyLabels();
      }
    } catch (error) {
      if (error instanceof TypeError) return refusedLabelSet('A series has a label that is not valid UTF-8.');
      throw error;
    }
    return makeLabelSet(texts);
  }

  /** Adds a label's name and value. Throws TypeError where the bytes are not UTF-8. */
  #readLabel(wire: WireReader, end: number, texts: string[]): void {
    let name = '';
    let value = '';
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (tag === LABEL_NAME) name = this.#readText(wire, end);
      else if (tag === LABEL_VALUE) value = this.#readText(wire, end);
      else wire.skip(tag, end);
    }
    texts.push(name, value);
  }

  /** Throws TypeError where the bytes are not UTF-8. */
  #readText(wire: WireReader, end: number): string {
    const to = wire.readEnd(end);
    const text = this.#text.decode(wire.bytes.subarray(wire.at, to));
    wire.at = to;
    return text;
  }

  #readMetadata(end: number): MetricMetadata {
    const wire = this.#wire;
    let type: MetricMetadata['type'] = 'unknown';
    let metric = '';
    let help = '';
    let unit = '';
    try {
      while (wire.at < end) {
        const tag = wire.readUint32();
        if (tag === METADATA_TYPE) type = METRIC_TYPES[wire.readUint32()] ?? 'unknown';
        else if (tag === METADATA_NAME) metric = this.#readText(wire, end);
        else if (tag === METADATA_HELP) help = this.#readText(wire, end);
        else if (tag === METADATA_UNIT) unit = this.#readText(wire, end);
        else wire.skip(tag, end);
      }
    } catch (error) {
      if (error instanceof TypeError) throw wire.broken();
      throw error;
    }
    return { metric, type, help, unit };
  }
}
