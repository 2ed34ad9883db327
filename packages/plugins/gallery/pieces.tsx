import type { Frame } from '@vitrine/model/frame.ts';
import type { Thresholds } from '@vitrine/model/field-config.ts';

import * as made from './data.ts';
import type { Shown } from './main.tsx';
import { linePieces } from './pieces-lines.tsx';
import { valuePieces } from './pieces-values.tsx';

const { answer } = made;

/** The n-th series of a frame alone. */
function one(frame: Frame, n: number): Frame {
  return { ...frame, fields: [frame.fields[0]!, frame.fields[n + 1]!] };
}

const missing = made.frame([{ name: 'gone', labels: {}, at: () => undefined }], 60);

const rising: Thresholds = {
  mode: 'absolute',
  steps: [
    { value: -Infinity, color: 'healthy' },
    { value: 0.15, color: 'warning' },
    { value: 0.25, color: 'critical' },
  ],
};
const falling: Thresholds = {
  mode: 'absolute',
  steps: [
    { value: -Infinity, color: 'critical' },
    { value: 0.5, color: 'warning' },
    { value: 0.9, color: 'healthy' },
  ],
};

const NOTE = `# Fraud model
Serves **two versions**; see the [runbook](https://example.com/runbook) or \`kubectl logs\`.

- Traffic is split *90/10*
- Rollback: \`POST /rollback\`
  1. drain
  2. switch

| version | share |
| --- | --- |
| v7 | 90 % |
| v8 | 10 % |

> <b>HTML stays text.</b> [so do bad links](javascript:alert(1))
`;

/** Every panel in the states that matter. */
export const pieces: readonly Shown[] = [
  ...linePieces,
  ...valuePieces,
  { title: 'Loss', kind: 'timeseries', w: 12, h: 340, data: answer(made.losses) },
  {
    title: 'Accuracy, with a gap',
    kind: 'timeseries',
    w: 12,
    h: 340,
    field: { unit: 'percentunit', max: 1 },
    data: answer(made.accuracy),
  },
  {
    title: 'Request duration',
    kind: 'timeseries',
    w: 8,
    h: 280,
    field: {
      unit: 's',
      thresholds: {
        mode: 'absolute',
        steps: [
          { value: -Infinity, color: 'healthy' },
          { value: 0.15, color: 'warning' },
          { value: 0.25, color: 'critical' },
        ],
      },
      custom: { thresholdsStyle: { mode: 'line+area' } },
    },
    data: answer(made.latency, made.exemplars),
  },
  {
    title: 'Requests, stacked',
    kind: 'timeseries',
    w: 8,
    h: 280,
    field: { unit: 'reqps', custom: { stacking: { mode: 'normal', group: 'A' }, fillOpacity: 50 } },
    data: answer(made.requests),
  },
  {
    title: 'Memory',
    kind: 'timeseries',
    w: 8,
    h: 280,
    field: { unit: 'bytes', custom: { fillOpacity: 12 } },
    data: answer(made.memory),
  },
  {
    title: 'Gradient norm, log, NaN in one layer',
    kind: 'timeseries',
    w: 12,
    h: 320,
    field: { custom: { scaleDistribution: { type: 'log', log: 10 } } },
    options: { legend: { placement: 'right', calcs: ['mean', 'p95'], sortBy: 'Mean' } },
    data: answer(made.gradients),
  },
  { title: 'A crowd of 1,500', kind: 'timeseries', w: 12, h: 320, field: { unit: 'watt' }, data: answer(made.crowd) },
  { title: 'Loss now', kind: 'stat', w: 4, h: 160, field: { thresholds: rising }, data: answer(one(made.losses, 0)) },
  { title: 'Requests', kind: 'stat', w: 4, h: 160, field: { unit: 'reqps' }, data: answer(one(made.requests, 0)) },
  {
    title: 'Accuracy of all',
    kind: 'stat',
    w: 8,
    h: 160,
    field: { unit: 'percentunit', thresholds: falling },
    data: answer(made.accuracy),
  },
  { title: 'Steps', kind: 'stat', w: 3, h: 96, options: { graphMode: 'none' }, data: answer(one(made.crowd, 5)) },
  { title: 'Gone', kind: 'stat', w: 3, h: 96, field: { thresholds: falling }, data: answer(missing) },
  {
    title: 'GPU memory',
    kind: 'gauge',
    w: 5,
    h: 220,
    field: {
      unit: 'percentunit',
      thresholds: {
        mode: 'absolute',
        steps: [
          { value: -Infinity, color: 'healthy' },
          { value: 0.6, color: 'warning' },
          { value: 0.9, color: 'critical' },
        ],
      },
    },
    data: answer(one(made.cores, 8)),
  },
  { title: 'Latency', kind: 'gauge', w: 9, h: 220, field: { unit: 's', thresholds: rising }, data: answer(made.latency) },
  {
    title: 'Rows',
    kind: 'bargauge',
    w: 10,
    h: 220,
    field: { unit: 'percentunit', thresholds: falling },
    options: { sort: 'descending' },
    data: answer(made.accuracy),
  },
  {
    title: 'CPU by core',
    kind: 'heatmap',
    w: 12,
    h: 320,
    field: { unit: 'percentunit', min: 0, max: 1 },
    data: answer(made.cores),
  },
  { title: 'Latency buckets', kind: 'heatmap', w: 12, h: 320, options: { bucketUnit: 's' }, data: answer(made.latencyBuckets) },
  { title: 'A crowd as heat', kind: 'heatmap', w: 12, h: 260, field: { unit: 'watt' }, data: answer(made.crowd) },
  { title: 'Table', kind: 'table', w: 12, h: 260, data: answer(made.table) },
  { title: 'Text', kind: 'text', w: 8, h: 300, options: { content: NOTE }, data: answer() },
  { title: 'One point', kind: 'timeseries', w: 6, h: 200, data: answer(made.single) },
  { title: 'Nothing', kind: 'timeseries', w: 6, h: 200, data: answer() },
];

/** As many lines as a big page has. */
export const crowdedPage: readonly Shown[] = Array.from({ length: 20 }, (_, panel) => ({
  title: `Panel ${panel}`,
  kind: 'timeseries',
  w: 6,
  h: 260,
  data: answer(
    made.frame(
      Array.from({ length: 50 }, (_, line) => ({
        name: `line ${line}`,
        labels: { line: String(line) },
        at: (n: number, _count: number, next: () => number) => line + Math.sin(n / 20 + panel + line) * 3 + next(),
      })),
      360,
    ),
  ),
}));
