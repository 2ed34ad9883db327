import type { Labels } from '@vitrine/model/labels.ts';
import type { Call } from '../ast.ts';
import { valueType } from '../functions-signatures.ts';
import { emptyColumn, push, type Column, type Sink } from './column.ts';
import type { Evaluator } from './evaluator.ts';
import { formatG } from './format-number.ts';
import type { Grid } from './grid.ts';
import { bucketFraction, bucketQuantile, parseBound, type Bucket } from './histogram.ts';
import { textOf } from './unwrap.ts';

/** histogram_quantile(q, v), histogram_quantiles(v, label, q…) and histogram_fraction(low, high, v) of classic buckets. */
export async function streamHistogram(evaluator: Evaluator, call: Call, grid: Grid, sink: Sink): Promise<void> {
  const { name, args } = call;
  const vectorAt = args.findIndex((arg) => valueType(arg) === 'vector');
  const vector = args[vectorAt]!;
  const scalarArgs = args.filter((arg) => valueType(arg) === 'scalar');
  const scalars: Float64Array[] = [];
  for (const arg of scalarArgs) scalars.push(await evaluator.scalar(arg, grid));
  if (name !== 'histogram_fraction')
    scalars.forEach((quantiles, i) => evaluator.annotations.checkQuantiles(quantiles, scalarArgs[i]!.span));

  interface Histogram {
    readonly labels: Labels;
    readonly buckets: { readonly upperBound: number; readonly column: Column }[];
  }
  const withoutBound = new Set(['le']);
  const histograms = new Map<string, Histogram>();
  for (const column of await evaluator.collect(vector, grid)) {
    const le = column.labels.get('le');
    const upperBound = parseBound(le);
    if (upperBound === undefined) {
      evaluator.annotations.badBucketLabel(le, column.labels.metricName, vector.span);
      continue;
    }
    const labels = column.labels.without(withoutBound);
    let histogram = histograms.get(labels.key);
    if (histogram === undefined) histograms.set(labels.key, (histogram = { labels, buckets: [] }));
    histogram.buckets.push({ upperBound, column });
  }

  for (const { labels, buckets } of histograms.values()) {
    const results =
      name === 'histogram_quantiles'
        ? scalars.map((quantiles) => emptyColumn(grid.count, labels.with(textOf(args[1]!), formatQuantile(quantiles[0]!))))
        : [emptyColumn(grid.count, labels)];
    for (const result of results) result.dropName = true;
    for (let i = 0; i < grid.count; i++) {
      const there: Bucket[] = [];
      for (const { upperBound, column } of buckets) {
        if (column.present[i] === 1) there.push({ upperBound, count: column.values[i]! });
      }
      if (there.length === 0) continue;
      if (name === 'histogram_fraction') {
        results[0]!.values[i] = bucketFraction(scalars[0]![i]!, scalars[1]![i]!, there);
        results[0]!.present[i] = 1;
        continue;
      }
      for (const [at, result] of results.entries()) {
        const copy = results.length === 1 ? there : there.map((bucket) => ({ ...bucket }));
        const { value, repair } = bucketQuantile(scalars[at]![i]!, copy);
        result.values[i] = value;
        result.present[i] = 1;
        if (repair !== undefined) {
          evaluator.annotations.repaired(repair, grid.startMs + i * grid.stepMs, labels.metricName, vector.span);
        }
      }
    }
    push(results, sink);
    if (evaluator.budget.due()) await evaluator.budget.pause();
  }
}

/** As OpenMetrics writes a quantile: "1.0". */
function formatQuantile(q: number): string {
  const text = formatG(q);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
