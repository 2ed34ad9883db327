import type { FieldOverride } from '@vitrine/model/field-config.ts';
import type { Frame } from '@vitrine/model/frame.ts';

import * as made from './data.ts';
import type { Shown } from './main.tsx';

const { answer } = made;

const byName = (name: string, ...properties: FieldOverride['properties']): FieldOverride => ({
  matcher: { id: 'byName', options: name },
  properties,
});

const sparse = made.frame(
  ['reads', 'writes', 'errors'].map((name, index) => ({
    name,
    labels: { name },
    at: (n: number, _: number, next: () => number) =>
      index === 2 && n % 7 > 4 ? undefined : 20 + 12 * Math.sin(n / 3 + index) + next() * 4,
  })),
  30,
);

const signed = made.frame(
  ['gain', 'loss'].map((name, index) => ({
    name,
    labels: { name },
    at: (n: number, count: number) => (index === 0 ? 1 : -1) * 10 ** ((n / count) * 6 - 2) * (n % 50 > 25 ? -1 : 1),
  })),
  200,
);

/** Everything that a line, a bar and an axis can be. */
export const linePieces: Shown[] = [
  {
    title: 'In and out, negative Y, list legend',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: { unit: 'Bps', custom: { fillOpacity: 25, gradientMode: 'opacity' } },
    overrides: [byName('heap', { id: 'custom.transform', value: 'negative-Y' })],
    options: { legend: { displayMode: 'list', calcs: ['mean'] }, tooltip: { mode: 'single' } },
    data: answer(made.memory),
  },
  {
    title: 'Bars, stacked in percent',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: { unit: 'reqps', custom: { drawStyle: 'bars', fillOpacity: 70, stacking: { mode: 'percent', group: 'A' } } },
    options: { legend: { displayMode: 'list', placement: 'right' } },
    data: answer(sparse),
  },
  {
    title: 'Smooth, step, dashes, points, values',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: { custom: { lineInterpolation: 'smooth', lineWidth: 2, showPoints: 'always', pointSize: 6 } },
    overrides: [
      byName(
        'writes',
        { id: 'custom.lineInterpolation', value: 'stepAfter' },
        { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
        { id: 'custom.showPoints', value: 'never' },
      ),
      byName('errors', { id: 'custom.drawStyle', value: 'points' }, { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } }),
    ],
    data: answer(sparse),
  },
  {
    title: 'Two axes with labels',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: { unit: 's', custom: { axisLabel: 'latency', axisColorMode: 'series' } },
    overrides: [
      byName(
        'p99',
        { id: 'unit', value: 'reqps' },
        { id: 'custom.axisLabel', value: 'requests' },
        { id: 'custom.axisSoftMin', value: 0 },
      ),
    ],
    data: answer(made.latency),
  },
  {
    title: 'A band between p50 and p99',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: { unit: 's' },
    overrides: [
      byName(
        'p99',
        { id: 'custom.fillBelowTo', value: 'p50' },
        { id: 'custom.lineWidth', value: 0 },
        { id: 'custom.fillOpacity', value: 20 },
      ),
      byName(
        'p50',
        { id: 'custom.lineWidth', value: 0 },
        { id: 'custom.hideFrom', value: { legend: true, tooltip: true, viz: false } },
      ),
    ],
    data: answer(made.latency),
  },
  {
    title: 'Coloured by value',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: {
      unit: 'percentunit',
      min: 0,
      max: 1,
      color: { mode: 'continuous-GrYlRd' },
      custom: { gradientMode: 'scheme', fillOpacity: 25, lineWidth: 2 },
    },
    data: answer({ ...made.cores, fields: made.cores.fields.slice(0, 2) }),
  },
  {
    title: 'Symmetric logarithm',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: { custom: { scaleDistribution: { type: 'symlog', log: 10, linearThreshold: 1 } } },
    data: answer(signed),
  },
  {
    title: 'Dashed thresholds, centred zero, spanned gaps',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: {
      unit: 'percentunit',
      thresholds: {
        mode: 'absolute',
        steps: [
          { value: -Infinity, color: 'transparent' },
          { value: 0.8, color: 'red' },
        ],
      },
      custom: { thresholdsStyle: { mode: 'dashed' }, axisCenteredZero: true, spanNulls: true },
    },
    options: { legend: { showLegend: false } },
    data: answer(made.accuracy),
  },
  {
    title: 'Bars',
    kind: 'timeseries',
    w: 8,
    h: 260,
    field: { custom: { drawStyle: 'bars', fillOpacity: 60, showValues: true } },
    data: answer({ ...sparse, fields: sparse.fields.slice(0, 2) }),
  },
];

const steps = 200;
const atStep = Float64Array.from({ length: steps }, (_, n) => n * 50);

const curve: Frame = {
  refId: 'A',
  shape: 'table',
  length: steps,
  fields: [
    { name: 'Time', type: 'time', values: atStep.map((_, n) => made.FROM_MS + n * 100_000) },
    { name: 'step', type: 'number', values: atStep },
    {
      name: 'train loss',
      type: 'number',
      labels: { split: 'train' },
      values: atStep.map((step) => 2.2 * Math.exp(-step / 2500) + 0.1),
    },
    {
      name: 'validation loss',
      type: 'number',
      labels: { split: 'validation' },
      values: atStep.map((step) => 2.2 * Math.exp(-step / 2500) + 0.2 + step / 40_000),
    },
  ],
};

linePieces.push({ title: 'Loss by step', kind: 'trend', w: 12, h: 260, options: { xField: 'step' }, data: answer(curve) });

const cloud: Frame = {
  refId: 'A',
  shape: 'table',
  length: 160,
  fields: [
    {
      name: 'learning rate',
      type: 'number',
      values: Float64Array.from({ length: 160 }, (_, n) => 0.0005 * (1 + ((n * 37) % 97))),
    },
    {
      name: 'accuracy',
      type: 'number',
      config: { unit: 'percentunit' },
      values: Float64Array.from({ length: 160 }, (_, n) => 0.95 - (((n * 37) % 97) - 30) ** 2 / 9000 - ((n * 13) % 17) / 200),
    },
    { name: 'parameters', type: 'number', values: Float64Array.from({ length: 160 }, (_, n) => 1e6 * (1 + ((n * 53) % 11))) },
    { name: 'epochs', type: 'number', values: Float64Array.from({ length: 160 }, (_, n) => 5 + ((n * 7) % 40)) },
  ],
};
const column = (name: string) => ({ matcher: { id: 'byName', options: name } });

linePieces.push({
  title: 'Accuracy by learning rate',
  kind: 'xychart',
  w: 12,
  h: 260,
  options: {
    mapping: 'manual',
    series: [{ x: column('learning rate'), y: column('accuracy'), size: column('parameters'), color: column('epochs') }],
  },
  data: answer(cloud),
});
