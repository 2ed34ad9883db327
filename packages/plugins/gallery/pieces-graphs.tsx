import type { Field, Frame } from '@vitrine/model/frame.ts';

import * as made from './data.ts';
import type { Shown } from './main.tsx';

const { answer } = made;

const words = (name: string, values: readonly string[], config: Field['config'] = {}): Field => ({
  name,
  type: 'string',
  values,
  config,
});
const numbers = (name: string, values: readonly number[], config: Field['config'] = {}): Field => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
  config,
});
const frame = (shape: Frame['shape'], fields: readonly Field[]): Frame => ({
  refId: 'A',
  shape,
  length: fields[0]!.values.length,
  fields,
});
const fixed = (color: string): Field['config'] => ({ color: { mode: 'fixed', fixedColor: color } });

const STAGES = [
  'ingest',
  'validate',
  'features',
  'train',
  'evaluate',
  'registry',
  'canary',
  'serve-fraud-v7-production-eu-west',
  'drift',
  'retrain',
];
const LEADS = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
  [4, 5],
  [5, 6],
  [6, 7],
  [7, 8],
  [8, 9],
  [9, 3],
  [2, 7],
] as const;

const pipeline = [
  frame('nodes', [
    words('id', STAGES),
    words('title', STAGES),
    words(
      'subTitle',
      STAGES.map((_, n) => (n % 2 === 0 ? 'batch' : 'streaming')),
    ),
    numbers(
      'mainStat',
      STAGES.map((_, n) => 12.5 * (n + 1)),
      { unit: 'reqps' },
    ),
    numbers(
      'secondaryStat',
      STAGES.map((_, n) => 0.02 * (n + 1)),
      { unit: 's' },
    ),
    numbers(
      'arc__ok',
      STAGES.map((_, n) => 1 - n / 20),
      fixed('green'),
    ),
    numbers(
      'arc__failed',
      STAGES.map((_, n) => n / 20),
      fixed('red'),
    ),
    words(
      'detail__owner',
      STAGES.map(() => 'ml-platform'),
    ),
  ]),
  frame('edges', [
    words(
      'id',
      LEADS.map((_, n) => String(n)),
    ),
    words(
      'source',
      LEADS.map(([from]) => STAGES[from]!),
    ),
    words(
      'target',
      LEADS.map(([, to]) => STAGES[to]!),
    ),
    numbers(
      'mainStat',
      LEADS.map((_, n) => 3 * n + 1),
      { unit: 'reqps' },
    ),
    numbers(
      'thickness',
      LEADS.map((_, n) => 1 + (n % 3)),
    ),
    words(
      'strokeDasharray',
      LEADS.map(([from, to]) => (from === 9 && to === 3 ? '4 4' : '')),
    ),
  ]),
];

const MANY = 1500;
const manyEdges = Array.from({ length: MANY - 1 }, (_, n) => [Math.floor((n + 1) / 3), n + 1] as const);
const crowd = [
  frame('nodes', [
    words(
      'id',
      Array.from({ length: MANY }, (_, n) => `n${n}`),
    ),
    numbers(
      'mainStat',
      Array.from({ length: MANY }, (_, n) => n),
    ),
  ]),
  frame('edges', [
    words(
      'source',
      manyEdges.map(([from]) => `n${from}`),
    ),
    words(
      'target',
      manyEdges.map(([, to]) => `n${to}`),
    ),
  ]),
];

export const graphPieces: readonly Shown[] = [
  { title: 'Pipeline', kind: 'nodeGraph', w: 14, h: 380, data: answer(...pipeline) },
  {
    title: 'Pipeline, force',
    kind: 'nodeGraph',
    w: 10,
    h: 380,
    options: { layoutAlgorithm: 'force' },
    data: answer(...pipeline),
  },
  { title: 'Pipeline, narrow', kind: 'nodeGraph', w: 4, h: 240, data: answer(...pipeline) },
  { title: 'Crowd', kind: 'nodeGraph', w: 10, h: 380, data: answer(...crowd) },
];
