import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Frame } from '@vitrine/model/frame.ts';

import * as made from './data.ts';
import type { Shown } from './main.tsx';

const { answer } = made;

const busy: FieldSettings = {
  unit: 'percentunit',
  min: 0,
  max: 1,
  thresholds: {
    mode: 'percentage',
    steps: [
      { value: -Infinity, color: 'green' },
      { value: 40, color: '#EAB839' },
      { value: 80, color: 'red' },
    ],
  },
};
const some = (count: number): Frame => ({ ...made.cores, fields: made.cores.fields.slice(0, count + 1) });
const state: Frame = {
  refId: 'A',
  shape: 'series',
  length: 1,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.of(made.TO_MS) },
    { name: 'api', type: 'number', values: Float64Array.of(1) },
    { name: 'worker', type: 'number', values: Float64Array.of(0) },
    { name: 'cron', type: 'number', values: Float64Array.of(Number.NaN) },
  ],
};
const upDown: FieldSettings = {
  mappings: [
    { kind: 'value', value: '1', result: { text: 'UP', color: 'green' } },
    { kind: 'value', value: '0', result: { text: 'DOWN', color: 'red' } },
  ],
  links: [{ title: 'Runbook', url: '/runbook', targetBlank: true }],
};

/** Single values in all their forms. */
export const valuePieces: readonly Shown[] = [
  {
    title: 'Stat, background',
    kind: 'stat',
    w: 8,
    h: 160,
    field: busy,
    options: { colorMode: 'background' },
    data: answer(some(4)),
  },
  {
    title: 'Stat, mapped, solid',
    kind: 'stat',
    w: 8,
    h: 160,
    field: upDown,
    options: { colorMode: 'background_solid', justifyMode: 'center' },
    data: answer(state),
  },
  {
    title: 'Stat, horizontal, change',
    kind: 'stat',
    w: 4,
    h: 200,
    field: busy,
    options: { orientation: 'horizontal', showPercentChange: true, graphMode: 'none' },
    data: answer(some(2)),
  },
  {
    title: 'Stat, lone base threshold',
    kind: 'stat',
    w: 4,
    h: 200,
    field: { unit: 'bytes', thresholds: { mode: 'absolute', steps: [{ value: -Infinity, color: 'green' }] } },
    options: { textMode: 'value_and_name' },
    data: answer({ ...made.memory, fields: made.memory.fields.slice(0, 2) }),
  },
  {
    title: 'Gauge, labels',
    kind: 'gauge',
    w: 5,
    h: 220,
    field: busy,
    options: { showThresholdLabels: true },
    data: answer(some(1)),
  },
  {
    title: 'Circle, segments, spark',
    kind: 'gauge',
    w: 5,
    h: 220,
    field: busy,
    options: { shape: 'circle', segmentCount: 24, sparkline: true },
    data: answer(some(1)),
  },
  {
    title: 'Rounded, neutral',
    kind: 'gauge',
    w: 5,
    h: 220,
    field: { ...busy, min: -1, color: { mode: 'continuous-BlYlRd' } },
    options: { barShape: 'rounded', neutral: 0 },
    data: answer(some(1)),
  },
  {
    title: 'Circles',
    kind: 'gauge',
    w: 9,
    h: 220,
    field: { ...busy, color: { mode: 'palette-classic' } },
    options: { shape: 'circle', showThresholdMarkers: false },
    data: answer(some(5)),
  },
  {
    title: 'Bars, gradient',
    kind: 'bargauge',
    w: 8,
    h: 220,
    field: { ...busy, color: { mode: 'continuous-GrYlRd' } },
    options: { displayMode: 'gradient' },
    data: answer(some(6)),
  },
  {
    title: 'Bars, LCD',
    kind: 'bargauge',
    w: 8,
    h: 220,
    field: busy,
    options: { displayMode: 'lcd', valueMode: 'text' },
    data: answer(some(6)),
  },
  {
    title: 'Bars, standing',
    kind: 'bargauge',
    w: 8,
    h: 220,
    field: busy,
    options: { orientation: 'vertical', displayMode: 'gradient' },
    data: answer(some(8)),
  },
  {
    title: 'Bars, standing LCD',
    kind: 'bargauge',
    w: 8,
    h: 220,
    field: busy,
    options: { orientation: 'vertical', displayMode: 'lcd' },
    data: answer(some(8)),
  },
  {
    title: 'Bars, names above, no rest',
    kind: 'bargauge',
    w: 8,
    h: 220,
    field: busy,
    options: { namePlacement: 'top', showUnfilled: false },
    data: answer(some(4)),
  },
];
