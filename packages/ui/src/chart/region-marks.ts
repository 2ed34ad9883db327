import type { Frame } from '@vitrine/model/frame.ts';
import type { CurveX } from '@vitrine/model/run-api.ts';
import type { Finding } from '@vitrine/model/run.ts';

import { interpolate } from './annotations.ts';
import type { ChartMark } from './annotations.ts';
import { stepMapOfCurves, timeMapOfCurves } from './step-map.ts';

/** A stretch of a run's steps to be marked, with a sentence. A Finding is one. */
export type CurveRegion = Pick<
  Finding,
  'id' | 'runId' | 'detector' | 'severity' | 'sentence' | 'advice' | 'fromStep' | 'toStep' | 'fromMs' | 'toMs'
>;

const SEVERITY_COLORS = { info: 'blue', warning: 'yellow', critical: 'red' } as const;

/** The regions on a chart's x, where it has a place for them: by the frames' own steps and times where x is neither. Pure. */
export function regionMarks(frames: readonly Frame[], regions: readonly CurveRegion[], x: CurveX['kind']): readonly ChartMark[] {
  return regions.flatMap((region): ChartMark[] => {
    const [from, to] = placesOf(frames, region, x);
    if (from === undefined || to === undefined) return [];
    const { id, detector, severity, sentence, advice, fromMs, toMs } = region;
    const event = {
      query: id,
      timeMs: fromMs,
      endMs: toMs,
      title: detector.replaceAll('_', ' '),
      text: advice === '' ? sentence : `${sentence} ${advice}`,
      tags: [],
      color: SEVERITY_COLORS[severity],
    };
    return [{ from, to, event }];
  });
}

function placesOf(
  frames: readonly Frame[],
  { runId, fromStep, toStep, fromMs, toMs }: CurveRegion,
  x: CurveX['kind'],
): readonly [from: number | undefined, to: number | undefined] {
  if (x === 'time') return [fromMs, toMs];
  const hasSteps = Number.isFinite(fromStep) && Number.isFinite(toStep);
  if (x === 'step' && hasSteps) return [fromStep, toStep];
  const map = hasSteps ? stepMapOfCurves(frames, runId) : timeMapOfCurves(frames, runId);
  if (map === undefined) return [undefined, undefined];
  const place = (at: number) => interpolate(map.times, map.xs, Math.min(map.times.at(-1)!, Math.max(map.times[0]!, at)));
  return hasSteps ? [place(fromStep), place(toStep)] : [place(fromMs), place(toMs)];
}
