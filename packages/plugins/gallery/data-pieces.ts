import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import * as made from './data.ts';
import type { Shown } from './main.tsx';

const { answer } = made;

function tableOf(fields: readonly Field[], name = ''): Frame {
  return { refId: 'A', shape: 'table', length: fields[0]?.values.length ?? 0, fields, ...(name === '' ? {} : { name }) };
}

const numbers = (name: string, values: readonly number[], config: FieldSettings = {}): Field => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
  config,
});
const words = (name: string, values: readonly string[], config: FieldSettings = {}): Field => ({
  name,
  type: 'string',
  values,
  config,
});
const look = (type: string, more: object = {}): FieldSettings => ({ custom: { cellOptions: { type, ...more } } });
const steps = {
  mode: 'absolute',
  steps: [
    { value: -Infinity, color: 'green' },
    { value: 0.5, color: 'orange' },
    { value: 0.8, color: 'red' },
  ],
} as const;

const count = 60;
const each = <Value>(of: (n: number) => Value) => Array.from({ length: count }, (_, n) => of(n));
const past = (n: number): Frame[] => [
  made.frame([{ name: 'p95', labels: {}, at: (at, _, next) => 1 + Math.sin(at / 9 + n) + next() * 0.4 }], 60),
];

const looks = tableOf([
  words(
    'run',
    each((n) => `run-${n}`),
  ),
  { name: 'state', type: 'string', values: each((n) => ['running', 'finished', 'failed'][n % 3]!), config: look('pill') },
  {
    ...numbers(
      'load',
      each((n) => ((n * 37) % 100) / 100),
    ),
    config: { unit: 'percentunit', thresholds: steps, color: { mode: 'thresholds' }, ...look('color-text') },
  },
  {
    ...numbers(
      'error rate',
      each((n) => ((n * 17) % 100) / 100),
    ),
    config: {
      unit: 'percentunit',
      thresholds: steps,
      color: { mode: 'thresholds' },
      ...look('color-background', { mode: 'gradient' }),
    },
  },
  {
    ...numbers(
      'gpu',
      each((n) => (n * 29) % 100),
    ),
    config: { unit: 'percent', min: 0, max: 100, color: { mode: 'continuous-GrYlRd' }, ...look('gauge', { mode: 'gradient' }) },
  },
  {
    ...numbers(
      'memory',
      each((n) => ((n * 53) % 80) * 1e9),
    ),
    config: {
      unit: 'bytes',
      min: 0,
      max: 8e10,
      thresholds: { ...steps, mode: 'percentage' },
      color: { mode: 'thresholds' },
      ...look('gauge', { mode: 'lcd', valueDisplayMode: 'text' }),
    },
  },
  { name: 'p95', type: 'frame', values: each(past), config: look('sparkline') },
  {
    name: 'link',
    type: 'string',
    values: each(() => 'logs'),
    config: { links: [{ title: 'Logs', url: 'https://example.com/${__value.raw}', targetBlank: true }] },
  },
  words(
    'config',
    each((n) => `{"lr":${n / 1000},"layers":[1,2]}`),
    look('json-view'),
  ),
]);

const nested = tableOf([
  words('team', ['vision', 'speech', 'fraud']),
  numbers('runs', [2, 3, 1], { custom: { footer: { reducers: ['sum', 'mean'] } } }),
  {
    name: 'Nested frames',
    type: 'frame',
    values: [2, 3, 1].map((n) => [
      tableOf([
        words(
          'run',
          Array.from({ length: n }, (_, at) => `run-${at}`),
        ),
        numbers(
          'loss',
          Array.from({ length: n }, (_, at) => 0.1 * (at + 1)),
        ),
      ]),
    ]),
  },
]);

const wrapping = tableOf([
  words('step', ['1', '2', '3']),
  words(
    'note',
    [
      'The loss rose for 300 steps after the learning rate was doubled, and came back once the schedule had decayed it; see the run.',
      'short',
      '**Markdown** _stays_ text here. <script>alert(1)</script>',
    ],
    { custom: { wrapText: true } },
  ),
]);

const perClass = tableOf([
  words('class', ['cat', 'dog', 'horse', 'ship', 'truck', 'frog', 'deer', 'a bird with a very long name indeed']),
  numbers('precision', [0.91, 0.86, 0.95, 0.97, 0.94, 0.9, 0.88, 0.82], { unit: 'percentunit' }),
  numbers('recall', [0.84, 0.9, 0.92, 0.95, 0.96, 0.93, 0.85, Number.NaN], { unit: 'percentunit' }),
]);

const usage = tableOf([
  words('namespace', ['training', 'inference', 'notebooks', 'ci', 'monitoring', 'spare']),
  numbers('gpu hours', [812, 433, 120, 96, 31, 4], { unit: 'h' }),
]);

const many = tableOf([
  words(
    'pod',
    Array.from({ length: 10_000 }, (_, n) => `pod-${n}`),
  ),
  numbers(
    'cpu',
    Array.from({ length: 10_000 }, (_, n) => 1 + Math.sin(n / 200) + ((n * 7919) % 101) / 100),
  ),
]);

const grid = tableOf([
  words(
    'batch',
    ['8', '16', '32', '64', '128'].flatMap((one) => Array.from({ length: 6 }, () => one)),
  ),
  words('lr', Array.from({ length: 5 }, () => ['1e-5', '3e-5', '1e-4', '3e-4', '1e-3', '3e-3']).flat()),
  numbers(
    'loss',
    Array.from({ length: 30 }, (_, n) =>
      n === 17 ? Number.NaN : 0.2 + Math.abs((n % 6) - 2.4) * 0.15 + Math.floor(n / 6) * 0.03,
    ),
    { decimals: 2 },
  ),
]);

const states: Frame = {
  refId: 'A',
  shape: 'series',
  length: 60,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.from({ length: 60 }, (_, n) => made.FROM_MS + n * 360_000) },
    words(
      'trainer-0',
      each((n) => (n < 8 ? 'queued' : n < 40 ? 'running' : n < 44 ? 'failed' : 'running')),
    ),
    words(
      'trainer-1',
      each((n) => (n < 20 ? 'queued' : n < 50 ? 'running' : 'finished')),
    ),
    { name: 'gpu ready', type: 'boolean', values: Uint8Array.from({ length: 60 }, (_, n) => (n % 23 < 4 ? 0 : 1)) },
    {
      name: 'load',
      type: 'number',
      values: Float64Array.from({ length: 60 }, (_, n) => Math.abs(Math.sin(n / 7))),
      present: Uint8Array.from({ length: 60 }, (_, n) => (n > 30 && n < 36 ? 0 : 1)),
      config: { unit: 'percentunit', decimals: 0, thresholds: steps, color: { mode: 'thresholds' } },
    },
  ],
};

const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const confused = tableOf([
  words(
    'actual',
    CLASSES.flatMap((one) => CLASSES.map(() => one)),
  ),
  words(
    'predicted',
    CLASSES.flatMap(() => CLASSES),
  ),
  numbers(
    'count',
    CLASSES.flatMap((_, a) =>
      CLASSES.map((__, p) => (a === p ? 860 - a * 12 : (a === 3 && p === 5) || (a === 5 && p === 3) ? 90 : (a * 7 + p * 3) % 19)),
    ),
  ),
]);
const MANY = Array.from({ length: 200 }, (_, n) => `class ${n}`);
const crowded = tableOf([
  words(
    'actual',
    MANY.flatMap((one) => [one, one]),
  ),
  words(
    'predicted',
    MANY.flatMap((one, n) => [one, MANY[(n * 7) % 200]!]),
  ),
  numbers(
    'count',
    MANY.flatMap((_, n) => [50 + (n % 9), n % 13]),
  ),
]);

const LINES = [
  'INFO epoch 12 finished in 41.2 s, loss 0.2314',
  'WARN learning rate scheduler stepped before the optimizer',
  'ERROR CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 79.15 GiB total capacity)',
  '{"level":"info","msg":"checkpoint saved","path":"/data/ckpt/12.pt","bytes":412316860}',
  'DEBUG dataloader worker 3 prefetched 128 batches',
];
const lines: Frame = {
  refId: 'A',
  shape: 'logs',
  length: 5000,
  fields: [
    { name: 'time', type: 'time', values: Float64Array.from({ length: 5000 }, (_, n) => made.FROM_MS + n * 4321) },
    words(
      'body',
      Array.from({ length: 5000 }, (_, n) => LINES[(n * n) % 5]!),
    ),
    {
      name: 'labels',
      type: 'json',
      values: Array.from({ length: 5000 }, (_, n) => ({ app: 'trainer', pod: `trainer-${n % 3}` })),
    },
  ],
};

const ROWS = 100_000;
const huge = tableOf([
  { name: 'Time', type: 'time', values: Float64Array.from({ length: ROWS }, (_, n) => made.FROM_MS + n * 200) },
  words(
    'request',
    Array.from({ length: ROWS }, (_, n) => `req-${(n * 7919) % ROWS}`),
  ),
  words(
    'model',
    Array.from({ length: ROWS }, (_, n) => ['fraud-v7', 'fraud-v8', 'churn'][n % 3]!),
  ),
  numbers(
    'score',
    Array.from({ length: ROWS }, (_, n) => ((n * 31_337) % 10_007) / 10_007),
  ),
  numbers(
    'latency',
    Array.from({ length: ROWS }, (_, n) => ((n * 104_729) % 9973) / 1e4),
    { unit: 's' },
  ),
]);

/** The panels of tables, categories and logs in the states that matter. */
export const dataPieces: readonly Shown[] = [
  { title: '100,000 rows', kind: 'table', w: 24, h: 320, field: { filterable: true }, data: answer(huge) },
  { title: 'Looks of cells', kind: 'table', w: 24, h: 320, field: { filterable: true }, data: answer(looks) },
  { title: 'Rows within rows, footer', kind: 'table', w: 8, h: 260, data: answer(nested) },
  { title: 'Wrapping', kind: 'table', w: 8, h: 260, data: answer(wrapping) },
  { title: 'Series, newest first', kind: 'table', w: 8, h: 260, field: { unit: 's' }, data: answer(made.latency) },
  { title: 'Narrow', kind: 'table', w: 4, h: 200, data: answer(usage) },
  { title: 'Per class', kind: 'barchart', w: 12, h: 280, data: answer(perClass) },
  {
    title: 'Stacked, lying',
    kind: 'barchart',
    w: 8,
    h: 280,
    options: { orientation: 'horizontal', stacking: 'normal' },
    data: answer(perClass),
  },
  {
    title: 'Rotated names',
    kind: 'barchart',
    w: 12,
    h: 280,
    options: { xTickLabelRotation: -45, legend: { placement: 'right' } },
    data: answer(perClass),
  },
  { title: '10,000 bars', kind: 'barchart', w: 8, h: 220, data: answer(many) },
  {
    title: 'Over time, percent',
    kind: 'barchart',
    w: 12,
    h: 240,
    options: { stacking: 'percent' },
    data: answer({
      ...made.requests,
      length: 30,
      fields: made.requests.fields.map((one) => ({ ...one, values: (one.values as Float64Array).slice(0, 30) }) as Field),
    }),
  },
  { title: 'Narrow bars', kind: 'barchart', w: 4, h: 200, data: answer(perClass) },
  {
    title: 'GPU hours',
    kind: 'piechart',
    w: 8,
    h: 260,
    options: {
      reduceOptions: { values: true },
      displayLabels: ['name', 'percent'],
      legend: { placement: 'right', displayMode: 'table', values: ['value', 'percent'] },
    },
    data: answer(usage),
  },
  {
    title: 'Donut',
    kind: 'piechart',
    w: 6,
    h: 260,
    field: { unit: 'reqps' },
    options: { pieType: 'donut', displayLabels: ['percent'], legend: { values: ['percent'] } },
    data: answer(made.requests),
  },
  { title: 'No slices', kind: 'piechart', w: 6, h: 200, data: answer(tableOf([numbers('v', [0, -1])])) },
  {
    title: 'Latency, Spectral',
    kind: 'heatmap',
    w: 12,
    h: 300,
    options: { yAxis: { unit: 's' }, color: { mode: 'scheme', scheme: 'Spectral', scale: 'exponential', exponent: 0.5 } },
    data: answer(made.latencyBuckets),
  },
  { title: 'Latency, ours', kind: 'heatmap', w: 12, h: 300, options: { bucketUnit: 's' }, data: answer(made.latencyBuckets) },
  {
    title: 'Counted, symlog',
    kind: 'heatmap',
    w: 12,
    h: 280,
    field: { unit: 'watt' },
    options: {
      calculate: true,
      color: { mode: 'opacity', fill: 'orange' },
      calculation: { yBuckets: { mode: 'size', value: '0.5', scale: { type: 'symlog', log: 2, linearThreshold: 10 } } },
    },
    data: answer(made.crowd),
  },
  {
    title: 'Counted',
    kind: 'heatmap',
    w: 12,
    h: 280,
    field: { unit: 'watt' },
    options: { calculate: true },
    data: answer(made.crowd),
  },
  {
    title: 'Loss by batch and rate',
    kind: 'heatmap',
    w: 12,
    h: 260,
    options: { showValue: 'auto', color: { scheme: 'RdYlGn', mode: 'scheme', reverse: true } },
    data: answer(grid),
  },
  {
    title: 'Status heat',
    kind: 'heatmap',
    w: 12,
    h: 260,
    field: { unit: 'percentunit', thresholds: steps, min: 0, max: 1 },
    data: answer(made.cores),
  },
  { title: 'Histogram', kind: 'histogram', w: 12, h: 260, field: { unit: 's' }, data: answer(made.latency) },
  {
    title: 'Against a reference',
    kind: 'histogram',
    w: 12,
    h: 260,
    field: { unit: 's' },
    options: { normalise: 'density', combine: true, reference: 'B' },
    data: answer(
      { ...made.latency, fields: made.latency.fields.slice(0, 2) },
      {
        ...made.latency,
        refId: 'B',
        fields: [
          made.latency.fields[0]!,
          {
            ...made.latency.fields[1]!,
            name: 'training data',
            values: (made.latency.fields[1]!.values as Float64Array).map((one) => one * 1.2),
          } as Field,
        ],
      },
    ),
  },
  { title: 'States', kind: 'state-timeline', w: 12, h: 260, data: answer(states) },
  { title: 'History', kind: 'status-history', w: 12, h: 260, data: answer(states) },
  { title: 'Confusion', kind: 'confusion-matrix', w: 16, h: 380, data: answer(confused) },
  { title: 'Confusion of 200', kind: 'confusion-matrix', w: 8, h: 380, data: answer(crowded) },
  { title: 'Boxes', kind: 'boxplot', w: 12, h: 280, field: { unit: 's' }, data: answer(made.latency) },
  {
    title: 'Boxes, lying',
    kind: 'boxplot',
    w: 8,
    h: 280,
    field: { unit: 'percentunit' },
    options: { orientation: 'horizontal', whiskers: 'percentiles' },
    data: answer({ ...made.cores, fields: made.cores.fields.slice(0, 9) }),
  },
  { title: 'Narrow boxes', kind: 'boxplot', w: 4, h: 200, data: answer(made.latencyBuckets) },
  { title: 'Logs', kind: 'logs', w: 12, h: 300, options: { showCommonLabels: true, showLabels: true }, data: answer(lines) },
  {
    title: 'Logs, wrapped and pretty',
    kind: 'logs',
    w: 8,
    h: 300,
    options: { wrapLogMessage: true, prettifyLogMessage: true, dedupStrategy: 'numbers' },
    data: answer(lines),
  },
  { title: 'Narrow logs', kind: 'logs', w: 4, h: 200, options: { fontSize: 'small' }, data: answer(lines) },
];
