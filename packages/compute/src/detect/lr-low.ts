import { CATALOGUE } from './catalogue.ts';
import { shareLearned } from './measure.ts';
import { sayNumber, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import { updateSizeOf } from './update-size.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** Updates are tiny beside the weights (about a thousandth is usual: cs231n), and next to nothing was learned. */
export function lrLow(run: WatchedRun, { ratio, learned }: ThresholdsOf<'lr_low'>): Verdict[] {
  const size = updateSizeOf(run);
  const { trainLoss } = run.roles;
  const gained = shareLearned(run.curve(trainLoss));
  if (size === undefined || gained === undefined || trainLoss === undefined) return [];
  if (!(size.ratio < ratio && gained < learned)) return [];
  const { fromStep, toStep } = size.half;
  return [
    {
      detector: 'lr_low',
      subject: '',
      severity: 'warning',
      sentence: `An update is ${sayNumber(size.ratio)} of the weights that it changes (median of ${size.layers} ${size.layers === 1 ? 'layer' : 'layers'}, steps ${sayStep(fromStep)} to ${sayStep(toStep)}; about 0.001 is usual), and ${trainLoss} fell by ${sayShare(Math.max(0, gained))} only.`,
      advice: CATALOGUE.lr_low.advice,
      ...size.half,
      metrics: [...size.metrics.slice(0, 20), trainLoss],
      numbers: { ratio: size.ratio, learned: gained, layers: size.layers },
      active: true,
    },
  ];
}
