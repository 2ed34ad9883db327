import { finitePoints, inStretches, median, rollingMedian } from './measure.ts';
import { sayNumber, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** A burst must stand that far above the beginning too: at the end of training, gradients are next to nothing and anything is many times of it. */
const OVER_BEGINNING = 3;

/**
 * A gradient norm before clipping that is many times the running median of those before it, or beyond all bounds. Reads the
 * global norm, or the largest of the layers' where there is none.
 */
export function exploding(run: WatchedRun, { window, ratio, absolute, points }: ThresholdsOf<'exploding'>): Verdict[] {
  const { gradNorm, layerGradNorms } = run.roles;
  const metrics = gradNorm === undefined ? layerGradNorms : [gradNorm];
  const found: Verdict[] = [];
  for (const metric of metrics) {
    const logged = run.curve(metric);
    if (logged === undefined) continue;
    const norm = finitePoints(logged);
    const { values, steps, timesMs, length } = norm;
    if (length < 4) continue;
    const wide = Math.max(3, Math.min(Math.round(window), Math.floor(length / 2)));
    // The usual size is that of the points before, of many thousand that of their stretches.
    const usual = length > 20_000 ? undefined : rollingMedian(values, wide);
    const coarse = usual === undefined ? inStretches(norm, 2_000) : undefined;
    const begin = median(values.subarray(0, Math.min(length, wide)));
    let from = -1;
    let to = -1;
    let count = 0;
    // How many of a row of points: single bursts far apart are what clipping is for.
    const near: number[] = [];
    let together = 0;
    let top = 0;
    let usualThen = begin;
    for (let i = 1; i < length; i++) {
      const value = values[i]!;
      if (value <= absolute && value <= begin * OVER_BEGINNING) continue;
      const before =
        coarse === undefined ? usual![i - 1]! : coarse.values[Math.max(0, Math.floor((i * coarse.length) / length) - 1)]!;
      const most = Number.isNaN(before) ? Number.POSITIVE_INFINITY : Math.max(ratio * before, OVER_BEGINNING * begin);
      if (value <= absolute && value <= most) continue;
      if (from < 0) {
        from = i;
        usualThen = Number.isNaN(before) ? begin : before;
      }
      to = i;
      count++;
      near.push(i);
      while (near[0]! <= i - wide) near.shift();
      together = Math.max(together, near.length);
      top = Math.max(top, value);
    }
    if (from < 0) continue;
    const recent = Math.max(points, Math.ceil(length / 20));
    const active = to >= length - recent;
    const times =
      usualThen > 0 && top / usualThen >= 2
        ? `, ${sayNumber(top / usualThen)} times what was usual before (${sayNumber(usualThen)})`
        : '';
    found.push({
      detector: 'exploding',
      subject: '',
      severity: together >= points ? 'critical' : 'warning',
      sentence: `${metric} reached ${sayNumber(top)}${times}; ${count === 1 ? `at step ${sayStep(steps[from]!)} alone` : `${sayStep(count)} points between steps ${sayStep(steps[from]!)} and ${sayStep(steps[to]!)} are that large`}.`,
      advice:
        'Clip gradients by their norm (1 is usual), lower the learning rate or warm it up; check the initial weights, recurrent ones most of all.',
      fromStep: steps[from]!,
      toStep: steps[to]!,
      fromMs: timesMs[from]!,
      toMs: timesMs[to]!,
      metrics: [metric],
      numbers: { top, usual: usualThen, points: count },
      active,
    });
  }
  // One finding a run: the layer that it is worst in.
  return found.sort((a, b) => (b.numbers['top'] ?? 0) - (a.numbers['top'] ?? 0)).slice(0, 1);
}
