import { BadRequest } from '@vitrine/model/bad-request.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import type { AppendResult, RejectReason, SampleBatch } from '@vitrine/model/sample-store.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { INT_STREAM_LIMIT } from './chunk/int-stream.ts';
import type { Contents } from './contents.ts';
import { encodeRecord, SampleColumns } from './wal/record.ts';

/** Entries of AppendResult.rejected. */
const REJECTED_ENTRIES = 100;

/** A series is held in memory by its key: what is longer than any label set that means something must not fill it. */
const LONGEST_KEY = 64 * 1024;
/** Of a longer label set this much is told of. */
const SHOWN_LABELS = 300;

const UNKNOWN = -1;

/** What the store admits, at the moment of a commit. */
export interface Admission {
  readonly oldestMs: number;
  readonly newestMs: number;
  readonly maxSeries: number;
}

/**
 * Turns batches into one commit: decides for each sample, writes the log's row and the new series in one transaction,
 * and only then adds the samples to the head. Where the transaction fails nothing has happened.
 */
export class Committer {
  readonly #contents: Contents;
  /** The group's accepted samples, with what their series' newest sample was before each. */
  readonly #accepted = new SampleColumns();
  readonly #before = new SampleColumns();
  #known = new Uint8Array(4096);
  #createdRefs: number[] = [];
  #createdKeys: string[] = [];
  #created = new Map<string, number>();

  constructor(contents: Contents) {
    this.#contents = contents;
  }

  /** The refs of the series that the last commit made, and its samples. */
  get createdRefs(): readonly number[] {
    return this.#createdRefs;
  }

  get accepted(): SampleColumns {
    return this.#accepted;
  }

  /** Writes the batches as one commit. Throws what SQLite throws, and then the store is as it was. */
  commit(batches: readonly SampleBatch[], admission: Admission): AppendResult[] {
    this.#accepted.length = 0;
    this.#before.length = 0;
    this.#createdRefs = [];
    this.#createdKeys = [];
    this.#created = new Map();
    const results = batches.map((batch) => this.#admit(batch, admission));
    try {
      if (this.#accepted.length > 0) this.#write();
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
    const record = encodeRecord(this.#accepted);
    const walId = contents.lastWalId + 1;
    db.transaction(() => {
      for (let i = 0; i < this.#createdRefs.length; i++) {
        db.addSeries(this.#createdRefs[i] as number, this.#createdKeys[i] as string);
      }
      db.insertWal.run(walId, record);
    });
    contents.lastWalId = walId;
    contents.walBytes += record.length;
  }

  #apply(): void {
    const { head, series } = this.#contents;
    for (let i = 0; i < this.#createdRefs.length; i++) {
      this.#contents.addSeries(this.#createdRefs[i] as number, this.#createdKeys[i] as string);
    }
    const { refs, timestampsMs, words, length } = this.#accepted;
    const newestBefore = this.#before.timestampsMs;
    for (let i = 0; i < length; i++) {
      const ref = refs[i] as number;
      const timestampMs = timestampsMs[i] as number;
      if (timestampMs < (series.oldestMs[ref] as number)) series.oldestMs[ref] = timestampMs;
      if (timestampMs > (newestBefore[i] as number))
        head.append(ref, timestampMs, words[2 * i] as number, words[2 * i + 1] as number);
      else head.appendLate(ref, timestampMs, words[2 * i] as number, words[2 * i + 1] as number);
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
    this.#accepted.length = 0;
  }

  #admit(batch: SampleBatch, admission: Admission): AppendResult {
    const { index, series } = this.#contents;
    const { seriesKeys, seriesIndex, timestampsMs } = batch;
    const count = seriesIndex.length;
    const words = wordsOf(batch.values);
    const refs = new Int32Array(seriesKeys.length);
    for (let i = 0; i < seriesKeys.length; i++) {
      const key = seriesKeys[i] as string;
      refs[i] = index.refOf(key) ?? this.#created.get(key) ?? UNKNOWN;
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
      const key = seriesKeys[at] as string;
      if (!(timestampMs >= oldestMs)) {
        rejections.add('too old', key, timestampMs);
        continue;
      }
      if (timestampMs > newestMs) {
        rejections.add('too far in the future', key, timestampMs);
        continue;
      }
      let ref = refs[at] as number;
      if (ref === UNKNOWN) {
        if (key.length > LONGEST_KEY) {
          rejections.add('labels over 64 KiB', key, timestampMs);
          continue;
        }
        ref = this.#create(key, admission.maxSeries);
        if (ref === UNKNOWN) {
          rejections.add('series limit', key, timestampMs);
          continue;
        }
        refs[at] = ref;
      }
      const low = words[2 * i] as number;
      const high = words[2 * i + 1] as number;
      const newest = series.newestMs[ref] as number;
      if (timestampMs === newest) {
        if (!this.#contents.isNewestValue(ref, low, high)) rejections.add('duplicate', key, timestampMs);
        continue;
      }
      this.#known[before.length] = series.newestKnown[ref] as number;
      before.push(ref, newest, series.newestLow[ref] as number, series.newestHigh[ref] as number);
      accepted.push(ref, timestampMs, low, high);
      if (timestampMs > newest) {
        series.newestMs[ref] = timestampMs;
        series.newestLow[ref] = low;
        series.newestHigh[ref] = high;
        series.newestKnown[ref] = 1;
      }
    }
    return { accepted: count - rejections.count, rejected: rejections.entries, rejectedCount: rejections.count };
  }

  /** Gives a new series its ref; it is entered in the index once it is on disk. */
  #create(key: string, maxSeries: number): number {
    const { index, refs, series } = this.#contents;
    // A lone surrogate cannot be written as UTF-8: the series is known by what can be read back.
    const written = key.isWellFormed() ? key : key.toWellFormed();
    // A batch may name a series twice, though it is not to.
    const known = this.#created.get(written) ?? (written === key ? undefined : index.refOf(written));
    if (known !== undefined) return known;
    if (index.size + this.#created.size >= maxSeries) return UNKNOWN;
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
export function checkBatch({ seriesKeys, seriesIndex, timestampsMs, values }: SampleBatch): void {
  if (timestampsMs.length !== seriesIndex.length || values.length !== seriesIndex.length) {
    throw new BadRequest(
      'batch',
      `its columns differ in length (${seriesIndex.length} series indexes, ${timestampsMs.length} timestamps, ${values.length} values)`,
    );
  }
  for (let i = 0; i < seriesIndex.length; i++) {
    if ((seriesIndex[i] as number) >= seriesKeys.length) {
      throw new BadRequest('seriesIndex', `sample ${i} names series ${seriesIndex[i]}, and the batch has ${seriesKeys.length}`);
    }
  }
}

class Rejections {
  count = 0;
  readonly #byPlace = new Map<string, { reason: RejectReason; series: string; timestampMs: number; count: number }>();

  get entries(): AppendResult['rejected'] {
    return [...this.#byPlace.values()];
  }

  add(reason: RejectReason, key: string, timestampMs: number): void {
    this.count++;
    const place = `${reason} ${key}`;
    const known = this.#byPlace.get(place);
    if (known !== undefined) known.count++;
    else if (this.#byPlace.size < REJECTED_ENTRIES) {
      this.#byPlace.set(place, { reason, series: shown(Labels.fromKey(key)), timestampMs, count: 1 });
    }
  }
}

function shown(labels: Labels): string {
  const text = labels.toString();
  return text.length <= SHOWN_LABELS ? text : `${text.slice(0, SHOWN_LABELS)}…`;
}
