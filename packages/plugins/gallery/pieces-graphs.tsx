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

/** A request through a gateway to a model, with retries, one failure and one span too deep. */
function traceOf(count: number): Frame {
  const services = ['gateway', 'features', 'model-server', 'cache', 'postgres'];
  const parent = (n: number) => (n === 0 ? '' : n % 40 === 17 ? 'gone' : `s${Math.floor((n - 1) / 3)}`);
  const starts: number[] = [];
  const lengths: number[] = [];
  for (let n = 0; n < count; n++) {
    const above = n === 0 ? -1 : Math.floor((n - 1) / 3);
    starts.push(above < 0 ? made.FROM_MS : starts[above]! + lengths[above]! * (0.05 + 0.3 * ((n - 1) % 3)));
    lengths.push(above < 0 ? 840 : lengths[above]! * (0.2 + 0.08 * (n % 3)));
  }
  const each = <Value,>(of: (n: number) => Value) => Array.from({ length: count }, (_, n) => of(n));
  return frame('trace', [
    words(
      'traceID',
      each(() => '4bf92f3577b34da6'),
    ),
    words(
      'spanID',
      each((n) => `s${n}`),
    ),
    words('parentSpanID', each(parent)),
    words(
      'operationName',
      each((n) => (n === 0 ? 'POST /predict' : `step ${n}`)),
    ),
    words(
      'serviceName',
      each((n) => services[n % 5]!),
    ),
    { name: 'startTime', type: 'time', values: Float64Array.from(starts), config: {} },
    numbers('duration', lengths, { unit: 'ms' }),
    numbers(
      'statusCode',
      each((n) => (n === 5 ? 2 : 0)),
    ),
    words(
      'statusMessage',
      each((n) => (n === 5 ? 'deadline exceeded' : '')),
    ),
    words(
      'kind',
      each((n) => (n % 2 === 0 ? 'server' : 'client')),
    ),
    { name: 'tags', type: 'json', values: each((n) => [{ key: 'http.status_code', value: n === 5 ? 504 : 200 }]), config: {} },
    { name: 'serviceTags', type: 'json', values: each((n) => [{ key: 'k8s.pod.name', value: `pod-${n % 7}` }]), config: {} },
  ]);
}

/** Calls that call one to four others, each a part of what called it. */
function profileOf(count: number, isDiff: boolean): Frame {
  const names = [
    'main',
    'torch.nn.Module.forward',
    'torch.matmul',
    'aten/native.addmm',
    'numpy.dot',
    'io.read',
    'json.loads',
    'zlib.decompress',
  ];
  const level: number[] = [];
  const value: number[] = [];
  const label: string[] = [];
  const call = (depth: number, size: number, seed: number): void => {
    if (level.length >= count) return;
    level.push(depth);
    value.push(size);
    label.push(depth === 0 ? 'main' : `${names[seed % names.length]!}${seed % 97}`);
    let rest = size * 0.96;
    const calls = depth < 26 ? 1 + (seed % 4) : 0;
    for (let n = 0; n < calls && rest > 1; n++) {
      const part = rest * (0.35 + 0.1 * ((seed + n) % 5));
      call(depth + 1, part, (seed * 7 + n * 13 + 5) % 10_007);
      rest -= part;
    }
  };
  call(0, 1e9, 3);
  const right = value.map((one, n) => one * (1 + 0.6 * Math.sin(n)));
  return frame('profile', [
    numbers('level', level),
    numbers('value', value, { unit: 'ns' }),
    words('label', label),
    ...(isDiff ? [numbers('valueRight', right)] : []),
  ]);
}

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
  { title: 'Trace', kind: 'traces', w: 14, h: 380, data: answer(traceOf(39)) },
  { title: 'Trace, large', kind: 'traces', w: 10, h: 380, data: answer(traceOf(10_000)) },
  { title: 'Trace, narrow', kind: 'traces', w: 4, h: 240, data: answer(traceOf(12)) },
  { title: 'Flame', kind: 'flamegraph', w: 14, h: 380, field: { unit: 'ns' }, data: answer(profileOf(2_000, false)) },
  { title: 'Flame, compared', kind: 'flamegraph', w: 10, h: 380, field: { unit: 'ns' }, data: answer(profileOf(800, true)) },
  { title: 'Flame, narrow', kind: 'flamegraph', w: 4, h: 240, data: answer(profileOf(200, false)) },
  { title: 'Flame, large', kind: 'flamegraph', w: 10, h: 380, field: { unit: 'ns' }, data: answer(profileOf(50_000, false)) },
  { title: 'Dashboards', kind: 'dashlist', w: 6, h: 240, options: { showRecentlyViewed: true }, data: answer() },
  { title: 'Annotations', kind: 'annolist', w: 8, h: 240, data: answer() },
  { title: 'Alerts', kind: 'alertlist', w: 6, h: 240, data: answer() },
  { title: 'Alerts, narrow', kind: 'alertlist', w: 4, h: 240, data: answer() },
];

/** What a server would say to the lists. */
export async function askGallery(path: string): Promise<unknown> {
  if (path.startsWith('/api/dashboards')) {
    const folder = { uid: 'f', title: 'Fraud detection' };
    const cards = ['Fraud model', 'GPU fleet', 'A dashboard whose name is far longer than any panel is wide'];
    return { dashboards: cards.map((title, n) => ({ uid: `d${n}`, title, folder, starred: true })), total: cards.length };
  }
  if (path.startsWith('/api/annotations')) {
    return [
      'Deploy fraud-v7 to production',
      'Canary stopped: error rate above 2 %',
      'Retraining of fraud-v8 with the labels of October',
    ].map((text, n) => ({
      id: n,
      time: made.TO_MS - n * 5_000_000,
      timeEnd: made.TO_MS - n * 5_000_000 + (n === 1 ? 600_000 : 0),
      text,
      tags: n === 0 ? ['deploy', 'prod'] : ['prod'],
      login: 'ada',
    }));
  }
  const alerts = [
    { alertname: 'HighErrorRate', alertstate: 'firing', job: 'gateway', pod: 'gateway-1' },
    { alertname: 'HighErrorRate', alertstate: 'firing', job: 'gateway', pod: 'gateway-2' },
    { alertname: 'GradientNormExplodesInALongRunningTraining', alertstate: 'firing', run: 'r-17' },
    { alertname: 'QueueGrows', alertstate: 'pending', job: 'ingest' },
  ];
  const seconds = Date.now() / 1000;
  const value = (n: number) => [seconds, path.includes('FOR_STATE') ? String(seconds - 400 * (n + 1)) : '1'];
  return { data: { result: alerts.map((metric, n) => ({ metric, value: value(n) })) } };
}
