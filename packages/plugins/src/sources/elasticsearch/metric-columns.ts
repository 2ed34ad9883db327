import { asList, asObject, type Json } from './ask-elastic.ts';
import { percentsOf, topFields } from './build-search.ts';
import { isDocuments, type Metric, type MetricType } from './spec.ts';

/** One number that a query shows of each group. */
export interface MetricColumn {
  readonly metric: Metric;
  /** As people call it: "Average latency", "p95.0 latency". */
  readonly title: string;
  /** undefined where the group has none. A text where top metrics have one. */
  readonly read: (bucket: Json) => number | string | undefined;
}

const TITLES: Readonly<Record<MetricType, string>> = {
  count: 'Count',
  avg: 'Average',
  sum: 'Sum',
  min: 'Min',
  max: 'Max',
  extended_stats: 'Extended Stats',
  percentiles: 'Percentiles',
  cardinality: 'Unique Count',
  moving_fn: 'Moving Function',
  moving_avg: 'Moving Average',
  derivative: 'Derivative',
  cumulative_sum: 'Cumulative Sum',
  serial_diff: 'Serial Difference',
  bucket_script: 'Bucket Script',
  top_metrics: 'Top Metrics',
  rate: 'Rate',
  raw_document: 'Raw Document',
  raw_data: 'Raw Data',
  logs: 'Logs',
};

const STATISTICS: Readonly<Record<string, string>> = {
  avg: 'Avg',
  min: 'Min',
  max: 'Max',
  sum: 'Sum',
  count: 'Count',
  std_deviation: 'Std Dev',
  std_deviation_bounds_upper: 'Std Dev Upper',
  std_deviation_bounds_lower: 'Std Dev Lower',
};

/** What the metrics that are not hidden show, in their order. */
export function metricColumns(metrics: readonly Metric[]): MetricColumn[] {
  return metrics.filter((metric) => !metric.hide && !isDocuments(metric)).flatMap((metric) => columnsOf(metric, metrics));
}

function columnsOf(metric: Metric, metrics: readonly Metric[]): MetricColumn[] {
  const { type, id, field } = metric;
  const behind = field === '' || metrics.some((one) => one.id === field) ? '' : ` ${field}`;
  switch (type) {
    case 'count':
      return [{ metric, title: TITLES.count, read: (bucket) => readNumber(bucket['doc_count']) }];
    case 'percentiles':
      return percentsOf(metric).map((percent) => ({
        metric,
        title: `p${Number.isInteger(percent) ? percent.toFixed(1) : percent}${behind}`,
        read: (bucket) => readPercentile(asObject(bucket[id])['values'], percent),
      }));
    case 'extended_stats': {
      const shown = Object.keys(STATISTICS).filter((key) => metric.meta[key] === true);
      return (shown.length === 0 ? ['avg'] : shown).map((key) => ({
        metric,
        title: `${STATISTICS[key]}${behind}`,
        read: (bucket) => readStatistic(asObject(bucket[id]), key),
      }));
    }
    case 'top_metrics':
      return topFields(metric).map((top) => ({
        metric,
        title: `${TITLES.top_metrics} ${top}`,
        read: (bucket) => readTop(asObject(asObject(asList(asObject(bucket[id])['top'])[0])['metrics'])[top]),
      }));
    default:
      return [
        {
          metric,
          title: `${TITLES[type]}${describePipeline(metric, metrics)}${behind}`,
          read: (bucket) => readValue(bucket[id]),
        },
      ];
  }
}

/** What a pipeline reads, as people call it: " Average latency". */
function describePipeline(metric: Metric, metrics: readonly Metric[]): string {
  if (metric.type === 'bucket_script') {
    const script = metric.settings['script'];
    return typeof script === 'string' ? ` ${script.replace(/params\.(\w+)/g, (_, name: string) => described(name))}` : '';
  }
  const read = metrics.find(({ id }) => id === metric.pipelineAgg);
  return read === undefined || read === metric ? '' : ` ${TITLES[read.type]}${read.field === '' ? '' : ` ${read.field}`}`;

  function described(name: string): string {
    const id = metric.pipelineVariables.find((variable) => variable.name === name)?.pipelineAgg;
    const found = metrics.find((one) => one.id === id);
    return found === undefined ? name : `${TITLES[found.type]}${found.field === '' ? '' : ` ${found.field}`}`;
  }
}

function readValue(value: unknown): number | undefined {
  const object = asObject(value);
  return readNumber(object['normalized_value'] ?? object['value']);
}

/** null is no value; what is no number is written as text: "NaN", "Infinity". */
function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '' || value === 'NaN') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function readTop(value: unknown): number | string | undefined {
  return typeof value === 'string' ? value : readNumber(value);
}

/** By the percentage, however the server writes it: "95.0", "95". */
function readPercentile(values: unknown, percent: number): number | undefined {
  if (Array.isArray(values)) {
    const found = (values as unknown[]).map(asObject).find(({ key }) => Number(key) === percent);
    return readNumber(found?.['value']);
  }
  const found = Object.entries(asObject(values)).find(([key]) => Number(key) === percent);
  return readNumber(found?.[1]);
}

function readStatistic(stats: Json, key: string): number | undefined {
  const bounds = asObject(stats['std_deviation_bounds']);
  if (key === 'std_deviation_bounds_upper') return readNumber(bounds['upper']);
  return readNumber(key === 'std_deviation_bounds_lower' ? bounds['lower'] : stats[key]);
}
