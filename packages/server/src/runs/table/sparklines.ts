import { sparkline } from '@vitrine/compute/sparkline.ts';
import type { CurveStore, CurveSummary } from '@vitrine/model/curve-store.ts';
import type { SparklinesAnswer, SparklinesRequest } from '@vitrine/model/run-api.ts';

/** Lines that are kept: of these many rows and metrics nothing is read again. */
const KEPT_LINES = 4_000;
/** A curve that has grown by less is drawn as it was: that is not a pixel. */
const GROWN = 1.005;

type Curves = Pick<CurveStore, 'points' | 'summaries'>;
type Line = SparklinesAnswer['lines'][number];

export interface Sparklines {
  /** From curves of which there are those that the asker may see. */
  answer(curves: Curves, request: SparklinesRequest, signal: AbortSignal): Promise<SparklinesAnswer>;
}

/** Of each answer one curve is in memory at a time. */
export function openSparklines(): Sparklines {
  /** The one used last comes last. */
  const kept = new Map<string, { readonly summary: CurveSummary; readonly line: Line }>();

  const lineOf = async (curves: Curves, summary: CurveSummary, points: number, signal: AbortSignal): Promise<Line> => {
    const { run, metric } = summary;
    const key = `${points}\n${run}\n${metric}`;
    const known = kept.get(key);
    kept.delete(key);
    const line =
      known !== undefined && isAsGood(known.summary, summary)
        ? known
        : { summary, line: { run, metric, ...sparkline(await curves.points({ run, metric }, undefined, signal), points) } };
    kept.set(key, line);
    if (kept.size > KEPT_LINES) kept.delete(kept.keys().next().value!);
    return line.line;
  };

  return {
    async answer(curves, { runs, metrics, points }, signal) {
      const summaries = await curves.summaries({ runs, metrics }, signal);
      const lines: Line[] = [];
      for (const summary of summaries) {
        signal.throwIfAborted();
        lines.push(await lineOf(curves, summary, points, signal));
      }
      return { lines };
    },
  };
}

function isAsGood(before: CurveSummary, now: CurveSummary): boolean {
  const isSameStart = before.first.timeMs === now.first.timeMs && Object.is(before.first.value, now.first.value);
  const isSameEnd = before.last.timeMs === now.last.timeMs && Object.is(before.last.value, now.last.value);
  if (before.points === now.points) return isSameStart && isSameEnd;
  return isSameStart && now.points > before.points && now.points < before.points * GROWN;
}
