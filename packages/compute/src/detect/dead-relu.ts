import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

interface DeadLayer {
  readonly metric: string;
  readonly curve: CurvePoints;
  readonly from: number;
  readonly share: number;
}

/** Most units of a layer are never active, or nearly all that it gives is zero. */
export function deadRelu(run: WatchedRun, { units, zeros, points }: ThresholdsOf<'dead_relu'>): Verdict[] {
  const { deadShares, zeroShares } = run.roles;
  const counted = deadShares.length > 0;
  const metrics = counted ? deadShares : zeroShares;
  const most = counted ? units : zeros;
  const dead = metrics
    .flatMap((metric) => deadLayer(metric, run.curve(metric), most, points) ?? [])
    .sort((a, b) => b.share - a.share || (a.metric < b.metric ? -1 : 1));
  const [worst] = dead;
  if (worst === undefined) return [];
  const { curve, from, share } = worst;
  const last = curve.length - 1;
  const what = counted ? 'of its units are never active' : 'of what it gives is zero';
  return [
    {
      detector: 'dead_relu',
      subject: '',
      severity: 'warning',
      sentence: `${worst.metric}: ${sayShare(share)} ${what} since step ${sayStep(curve.steps[from]!)}${dead.length > 1 ? `; ${dead.length} layers are like that` : ''}.`,
      advice:
        'Lower the learning rate, begin with biases at zero, or use a leaky activation; a unit that is dead for all examples does not come back by itself.',
      fromStep: curve.steps[from]!,
      toStep: curve.steps[last]!,
      fromMs: curve.timesMs[from]!,
      toMs: curve.timesMs[last]!,
      metrics: dead.slice(0, 20).map(({ metric }) => metric),
      numbers: { share, layers: dead.length },
      active: true,
    },
  ];
}

function deadLayer(metric: string, curve: CurvePoints | undefined, most: number, points: number): DeadLayer | undefined {
  if (curve === undefined) return undefined;
  // Percent and shares are both logged; a share is never above one.
  const scale = curve.values.subarray(0, curve.length).some((value) => value > 1.5) ? 100 : 1;
  let from = curve.length;
  while (from > 0 && curve.values[from - 1]! / scale > most) from--;
  if (curve.length - from < points) return undefined;
  return { metric, curve, from, share: curve.values[curve.length - 1]! / scale };
}
