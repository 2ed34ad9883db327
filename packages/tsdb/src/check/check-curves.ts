import { DamagedPiece, decodeLogRow, decodePiece, PointColumns } from '../curves/points.ts';
import { RowQuery } from '../row-query.ts';
import { openChecked, type CheckedDatabase } from './check-database.ts';

export interface CheckedCurves {
  readonly curves: number;
  readonly points: number;
}

/**
 * Reads all of a curve store's file, whether or not a server has it open, and yields a sentence for each row that is not
 * what was written. See openReadOnly about `isAtRest`. Throws what is neither damage nor expected.
 */
export function* checkCurves(file: string, isAtRest = false): Generator<string, CheckedCurves> {
  const checked = yield* openChecked(file, isAtRest);
  const found = { curves: 0, points: 0 };
  if (checked === undefined) return found;
  try {
    yield* checkPieces(checked, found);
    yield* checkLog(checked);
    yield* checkSums(checked, found);
    return found;
  } finally {
    checked.close();
  }
}

function* checkPieces({ db, part }: CheckedDatabase, found: { points: number }): Generator<string> {
  const whose = new RowQuery<[metric: string, run: string]>(
    db,
    'SELECT metric.name, run.name FROM curve JOIN metric ON metric.id = curve.metric JOIN run ON run.id = curve.run WHERE curve.id = ?',
  );
  yield* part('piece', function* () {
    const rows = new RowQuery<[id: number, curve: number, points: number, data: Uint8Array]>(
      db,
      'SELECT id, curve, points, data FROM piece ORDER BY id',
    );
    for (const [id, curve, points, data] of rows.iterate()) {
      found.points += points;
      const [owner] = whose.all(curve);
      const name = `piece ${id} (${points} points of ${owner === undefined ? `curve ${curve}, which is not there` : `${owner[0]} of the run ${owner[1]}`})`;
      const columns = new PointColumns();
      const problem = problemOf(() => decodePiece(data, columns));
      if (problem !== undefined) yield `${name}: ${problem}`;
      else if (columns.length !== points) yield `${name}: holds ${columns.length} points`;
      if (owner === undefined) yield `${name}: belongs to no curve`;
    }
  });
}

function* checkLog({ db, part }: CheckedDatabase): Generator<string> {
  yield* part('log', function* () {
    for (const [id, data] of new RowQuery<[id: number, data: Uint8Array]>(db, 'SELECT id, data FROM log ORDER BY id').iterate()) {
      const problem = problemOf(() => decodeLogRow(data, () => undefined));
      if (problem !== undefined) yield `log ${id}: ${problem}; the points of one commit are lost`;
    }
  });
}

/** A curve's summary speaks of the points in its pieces. */
function* checkSums({ db, part }: CheckedDatabase, found: { curves: number }): Generator<string> {
  yield* part('curve', function* () {
    const rows = new RowQuery<[id: number, metric: string | null, run: string | null, said: number, held: number]>(
      db,
      `SELECT curve.id, metric.name, run.name, curve.points, coalesce((SELECT sum(points) FROM piece WHERE piece.curve = curve.id), 0)
       FROM curve LEFT JOIN metric ON metric.id = curve.metric LEFT JOIN run ON run.id = curve.run ORDER BY curve.id`,
    );
    for (const [id, metric, run, said, held] of rows.iterate()) {
      found.curves++;
      if (metric === null || run === null) yield `curve ${id}: its ${metric === null ? 'metric' : 'run'} is not there`;
      else if (said !== held)
        yield `curve ${id} (${metric} of the run ${run}): its summary counts ${said} points, its pieces hold ${held}`;
    }
  });
}

function problemOf(read: () => void): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof DamagedPiece) return error.message;
    throw error;
  }
}
