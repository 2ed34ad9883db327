import { byRank, compareMatrices, readList, readMatrix } from './compare.ts';

/** What every server is asked in the same words. */
export interface Question {
  readonly name: string;
  readonly path: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** In what another answer differs from ours; undefined where they are equal. */
  differences(ours: string, theirs: string): string | undefined;
}

interface Shape {
  readonly name: string;
  readonly expr: string;
  /** Equal values may come from either of two series: answers are compared by rank at each time, not by series. */
  readonly byRank?: true;
}

/** The eight query shapes: what dashboards of an inference fleet ask. Each selects all series of one metric of inferenceFleet(). */
const SHAPES: readonly Shape[] = [
  { name: 'rate', expr: 'rate(inference_requests_total[5m])' },
  { name: 'sum by rate', expr: 'sum by (model) (rate(inference_requests_total[5m]))' },
  { name: 'ratio', expr: 'sum(rate(inference_requests_total{code="500"}[5m])) / sum(rate(inference_requests_total[5m]))' },
  { name: 'avg over 1 h', expr: 'avg_over_time(inference_latency_seconds[1h])' },
  { name: 'topk', expr: 'topk(5, inference_latency_seconds)', byRank: true },
  { name: 'quantile', expr: 'quantile(0.99, inference_latency_seconds)' },
  { name: 'regex', expr: 'max by (zone) (inference_latency_seconds{instance=~"pod-[0-9]*[02468]"})' },
  { name: 'raw', expr: 'inference_latency_seconds' },
];
const DAY_SECONDS = 86_400;
/** Relative; the tolerance of Prometheus' own test suite. */
const EQUAL_WITHIN = 1e-6;

/** The shapes over a day. */
export function rangeQuestions(endSeconds: number, stepSeconds: number): Question[] {
  const range = [
    ['start', String(endSeconds - DAY_SECONDS + stepSeconds)],
    ['end', String(endSeconds)],
    ['step', String(stepSeconds)],
  ] as const;
  return SHAPES.map((shape) => queryQuestion(shape, '/api/v1/query_range', range));
}

/** The shapes at one time, and one series. */
export function instantQuestions(endSeconds: number): Question[] {
  const one = { name: 'one series', expr: 'inference_latency_seconds{instance="pod-7",route="predict"}' };
  return [...SHAPES, one].map((shape) => queryQuestion(shape, '/api/v1/query', [['time', String(endSeconds)]]));
}

/** Names and values of labels, and series, of the last hour. */
export function listQuestions(endSeconds: number): Question[] {
  const range = [
    ['start', String(endSeconds - 3_600)],
    ['end', String(endSeconds)],
  ] as const;
  const list = (name: string, path: string, ...match: string[]): Question => ({
    name,
    path,
    parameters: [...range, ...match.map((selector) => ['match[]', selector] as const)],
    differences: (ours, theirs) => (readList(ours) === readList(theirs) ? undefined : 'differ'),
  });
  return [
    list('names of labels', '/api/v1/labels'),
    list('names of labels of a metric', '/api/v1/labels', 'inference_latency_seconds'),
    list('names of metrics', '/api/v1/label/__name__/values'),
    list('values of a label', '/api/v1/label/instance/values'),
    list('values of a label of a metric', '/api/v1/label/instance/values', 'inference_latency_seconds'),
    list('values with a matcher', '/api/v1/label/instance/values', 'inference_latency_seconds{model="model-3"}'),
    list('series of a model', '/api/v1/series', '{model="model-3"}'),
    list('series of a regex', '/api/v1/series', '{instance=~"pod-1.*"}'),
    list('series of a metric', '/api/v1/series', 'inference_requests_total'),
  ];
}

function queryQuestion({ name, expr, byRank: ranked }: Shape, path: string, times: Question['parameters']): Question {
  const read = (json: string) => (ranked ? byRank(readMatrix(json)) : readMatrix(json));
  return {
    name,
    path,
    parameters: [['query', expr], ...times],
    differences(ours, theirs) {
      const { missing, worst } = compareMatrices(read(ours), read(theirs));
      if (missing === 0 && worst <= EQUAL_WITHIN) return undefined;
      return `${missing} points differ in presence, worst value by ${(worst * 100).toPrecision(2)} %`;
    },
  };
}
