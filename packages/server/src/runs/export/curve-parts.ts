import type { CurveName, CurvePart, CurvePoints, CurveSummary } from '@vitrine/model/curve-store.ts';
import type { Run } from '@vitrine/model/run.ts';

/** Where exports read curves: a server's store, or the file beside it. */
export interface CurveSource {
  summaries(request: {
    readonly runs: readonly string[];
    readonly metrics?: readonly string[] | undefined;
  }): Promise<readonly CurveSummary[]> | readonly CurveSummary[];
  pointsFrom(curve: CurveName, from: number): Promise<CurvePart> | CurvePart;
}

export type ExportedRun = Pick<Run, 'id' | 'name' | 'project'>;

/** Some points of a curve, in the order in which they were logged. */
export interface ExportPart {
  readonly run: ExportedRun;
  readonly metric: string;
  readonly points: CurvePoints;
}

/** What every export of points has, in this order. `time` is unix milliseconds. */
export const EXPORT_COLUMNS = ['run', 'run_name', 'project', 'metric', 'step', 'epoch', 'time', 'value'] as const;

/**
 * All points of the runs' curves, or of those of these metrics: run by run as given, in order of metric, as logged. Part by part: no
 * curve is in memory whole. What is logged meanwhile may be among them.
 */
export async function* curveParts(
  source: CurveSource,
  runs: readonly ExportedRun[],
  metrics: readonly string[] | undefined,
): AsyncGenerator<ExportPart> {
  for (const run of runs) {
    const summaries = await source.summaries({ runs: [run.id], metrics });
    for (const { metric } of summaries.toSorted((a, b) => (a.metric < b.metric ? -1 : 1))) {
      for (let from: number | undefined = 0; from !== undefined;) {
        const part: CurvePart = await source.pointsFrom({ run: run.id, metric }, from);
        if (part.length > 0) yield { run, metric, points: part };
        from = part.next;
      }
    }
  }
}
