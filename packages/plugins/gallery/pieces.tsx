import * as made from './data.ts';
import type { Shown } from './main.tsx';

const { answer } = made;

/** Every panel in the states that matter. */
export const pieces: readonly Shown[] = [
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
      thresholds: [
        { value: -Infinity, status: 'healthy' },
        { value: 0.15, status: 'warning' },
        { value: 0.25, status: 'critical' },
      ],
    },
    options: { thresholds: 'area' },
    data: answer(made.latency),
  },
  {
    title: 'Requests, stacked',
    kind: 'timeseries',
    w: 8,
    h: 280,
    field: { unit: 'reqps' },
    options: { stacked: true, fillOpacity: 0.5 },
    data: answer(made.requests),
  },
  {
    title: 'Memory',
    kind: 'timeseries',
    w: 8,
    h: 280,
    field: { unit: 'bytes' },
    options: { fillOpacity: 0.12 },
    data: answer(made.memory),
  },
  {
    title: 'Gradient norm, log, NaN in one layer',
    kind: 'timeseries',
    w: 12,
    h: 320,
    options: { scale: 'log', legend: 'right' },
    data: answer(made.gradients),
  },
  { title: 'A crowd of 1,500', kind: 'timeseries', w: 12, h: 320, field: { unit: 'watt' }, data: answer(made.crowd) },
  { title: 'One point', kind: 'timeseries', w: 6, h: 200, data: answer(made.single) },
  { title: 'Nothing', kind: 'timeseries', w: 6, h: 200, data: answer() },
];
