import type { AnnotationEvent, Frame, NumberField, PanelData } from '@vitrine/model/frame.ts';

/** Deterministic, so that two looks at the gallery can be compared. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

export const TO_MS = Date.UTC(2026, 10, 22, 15, 30);
export const FROM_MS = TO_MS - 6 * 3_600_000;

type Labels = Readonly<Record<string, string>>;

export interface Made {
  readonly name: string;
  readonly labels: Labels;
  /** The value at the n-th of `count` points; undefined is missing. */
  readonly at: (n: number, count: number, random: () => number) => number | undefined;
}

export function frame(made: readonly Made[], count: number, shape: Frame['shape'] = 'series', refId = 'A'): Frame {
  const times = Float64Array.from({ length: count }, (_, n) => FROM_MS + ((TO_MS - FROM_MS) * n) / Math.max(1, count - 1));
  const fields = made.map<NumberField>(({ name, labels, at }, index) => {
    const next = random(index + 7);
    const values = new Float64Array(count);
    const present = new Uint8Array(count);
    for (let n = 0; n < count; n++) {
      const value = at(n, count, next);
      if (value === undefined) continue;
      values[n] = value;
      present[n] = 1;
    }
    return { name, type: 'number', labels, values, present };
  });
  return { refId, shape, length: count, fields: [{ name: 'Time', type: 'time', values: times }, ...fields] };
}

export function answer(...frames: Frame[]): PanelData {
  return { frames, growable: true, notices: [], traces: [], fromMs: FROM_MS, toMs: TO_MS, stepMs: 0 };
}

const gauss = (next: () => number) => next() + next() + next() - 1.5;

const RUNS = ['healthy', 'overfit', 'lr-too-high'] as const;

export const losses = frame(
  RUNS.flatMap((run) =>
    ['train', 'validation'].map<Made>((split) => ({
      name: `${run} ${split}`,
      labels: { run, split },
      at: (n, count, next) => {
        // Validated once in twenty steps; a scrape sees the last value until the next.
        const x = (split === 'validation' ? n - (n % 20) : n) / count;
        const noise = gauss(next) * 0.03;
        if (run === 'lr-too-high') return 1.9 + 0.35 * Math.sin(x * 40) * (1 - x) + noise * 4 + (split === 'train' ? 0 : 0.1);
        const floor = run === 'overfit' && split === 'validation' ? 0.35 + 1.1 * x * x : split === 'train' ? 0.08 : 0.16;
        return floor + 2.1 * Math.exp(-x * (run === 'overfit' ? 11 : 7)) + noise * (1.3 - x);
      },
    })),
  ),
  720,
);

export const accuracy = frame(
  RUNS.flatMap((run) =>
    ['train', 'validation'].map<Made>((split) => ({
      name: `${run} ${split}`,
      labels: { run, split },
      at: (n, count, next) => {
        if (n > count * 0.62 && n < count * 0.7) return undefined;
        const x = n / count;
        const top =
          run === 'lr-too-high'
            ? 0.31
            : run === 'overfit' && split === 'validation'
              ? 0.86 - 0.06 * x
              : split === 'train'
                ? 0.995
                : 0.968;
        return Math.max(0.08, Math.min(1, top - 0.85 * Math.exp(-x * 8) + gauss(next) * (run === 'lr-too-high' ? 0.03 : 0.006)));
      },
    })),
  ),
  360,
);

export const latency = frame(
  ['p50', 'p95', 'p99'].map<Made>((quantile, index) => ({
    name: quantile,
    labels: { quantile },
    at: (n, count, next) => {
      const day = 1 + 0.3 * Math.sin((n / count) * 7);
      const spike = n > count * 0.7 && n < count * 0.74 ? 2.6 : 1;
      return [0.011, 0.038, 0.092][index]! * day * spike * (1 + gauss(next) * 0.12);
    },
  })),
  1440,
);

export const requests = frame(
  ['200', '400', '500'].map<Made>((code, index) => ({
    name: code,
    labels: { code },
    at: (n, count, next) => [180, 14, 3][index]! * (1 + 0.5 * Math.sin((n / count) * 5 + index)) * (1 + gauss(next) * 0.08),
  })),
  240,
);

export const memory = frame(
  ['rss', 'heap'].map<Made>((kind, index) => ({
    name: kind,
    labels: { kind },
    at: (n, count, next) => (index === 0 ? 1.9e9 : 1.1e9) * (1 + 0.2 * (n / count)) - (n % 90) * 2e6 + gauss(next) * 1e7,
  })),
  600,
);

export const gradients = frame(
  Array.from({ length: 16 }, (_, layer): Made => ({
    name: `dense_${layer}`,
    labels: { run: 'healthy', layer: `dense_${layer}` },
    at: (n, count, next) => {
      const value = 2 ** -layer * 6 * Math.exp((-2 * n) / count) * (1 + gauss(next) * 0.3) + 1e-6;
      return layer === 3 && n > count * 0.8 ? Number.NaN : value;
    },
  })),
  300,
);

export const cores = frame(
  Array.from({ length: 32 }, (_, cpu): Made => ({
    name: `cpu${cpu}`,
    labels: { cpu: String(cpu) },
    at: (n, count, next) => {
      if (cpu === 11 && n > count * 0.4 && n < count * 0.5) return undefined;
      const busy = cpu % 4 === 0 ? 0.8 : 0.25;
      return Math.max(0, Math.min(1, busy * (0.6 + 0.5 * Math.sin(n / 22 + cpu)) + gauss(next) * 0.12));
    },
  })),
  360,
);

const BUCKETS = ['0.001', '0.0025', '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf'];

export const latencyBuckets = frame(
  BUCKETS.map<Made>((le, index) => ({
    name: le,
    labels: { le },
    at: (n, count, next) => {
      const center = 3.6 + 1.2 * Math.sin((n / count) * 6) + (n > count * 0.7 && n < count * 0.74 ? 3 : 0);
      return Math.max(0, Math.round(400 * Math.exp(-((index - center) ** 2) / 2.2) * (1 + gauss(next) * 0.3)));
    },
  })),
  240,
  'buckets',
);

export const crowd = frame(
  Array.from({ length: 1500 }, (_, pod): Made => ({
    name: `pod-${pod}`,
    labels: { pod: `pod-${pod}` },
    at: (n, count, next) => 40 + (pod % 37) * 3 + 12 * Math.sin(n / 12 + pod) + gauss(next) * 6,
  })),
  200,
);

export const single = frame([{ name: 'first epoch', labels: { run: 'healthy' }, at: () => 0.42 }], 1);

export const table: Frame = {
  refId: 'A',
  shape: 'table',
  length: 400,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.from({ length: 400 }, (_, n) => TO_MS - n * 61_000) },
    {
      name: 'model',
      type: 'string',
      values: Array.from({ length: 400 }, (_, n) => ['fraud-v7', 'fraud-v8', 'churn-v2', 'digits'][n % 4]!),
    },
    {
      name: 'handler',
      type: 'string',
      values: Array.from({ length: 400 }, (_, n) => ['/predict', '/explain', '/healthy'][n % 3]!),
    },
    {
      name: 'p95',
      type: 'number',
      config: { unit: 's' },
      values: Float64Array.from({ length: 400 }, (_, n) => 0.004 * (1 + ((n * 37) % 91))),
    },
    {
      name: 'requests',
      type: 'number',
      config: { unit: 'short' },
      values: Float64Array.from({ length: 400 }, (_, n) => (n * 7919) % 100_003),
    },
    {
      name: 'errors',
      type: 'number',
      config: { unit: 'percentunit' },
      values: Float64Array.from({ length: 400 }, (_, n) => ((n * 13) % 29) / 400),
      present: Uint8Array.from({ length: 400 }, (_, n) => (n % 9 === 4 ? 0 : 1)),
    },
  ],
};

const event = (hour: number, hours: number, title: string, color: string): AnnotationEvent => ({
  id: 1,
  query: 'Deployments',
  timeMs: FROM_MS + hour * 3_600_000,
  endMs: FROM_MS + (hour + hours) * 3_600_000,
  title,
  text: 'fraud-v8 to 10 % of requests\n<b>not bold</b>',
  tags: ['deploy', 'fraud'],
  color,
});

export const annotations: readonly AnnotationEvent[] = [
  event(0.8, 0, 'Deployed v8', 'blue'),
  event(0.82, 0, 'Deployed v8.1', 'blue'),
  event(4.1, 0.4, 'Incident 42', 'red'),
];

export const exemplars: Frame = {
  refId: 'A',
  shape: 'exemplars',
  length: 24,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.from({ length: 24 }, (_, n) => FROM_MS + n * 890_000) },
    { name: 'Value', type: 'number', values: Float64Array.from({ length: 24 }, (_, n) => 0.05 + ((n * 37) % 17) / 60) },
    { name: 'traceID', type: 'string', values: Array.from({ length: 24 }, (_, n) => `4bf92f3577b34da6a3ce929d0e0e${n}`) },
  ],
};
