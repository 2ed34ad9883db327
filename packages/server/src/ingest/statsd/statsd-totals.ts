import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { MetricMetadata, SampleBatch } from '@vitrine/model/sample-store.ts';
import type { MappedType, Mapped, Mappings } from '../lines/mappings.ts';
import { type Refusal, shown } from '../lines/refusals.ts';
import { ownText, TextCache } from '../lines/text-cache.ts';
import type { Sender } from '../sender.ts';
import { SampleRows } from './sample-rows.ts';
import type { StatsdLine, StatsdType } from './read-statsd-line.ts';
import { readStatsdName } from './statsd-name.ts';
import { type Total, totalOf } from './totals.ts';

export interface TotalsLimits {
  /** Series as StatsD has them: a histogram is one. */
  readonly series: number;
  /** Characters of all series' labels, and numbers that histograms and summaries keep. */
  readonly keyChars: number;
  readonly cells: number;
  /** Members of all sets. */
  readonly members: number;
}

const LIMITS: TotalsLimits = { series: 100_000, keyChars: 64 * 1024 * 1024, cells: 8_000_000, members: 1_000_000 };
const BATCH_SAMPLES = 20_000;
/** Where no rule says otherwise, as long as Prometheus looks back and DogStatsD remembers. */
const TTL_MS = 5 * 60_000;
const TYPES: Readonly<Record<StatsdType, MappedType>> = {
  c: 'counter',
  g: 'gauge',
  ms: 'observer',
  h: 'observer',
  d: 'observer',
  s: 'set',
};

interface Series {
  readonly key: string;
  readonly total: Total;
  readonly family: Family;
  readonly scale: number;
  /** 0 is for ever. */
  readonly ttlMs: number;
  readonly cost: { readonly keyChars: number; readonly cells: number };
  /** Whoever sent for it last is who the samples are told of. */
  sender: Sender;
  lastMs: number;
  /** Something came that no flush has written yet. */
  unwritten: boolean;
  /** It expired: what remembers it is to look again. */
  gone: boolean;
}

/** All series that one tenant has of one name: they have one type. */
interface Family {
  readonly name: string;
  readonly kind: Total['kind'];
  /** Its places among the families. */
  readonly places: readonly string[];
  series: number;
}

/** What one sender's series are at a flush. */
export interface Flushed {
  readonly sender: Sender;
  readonly batch: SampleBatch;
  /** To be called where the batch was stored. */
  readonly stored: () => void;
}

/** Adds up what StatsD's clients send, of all senders together, as StatsD does. In bounded memory. */
export class StatsdTotals {
  readonly #mappings: Mappings;
  readonly #onMetadata: (metadata: readonly MetricMetadata[]) => void;
  readonly #limits: TotalsLimits;
  readonly #byText = new TextCache<Series>();
  readonly #byKey = new Map<string, Series>();
  /** By tenant and by each name under which they are stored: no tenant is kept from a name by another's type. */
  readonly #families = new Map<string, Family>();
  #keyChars = 0;
  #cells = 0;
  #members = 0;
  /** A series was refused, and none has ended since: what a further one would take is not worked out. */
  #full = false;
  #flushedMs: number;

  constructor(
    mappings: Mappings,
    onMetadata: (metadata: readonly MetricMetadata[]) => void,
    startMs: number,
    limits: Partial<TotalsLimits> = {},
  ) {
    this.#mappings = mappings;
    this.#onMetadata = onMetadata;
    this.#flushedMs = startMs;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Takes one line, or says why not: then nothing of it counts. */
  add(sender: Sender, line: StatsdLine, nowMs: number): Refusal | undefined {
    const { type, values, sampleRate } = line;
    if (type === 'c') {
      // A minus alone is no number, so that what begins with it is less than 0.
      const falling = values.find((value) => Number(value) < 0);
      if (falling !== undefined)
        return {
          reason: 'falling counter',
          sentence: () => `The counter ${shown(line.head)} was sent ${shown(falling)}, and counters only rise. Send a gauge.`,
        };
    }
    const series = this.#seriesOf(line, sender);
    if ('reason' in series) return series;
    const { total, scale } = series;
    series.sender = sender;
    series.lastMs = nowMs;
    series.unwritten = true;
    for (const value of values) {
      if (total.kind === 'set') {
        if (this.#members >= this.#limits.members && !total.has(value))
          return {
            reason: 'too many set members',
            sentence: () =>
              `Sets have ${this.#limits.members} members in all, which is the limit, so that ${shown(line.head)} counts too few.`,
          };
        if (total.add(ownText(value))) this.#members++;
        continue;
      }
      // What is sent in milliseconds is kept in Prometheus' base unit.
      const number = (type === 'ms' ? Number(value) / 1_000 : Number(value)) * scale;
      if (total.kind === 'gauge') total.set(number, /^[+-]/.test(value));
      else total.observe(number, 1 / sampleRate);
    }
    return undefined;
  }

  /**
   * What all series are now, in batches of one sender each, and forgets those that have been silent for too long. Each
   * batch is made when it is asked for, so that others have their turn between them; all are to be asked for before the
   * next flush.
   */
  *flush(nowMs: number): Generator<Flushed, void> {
    // A series that begins needs room for its 0 before its first value.
    const atMs = Math.max(nowMs, this.#flushedMs + 2);
    this.#flushedMs = atMs;
    const bySender = new Map<string, { readonly sender: Sender; readonly all: Series[] }>();
    for (const series of this.#byKey.values()) {
      const { sender } = series;
      const of = bySender.get(sender.id);
      if (of === undefined) bySender.set(sender.id, { sender, all: [series] });
      else of.all.push(series);
    }
    for (const { sender, all } of bySender.values()) {
      for (let from = 0; from < all.length;) {
        const rows = new SampleRows();
        const begin = from;
        while (from < all.length && rows.length < BATCH_SAMPLES) this.#write(all[from++] as Series, rows, atMs);
        const written = all.slice(begin, from);
        yield { sender, batch: rows.finish(), stored: () => written.forEach(({ total }) => total.stored()) };
      }
    }
  }

  #write(series: Series, rows: SampleRows, atMs: number): void {
    const { total, ttlMs, lastMs, unwritten } = series;
    series.unwritten = false;
    if (total.kind === 'set') this.#members -= total.size;
    if (!unwritten && ttlMs > 0 && atMs - lastMs > ttlMs) {
      this.#forget(series);
      for (const key of total.keys) rows.add(key, atMs, undefined);
    } else {
      total.write(rows, atMs);
    }
  }

  #seriesOf(line: StatsdLine, sender: Sender): Series | Refusal {
    const text = `${sender.labels.key}${line.type}|${line.head}|${line.tags}`;
    const known = this.#byText.get(text);
    if (known !== undefined && !known.gone) return known;
    const found = this.#find(line, sender);
    if (!('reason' in found)) this.#byText.set(text, found);
    return found;
  }

  #find(line: StatsdLine, sender: Sender): Series | Refusal {
    const named = readStatsdName(line.head, line.tags);
    if (named === undefined)
      return { reason: 'not a name', sentence: () => `${shown(line.head)} has no name, or a tag without one.` };
    const mapped = this.#mappings.map(named.name, TYPES[line.type]);
    if (mapped.action === 'drop')
      return { reason: 'dropped', sentence: () => `A rule of ingest.mappings drops ${shown(line.head)}.` };
    const pairs = mapped.honorLabels ? [...mapped.labels, ...named.labels] : [...named.labels, ...mapped.labels];
    // Two teams' series of one name are two.
    const labels = Labels.from([...pairs, ...sender.labels, [METRIC_NAME, mapped.name]]);
    const kind = kindOf(line.type, mapped);
    const known = this.#byKey.get(labels.key);
    if (known !== undefined && known.total.kind === kind) return known;
    return this.#create(line, labels, kind, mapped, sender);
  }

  #create(
    line: StatsdLine,
    labels: Labels,
    kind: Total['kind'],
    mapped: Mapped & { action: 'map' },
    sender: Sender,
  ): Series | Refusal {
    const refused: Refusal = {
      reason: 'too many series',
      sentence: () =>
        `${shown(line.head)} would be one series too many for StatsD (${this.#byKey.size} are kept). Send fewer values of tags, or let series end sooner (ttl).`,
    };
    if (this.#full) return refused;
    // Somebody without a tenant's labels may have written them himself.
    const same = this.#byKey.get(labels.key);
    if (same !== undefined) return anotherType(line, kind, same.family);
    const tenant = sender.labels.key;
    const places = exposedNames(mapped.name, kind).map((name) => familyPlace(tenant, name));
    for (const place of places) {
      const other = this.#families.get(place);
      if (other !== undefined && (other.kind !== kind || other.name !== mapped.name)) return anotherType(line, kind, other);
    }
    const total = totalOf(kind, labels, mapped.observer, this.#flushedMs + 1);
    const cost = { keyChars: total.keys.reduce((sum, key) => sum + key.length, 0), cells: total.cells };
    this.#full =
      this.#byKey.size >= this.#limits.series ||
      this.#keyChars + cost.keyChars > this.#limits.keyChars ||
      this.#cells + cost.cells > this.#limits.cells;
    if (this.#full) return refused;
    const known = this.#families.get(familyPlace(tenant, mapped.name));
    const family = known ?? { name: ownText(mapped.name), kind, places: places.map(ownText), series: 0 };
    if (known === undefined) {
      for (const place of family.places) this.#families.set(place, family);
      const type = kind === 'set' ? 'gauge' : kind;
      this.#onMetadata([{ metric: mapped.name, type, help: mapped.help, unit: '' }]);
    }
    family.series++;
    const key = ownText(labels.key);
    const ttlMs = mapped.ttlMs ?? TTL_MS;
    const series: Series = {
      key,
      total,
      family,
      scale: mapped.scale,
      ttlMs,
      cost,
      sender,
      lastMs: 0,
      unwritten: true,
      gone: false,
    };
    this.#byKey.set(key, series);
    this.#keyChars += cost.keyChars;
    this.#cells += cost.cells;
    return series;
  }

  #forget(series: Series): void {
    series.gone = true;
    this.#full = false;
    this.#byKey.delete(series.key);
    this.#keyChars -= series.cost.keyChars;
    this.#cells -= series.cost.cells;
    if (--series.family.series === 0) for (const place of series.family.places) this.#families.delete(place);
  }
}

function familyPlace(tenant: string, name: string): string {
  return `${name}\n${tenant}`;
}

function anotherType({ head }: StatsdLine, kind: Total['kind'], other: Family): Refusal {
  return {
    reason: 'another type',
    sentence: () =>
      `${shown(head)} comes as a ${kind}, but ${shown(other.name)} is a ${other.kind}. Send one name as one type, or give it another by a rule with match_metric_type.`,
  };
}

/** Timers have a unit, so that common bounds fit them; what the others measure nobody knows. */
function kindOf(type: StatsdType, { observer }: Mapped & { action: 'map' }): Total['kind'] {
  switch (type) {
    case 'c':
      return 'counter';
    case 'g':
      return 'gauge';
    case 's':
      return 'set';
    case 'ms':
      return observer.kind ?? 'histogram';
    case 'h':
    case 'd':
      return observer.kind ?? 'summary';
  }
}

function exposedNames(name: string, kind: Total['kind']): string[] {
  const suffixes = kind === 'histogram' ? ['', '_bucket', '_sum', '_count'] : kind === 'summary' ? ['', '_sum', '_count'] : [''];
  return suffixes.map((suffix) => name + suffix);
}
