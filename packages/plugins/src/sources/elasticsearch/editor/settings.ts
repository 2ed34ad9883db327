import type { BucketType, MetricType } from '../spec.ts';

/** One setting of a metric or a group, as the editor shows it. */
export interface SettingField {
  readonly key: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly width?: number;
  /** One of these, the first where nothing is saved; absent is a text. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Saved as a list, written with commas between. */
  readonly isList?: boolean;
}

export const METRIC_LABELS: Readonly<Record<Exclude<MetricType, 'moving_avg'>, string>> = {
  count: 'Count',
  avg: 'Average',
  sum: 'Sum',
  min: 'Min',
  max: 'Max',
  extended_stats: 'Extended stats',
  percentiles: 'Percentiles',
  cardinality: 'Unique count',
  rate: 'Rate',
  top_metrics: 'Top metrics',
  derivative: 'Derivative',
  cumulative_sum: 'Cumulative sum',
  serial_diff: 'Serial difference',
  moving_fn: 'Moving function',
  bucket_script: 'Bucket script',
  logs: 'Logs',
  raw_data: 'Raw data',
  raw_document: 'Raw documents',
};

export const BUCKET_LABELS: Readonly<Record<BucketType, string>> = {
  date_histogram: 'Time',
  terms: 'Terms',
  filters: 'Filters',
  histogram: 'Histogram',
  geohash_grid: 'Geohash grid',
  nested: 'Nested',
};

const ORDERS = [
  { value: 'desc', label: 'Falling' },
  { value: 'asc', label: 'Rising' },
];
const DOCUMENTS: SettingField = { key: 'size', label: 'Documents', placeholder: '500', width: 90 };

export const METRIC_SETTINGS: Readonly<Partial<Record<MetricType, readonly SettingField[]>>> = {
  percentiles: [{ key: 'percents', label: 'Percentages', placeholder: '25,50,75,95,99', width: 160, isList: true }],
  extended_stats: [{ key: 'sigma', label: 'Sigma', placeholder: '2', width: 70 }],
  cardinality: [{ key: 'precision_threshold', label: 'Exact up to', placeholder: '3000', width: 90 }],
  rate: [
    { key: 'unit', label: 'Per', placeholder: 'second', width: 90 },
    {
      key: 'mode',
      label: 'Of',
      width: 120,
      choices: [
        { value: 'sum', label: 'Sums' },
        { value: 'value_count', label: 'Numbers of values' },
      ],
    },
  ],
  top_metrics: [
    { key: 'metrics', label: 'Fields', placeholder: 'latency,tokens', width: 160, isList: true },
    { key: 'orderBy', label: 'Of the first by', placeholder: '@timestamp', width: 130 },
    { key: 'order', label: 'Order', width: 100, choices: ORDERS },
  ],
  derivative: [{ key: 'unit', label: 'Per', placeholder: '1s', width: 70 }],
  serial_diff: [{ key: 'lag', label: 'Lag', placeholder: '1', width: 70 }],
  moving_fn: [
    { key: 'window', label: 'Window', placeholder: '5', width: 70 },
    { key: 'script', label: 'Function', placeholder: 'MovingFunctions.unweightedAvg(values)', width: 260 },
    { key: 'shift', label: 'Shift', placeholder: '0', width: 70 },
  ],
  bucket_script: [{ key: 'script', label: 'Script', placeholder: 'params.a / params.b', width: 220 }],
  raw_data: [DOCUMENTS],
  raw_document: [DOCUMENTS],
  logs: [
    { key: 'limit', label: 'Lines', placeholder: '500', width: 90 },
    {
      key: 'sortDirection',
      label: 'Order',
      width: 130,
      choices: [
        { value: 'desc', label: 'Newest first' },
        { value: 'asc', label: 'Oldest first' },
      ],
    },
  ],
};

const MIN_DOCUMENTS: SettingField = { key: 'min_doc_count', label: 'Min documents', placeholder: '0', width: 100 };

export const BUCKET_SETTINGS: Readonly<Record<BucketType, readonly SettingField[]>> = {
  date_histogram: [
    { key: 'interval', label: 'Interval', placeholder: 'auto', width: 90 },
    { key: 'timeZone', label: 'Time zone', placeholder: 'UTC', width: 130 },
    { key: 'offset', label: 'Offset', placeholder: '+6h', width: 80 },
    { key: 'trimEdges', label: 'Trim edges', placeholder: '0', width: 80 },
    MIN_DOCUMENTS,
  ],
  terms: [
    { key: 'size', label: 'Most', placeholder: '500', width: 80 },
    { key: 'orderBy', label: 'By', placeholder: '_count, _key or a metric’s id', width: 180 },
    { key: 'order', label: 'Order', width: 100, choices: ORDERS },
    { key: 'min_doc_count', label: 'Min documents', placeholder: '1', width: 100 },
    { key: 'missing', label: 'Where missing', placeholder: 'left out', width: 110 },
  ],
  filters: [],
  histogram: [{ key: 'interval', label: 'Interval', placeholder: '1000', width: 90 }, MIN_DOCUMENTS],
  geohash_grid: [{ key: 'precision', label: 'Precision', placeholder: '3', width: 80 }],
  nested: [],
};

/** The statistics of extended_stats. */
export const STATISTIC_LABELS = [
  { value: 'avg', label: 'Avg' },
  { value: 'min', label: 'Min' },
  { value: 'max', label: 'Max' },
  { value: 'sum', label: 'Sum' },
  { value: 'count', label: 'Count' },
  { value: 'std_deviation', label: 'Std dev' },
  { value: 'std_deviation_bounds_upper', label: 'Std dev upper' },
  { value: 'std_deviation_bounds_lower', label: 'Std dev lower' },
];
