import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { DatasourceSpec } from '../../contract.ts';

export interface BuiltinSettings {
  /** What `$__rate_interval` is reckoned from. */
  readonly scrapeIntervalMs: number;
  /** Where the trace of an exemplar is found, with `${__value.raw}` in place of its id; "" where that is not known. */
  readonly traceLink: string;
}

/** One PromQL query of a panel, in the words of Grafana's targets. */
export interface PromQuery {
  readonly expr: string;
  /** With `{{label}}` in it; "" names each series by what tells it from the others. */
  readonly legendFormat: string;
  /** range: over the panel's whole grid. instant: at its end. both: one after the other. */
  readonly mode: 'range' | 'instant' | 'both';
  /** heatmap: a classic histogram's cumulative `le` series, taken apart into a column a bucket. */
  readonly format: 'time_series' | 'table' | 'heatmap';
  /** No finer step than this, such as "30s"; may hold variables. "" leaves it to the panel's width. */
  readonly interval: string;
  /** The step is so many times what the panel's width gives: 1 to 100. */
  readonly intervalFactor: number;
  /** Single samples that point at a trace are asked for too. */
  readonly exemplar: boolean;
}

const FORMATS = ['time_series', 'table', 'heatmap'] as const;
const MAX_EXPR_LENGTH = 100_000;
/** What targets of other sources are written in: SQL, InfluxQL, Lucene, Graphite. */
const OTHER_WORDS = ['rawSql', 'measurement', 'metrics', 'bucketAggs', 'target', 'query', 'queryText'] as const;

/** Reads a query's spec. Throws BadRequest that names the field. */
export function parsePromQuery(input: unknown): PromQuery {
  // Targets of other programs carry much that means nothing here.
  const query = new Read('', input);
  const others = OTHER_WORDS.filter((word) => query.at(word).value !== undefined);
  if (query.at('expr').value === undefined && others.length > 0)
    throw new BadRequest(
      'expr',
      `there is none: the query is written for another kind of data source (it has ${others.join(', ')}); choose that data source, or write PromQL`,
    );
  const expr = query.at('expr').string();
  if (expr.trim() === '') throw new BadRequest('expr', 'is empty; write a PromQL expression such as rate(requests_total[5m])');
  if (expr.length > MAX_EXPR_LENGTH)
    throw new BadRequest('expr', `is ${expr.length} characters long; at most ${MAX_EXPR_LENGTH} are read`);
  const instant = query.at('instant').value === true;
  const range = query.at('range').value === true;
  return {
    expr,
    legendFormat: query.at('legendFormat').or('', (it) => (it.value === '__auto' ? '' : it.string())),
    mode: instant ? (range ? 'both' : 'instant') : 'range',
    // Old targets write an empty format where they mean the usual one.
    format: query.at('format').or('time_series', (it) => (it.value === '' ? 'time_series' : it.oneOf(FORMATS))),
    interval: query.at('interval').or('', (it) => it.string()),
    intervalFactor: query.at('intervalFactor').or(1, (it) => Math.min(100, Math.max(1, Math.floor(Number(it.value)) || 1))),
    exemplar: query.at('exemplar').value === true,
  };
}

export const builtinSpec: DatasourceSpec<BuiltinSettings, PromQuery> = {
  kind: 'builtin',
  title: 'Vitrine',
  description: 'What Vitrine keeps itself.',
  controls: [],
  parseSettings(input) {
    const settings = new Read('settings', input ?? {});
    return {
      scrapeIntervalMs: settings.at('scrapeIntervalMs').or(15_000, (it) => it.integer(1, 86_400_000)),
      traceLink: settings.at('traceLink').or('', (it) => it.string()),
    };
  },
  parseQuery: parsePromQuery,
};
