/** What every server holds that is asked alike: an hour of an inference service, two hours ago. */
const HOUR = 3_600_000;

export const END = Math.floor(Date.now() / HOUR) * HOUR - HOUR;
export const START = END - HOUR;
export const STEP = 10_000;
export const MODELS = ['bert', 'llama'] as const;
/** When a version was deployed. */
export const DEPLOYED = START + 600_000;
export const VERSION = 'v2';

const ROWS = Array.from({ length: HOUR / STEP }, (_, row) => row);
export const TIMES: readonly number[] = ROWS.map((row) => START + row * STEP);

/** Seconds of latency of each model at each of the times. */
export const LATENCIES: Readonly<Record<string, readonly number[]>> = {
  bert: ROWS.map((row) => 1 + (row % 7) / 8),
  llama: ROWS.map((row) => 11 + (row % 7) / 8),
};

export interface Line {
  readonly timeMs: number;
  readonly level: 'error' | 'info';
  readonly model: string;
  readonly message: string;
}

/** The log: each minute a line of each model, and each ten minutes one of them is an error. */
export const LINES: readonly Line[] = Array.from({ length: 60 }, (_, minute) =>
  MODELS.map((model, m): Line => {
    const isError = minute % 10 === 0 && m === 0;
    return {
      timeMs: START + minute * 60_000,
      level: isError ? 'error' : 'info',
      model,
      message: isError ? `request ${minute} of ${model} failed: out of memory` : `request ${minute} of ${model} answered`,
    };
  }),
).flat();

/** Series as Prometheus has them. */
export const SERIES = [
  ...MODELS.map((model) => ({
    labels: { __name__: 'latency_seconds', model },
    samples: TIMES.map((timeMs, row): readonly [number, number] => [LATENCIES[model]?.[row] as number, timeMs]),
  })),
  { labels: { __name__: 'deployed', version: VERSION }, samples: [[1, DEPLOYED] as const] },
];

export const LINE_PROTOCOL = [
  ...MODELS.flatMap((model) => TIMES.map((timeMs, row) => `latency,model=${model} seconds=${LATENCIES[model]?.[row]} ${timeMs}`)),
  ...LINES.map(({ timeMs, level, model, message }) => `lines,level=${level},model=${model} message="${message}" ${timeMs}`),
  `deployments version="${VERSION}" ${DEPLOYED}`,
].join('\n');

export const SQL = [
  'CREATE TABLE latency (at timestamptz, model text, seconds float8)',
  'CREATE TABLE lines (at timestamptz, level text, model text, message text)',
  'CREATE TABLE deployments (at timestamptz, version text)',
  `INSERT INTO latency VALUES ${MODELS.flatMap((model) =>
    TIMES.map((timeMs, row) => `(${at(timeMs)}, '${model}', ${LATENCIES[model]?.[row]})`),
  ).join(', ')}`,
  `INSERT INTO lines VALUES ${LINES.map((it) => `(${at(it.timeMs)}, '${it.level}', '${it.model}', '${it.message}')`).join(', ')}`,
  `INSERT INTO deployments VALUES (${at(DEPLOYED)}, '${VERSION}')`,
].join(';\n');

function at(timeMs: number): string {
  return `'${new Date(timeMs).toISOString()}'`;
}

/** Documents of one index, told apart by `kind`. */
export const DOCUMENTS: readonly Readonly<Record<string, unknown>>[] = [
  ...MODELS.flatMap((model) =>
    TIMES.map((timeMs, row) => ({ '@timestamp': timeMs, kind: 'request', model, seconds: LATENCIES[model]?.[row] })),
  ),
  ...LINES.map(({ timeMs, ...line }) => ({ '@timestamp': timeMs, kind: 'line', ...line })),
  { '@timestamp': DEPLOYED, kind: 'deployment', message: VERSION },
];

export const MAPPINGS = {
  properties: {
    '@timestamp': { type: 'date' },
    kind: { type: 'keyword' },
    model: { type: 'keyword' },
    level: { type: 'keyword' },
    seconds: { type: 'double' },
    message: { type: 'text' },
  },
};
