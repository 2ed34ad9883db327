import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { CurvesRequest, CurveX, Smoothing } from '@vitrine/model/run-api.ts';

import type { DatasourceSpec } from '../../contract.ts';

/** Curves of training runs, for one panel. Texts may hold variables. */
export interface RunsQuery {
  /** Which runs: the filter of docs/runs.md; "" is all. */
  readonly runs: string;
  /** Names, or patterns written as `/…/`. */
  readonly metrics: readonly string[];
  readonly x: CurveX;
  readonly smoothing: Smoothing;
  /** "group", "params.lr", "tags.seed"; "" draws each run for itself. */
  readonly groupBy: string;
  readonly band: CurvesRequest['band'];
  /** Only this stretch of x; absent is all of it. Over time the page's range counts. */
  readonly zoom?: { readonly from: number; readonly to: number };
}

/** "" is the page's, or steps where that is time. */
const X_KINDS = ['', 'step', 'epoch', 'elapsed', 'time', 'metric'] as const;
const SMOOTHINGS = ['none', 'ema', 'twema', 'gaussian', 'mean'] as const;
const BANDS = ['', 'std', 'minmax', 'ci95'] as const;

const MAX_TEXT = 10_000;
const MAX_METRICS = 100;
/** TensorBoard's; of smoothing by points. */
const WEIGHT = 0.6;
const POINTS = 10;

/** Reads a query's spec. Throws BadRequest that names the field. */
function parseRunsQuery(input: unknown): RunsQuery {
  const query = new Read('', input);
  const text = (name: string): string => {
    const found = query.at(name).or('', (it) => it.string());
    if (found.length > MAX_TEXT) throw new BadRequest(name, `is ${found.length} characters long; at most ${MAX_TEXT} are read`);
    return found.trim();
  };
  const metrics = query.at('metrics').or([], (it) => it.array().map((each) => each.string().trim()));
  if (metrics.length > MAX_METRICS)
    throw new BadRequest('metrics', `has ${metrics.length} entries; at most ${MAX_METRICS} are read`);
  const band = query.at('band').or('', (it) => it.oneOf(BANDS));
  return {
    runs: text('runs'),
    metrics: metrics.filter((metric) => metric !== ''),
    x: readX(query.at('x').or('', (it) => it.oneOf(X_KINDS)) || 'step', text('xMetric')),
    smoothing: readSmoothing(query),
    groupBy: text('groupBy'),
    band: band === '' ? undefined : band,
    ...readZoom(query),
  };
}

function readZoom(query: Read): Pick<RunsQuery, 'zoom'> {
  const [from, to] = [query.at('from'), query.at('to')];
  if (from.missing && to.missing) return {};
  const zoom = { from: from.number(), to: to.number() };
  if (!(zoom.to > zoom.from)) throw new BadRequest('to', `expected more than from, which is ${zoom.from}, found ${zoom.to}`);
  return { zoom };
}

function readX(kind: CurveX['kind'], metric: string): CurveX {
  if (kind !== 'metric') return { kind };
  if (metric === '') throw new BadRequest('xMetric', 'is empty; name the metric that x is, or choose another x');
  return { kind, metric };
}

function readSmoothing(query: Read): Smoothing {
  const kind = query.at('smoothing').or('ema', (it) => it.oneOf(SMOOTHINGS));
  const amount = query.at('amount');
  switch (kind) {
    case 'none':
      return { kind };
    case 'ema':
    case 'twema':
      return { kind, weight: within('amount', amount.or(WEIGHT, numberOf), 0, 0.999) };
    case 'gaussian':
    case 'mean':
      return { kind, points: within('amount', amount.or(POINTS, numberOf), 0.1, 10_000) };
  }
}

function numberOf(it: Read): number {
  if (typeof it.value === 'number' && Number.isFinite(it.value)) return it.value;
  throw new BadRequest('amount', `expected a number, found ${JSON.stringify(it.value)}`);
}

function within(field: string, value: number, low: number, high: number): number {
  if (value < low || value > high) throw new BadRequest(field, `expected ${low} to ${high.toLocaleString('en')}, found ${value}`);
  return value;
}

export const runsSpec: DatasourceSpec<undefined, RunsQuery> = {
  kind: 'runs',
  title: 'Training runs',
  description: 'Curves of the training runs that Vitrine keeps, over steps, epochs or time.',
  controls: [],
  parseSettings: () => undefined,
  parseQuery: parseRunsQuery,
};
