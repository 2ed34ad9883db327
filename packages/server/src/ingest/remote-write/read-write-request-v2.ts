import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import type { BatchBuilder, Part } from './batch-builder.ts';
import { BytesCache, type BytesCacheLimits } from './bytes-cache.ts';
import {
  type LabelSet,
  makeLabelSet,
  makeTypedLabelSet,
  nameOf,
  refusedLabelSet,
  tooLongLabels,
  tooManyLabels,
} from './label-set.ts';
import { readExemplar } from './read-exemplar.ts';
import { readHistogram } from './read-histogram.ts';
import { METRIC_TYPES } from './read-write-request.ts';
import { readSample } from './read-sample.ts';
import { RemoteWriteRefused } from './remote-write-refused.ts';
import { MOST_LABEL_CHARACTERS, MOST_LABELS, type RequestRoom, ROOM } from './request-room.ts';
import { BYTES, WireReader } from './wire-reader.ts';

// Tags of io.prometheus.write.v2.Request and the messages in it.
const REQUEST_SYMBOL = 0x22;
const REQUEST_TIMESERIES = 0x2a;
const SERIES_LABEL_REFS = 1;
const MOST_REFS = 2 * MOST_LABELS;
const SERIES_SAMPLE = 0x12;
const SERIES_HISTOGRAM = 0x1a;
const SERIES_EXEMPLAR = 0x22;
const SERIES_METADATA = 0x2a;
const METADATA_TYPE = 0x08;
const METADATA_HELP = 0x18;
const METADATA_UNIT = 0x20;

/** A text of a request's symbol table. Equal ids are equal texts. */
interface KnownSymbol {
  readonly id: number;
  readonly text: string;
}

/** What a reader of remote write 2.0 remembers between requests. */
export class SymbolMemory {
  readonly symbols: BytesCache<KnownSymbol>;
  /** By the ids of the symbols, each as a double. */
  readonly labelSets: BytesCache<LabelSet>;
  #ids = 0;

  constructor(limits?: BytesCacheLimits) {
    this.symbols = new BytesCache(limits);
    this.labelSets = new BytesCache(limits ?? { entries: 200_000, bytes: 96 * 1024 * 1024 });
  }

  /** An id that no other symbol has or had. */
  newId(): number {
    return ++this.#ids;
  }
}

/** Reads io.prometheus.write.v2.Request (remote write 2.0) into `batch`. Returns the metadata. Throws RemoteWriteRefused. */
export function readWriteRequestV2(
  bytes: Uint8Array,
  memory: SymbolMemory,
  batch: BatchBuilder,
  typeAndUnitLabels: boolean,
): MetricMetadata[] {
  const wire = new WireReader(bytes);
  // A field may stand anywhere in protobuf, and series need all symbols.
  const symbols = readSymbols(wire, memory, batch.room);
  wire.at = 0;
  const metadata = new Map<string, MetricMetadata>();
  const reader = new SeriesReader(wire, symbols, memory, batch, metadata, typeAndUnitLabels);
  while (wire.at < bytes.length) {
    const tag = wire.readUint32();
    if (tag === REQUEST_TIMESERIES) reader.read(wire.readEnd(bytes.length));
    else wire.skip(tag, bytes.length);
  }
  return [...metadata.values()];
}

function readSymbols(wire: WireReader, memory: SymbolMemory, room: RequestRoom): KnownSymbol[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const end = wire.bytes.length;
  const symbols: KnownSymbol[] = [];
  let from = 0;
  let to = 0;
  const read = (): KnownSymbol => {
    try {
      return { id: memory.newId(), text: decoder.decode(wire.bytes.subarray(from, to)) };
    } catch (error) {
      throw new RemoteWriteRefused(400, `Symbol ${symbols.length} is not valid UTF-8.`, { cause: error });
    }
  };
  while (wire.at < end) {
    const tag = wire.readUint32();
    if (tag !== REQUEST_SYMBOL) {
      wire.skip(tag, end);
      continue;
    }
    room.take(ROOM.symbol);
    to = wire.readEnd(end);
    from = wire.at;
    symbols.push(memory.symbols.get(wire.view, from, to, read));
    wire.at = to;
  }
  if (symbols.length > 0 && symbols[0]?.text !== '')
    throw new RemoteWriteRefused(400, 'The first symbol must be the empty text.');
  return symbols;
}

class SeriesReader {
  readonly #wire: WireReader;
  readonly #symbols: readonly KnownSymbol[];
  readonly #memory: SymbolMemory;
  readonly #batch: BatchBuilder;
  readonly #metadata: Map<string, MetricMetadata>;
  readonly #typeAndUnitLabels: boolean;
  #ids = new DataView(new ArrayBuffer(1024));
  readonly #readExemplarLabels = (tag: number, end: number, texts: string[]): string | undefined => {
    const refs: number[] = [];
    this.#readRefs(tag, end, refs);
    if (refs.length > MOST_REFS) return `An exemplar has more than ${MOST_LABELS} labels, which is more than can be stored.`;
    for (const ref of refs) {
      const symbol = this.#symbols[ref];
      if (symbol === undefined) return `An exemplar refers to symbol ${ref}; the request has ${this.#symbols.length}.`;
      this.#batch.room.take(ROOM.label + symbol.text.length);
      texts.push(symbol.text);
    }
    return undefined;
  };

  constructor(
    wire: WireReader,
    symbols: readonly KnownSymbol[],
    memory: SymbolMemory,
    batch: BatchBuilder,
    metadata: Map<string, MetricMetadata>,
    typeAndUnitLabels: boolean,
  ) {
    this.#wire = wire;
    this.#symbols = symbols;
    this.#memory = memory;
    this.#batch = batch;
    this.#metadata = metadata;
    this.#typeAndUnitLabels = typeAndUnitLabels;
  }

  read(end: number): void {
    const wire = this.#wire;
    this.#batch.room.take(ROOM.series);
    const start = wire.at;
    const refs: number[] = [];
    const counts = { samples: 0, histograms: 0, exemplars: 0 };
    let metadataAt = -1;
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (tag >>> 3 === SERIES_LABEL_REFS) this.#readRefs(tag, end, refs);
      else {
        if (tag === SERIES_SAMPLE) counts.samples++;
        else if (tag === SERIES_HISTOGRAM) counts.histograms++;
        else if (tag === SERIES_EXEMPLAR) counts.exemplars++;
        else if (tag === SERIES_METADATA) metadataAt = wire.at;
        wire.skip(tag, end);
      }
    }
    const told = metadataAt === -1 ? undefined : this.#readMetadata(metadataAt, end);
    const set = this.#resolve(refs, this.#typeAndUnitLabels ? told : undefined);
    const problem = set.problem ?? shapeProblem(set, counts, metadataAt !== -1);
    if (problem !== undefined) {
      wire.at = end;
      this.#batch.refuse(problem, 'samples', counts.samples);
      this.#batch.refuse(problem, 'histograms', counts.histograms);
      this.#batch.refuse(problem, 'exemplars', counts.exemplars);
      return;
    }
    if (told !== undefined) this.#learn(told, metricOf(refs, this.#symbols), counts.histograms > 0);
    if (counts.samples + counts.histograms + counts.exemplars > 0) this.#readSamples(start, end, set);
    wire.at = end;
  }

  #readRefs(tag: number, end: number, refs: number[]): void {
    const wire = this.#wire;
    // Packed, or one by one: protobuf wants readers to take both.
    const to = (tag & 7) === BYTES ? wire.readEnd(end) : wire.at + 1;
    while (wire.at < to) {
      const ref = wire.readUint32();
      // One more tells that there are too many.
      if (refs.length <= MOST_REFS) refs.push(ref);
    }
    if (wire.at > end) throw wire.broken();
  }

  #resolve(refs: readonly number[], told: SeriesMetadata | undefined): LabelSet {
    if (refs.length > MOST_REFS) return tooManyLabels();
    if (refs.length % 2 !== 0) return refusedLabelSet('A series has an odd number of label references.');
    const bytes = (refs.length + (told === undefined ? 0 : 2)) * 8;
    if (bytes > this.#ids.byteLength) this.#ids = new DataView(new ArrayBuffer(bytes * 2));
    // A symbol is written once, however long it is and however many labels have it.
    let characters = 0;
    for (const [i, ref] of refs.entries()) {
      const symbol = this.#symbols[ref];
      if (symbol === undefined)
        return refusedLabelSet(`A series refers to symbol ${ref}; the request has ${this.#symbols.length}.`);
      this.#ids.setFloat64(i * 8, symbol.id, true);
      characters += symbol.text.length;
    }
    if (characters > MOST_LABEL_CHARACTERS) return tooLongLabels();
    if (told !== undefined) {
      this.#ids.setFloat64(refs.length * 8, METRIC_TYPES.indexOf(told.type), true);
      this.#ids.setFloat64(refs.length * 8 + 8, told.unit.id, true);
    }
    const read = (): LabelSet => {
      const texts = refs.map((ref) => (this.#symbols[ref] as KnownSymbol).text);
      return told === undefined ? makeLabelSet(texts) : makeTypedLabelSet(texts, { type: told.type, unit: told.unit.text });
    };
    return this.#memory.labelSets.get(this.#ids, 0, bytes, read, characters);
  }

  #readSamples(start: number, end: number, set: LabelSet): void {
    const wire = this.#wire;
    const batch = this.#batch;
    const series = batch.seriesOf(set);
    wire.at = start;
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (tag === SERIES_SAMPLE) readSample(wire, batch, series, wire.readEnd(end));
      else if (tag === SERIES_HISTOGRAM) readHistogram(wire, batch, series, wire.readEnd(end), () => nameOf(set));
      else if (tag === SERIES_EXEMPLAR) readExemplar(wire, batch, series, wire.readEnd(end), this.#readExemplarLabels);
      else wire.skip(tag, end);
    }
  }

  #readMetadata(at: number, seriesEnd: number): SeriesMetadata {
    const wire = this.#wire;
    wire.at = at;
    const end = wire.readEnd(seriesEnd);
    let type: MetricMetadata['type'] = 'unknown';
    let help = NO_SYMBOL;
    let unit = NO_SYMBOL;
    while (wire.at < end) {
      const tag = wire.readUint32();
      if (tag === METADATA_TYPE) type = METRIC_TYPES[wire.readUint32()] ?? 'unknown';
      else if (tag === METADATA_HELP) help = this.#symbols[wire.readUint32()] ?? NO_SYMBOL;
      else if (tag === METADATA_UNIT) unit = this.#symbols[wire.readUint32()] ?? NO_SYMBOL;
      else wire.skip(tag, end);
    }
    return { type, help, unit };
  }

  #learn({ type, help: { text: help }, unit: { text: unit } }: SeriesMetadata, metric: string, native: boolean): void {
    if (type === 'unknown' && help === '' && unit === '') return;
    const family = native ? metric : familyOf(metric, type);
    this.#batch.room.take(ROOM.metadata + help.length);
    this.#metadata.set(family, { metric: family, type, help, unit });
  }
}

/** What a series says of its metric. */
interface SeriesMetadata {
  readonly type: MetricMetadata['type'];
  readonly help: KnownSymbol;
  readonly unit: KnownSymbol;
}

const NO_SYMBOL: KnownSymbol = { id: 0, text: '' };

/** Each series carries the metadata of its family, whose name is without the ending of a part. */
function familyOf(metric: string, type: MetricMetadata['type']): string {
  if (type === 'histogram' || type === 'gaugehistogram') return metric.replace(/_(?:bucket|count|sum|gcount|gsum)$/, '');
  return type === 'summary' ? metric.replace(/_(?:count|sum)$/, '') : metric;
}

/** What the specification wants of a series' parts; undefined where they are as it says. */
function shapeProblem(
  set: LabelSet,
  { samples, histograms, exemplars }: Readonly<Record<Part, number>>,
  hasMetadata: boolean,
): string | undefined {
  if (samples > 0 && histograms > 0) return `Series ${nameOf(set)} has samples and histograms; send them as two series.`;
  // Earlier Prometheus servers send exemplars by themselves, and metadata alone loses nothing.
  if (samples + histograms + exemplars > 0 || hasMetadata) return undefined;
  return `Series ${nameOf(set)} has neither samples nor histograms.`;
}

function metricOf(refs: readonly number[], symbols: readonly KnownSymbol[]): string {
  for (let i = 0; i < refs.length; i += 2) {
    if (symbols[refs[i] as number]?.text === '__name__') return symbols[refs[i + 1] as number]?.text ?? '';
  }
  return '';
}
