import { BadRequest } from '@vitrine/model/bad-request.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { CUSTOM_BUCKETS, type BucketSpan, type NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { AppendResult, Exemplar, ExemplarResult, RejectReason, SampleBatch } from '@vitrine/model/sample-store.ts';
import { Labels } from '@vitrine/model/labels.ts';
import type { Arrival, BatchSeries } from './batch-series.ts';
import { PLACEHOLDER_HIGH, PLACEHOLDER_LOW } from './chunk/columns.ts';
import { MAX_BUCKETS } from './chunk/histograms.ts';
import { INT_STREAM_LIMIT } from './chunk/int-stream.ts';
import { isSameHistogram } from './chunk/same-histogram.ts';
import type { Contents } from './contents.ts';
import { judgeExemplar } from './exemplars/exemplars.ts';
import { encodeExemplars, type SeriesExemplar } from './exemplars/record.ts';
import type { NewSeries, SeriesLimits } from './series-limits.ts';
import { encodeRecord, SampleColumns } from './wal/record.ts';

/** Entries of AppendResult.rejected. */
const REJECTED_ENTRIES = 100;

/**
 * Characters of a series' key. A series is held in memory by it: what is longer than any label set that means something must not fill
 * it. And of texts of more than 16,383 characters V8's maps tell those of one length apart only by comparing each with all: some thousand
 * such values of a label would hold the thread for minutes.
 */
export const LONGEST_KEY = 16_000;
/** Of a longer label set this much is told of. */
const SHOWN_LABELS = 300;
/** A commit brings one row of exemplars and empties more only now and then. */
const EMPTY_ROWS_A_COMMIT = 1000;

const UNKNOWN = -1;

/** What the store admits, at the moment of a commit. */
export interface Admission {
  readonly oldestMs: number;
  readonly newestMs: number;
}

/**
 * Turns batches into one commit: decides for each sample, writes the log's row and the new series in one transaction,
 * and only then adds the samples to the head. Where the transaction fails nothing has happened.
 */
export class Committer {
  readonly #contents: Contents;
  readonly #limits: SeriesLimits;
  #newSeries: NewSeries;
  /** The group's accepted samples, with what their series' newest sample was before each. */
  readonly #accepted = new SampleColumns();
  readonly #before = new SampleColumns();
  #known = new Uint8Array(4096);
  #createdRefs: number[] = [];
  #createdKeys: string[] = [];
  #created = new Map<string, number>();
  /** Histograms of the group that are their series' newest sample: they are not in head yet. */
  readonly #newestHistograms = new Map<number, NativeHistogram>();
  #exemplars: (SeriesExemplar & { readonly ref: number })[] = [];
  readonly #latestExemplars = new Map<number, Exemplar>();

  constructor(contents: Contents, limits: SeriesLimits) {
    this.#contents = contents;
    this.#limits = limits;
    this.#newSeries = limits.begin();
  }

  /** The refs of the series that the last commit made, and its samples. */
  get createdRefs(): readonly number[] {
    return this.#createdRefs;
  }

  get accepted(): SampleColumns {
    return this.#accepted;
  }

  /** Writes the batches as one commit. Throws what SQLite throws, and then the store is as it was. */
  commit(batches: readonly Arrival[], admission: Admission): AppendResult[] {
    this.#accepted.clear();
    this.#before.length = 0;
    this.#createdRefs = [];
    this.#createdKeys = [];
    this.#created = new Map();
    this.#newSeries = this.#limits.begin();
    this.#newestHistograms.clear();
    this.#exemplars = [];
    this.#latestExemplars.clear();
    const results = batches.map((batch) => this.#admit(batch, admission));
    try {
      if (this.#accepted.length > 0 || this.#exemplars.length > 0) this.#write();
    } catch (error) {
      this.#undo();
      throw error;
    }
    this.#apply();
    return results;
  }

  #write(): void {
    const contents = this.#contents;
    const { db } = contents;
    // Exemplars may come alone, to series that have samples.
    const record = this.#accepted.length > 0 ? encodeRecord(this.#accepted) : undefined;
    const walId = contents.lastWalId + 1;
    const exemplars = this.#exemplars.length > 0 ? encodeExemplars(this.#exemplars) : undefined;
    const oldestRow = Math.min(contents.exemplars.oldestRowId, contents.lastExemplarRow + 1);
    const emptyRows = contents.exemplars.emptyRows(EMPTY_ROWS_A_COMMIT);
    db.transaction(() => {
      for (let i = 0; i < this.#createdRefs.length; i++) {
        db.names.add(this.#createdRefs[i] as number, this.#createdKeys[i] as string);
      }
      if (record !== undefined) db.insertWal.run(walId, record);
      if (exemplars !== undefined) {
        db.insertExemplars.run(contents.lastExemplarRow + 1, exemplars);
        db.deleteExemplars.run(oldestRow);
        for (const id of emptyRows) db.deleteExemplarRow.run(id);
      }
    });
    if (record !== undefined) {
      contents.lastWalId = walId;
      contents.walBytes += record.length;
    }
    if (exemplars !== undefined) {
      contents.lastExemplarRow++;
      contents.exemplars.forgetRows(oldestRow, emptyRows);
    }
  }

  #apply(): void {
    const { head, series } = this.#contents;
    for (let i = 0; i < this.#createdRefs.length; i++) {
      this.#contents.addSeries(this.#createdRefs[i] as number, this.#createdKeys[i] as string);
    }
    const { refs, timestampsMs, words, histograms, startsMs, length } = this.#accepted;
    const newestBefore = this.#before.timestampsMs;
    for (const { ref, exemplar } of this.#exemplars) {
      this.#contents.exemplars.add(ref, exemplar, this.#contents.lastExemplarRow);
    }
    if (histograms !== undefined || startsMs !== undefined) {
      this.#applyRich();
      return;
    }
    for (let i = 0; i < length; i++) {
      const ref = refs[i] as number;
      const timestampMs = timestampsMs[i] as number;
      if (timestampMs < (series.oldestMs[ref] as number)) series.oldestMs[ref] = timestampMs;
      if (timestampMs > (newestBefore[i] as number))
        head.append(ref, timestampMs, words[2 * i] as number, words[2 * i + 1] as number);
      else head.appendLate(ref, timestampMs, words[2 * i] as number, words[2 * i + 1] as number);
    }
  }

  /** As the loop of `#apply`, for samples that are more than numbers. */
  #applyRich(): void {
    const { head, series } = this.#contents;
    const { refs, timestampsMs, words, histograms, startsMs, length } = this.#accepted;
    const newestBefore = this.#before.timestampsMs;
    for (let i = 0; i < length; i++) {
      const ref = refs[i] as number;
      const timestampMs = timestampsMs[i] as number;
      const low = words[2 * i] as number;
      const high = words[2 * i + 1] as number;
      if (timestampMs < (series.oldestMs[ref] as number)) series.oldestMs[ref] = timestampMs;
      if (timestampMs > (newestBefore[i] as number)) {
        head.appendRich(ref, timestampMs, low, high, histograms?.get(i), startsMs?.[i]);
      } else head.appendLate(ref, timestampMs, low, high, histograms?.get(i), startsMs?.[i]);
    }
  }

  #undo(): void {
    const { series, refs } = this.#contents;
    const before = this.#before;
    for (let i = before.length - 1; i >= 0; i--) {
      const ref = before.refs[i] as number;
      series.newestMs[ref] = before.timestampsMs[i] as number;
      series.newestLow[ref] = before.words[2 * i] as number;
      series.newestHigh[ref] = before.words[2 * i + 1] as number;
      series.newestKnown[ref] = this.#known[i] as number;
    }
    for (const ref of this.#createdRefs.toReversed()) {
      series.clear(ref);
      refs.giveBack(ref);
    }
    this.#createdRefs = [];
    this.#accepted.clear();
  }

  #admit(batch: Arrival, admission: Admission): AppendResult {
    const { series } = this.#contents;
    const { series: named, seriesIndex, timestampsMs, histograms, staleHistograms, startsMs } = batch;
    const isRich = histograms !== undefined || startsMs !== undefined;
    let acceptedHistograms = 0;
    const count = seriesIndex.length;
    const words = wordsOf(batch.values);
    const refs = new Int32Array(named.length);
    for (let i = 0; i < named.length; i++) {
      refs[i] = named.refOf(i) ?? (this.#created.size === 0 ? UNKNOWN : (this.#created.get(named.keyOf(i)) ?? UNKNOWN));
    }
    const oldestMs = Math.max(admission.oldestMs, -INT_STREAM_LIMIT);
    const newestMs = Math.min(admission.newestMs, INT_STREAM_LIMIT);
    const rejections = new Rejections();
    const accepted = this.#accepted;
    const before = this.#before;
    accepted.reserve(count);
    before.reserve(count);
    if (this.#known.length < before.refs.length) {
      const known = new Uint8Array(before.refs.length);
      known.set(this.#known);
      this.#known = known;
    }
    for (let i = 0; i < count; i++) {
      const at = seriesIndex[i] as number;
      const timestampMs = Math.trunc(timestampsMs[i] as number);
      if (!(timestampMs >= oldestMs)) {
        rejections.add('too old', named.keyOf(at), timestampMs);
        continue;
      }
      if (timestampMs > newestMs) {
        rejections.add('too far in the future', named.keyOf(at), timestampMs);
        continue;
      }
      let ref = refs[at] as number;
      if (ref === UNKNOWN) {
        const key = named.keyOf(at);
        if (key.length > LONGEST_KEY) {
          rejections.add('labels over 16,000 characters', key, timestampMs);
          continue;
        }
        const created = this.#create(key);
        if (typeof created === 'string') {
          rejections.add('series limit', key, timestampMs, created);
          continue;
        }
        ref = created;
        refs[at] = ref;
      }
      const histogram = histograms?.get(i);
      const isHistogram = histogram !== undefined || staleHistograms?.has(i) === true;
      const low = histogram === undefined ? (words[2 * i] as number) : PLACEHOLDER_LOW;
      const high = histogram === undefined ? (words[2 * i + 1] as number) : PLACEHOLDER_HIGH;
      const newest = series.newestMs[ref] as number;
      if (timestampMs === newest) {
        if (!this.#isNewest(ref, low, high, histogram)) rejections.add('duplicate', named.keyOf(at), timestampMs);
        else if (isHistogram) acceptedHistograms++;
        continue;
      }
      this.#known[before.length] = series.newestKnown[ref] as number;
      before.push(ref, newest, series.newestLow[ref] as number, series.newestHigh[ref] as number);
      accepted.push(ref, timestampMs, low, high);
      if (isHistogram) acceptedHistograms++;
      if (isRich) accepted.pushed(histogram, startOf(startsMs?.[i]));
      if (timestampMs > newest) {
        series.newestMs[ref] = timestampMs;
        series.newestLow[ref] = low;
        series.newestHigh[ref] = high;
        series.newestKnown[ref] = 1;
        if (histogram !== undefined) {
          series.newestKnown[ref] = 0;
          this.#newestHistograms.set(ref, histogram);
        }
      }
    }
    return {
      accepted: count - rejections.count,
      rejected: rejections.entries,
      rejectedCount: rejections.count,
      histograms: histograms === undefined && staleHistograms === undefined ? undefined : acceptedHistograms,
      exemplars: batch.exemplars === undefined ? undefined : this.#admitExemplars(batch.exemplars, named, refs, admission),
    };
  }

  #admitExemplars(
    exemplars: NonNullable<SampleBatch['exemplars']>,
    named: BatchSeries,
    refs: Int32Array,
    { oldestMs, newestMs }: Admission,
  ): ExemplarResult {
    const rejections = new Rejections<ExemplarResult['rejected'][number]['reason']>();
    for (const { seriesIndex, exemplar } of exemplars) {
      const key = named.keyOf(seriesIndex);
      const ref = refs[seriesIndex] as number;
      const timestampMs = Math.trunc(exemplar.timestampMs);
      if (ref === UNKNOWN) rejections.add('unknown series', key, timestampMs);
      else if (!(timestampMs >= Math.max(oldestMs, -INT_STREAM_LIMIT))) rejections.add('too old', key, timestampMs);
      else if (timestampMs > Math.min(newestMs, INT_STREAM_LIMIT)) rejections.add('too far in the future', key, timestampMs);
      else {
        const whole = { ...exemplar, timestampMs };
        const verdict = judgeExemplar(whole, this.#latestExemplars.get(ref) ?? this.#contents.exemplars.latestOf(ref));
        if (verdict === 'accepted') {
          this.#latestExemplars.set(ref, whole);
          if (this.#contents.exemplars.keepsAny) this.#exemplars.push({ ref, key, exemplar: whole });
        } else if (verdict !== 'known') rejections.add(verdict, key, timestampMs);
      }
    }
    return { accepted: exemplars.length - rejections.count, rejected: rejections.entries, rejectedCount: rejections.count };
  }

  /** Whether the series' newest sample is this one. */
  #isNewest(ref: number, low: number, high: number, histogram: NativeHistogram | undefined): boolean {
    const { series } = this.#contents;
    if (series.newestKnown[ref] === 0) {
      const newest = this.#newestHistograms.get(ref) ?? this.#contents.newestHistogram(ref);
      if (newest !== undefined) return histogram !== undefined && isSameHistogram(newest, histogram);
    }
    if (histogram !== undefined) return false;
    return series.newestKnown[ref] === 1 && series.newestLow[ref] === low && series.newestHigh[ref] === high;
  }

  /** Gives a new series its ref; it is entered in the index once it is on disk. Or says why there may be none. */
  #create(key: string): number | string {
    const { index, refs, series } = this.#contents;
    // A lone surrogate cannot be written as UTF-8: the series is known by what can be read back.
    const written = key.isWellFormed() ? key : key.toWellFormed();
    // A batch may name a series twice, though it is not to.
    const known = this.#created.get(written) ?? (written === key ? undefined : index.refOf(written));
    if (known !== undefined) return known;
    const refusal = this.#newSeries.refusal(written);
    if (refusal !== undefined) return refusal;
    const ref = refs.take();
    series.reserve(ref + 1);
    series.clear(ref);
    this.#created.set(written, ref);
    this.#createdRefs.push(ref);
    this.#createdKeys.push(written);
    return ref;
  }
}

/** Refuses a batch whose columns do not fit each other, before anything is done with it. */
export function checkBatch(
  { seriesIndex, timestampsMs, values, histograms, startsMs, exemplars }: Omit<SampleBatch, 'seriesKeys'>,
  seriesCount: number,
): void {
  if (timestampsMs.length !== seriesIndex.length || values.length !== seriesIndex.length) {
    throw new BadRequest(
      'batch',
      `its columns differ in length (${seriesIndex.length} series indexes, ${timestampsMs.length} timestamps, ${values.length} values)`,
    );
  }
  for (let i = 0; i < seriesIndex.length; i++) {
    if ((seriesIndex[i] as number) >= seriesCount) {
      throw new BadRequest('seriesIndex', `sample ${i} names series ${seriesIndex[i]}, and the batch has ${seriesCount}`);
    }
  }
  if (startsMs !== undefined && startsMs.length !== seriesIndex.length) {
    throw new BadRequest('startsMs', `has ${startsMs.length} start times for ${seriesIndex.length} samples`);
  }
  for (const [place, histogram] of histograms ?? []) {
    if (!(Number.isInteger(place) && place >= 0 && place < seriesIndex.length)) {
      throw new BadRequest('histograms', `one is at place ${place}, and the batch has ${seriesIndex.length} samples`);
    }
    const fault = histogramFault(histogram);
    if (fault !== undefined) throw new BadRequest('histograms', `sample ${place} ${fault}`);
  }
  for (const { seriesIndex: series } of exemplars ?? []) {
    if (!(Number.isInteger(series) && series >= 0 && series < seriesCount)) {
      throw new BadRequest('exemplars', `one names series ${series}, and the batch has ${seriesCount}`);
    }
  }
}

/** Says what is wrong with a histogram's shape; undefined where it can be kept. */
function histogramFault(histogram: NativeHistogram): string | undefined {
  const { schema, customValues } = histogram;
  if (schema !== CUSTOM_BUCKETS && !(Number.isInteger(schema) && schema >= -4 && schema <= 8)) {
    return `has schema ${schema}, and only -4 to 8 and ${CUSTOM_BUCKETS} are known`;
  }
  if (customValues.length > MAX_BUCKETS) return `has more than ${MAX_BUCKETS} custom bounds`;
  return (
    spansFault('positive', histogram.positiveSpans, histogram.positiveBuckets.length) ??
    spansFault('negative', histogram.negativeSpans, histogram.negativeBuckets.length)
  );
}

function spansFault(side: string, spans: readonly BucketSpan[], buckets: number): string | undefined {
  if (buckets > MAX_BUCKETS || spans.length > MAX_BUCKETS) return `has more than ${MAX_BUCKETS} ${side} buckets`;
  let places = 0;
  for (let i = 0; i < spans.length; i++) {
    const { offset, length } = spans[i] as BucketSpan;
    const isOffset = Number.isInteger(offset) && Math.abs(offset) <= 2 ** 31 && (i === 0 || offset >= 0);
    if (!isOffset) return `has a ${side} span at offset ${offset}`;
    if (!(Number.isInteger(length) && length >= 0)) return `has a ${side} span of length ${length}`;
    places += length;
  }
  return places === buckets ? undefined : `has ${buckets} ${side} buckets, and its spans have room for ${places}`;
}

/** A start time that can be kept, or NaN where none is told. One behind its sample is kept, as Prometheus keeps it. */
function startOf(startMs: number | undefined): number {
  return startMs === undefined || !(Math.abs(startMs) <= INT_STREAM_LIMIT) ? Number.NaN : Math.trunc(startMs);
}

interface Rejection<Reason> {
  reason: Reason;
  series: string;
  timestampMs: number;
  count: number;
  detail?: string | undefined;
}

class Rejections<Reason extends string = RejectReason> {
  count = 0;
  readonly #byPlace = new Map<string, Rejection<Reason>>();

  get entries(): Rejection<Reason>[] {
    return [...this.#byPlace.values()];
  }

  add(reason: Reason, key: string, timestampMs: number, detail?: string): void {
    this.count++;
    const place = `${reason} ${key}`;
    const known = this.#byPlace.get(place);
    if (known !== undefined) known.count++;
    else if (this.#byPlace.size < REJECTED_ENTRIES) {
      this.#byPlace.set(place, { reason, series: shown(Labels.fromKey(key)), timestampMs, count: 1, detail });
    }
  }
}

function shown(labels: Labels): string {
  const text = labels.toString();
  return text.length <= SHOWN_LABELS ? text : `${text.slice(0, SHOWN_LABELS)}…`;
}
