import type { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Call } from '../ast.ts';
import { valueType } from '../functions-signatures.ts';
import { histogramFraction } from '../histogram/fraction.ts';
import { histogramQuantile } from '../histogram/quantile.ts';
import { histogramVariance } from '../histogram/variance.ts';
import { emptyColumn, push, SAME_LABELS, type Column, type Sink } from './column.ts';
import type { Evaluator } from './evaluator.ts';
import { formatG } from './format-number.ts';
import type { Grid } from './grid.ts';
import { bucketFraction, bucketQuantile, ClassicBuckets, parseBound } from './histogram.ts';
import { textOf } from './unwrap.ts';

/** Functions that make a number of each native histogram, and pass over numbers. */
export const HISTOGRAM_FUNCTIONS: ReadonlyMap<string, (histogram: NativeHistogram) => number> = new Map([
  ['histogram_avg', ({ sum, count }) => sum / count],
  ['histogram_count', ({ count }) => count],
  ['histogram_stddev', (histogram) => Math.sqrt(histogramVariance(histogram))],
  ['histogram_stdvar', histogramVariance],
  ['histogram_sum', ({ sum }) => sum],
]);

/** Puts numbers in the histograms' places; numbers go. */
export function mapHistograms(column: Column, ofHistogram: (histogram: NativeHistogram) => number): void {
  const { values, present, histograms } = column;
  for (let i = 0; i < values.length; i++) {
    if (present[i] === 0) continue;
    const histogram = histograms?.[i];
    if (histogram === undefined) present[i] = 0;
    else values[i] = ofHistogram(histogram);
  }
  column.histograms = undefined;
}

/** One histogram over the grid: a native one, the buckets of a classic one, or now this, now that. */
interface Histogram {
  readonly labels: Labels;
  native: Column['histograms'];
  readonly buckets: { readonly upperBound: number; readonly column: Column }[];
}

/** What is asked of a histogram at step `i`: one answer, or one for each quantile, which a label of its series tells. */
interface Question {
  readonly answers: number;
  readonly label: string | undefined;
  readonly labelValue: (i: number, answer: number) => string;
  readonly ofNative: (i: number, answer: number, histogram: NativeHistogram, metric: string) => number;
  /** Called once before the answers are asked for. */
  readonly mend: (i: number, buckets: ClassicBuckets, metric: string) => void;
  readonly ofClassic: (i: number, answer: number, buckets: ClassicBuckets) => number;
}

/** histogram_quantile(q, v), histogram_quantiles(v, label, q…) and histogram_fraction(low, high, v). */
export async function streamHistogram(evaluator: Evaluator, call: Call, grid: Grid, sink: Sink): Promise<void> {
  const { annotations } = evaluator;
  const vector = call.args.find((arg) => valueType(arg) === 'vector')!;
  const question = await questionOf(evaluator, call, grid);
  for (const { labels, native, buckets } of histogramsOf(await evaluator.collect(vector, grid), evaluator, vector.span)) {
    const results = new Map<string, Column>();
    const resultOf = (value: string): Column => {
      let result = results.get(value);
      if (result === undefined) {
        const own = question.label === undefined ? labels : labels.with(question.label, value);
        results.set(value, (result = { ...emptyColumn(grid.count, own), dropName: true }));
      }
      return result;
    };
    buckets.sort((a, b) => (a.upperBound === b.upperBound ? 0 : a.upperBound - b.upperBound));
    const classic = new ClassicBuckets(buckets.length);
    for (let i = 0; i < grid.count; i++) {
      classic.length = 0;
      for (const { upperBound, column } of buckets) {
        if (column.present[i] === 1 && column.histograms?.[i] === undefined) classic.push(upperBound, column.values[i]!);
      }
      const histogram = native?.[i];
      if (histogram !== undefined && classic.length > 0) {
        annotations.mixedHistograms(labels.metricName, vector.span);
        continue;
      }
      if (histogram === undefined && classic.length === 0) continue;
      if (histogram === undefined) question.mend(i, classic, labels.metricName);
      for (let answer = 0; answer < question.answers; answer++) {
        const result = resultOf(question.labelValue(i, answer));
        if (result.present[i] === 1) throw new QueryError('execution', SAME_LABELS);
        result.present[i] = 1;
        result.values[i] =
          histogram === undefined
            ? question.ofClassic(i, answer, classic)
            : question.ofNative(i, answer, histogram, labels.metricName);
      }
    }
    push([...results.values()], sink);
    if (evaluator.budget.due()) await evaluator.budget.pause();
  }
}

async function questionOf(evaluator: Evaluator, { name, args }: Call, grid: Grid): Promise<Question> {
  const { annotations } = evaluator;
  const { span } = args.find((arg) => valueType(arg) === 'vector')!;
  const scalarArgs = args.filter((arg) => valueType(arg) === 'scalar');
  const scalars: Float64Array[] = [];
  for (const arg of scalarArgs) scalars.push(await evaluator.scalar(arg, grid));
  if (name === 'histogram_fraction') {
    const [lower, upper] = scalars as [Float64Array, Float64Array];
    return {
      answers: 1,
      label: undefined,
      labelValue: () => '',
      ofNative: (i, _, histogram, metric) => {
        const { value, hasNaN } = histogramFraction(lower[i]!, upper[i]!, histogram);
        if (hasNaN) annotations.nanObservations('fraction', 'which are excluded from all fractions', metric, span);
        return value;
      },
      mend: (_, buckets) => void buckets.makeMonotonic(),
      ofClassic: (i, _, buckets) => bucketFraction(lower[i]!, upper[i]!, buckets),
    };
  }
  scalars.forEach((quantiles, i) => annotations.checkQuantiles(quantiles, scalarArgs[i]!.span));
  const label = name === 'histogram_quantiles' ? textOf(args[1]!) : undefined;
  return {
    answers: scalars.length,
    label,
    labelValue: (i, at) => (label === undefined ? '' : formatQuantile(scalars[at]![i]!)),
    ofNative: (i, at, histogram, metric) => {
      const { value, nan } = histogramQuantile(scalars[at]![i]!, histogram);
      if (nan === 'result') annotations.nanObservations('quantile', 'result is NaN', metric, span);
      if (nan === 'skewed') annotations.nanObservations('quantile', 'result is skewed higher', metric, span);
      return value;
    },
    mend: (i, buckets, metric) => {
      // Of what is no quantile, and of buckets without an end, nothing is computed.
      if (!buckets.isComplete || !scalars.some((quantiles) => quantiles[i]! >= 0 && quantiles[i]! <= 1)) return;
      const repair = buckets.makeMonotonic();
      if (repair !== undefined) annotations.repaired(repair, grid.startMs + i * grid.stepMs, metric, span);
    },
    ofClassic: (i, at, buckets) => bucketQuantile(scalars[at]![i]!, buckets),
  };
}

/** The histograms that the series make up. Says of which numbers no bucket is known. */
function histogramsOf(columns: readonly Column[], { annotations }: Evaluator, span: Call['span']): Iterable<Histogram> {
  const histograms = new Map<string, Histogram>();
  const histogramOf = (labels: Labels): Histogram => {
    let histogram = histograms.get(labels.key);
    if (histogram === undefined) histograms.set(labels.key, (histogram = { labels, native: undefined, buckets: [] }));
    return histogram;
  };
  const withoutBound = new Set(['le']);
  for (const column of columns) {
    const { labels, present, histograms: native } = column;
    if (native !== undefined) histogramOf(labels).native = native.map((one, i) => (present[i] === 1 ? one : undefined));
    if (native !== undefined && !present.some((there, i) => there === 1 && native[i] === undefined)) continue;
    const le = labels.get('le');
    const upperBound = parseBound(le);
    if (upperBound === undefined) annotations.badBucketLabel(le, labels.metricName, span);
    else histogramOf(labels.without(withoutBound)).buckets.push({ upperBound, column });
  }
  return histograms.values();
}

/** As OpenMetrics writes a quantile: "1.0". */
function formatQuantile(q: number): string {
  const text = formatG(q);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
