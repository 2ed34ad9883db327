import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type {
  CurveName,
  CurvePart,
  CurvePoints,
  CurveStore,
  CurveSummary,
  RunItem,
  RunItemKind,
} from '@vitrine/model/curve-store.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { isForeignSchema } from '../sqlite-error.ts';
import { RowQuery } from '../row-query.ts';
import type { StoreLog } from '../store-options.ts';
import { curvesFile } from './curve-database.ts';
import { CurveTimes, type TimesPart } from './curve-times.ts';
import { DamagedPiece, decodeLogRow, decodePiece, PointColumns } from './points.ts';
import { describe, extend, fromRow, noPoints, type Summary, SUMMARY_COLUMNS } from './summary.ts';

const US_PER_MS = 1_000;
const DAMAGE_REPORTS = 100;
/** Pairs of run and metric are looked up one by one up to so many; past it whole metrics are read. */
const SINGLE_LOOKUPS = 2_000;

type Asked<Method extends keyof CurveStore> = Parameters<CurveStore[Method]>[0];

/** Points with what changes whenever the curve does. */
export interface ReadCurve extends CurvePoints {
  /** Equal versions of one curve are equal points. */
  readonly version: string;
}

/** The same with its times still packed: for who draws it over something else. */
export interface LoggedCurve extends Omit<ReadCurve, 'timesMs'> {
  readonly times: CurveTimes;
}

/** A run that has curves, as PromQL knows it. */
export interface CurveRun {
  readonly id: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Reads curves from a store's folder, in whichever thread and beside the one that writes: it sees what was committed before it was
 * asked. The store may not be there yet.
 */
export function openCurveReader(folder: string, log: StoreLog = () => undefined): CurveReader {
  return new CurveReader(folder, log);
}

export class CurveReader {
  readonly #file: string;
  readonly #log: StoreLog;
  #open: Statements | undefined;
  /** Points that are in the log alone, by curve. */
  readonly #tail = new Map<number, PointColumns>();
  #tailFrom = 0;
  #tailTo = 0;
  #reported = 0;
  #isStopped: () => boolean = () => false;
  #runs: { readonly changed: number; readonly byId: ReadonlyMap<number, CurveRun> } | undefined;

  constructor(folder: string, log: StoreLog) {
    this.#file = curvesFile(folder);
    this.#log = log;
  }

  /** Does what reads, which throws a QueryError between two pieces or summaries once it is stopped. */
  unless<T>(isStopped: () => boolean, work: () => T): T {
    const before = this.#isStopped;
    this.#isStopped = isStopped;
    try {
      this.#goOn();
      return work();
    } finally {
      this.#isStopped = before;
    }
  }

  #goOn(): void {
    if (this.#isStopped()) throw new QueryError('canceled', 'nobody waits for these curves any longer');
  }

  /** All points; none where there is no such curve. */
  read(curve: CurveName, limit = Infinity): ReadCurve {
    return this.#snapshot(
      (statements) => {
        const points = new PointColumns(0);
        const [found] = statements.findCurve.all(curve.run, curve.metric);
        if (found === undefined) return { ...points.take(), version: '' };
        const [id] = found;
        const tail = this.#tail.get(id);
        this.#readPieces(statements, id, points, limit - (tail?.length ?? 0));
        if (tail !== undefined) points.append(tail);
        return {
          ...(points.length > limit ? points.take(limit) : points.release()),
          version: `${id}:${found[1] + (tail?.length ?? 0)}`,
        };
      },
      () => ({ ...new PointColumns(0).take(), version: '' }),
    );
  }

  /** As `read`, with less work. */
  readLogged(curve: CurveName, limit = Infinity): LoggedCurve {
    if (limit !== Infinity) return logged(this.read(curve, limit));
    return this.#snapshot(
      (statements) => {
        const [found] = statements.findCurve.all(curve.run, curve.metric);
        const points = new PointColumns(0, { hasTimes: false });
        const times: TimesPart[] = [];
        if (found === undefined) return { ...points.releaseWithoutTimes(), times: new CurveTimes(times), version: '' };
        const [id] = found;
        this.#readPieces(statements, id, points, Infinity, times);
        const tail = this.#tail.get(id);
        if (tail !== undefined) {
          points.append(tail);
          times.push({ length: tail.length, times: tail.take().timesMs });
        }
        return {
          ...points.releaseWithoutTimes(),
          times: new CurveTimes(times),
          version: `${id}:${found[1] + (tail?.length ?? 0)}`,
        };
      },
      () => logged({ ...new PointColumns(0).take(), version: '' }),
    );
  }

  /** The rest of the piece that holds the point at `from`, or of the log. */
  readFrom(curve: CurveName, from: number): CurvePart {
    return this.#snapshot(
      (statements): CurvePart => {
        const [found] = statements.findCurve.all(curve.run, curve.metric);
        const points = new PointColumns(0);
        if (found === undefined) return { ...points.take(), next: undefined };
        const tail = this.#tail.get(found[0]);
        let end = 0;
        for (const [piece, length] of statements.pieceLengths.iterate(found[0])) {
          end += length;
          if (end <= from) continue;
          for (const [data] of statements.piece.all(piece)) this.#decode(data, points);
          // A damaged piece has no points, and those after it keep their places.
          const rest = points.take(end - from);
          return { ...rest, next: end < found[1] + (tail?.length ?? 0) ? end : undefined };
        }
        return { ...(tail?.take(Math.max(0, end + tail.length - from)) ?? points.take()), next: undefined };
      },
      () => ({ ...new PointColumns(0).take(), next: undefined }),
    );
  }

  /** What changes whenever the curve does, without reading it; "" where there is none. */
  version(curve: CurveName): string {
    return this.#snapshot(
      (statements) => {
        const [found] = statements.findCurve.all(curve.run, curve.metric);
        return found === undefined ? '' : `${found[0]}:${found[1] + (this.#tail.get(found[0])?.length ?? 0)}`;
      },
      () => '',
    );
  }

  summaries({ runs, metrics }: Asked<'summaries'>): CurveSummary[] {
    return this.#snapshot(
      (statements) => {
        const runNames = this.#runsById(statements);
        const wanted = runs === undefined ? undefined : new Set(runs);
        const found: CurveSummary[] = [];
        const add = (row: readonly (number | null)[], metric: string): void => {
          this.#goOn();
          const run = runNames.get(row[0] as number)?.name;
          if (run === undefined || (wanted !== undefined && !wanted.has(run))) return;
          const summary = this.#withTail(row[1] as number, fromRow(row, 2));
          if (summary.points > 0) found.push(describe({ run, metric }, summary));
        };
        if (runs !== undefined && metrics !== undefined && runs.length * metrics.length <= SINGLE_LOOKUPS) {
          for (const run of new Set(runs)) {
            for (const metric of new Set(metrics)) {
              const [row] = statements.curve.all(run, metric);
              if (row !== undefined) add(row, metric);
            }
          }
        } else if (metrics !== undefined) {
          for (const metric of new Set(metrics)) for (const row of statements.curvesOfMetric.iterate(metric)) add(row, metric);
        } else {
          const metricNames = new Map(statements.metrics.all());
          const name = (row: readonly (number | null)[]): string => metricNames.get(row.at(-1) as number) ?? '';
          if (wanted === undefined) for (const row of statements.allCurves.iterate()) add(row, name(row));
          else for (const run of wanted) for (const row of statements.curvesOfRun.iterate(run)) add(row, name(row));
        }
        return found;
      },
      () => [],
    );
  }

  metricNames({
    runs,
    text = '',
    limit,
    counted = true,
    order = 'name',
  }: Asked<'metricNames'>): { metric: string; runs: number }[] {
    return this.#snapshot(
      (statements) => {
        const searched = text.toLowerCase();
        const names = new Map(statements.metrics.all().filter(([, name]) => name.toLowerCase().includes(searched)));
        if (runs === undefined && !counted) {
          return [...names.values()]
            .toSorted()
            .slice(0, limit)
            .map((metric) => ({ metric, runs: 0 }));
        }
        const counts = new Map<number, number>();
        // The place of a name among those of a run, the foremost of all runs.
        const places = new Map<number, number>();
        if (runs === undefined) for (const id of names.keys()) counts.set(id, statements.countRuns.all(id)[0]?.[0] ?? 0);
        else {
          for (const run of new Set(runs))
            for (const [place, id] of namedMetrics(statements.metricsOfRun.all(run), names).entries()) {
              counts.set(id, (counts.get(id) ?? 0) + 1);
              places.set(id, Math.min(place, places.get(id) ?? Infinity));
            }
        }
        const found = [...counts]
          .filter(([, count]) => count > 0)
          .map(([id, count]) => ({ metric: names.get(id) ?? '', runs: count, place: places.get(id) ?? 0 }));
        const isShared = order === 'runs';
        return found
          .sort((a, b) => (isShared ? b.runs - a.runs || a.place - b.place : 0) || (a.metric < b.metric ? -1 : 1))
          .slice(0, limit)
          .map(({ metric, runs: count }) => ({ metric, runs: count }));
      },
      () => [],
    );
  }

  items({ run, kinds, tag }: Asked<'items'>): RunItem[] {
    return this.#snapshot(
      (statements) =>
        statements.items
          .all(run)
          .map(readItem)
          .map((item) => ({ ...item, run }))
          .filter((item) => (kinds === undefined || kinds.includes(item.kind)) && (tag === undefined || item.tag === tag)),
      () => [],
    );
  }

  item(id: number): (RunItem & { data: Uint8Array }) | undefined {
    return this.#snapshot(
      (statements) => {
        const [row] = statements.item.all(id);
        if (row === undefined) return undefined;
        return { ...readItem(row), run: row[8] as string, data: (row[9] as Uint8Array).slice() };
      },
      () => undefined,
    );
  }

  mark(name: string): string | undefined {
    return this.#snapshot(
      (statements) => statements.mark.all(name)[0]?.[0],
      () => undefined,
    );
  }

  stats(): { runs: number; curves: number; points: number } {
    return this.#snapshot(
      (statements) => {
        const [[runs, curves, points] = [0, 0, 0]] = statements.counts.all();
        let logged = 0;
        for (const { length } of this.#tail.values()) logged += length;
        return { runs, curves, points: (points ?? 0) + logged };
      },
      () => ({ runs: 0, curves: 0, points: 0 }),
    );
  }

  /** Every run that was labelled or has curves. */
  runs(): readonly CurveRun[] {
    return this.#snapshot(
      (statements) => [...this.#runsById(statements).values()],
      () => [],
    );
  }

  /** Ids and names of all metrics. */
  metrics(): readonly (readonly [id: number, name: string])[] {
    return this.#snapshot(
      (statements) => statements.metrics.all(),
      () => [],
    );
  }

  /** The metric of a name, as `metrics` answers it; none where no run has it. */
  metricOf(name: string): readonly (readonly [id: number, name: string])[] {
    return this.#snapshot(
      (statements) => statements.metricOf.all(name),
      () => [],
    );
  }

  /** The curves of a metric that have points in a closed range of time, by the run's id. */
  reaching(metric: number, fromMs: number, toMs: number): readonly { readonly run: number; readonly curve: number }[] {
    return this.#snapshot(
      (statements) => {
        const rows = [...statements.reaches.iterate(metric)].filter((row) => this.#reaches(row, fromMs, toMs));
        return rows.map(([run, curve]) => ({ run, curve }));
      },
      () => [],
    );
  }

  /** The same of a run, by the metric's id. */
  reachingOfRun(run: number, fromMs: number, toMs: number): readonly { readonly metric: number; readonly curve: number }[] {
    return this.#snapshot(
      (statements) => {
        const rows = [...statements.reachesOfRun.iterate(run)].filter((row) => this.#reaches(row, fromMs, toMs));
        return rows.map(([metric, curve]) => ({ metric, curve }));
      },
      () => [],
    );
  }

  #reaches([, curve, points, fromUs, toUs]: Reach, fromMs: number, toMs: number): boolean {
    if (points > 0 && fromUs <= lastUs(toMs) && toUs >= firstUs(fromMs)) return true;
    const tail = this.#tail.get(curve);
    for (let i = 0; i < (tail?.length ?? 0); i++) {
      const timeUs = tail!.timesUs[i] as number;
      if (timeUs >= firstUs(fromMs) && timeUs <= lastUs(toMs)) return true;
    }
    return false;
  }

  /** The points of a curve whose pieces reach into a closed range of time: all of those, and perhaps others. */
  readBetween(curve: number, fromMs: number, toMs: number): PointColumns {
    const points = new PointColumns();
    return this.#snapshot(
      (statements) => {
        for (const [data] of statements.piecesBetween.iterate(curve, lastUs(toMs), firstUs(fromMs))) this.#decode(data, points);
        const tail = this.#tail.get(curve);
        if (tail !== undefined) points.append(tail);
        return points;
      },
      () => points,
    );
  }

  close(): void {
    this.#open?.db.close();
    this.#open = undefined;
  }

  #withTail(curve: number, summary: Summary): Summary {
    const tail = this.#tail.get(curve);
    return tail === undefined ? summary : extend(summary.points === 0 ? noPoints() : summary, tail);
  }

  #readPieces(statements: Statements, curve: number, out: PointColumns, limit: number, times?: TimesPart[]): void {
    if (limit === Infinity) {
      const [[total] = [0]] = statements.pointsOf.all(curve);
      out.reserve((total ?? 0) + (this.#tail.get(curve)?.length ?? 0));
      for (const [data] of statements.pieces.iterate(curve)) this.#decode(data, out, times);
      return;
    }
    const newest: Uint8Array[] = [];
    let count = 0;
    if (limit > 0) {
      for (const [points, data] of statements.piecesBack.iterate(curve)) {
        newest.unshift(data);
        if ((count += points) >= limit) break;
      }
    }
    for (const data of newest) this.#decode(data, out);
  }

  #decode(data: Uint8Array, out: PointColumns, times?: TimesPart[]): void {
    this.#goOn();
    try {
      decodePiece(data, out, times);
    } catch (error) {
      if (!(error instanceof DamagedPiece)) throw error;
      if (this.#reported++ < DAMAGE_REPORTS)
        this.#log('error', `${this.#file} is damaged: a piece of a curve cannot be read (${error.message}) and is left out`);
    }
  }

  /** Runs `work` on one state of the file, with the log's points at hand; `none` where there is no file yet. */
  #snapshot<T>(work: (statements: Statements) => T, none: () => T): T {
    const statements = this.#statements();
    if (statements === undefined) return none();
    statements.db.exec('BEGIN');
    try {
      this.#follow(statements);
      return work(statements);
    } finally {
      statements.db.exec('COMMIT');
    }
  }

  #statements(): Statements | undefined {
    if (this.#open !== undefined) return this.#open;
    if (!existsSync(this.#file)) return undefined;
    const db = new DatabaseSync(this.#file, { timeout: 5_000, enableForeignKeyConstraints: false });
    try {
      db.exec('PRAGMA query_only=1; PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY');
      this.#open = prepare(db);
      return this.#open;
    } catch (error) {
      db.close();
      // The writer is making its tables.
      if (isForeignSchema(error)) return undefined;
      throw error;
    }
  }

  /** Takes over what the log has got, or has lost to pieces. */
  #follow(statements: Statements): void {
    const [[first] = [null]] = statements.firstLog.all();
    if (first === null) {
      this.#tail.clear();
      return;
    }
    if (first !== this.#tailFrom) {
      this.#tail.clear();
      this.#tailFrom = first;
      this.#tailTo = first - 1;
    }
    for (const [id, data] of statements.logAfter.iterate(this.#tailTo)) {
      this.#tailTo = id;
      try {
        decodeLogRow(data, (curve, points) => {
          const known = this.#tail.get(curve);
          if (known === undefined) this.#tail.set(curve, points);
          else known.append(points);
        });
      } catch (error) {
        if (!(error instanceof DamagedPiece)) throw error;
      }
    }
  }

  #runsById(statements: Statements): ReadonlyMap<number, CurveRun> {
    const changed = statements.runsChanged.all()[0]?.[0] ?? 0;
    if (this.#runs?.changed !== changed) {
      const rows = statements.runs.all();
      this.#runs = {
        changed,
        byId: new Map(rows.map(([id, name, labels]) => [id, { id, name, labels: JSON.parse(labels) as Record<string, string> }])),
      };
    }
    return this.#runs.byId;
  }
}

/** The microseconds that a millisecond stands for reach half of one to either side. */
const firstUs = (timeMs: number): number => (timeMs - 0.5) * US_PER_MS;
const lastUs = (timeMs: number): number => (timeMs + 0.5) * US_PER_MS;

/** `of` is a run or a metric. */
type Reach = [of: number, curve: number, points: number, fromUs: number, toUs: number];

type Statements = ReturnType<typeof prepare>;

function prepare(db: DatabaseSync) {
  const summary = SUMMARY_COLUMNS.map((name) => `c.${name}`).join(', ');
  const query = <Row extends (number | string | null | Uint8Array)[]>(sql: string) => new RowQuery<Row>(db, sql);
  const curves = `SELECT c.run, c.id, ${summary}, c.metric FROM curve c`;
  const item = 'i.id, i.kind, i.tag, i.step, i.place, i.time_us, i.media_type, length(i.data)';
  return {
    db,
    runsChanged: query<[number]>(`SELECT value FROM counter WHERE name = 'runs_changed'`),
    runs: query<[id: number, name: string, labels: string]>('SELECT id, name, labels FROM run'),
    metrics: query<[id: number, name: string]>('SELECT id, name FROM metric'),
    findCurve: query<[id: number, points: number]>(
      `SELECT c.id, c.points FROM curve c JOIN run r ON r.id = c.run JOIN metric m ON m.id = c.metric WHERE r.name = ?1 AND m.name = ?2`,
    ),
    curve: query<(number | null)[]>(
      `${curves} WHERE c.run = (SELECT id FROM run WHERE name = ?1) AND c.metric = (SELECT id FROM metric WHERE name = ?2)`,
    ),
    curvesOfMetric: query<(number | null)[]>(`${curves} WHERE c.metric = (SELECT id FROM metric WHERE name = ?)`),
    curvesOfRun: query<(number | null)[]>(`${curves} WHERE c.run = (SELECT id FROM run WHERE name = ?)`),
    allCurves: query<(number | null)[]>(curves),
    countRuns: query<[number]>('SELECT count(*) FROM curve WHERE metric = ?'),
    metricsOfRun: query<[number]>('SELECT metric FROM curve WHERE run = (SELECT id FROM run WHERE name = ?)'),
    metricOf: query<[id: number, name: string]>('SELECT id, name FROM metric WHERE name = ?'),
    reaches: query<Reach>('SELECT run, id, points, from_us, to_us FROM curve WHERE metric = ?'),
    reachesOfRun: query<Reach>('SELECT metric, id, points, from_us, to_us FROM curve WHERE run = ?'),
    pointsOf: query<[number | null]>('SELECT sum(points) FROM piece WHERE curve = ?'),
    pieceLengths: query<[id: number, points: number]>('SELECT id, points FROM piece WHERE curve = ? ORDER BY id'),
    piece: query<[Uint8Array]>('SELECT data FROM piece WHERE id = ?'),
    pieces: query<[Uint8Array]>('SELECT data FROM piece WHERE curve = ? ORDER BY id'),
    piecesBack: query<[points: number, data: Uint8Array]>('SELECT points, data FROM piece WHERE curve = ? ORDER BY id DESC'),
    piecesBetween: query<[Uint8Array]>('SELECT data FROM piece WHERE curve = ?1 AND from_us <= ?2 AND to_us >= ?3 ORDER BY id'),
    firstLog: query<[number | null]>('SELECT min(id) FROM log'),
    logAfter: query<[id: number, data: Uint8Array]>('SELECT id, data FROM log WHERE id > ? ORDER BY id'),
    items: query<(number | string | null)[]>(
      `SELECT ${item} FROM item i WHERE i.run = (SELECT id FROM run WHERE name = ?) ORDER BY i.tag, i.step, i.place, i.id`,
    ),
    item: query<(number | string | Uint8Array)[]>(
      `SELECT ${item}, r.name, i.data FROM item i JOIN run r ON r.id = i.run WHERE i.id = ?`,
    ),
    mark: query<[string]>('SELECT value FROM mark WHERE name = ?'),
    counts: query<[number, number, number | null]>(
      'SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM curve), (SELECT sum(points) FROM piece)',
    ),
  };
}

function logged({ timesMs, ...points }: ReadCurve): LoggedCurve {
  return { ...points, times: new CurveTimes([{ length: points.length, times: timesMs }]) };
}

function readItem(row: readonly (number | string | null | Uint8Array)[]): Omit<RunItem, 'run'> {
  const [id, kind, tag, step, index, timeUs, mediaType, bytes] = row;
  return {
    id: id as number,
    kind: kind as RunItemKind,
    tag: tag as string,
    step: step as number,
    index: index as number,
    timeMs: (timeUs as number) / US_PER_MS,
    mediaType: mediaType as string,
    bytes: bytes as number,
  };
}

/** The metrics of a run that are among the names, in order of name. */
function namedMetrics(rows: readonly (readonly [id: number])[], names: ReadonlyMap<number, string>): number[] {
  const name = (id: number): string => names.get(id) ?? '';
  return rows.flatMap(([id]) => (names.has(id) ? [id] : [])).sort((a, b) => (name(a) < name(b) ? -1 : 1));
}
