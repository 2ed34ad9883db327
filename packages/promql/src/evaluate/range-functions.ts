import { QueryError, type RollupPart } from '@vitrine/model/sample-store.ts';
import { extendedRate, type Extension } from './extended.ts';
import { averageHistograms, firstOfAny, lastOfAny, sumHistograms } from './histogram-over-time.ts';
import { extendedHistograms, extrapolatedHistograms, instantaneousHistograms } from './histogram-rate.ts';
import { ignoringHistograms, withHistograms } from './mixed-windows.ts';
import {
  avgOverTime,
  countOverTime,
  firstOverTime,
  lastOverTime,
  madOverTime,
  maxOverTime,
  minOverTime,
  presentOverTime,
  quantileOverTime,
  stddevOverTime,
  stdvarOverTime,
  sumOverTime,
  tsOfFirstOverTime,
  tsOfLastOverTime,
  tsOfMaxOverTime,
  tsOfMinOverTime,
} from './over-time.ts';
import type { RangeKernel } from './range-window.ts';
import { anchoredChanges, anchoredResets, changes, extrapolated, instantaneous, resets } from './rate.ts';
import { averageRolled, countRolled, sumRolled, withRolled } from './rolled.ts';
import { deriv, doubleExponentialSmoothing, predictLinear } from './regression.ts';

export interface RangeFunction {
  readonly kernel: RangeKernel;
  /** The value is one of the metric's own, so that the name stays. */
  readonly keepsName?: boolean;
  /** Makes sense of counters only. */
  readonly counter?: boolean;
  /** Looks at each window by itself, so that long windows take long. */
  readonly windowByWindow?: boolean;
  /** What it does over a range that reaches beyond its ends, where it can. */
  readonly extended?: Partial<Record<Extension, RangeKernel>>;
  /** What of buckets it can be computed from where windows are whole ones. */
  readonly part?: RollupPart;
  /** Which argument must be a quantile. */
  readonly quantileArg?: number;
}

/** Functions of a range vector, series by series. */
export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ['rate', { kernel: rate(true, true), counter: true, extended: bothWays(true, true), part: 'increase' }],
  ['increase', { kernel: rate(true, false), counter: true, extended: bothWays(true, false), part: 'increase' }],
  ['delta', { kernel: rate(false, false), extended: bothWays(false, false), part: 'increase' }],
  ['irate', { kernel: withHistograms(instantaneous(true), instantaneousHistograms(true)) }],
  ['idelta', { kernel: withHistograms(instantaneous(false), instantaneousHistograms(false)) }],
  ['resets', { kernel: resets, extended: { anchored: anchoredResets } }],
  ['changes', { kernel: changes, extended: { anchored: anchoredChanges } }],
  ['deriv', { kernel: ofNumbers(deriv), windowByWindow: true }],
  ['predict_linear', { kernel: ofNumbers(predictLinear), windowByWindow: true }],
  ['double_exponential_smoothing', { kernel: ofNumbers(doubleExponentialSmoothing), windowByWindow: true }],
  ['avg_over_time', { kernel: withHistograms(withRolled(avgOverTime, averageRolled), averageHistograms), part: 'sums' }],
  ['sum_over_time', { kernel: withHistograms(withRolled(sumOverTime, sumRolled), sumHistograms), part: 'sums' }],
  ['min_over_time', { kernel: ofNumbers(minOverTime), part: 'least' }],
  ['max_over_time', { kernel: ofNumbers(maxOverTime), part: 'greatest' }],
  ['count_over_time', { kernel: withRolled(countOverTime, countRolled), part: 'counts' }],
  ['present_over_time', { kernel: presentOverTime, part: 'counts' }],
  ['last_over_time', { kernel: withHistograms(lastOverTime, lastOfAny), keepsName: true, part: 'last' }],
  ['first_over_time', { kernel: withHistograms(firstOverTime, firstOfAny), keepsName: true, part: 'first' }],
  ['quantile_over_time', { kernel: ofNumbers(quantileOverTime), windowByWindow: true, quantileArg: 0 }],
  ['stddev_over_time', { kernel: ofNumbers(stddevOverTime), windowByWindow: true }],
  ['stdvar_over_time', { kernel: ofNumbers(stdvarOverTime), windowByWindow: true }],
  ['mad_over_time', { kernel: ofNumbers(madOverTime), windowByWindow: true }],
  ['ts_of_first_over_time', { kernel: tsOfFirstOverTime, part: 'first' }],
  ['ts_of_last_over_time', { kernel: tsOfLastOverTime, part: 'last' }],
  ['ts_of_max_over_time', { kernel: ofNumbers(tsOfMaxOverTime), windowByWindow: true }],
  ['ts_of_min_over_time', { kernel: ofNumbers(tsOfMinOverTime), windowByWindow: true }],
]);

function rate(counter: boolean, perSecond: boolean): RangeKernel {
  return withHistograms(extrapolated(counter, perSecond), extrapolatedHistograms(counter, perSecond));
}

/** A function that passes over histograms. */
function ofNumbers(kernel: RangeKernel): RangeKernel {
  return withHistograms(kernel, ignoringHistograms);
}

function bothWays(counter: boolean, perSecond: boolean): Record<Extension, RangeKernel> {
  const extended = (extension: Extension): RangeKernel => {
    const ofHistograms = extendedHistograms(counter, perSecond, extension === 'smoothed');
    return withHistograms(extendedRate(counter, perSecond, extension), ofHistograms, extension);
  };
  return { anchored: extended('anchored'), smoothed: extended('smoothed') };
}

/** The kernel for a range that reaches beyond its ends. Throws where the function knows none. */
export function extendedKernel(name: string, extension: Extension, { extended }: RangeFunction): RangeKernel {
  const kernel = extended?.[extension];
  if (kernel !== undefined) return kernel;
  const able = [...RANGE_FUNCTIONS].filter(([, fn]) => fn.extended?.[extension] !== undefined).map(([known]) => known);
  throw new QueryError(
    'execution',
    `${extension} modifier can only be used with: ${able.toSorted().join(', ')} - not with ${name}`,
  );
}
