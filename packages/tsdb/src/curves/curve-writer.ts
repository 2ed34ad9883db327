import { BadRequest } from '@vitrine/model/bad-request.ts';
import { CURVE_LIMITS, type CurveBatch, RUN_ITEM_KINDS } from '@vitrine/model/curve-store.ts';
import { StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { lockFolder } from '../folder-lock.ts';
import { isDamage, isUnwritable } from '../sqlite-error.ts';
import { StoreOpenError } from '../store-open-error.ts';
import type { StoreLog } from '../store-options.ts';
import { CurveDatabase } from './curve-database.ts';
import { PointSet } from './point-set.ts';
import { DamagedPiece, decodeLogRow, decodePiece, encodeLogRow, encodePiece, PointColumns, toUs } from './points.ts';
import { extend, noPoints, type Summary } from './summary.ts';
import { makeFolder } from '../make-folder.ts';

/** Points of one stored piece at most. */
const PIECE_POINTS = 8_192;
/** A piece is joined with what comes behind it where that has at least this share of its points: so a curve has few pieces, and each point is rewritten seldom. */
const JOIN_SHARE = 0.5;
/** A commit of more points goes into pieces at once, without the log between. */
const DIRECT_POINTS = 20_000;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;
const LOG_LIMIT_MS = 60_000;
/** Names kept at hand. */
const KNOWN_NAMES = 200_000;
/** Columns kept for the next commit, and for how many points each. */
const SPARE_COLUMNS = 10_000;
const SPARE_POINTS = 64;

/** A curve that grows, and its points that are in no piece yet. */
interface Head {
  readonly id: number;
  readonly metric: number;
  readonly run: number;
  summary: Summary;
  points: PointColumns;
  /** Whether it has grown since the last flush. */
  grew: boolean;
}

/** Writes the curves' file. One thread owns it. */
export class CurveWriter {
  readonly #db: CurveDatabase;
  readonly #log: StoreLog;
  readonly #folder: string;
  readonly #unlock: () => void;
  readonly #runs = new Map<string, number>();
  readonly #metrics = new Map<string, number>();
  /** By id. */
  readonly #heads = new Map<number, Head>();
  /** By metric, by run. */
  readonly #byPlace = new Map<string, Head>();
  /** Empty ones, of commits before: most curves grow by a point a commit, and to make columns takes longer than to fill them. */
  readonly #spare: PointColumns[] = [];
  #logBytes: number;
  /** When the oldest of the log was written; of an empty one, when it was emptied. */
  #logSinceMs = Date.now();
  #readOnly = false;

  private constructor(folder: string, db: CurveDatabase, log: StoreLog, unlock: () => void) {
    this.#folder = folder;
    this.#db = db;
    this.#log = log;
    this.#unlock = unlock;
    this.#logBytes = db.logBytes();
    this.#replay();
  }

  /** Opens or makes the store in a folder, which no other process may have. Throws StoreOpenError. */
  static open(folder: string, log: StoreLog): CurveWriter {
    try {
      makeFolder(folder);
    } catch (error) {
      throw new StoreOpenError('not writable', `the data folder ${folder} cannot be made: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const unlock = lockFolder(folder);
    try {
      return new CurveWriter(folder, CurveDatabase.open(folder), log, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Writes the batches as one commit; answers for each how many points and items it added. On an error nothing has happened. */
  commit(batches: readonly CurveBatch[]): { points: number; items: number }[] {
    const grown = new Map<Head, PointColumns>();
    let isDirect = false;
    let logged = 0;
    let results: { points: number; items: number }[] = [];
    const summaries = new Map<Head, Summary>();
    this.#write(() => {
      results = batches.map((batch) => this.#take(batch, grown));
      let points = 0;
      for (const { length } of grown.values()) points += length;
      const fresh = new Map<number, PointColumns>();
      for (const [head, columns] of grown) {
        if (columns.length === 0) continue;
        summaries.set(head, extend(head.summary, columns));
        fresh.set(head.id, columns);
      }
      if (points === 0) return;
      isDirect = points > DIRECT_POINTS;
      if (isDirect) {
        for (const [head, summary] of summaries) this.#store(head, summary, grown.get(head));
        this.#storeAll((head) => !summaries.has(head));
      } else {
        const row = encodeLogRow(fresh);
        logged = row.length;
        this.#db.insertLog.run(row);
      }
    });
    for (const [head, summary] of summaries) {
      head.summary = summary;
      head.grew = true;
      if (!isDirect) head.points.append(grown.get(head)!);
    }
    for (const columns of grown.values()) this.#putBack(columns);
    if (isDirect) this.#flushed();
    else if (logged > 0) {
      if (this.#logBytes === 0) this.#logSinceMs = Date.now();
      this.#logBytes += logged;
    }
    return results;
  }

  label(run: string, labels: Readonly<Record<string, string>>): void {
    this.#write(() => this.#db.setLabels(this.#runId(run), labels));
  }

  remove(runs: readonly string[]): void {
    this.flush();
    this.#forget();
    // A run at a time: one of a million points takes a while, and others wait to be written.
    for (const run of runs) {
      this.#write(() => {
        const id = this.#db.findRun(run);
        if (id !== undefined) this.#db.removeRun(id);
      });
    }
    this.#write(() => this.#db.dropIdleMetrics());
    this.#db.shrink();
  }

  /** Whether the log has become long, or old, or nothing was logged for as long and curves are in memory still. */
  isDue(): boolean {
    if (this.#logBytes > LOG_LIMIT_BYTES) return true;
    return (this.#logBytes > 0 || this.#heads.size > 0) && Date.now() - this.#logSinceMs > LOG_LIMIT_MS;
  }

  /** Moves all points from the log into pieces, and lets go of curves that have not grown since it did so last. */
  flush(): void {
    if (this.#logBytes > 0) this.#write(() => this.#storeAll(() => true));
    this.#flushed();
  }

  /** `openCurves` are those in memory. */
  stats(): { bytesOnDisk: number; openCurves: number } {
    return { bytesOnDisk: this.#db.bytesOnDisk(), openCurves: this.#heads.size };
  }

  close(): void {
    try {
      this.flush();
    } catch (error) {
      this.#log('warn', `${this.#db.file}: points could not be packed (${(error as Error).message}); they stay in the log`);
    }
    this.#db.close();
    this.#unlock();
  }

  #write(work: () => void): void {
    try {
      this.#db.transaction(work);
    } catch (error) {
      // Ids that were given within the transaction are given no longer.
      this.#forget();
      throw this.#shown(error);
    }
    if (!this.#readOnly) return;
    this.#readOnly = false;
    this.#log('info', `the data folder ${this.#folder} can be written again: runs are accepted`);
  }

  #shown(error: unknown): unknown {
    if (!isUnwritable(error)) return error;
    const sentence = `the data folder ${this.#folder} cannot be written (${(error as Error).message}): free space on its disk or make it writable; reads go on, and writing resumes by itself`;
    if (!this.#readOnly) this.#log('error', sentence);
    this.#readOnly = true;
    return new StoreReadOnly(sentence, { cause: error });
  }

  /** Names are looked up anew; curves whose points are in the log alone stay. */
  #forget(): void {
    this.#runs.clear();
    this.#metrics.clear();
    for (const [place, head] of this.#byPlace) {
      if (head.points.length > 0) continue;
      this.#byPlace.delete(place);
      this.#heads.delete(head.id);
    }
  }

  #flushed(): void {
    this.#logBytes = 0;
    this.#logSinceMs = Date.now();
    for (const [place, head] of this.#byPlace) {
      head.points = new PointColumns();
      // What has not grown for so long may not grow again.
      if (!head.grew) {
        this.#byPlace.delete(place);
        this.#heads.delete(head.id);
      }
      head.grew = false;
    }
  }

  #take(batch: CurveBatch, grown: Map<Head, PointColumns>): { points: number; items: number } {
    const { curves, curveIndex, steps, timesMs, values, epochs, items = [], marks = {} } = batch;
    const words = wordsOf(values);
    const heads = curves.map(({ run, metric }) => this.#head(this.#runId(run), this.#metricId(metric)));
    const columns = heads.map((head) => {
      const known = grown.get(head);
      if (known !== undefined) return known;
      const fresh = this.#spare.pop() ?? new PointColumns();
      grown.set(head, fresh);
      return fresh;
    });
    const seen = batch.once === true ? heads.map((head, at) => this.#seen(head, columns[at] as PointColumns, batch, at)) : [];
    let points = 0;
    for (let i = 0; i < curveIndex.length; i++) {
      const at = curveIndex[i] as number;
      const out = columns[at] as PointColumns;
      const step = steps[i] as number;
      const timeUs = toUs(timesMs[i] as number);
      const low = words[2 * i] as number;
      const high = words[2 * i + 1] as number;
      if (seen[at]?.(step, timeUs, low, high) === true) continue;
      out.push(step, timeUs, low, high, epochs?.[i] ?? Number.NaN);
      points++;
    }
    for (const { run, kind, tag, step, index, timeMs, mediaType, data } of items) {
      this.#db.insertItem.run(this.#runId(run), kind, tag, step, index, toUs(timeMs), mediaType, data);
    }
    for (const [name, value] of Object.entries(marks)) {
      if (value === '') this.#db.dropMark.run(name);
      else this.#db.putMark.run(name, value);
    }
    return { points, items: items.length };
  }

  #putBack(columns: PointColumns): void {
    if (columns.steps.length > SPARE_POINTS || this.#spare.length >= SPARE_COLUMNS) return;
    columns.clear();
    this.#spare.push(columns);
  }

  /** Answers whether the curve has a point already: among those of this commit, of the log, or of its pieces. */
  #seen({ id, summary, points }: Head, fresh: PointColumns, { curveIndex, timesMs }: CurveBatch, curve: number) {
    let inCommit: PointSet | undefined;
    let stored: PointSet | undefined;
    const read = (): PointSet => {
      let fromUs = Infinity;
      let lastUs = -Infinity;
      for (let i = 0; i < curveIndex.length; i++) {
        if (curveIndex[i] !== curve) continue;
        const timeUs = toUs(timesMs[i] as number);
        if (timeUs < fromUs) fromUs = timeUs;
        if (timeUs > lastUs) lastUs = timeUs;
      }
      const known = new PointColumns();
      for (const [data] of this.#db.piecesBetween.iterate(id, lastUs, fromUs)) this.#read(data, known);
      known.append(points);
      return new PointSet(known);
    };
    return (step: number, timeUs: number, low: number, high: number): boolean => {
      if (fresh.length > 0 && (inCommit ??= new PointSet(fresh)).has(step, timeUs, low, high)) return true;
      // What is ahead of all is new: the usual case.
      if (step > summary.maxStep || timeUs > summary.toUs || step < summary.minStep || timeUs < summary.fromUs) return false;
      return (stored ??= read()).has(step, timeUs, low, high);
    };
  }

  #runId(name: string): number {
    return idOf(this.#runs, name, () => this.#db.run(name));
  }

  #metricId(name: string): number {
    return idOf(this.#metrics, name, () => this.#db.metric(name));
  }

  #head(run: number, metric: number): Head {
    const place = `${metric} ${run}`;
    const open = this.#byPlace.get(place);
    if (open !== undefined) return open;
    let known = this.#db.curve(metric, run);
    if (known === undefined) {
      known = { id: this.#db.newCurveId(), summary: noPoints() };
      this.#db.putCurve(metric, run, known.id, known.summary);
    }
    return this.#open({ ...known, metric, run, points: new PointColumns(), grew: false });
  }

  #open(head: Head): Head {
    this.#heads.set(head.id, head);
    this.#byPlace.set(`${head.metric} ${head.run}`, head);
    return head;
  }

  #storeAll(wanted: (head: Head) => boolean): void {
    for (const head of this.#heads.values())
      if (head.points.length > 0 && wanted(head)) this.#store(head, head.summary, undefined);
    this.#db.deleteLog.run();
  }

  /** Puts the curve's points that are in no piece, and `more` behind them, into pieces. */
  #store({ id, metric, run, points }: Head, summary: Summary, more: PointColumns | undefined): void {
    const fresh = points.length + (more?.length ?? 0);
    const joined: number[] = [];
    let count = fresh;
    for (const [piece, size] of this.#db.piecesBack.iterate(id)) {
      if (size * JOIN_SHARE > count || size + count > PIECE_POINTS) break;
      joined.unshift(piece);
      count += size;
    }
    let all = new PointColumns(count);
    if (joined.every((piece) => this.#read(this.#db.pieceData(piece), all))) {
      for (const piece of joined) this.#db.deletePiece.run(piece);
    } else {
      // A damaged one stays where it is, and so do those before it: the order of pieces is the order of points.
      all = new PointColumns(fresh);
    }
    all.append(points);
    if (more !== undefined) all.append(more);
    this.#insert(id, all);
    this.#db.putCurve(metric, run, id, summary);
  }

  #insert(id: number, points: PointColumns): void {
    for (let from = 0; from < points.length; from += PIECE_POINTS) {
      const count = Math.min(PIECE_POINTS, points.length - from);
      let fromUs = Infinity;
      let toUs = -Infinity;
      for (let i = from; i < from + count; i++) {
        const timeUs = points.timesUs[i] as number;
        if (timeUs < fromUs) fromUs = timeUs;
        if (timeUs > toUs) toUs = timeUs;
      }
      this.#db.insertPiece.run(id, count, fromUs, toUs, encodePiece(points, from, count));
    }
  }

  #read(data: Uint8Array, out: PointColumns): boolean {
    try {
      decodePiece(data, out);
      return true;
    } catch (error) {
      if (!(error instanceof DamagedPiece)) throw error;
      return false;
    }
  }

  /** Brings back the points that are in the log alone. */
  #replay(): void {
    let damaged = 0;
    let first = '';
    const rows = this.#db.db.prepare('SELECT id, data FROM log ORDER BY id').all();
    for (const row of rows) {
      try {
        decodeLogRow(row['data'] as Uint8Array, (id, points) => {
          const known = this.#heads.get(id) ?? this.#reopen(id);
          if (known === undefined) return;
          known.summary = extend(known.summary, points);
          known.points.append(points);
        });
      } catch (error) {
        if (!(error instanceof DamagedPiece) && !isDamage(error)) throw error;
        damaged++;
        first ||= `row ${String(row['id'])}: ${(error as Error).message}`;
      }
    }
    if (damaged > 0) {
      this.#log(
        'error',
        `${this.#db.file}: ${damaged} of the log's rows cannot be read and ${damaged === 1 ? 'is' : 'are'} dropped with the points in ${damaged === 1 ? 'it' : 'them'} (${first}); everything else is kept`,
      );
    }
    this.#logSinceMs = Date.now();
  }

  #reopen(id: number): Head | undefined {
    const known = this.#db.curveById(id);
    return known === undefined ? undefined : this.#open({ id, ...known, points: new PointColumns(), grew: false });
  }
}

function idOf(known: Map<string, number>, name: string, find: () => number): number {
  const found = known.get(name);
  if (found !== undefined) return found;
  if (known.size >= KNOWN_NAMES) known.clear();
  const id = find();
  known.set(name, id);
  return id;
}

/** Refuses a batch that no store can hold, before anything is done with it. Throws BadRequest. */
export function checkCurveBatch({ curves, curveIndex, steps, timesMs, values, epochs, items = [] }: CurveBatch): void {
  const count = curveIndex.length;
  if (
    steps.length !== count ||
    timesMs.length !== count ||
    values.length !== count ||
    (epochs !== undefined && epochs.length !== count)
  ) {
    throw new BadRequest(
      'batch',
      `its columns differ in length (${count} curve indexes, ${steps.length} steps, ${timesMs.length} times, ${values.length} values)`,
    );
  }
  for (const { run, metric } of curves) {
    checkName('run', run);
    checkName('metric', metric);
  }
  for (let i = 0; i < count; i++) {
    if ((curveIndex[i] as number) >= curves.length) {
      throw new BadRequest('curveIndex', `point ${i} names curve ${curveIndex[i]}, and the batch has ${curves.length}`);
    }
    checkPlace(steps[i] as number, timesMs[i] as number);
  }
  for (const { run, tag, kind, step, timeMs, data } of items) {
    checkName('run', run);
    checkName('tag', tag);
    checkPlace(step, timeMs);
    if (!RUN_ITEM_KINDS.includes(kind)) throw new BadRequest('kind', `"${kind}" is none of ${RUN_ITEM_KINDS.join(', ')}`);
    if (data.length > CURVE_LIMITS.itemBytes) {
      throw new BadRequest(
        'data',
        `${kind} "${tag}" at step ${step} has ${data.length} bytes, and at most ${CURVE_LIMITS.itemBytes} are kept: log it smaller, or as an artefact`,
      );
    }
  }
}

function checkName(field: string, name: string): void {
  if (name === '' || name.length > CURVE_LIMITS.nameChars) {
    throw new BadRequest(
      field,
      `expected 1 to ${CURVE_LIMITS.nameChars} characters, found ${name.length} (${name.slice(0, 60)}…)`,
    );
  }
  if (!name.isWellFormed()) throw new BadRequest(field, 'has half of a character (a lone surrogate), which no file can hold');
}

function checkPlace(step: number, timeMs: number): void {
  if (!Number.isInteger(step) || Math.abs(step) > CURVE_LIMITS.step) {
    throw new BadRequest('step', `expected a whole number from -2^51 to 2^51, found ${step}`);
  }
  if (!(Math.abs(timeMs) <= CURVE_LIMITS.timeMs)) {
    throw new BadRequest('time', `expected unix milliseconds before the year 2041, found ${timeMs}`);
  }
}
