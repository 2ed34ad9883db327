import { CATALOGUE } from './catalogue.ts';
import { finitePoints, median } from './measure.ts';
import { sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import { updateSizeOf } from './update-size.ts';
import type { Span } from './update-size.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** Points of the first tenth that it takes to speak of swings. */
const LEAST_POINTS = 20;

/** The first updates change the weights by much of themselves, all of them do, or the loss swings to and fro at the beginning. */
export function lrHigh(run: WatchedRun, { peak, ratio, turns, swing }: ThresholdsOf<'lr_high'>): Verdict[] {
  const size = updateSizeOf(run);
  if (size !== undefined) {
    const { layers } = size;
    const of = `of ${layers} ${layers === 1 ? 'layer' : 'layers'}`;
    const found = (sentence: string, span: Span, numbers: Readonly<Record<string, number>>): Verdict[] => [
      {
        detector: 'lr_high',
        subject: '',
        severity: 'warning',
        sentence: `${sentence}, median ${of}, between steps ${sayStep(span.fromStep)} and ${sayStep(span.toStep)} (about 0.001 is usual).`,
        advice: CATALOGUE.lr_high.advice,
        ...span,
        metrics: size.metrics.slice(0, 20),
        numbers: { ...numbers, layers },
        active: true,
      },
    ];
    if (size.peak > peak)
      return found(`An update changed the weights by ${sayShare(size.peak)} of themselves`, size.tenth, { peak: size.peak });
    if (size.ratio > ratio)
      return found(`A usual update changes the weights by ${sayShare(size.ratio)} of themselves`, size.half, {
        ratio: size.ratio,
      });
  }
  return swings(run, turns, swing);
}

function swings(run: WatchedRun, turns: number, swing: number): Verdict[] {
  const metric = run.roles.trainLoss;
  const logged = run.curve(metric);
  if (metric === undefined || logged === undefined) return [];
  const loss = finitePoints(logged);
  const end = Math.floor(loss.length / 10);
  if (end < LEAST_POINTS) return [];
  const values = loss.values.subarray(0, end);
  // Beside a loss of both signs, as a policy's is, every swing is large.
  if (values.some((value) => value > 0) && values.some((value) => value < 0)) return [];
  const moves = values.subarray(1).map((value, i) => value - values[i]!);
  let turned = 0;
  for (let i = 1; i < moves.length; i++) if (moves[i]! * moves[i - 1]! < 0) turned++;
  const share = turned / (moves.length - 1);
  const level = Math.abs(median(values));
  const typical = median(moves.map((move) => Math.abs(move))) / level;
  if (!(share > turns && typical > swing)) return [];
  return [
    {
      detector: 'lr_high',
      subject: '',
      severity: 'warning',
      sentence: `${metric} swings by ${sayShare(typical)} from point to point up to step ${sayStep(loss.steps[end - 1]!)} and turns at ${sayShare(share)} of them.`,
      advice: CATALOGUE.lr_high.advice,
      fromStep: loss.steps[0]!,
      toStep: loss.steps[end - 1]!,
      fromMs: loss.timesMs[0]!,
      toMs: loss.timesMs[end - 1]!,
      metrics: [metric],
      numbers: { turns: share, swing: typical },
      active: true,
    },
  ];
}
