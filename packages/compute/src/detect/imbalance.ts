import { finitePoints, median, robustSigma } from './measure.ts';
import { sayNumber, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import { asPercent } from './utilisation.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

interface Member {
  readonly metric: string;
  readonly level: number;
}

/** Members that it takes to say how far they usually are from each other, and how far off one must be besides. */
const LEAST_MEMBERS = 4;
const STRAGGLER_SHARE = 0.1;

/** One rank takes longer, or one GPU has more to do, than the others. */
export function imbalance(run: WatchedRun, thresholds: ThresholdsOf<'imbalance'>): Verdict[] {
  const ranks = judge(run, run.roles.rankTimes, thresholds, (_, values) => values);
  if (ranks.length > 0) return ranks;
  return judge(run, run.roles.gpuUtilisation, thresholds, asPercent);
}

function judge(
  run: WatchedRun,
  metrics: readonly string[],
  { spread, sigmas, points }: ThresholdsOf<'imbalance'>,
  read: (metric: string, values: Float64Array) => Float64Array,
): Verdict[] {
  const members: Member[] = [];
  let span: { fromStep: number; toStep: number; fromMs: number; toMs: number } | undefined;
  for (const metric of metrics) {
    const logged = run.curve(metric);
    if (logged === undefined) continue;
    const curve = finitePoints(logged);
    if (curve.length < points) continue;
    const from = curve.length - points;
    members.push({ metric, level: median(read(metric, curve.values).subarray(from, curve.length)) });
    span ??= {
      fromStep: curve.steps[from]!,
      toStep: curve.steps[curve.length - 1]!,
      fromMs: curve.timesMs[from]!,
      toMs: curve.timesMs[curve.length - 1]!,
    };
  }
  if (members.length < 2 || span === undefined) return [];
  members.sort((a, b) => a.level - b.level);
  const low = members[0]!;
  const high = members.at(-1)!;
  const mean = members.reduce((sum, { level }) => sum + level, 0) / members.length;
  const share = mean > 0 ? (high.level - low.level) / mean : 0;
  const middle = median(members.map(({ level }) => level));
  const sigma = robustSigma(members.map(({ level }) => level));
  const off = [high, low].find(({ level }) => Math.abs(level - middle) > Math.max(sigmas * sigma, STRAGGLER_SHARE * middle));
  const straggler = members.length >= LEAST_MEMBERS && sigma > 0 ? off : undefined;
  if (!(share > spread) && straggler === undefined) return [];
  const why =
    share > spread
      ? `${high.metric} is ${sayNumber(high.level)} where ${low.metric} is ${sayNumber(low.level)}: they differ by ${sayShare(share)} of the mean`
      : `${straggler!.metric} is ${sayNumber(straggler!.level)}, far off the others’ ${sayNumber(middle)}`;
  return [
    {
      detector: 'imbalance',
      subject: '',
      severity: 'warning',
      sentence: `${why} (medians of steps ${sayStep(span.fromStep)} to ${sayStep(span.toStep)}).`,
      advice:
        'All wait for the slowest: give each the same amount of work (shards, sequence lengths), and look for a slow disk, link or throttled GPU on that one.',
      ...span,
      metrics: members.slice(0, 50).map(({ metric }) => metric),
      numbers: { high: high.level, low: low.level, spread: share, members: members.length },
      active: true,
    },
  ];
}
