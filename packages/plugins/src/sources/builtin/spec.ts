import { readDurationMs } from '@vitrine/model/duration.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { DatasourceSpec } from '../../contract.ts';

export interface BuiltinSettings {
  /** What `$__rate_interval` is reckoned from. */
  readonly scrapeIntervalMs: number;
}

/** One PromQL query of a panel. */
export interface BuiltinQuery {
  readonly expr: string;
  /** With `{{label}}` in it; "" names each series by what tells it from the others. */
  readonly legend: string;
  /** range: over the panel's whole grid. instant: at its end. */
  readonly mode: 'range' | 'instant';
  /** buckets: a classic histogram's cumulative `le` series, taken apart into a column a bucket. */
  readonly format: 'series' | 'table' | 'buckets';
  /** No finer than this; 0 leaves it to the panel's width. */
  readonly minStepMs: number;
}

const MODES = ['range', 'instant'] as const;
const FORMATS = ['series', 'table', 'buckets'] as const;
const MAX_EXPR_LENGTH = 100_000;

export const builtinSpec: DatasourceSpec<BuiltinSettings, BuiltinQuery> = {
  kind: 'builtin',
  title: 'Vitrine',
  parseSettings(input) {
    const settings = new Read('settings', input ?? {});
    return { scrapeIntervalMs: settings.at('scrapeIntervalMs').or(15_000, (it) => it.integer(1, 86_400_000)) };
  },
  parseQuery(input) {
    const query = new Read('', input).only(['expr', 'legend', 'mode', 'format', 'minStep']);
    const expr = query.at('expr').string();
    if (expr.trim() === '') throw new BadRequest('expr', 'is empty; write a PromQL expression such as rate(requests_total[5m])');
    if (expr.length > MAX_EXPR_LENGTH)
      throw new BadRequest('expr', `is ${expr.length} characters long; at most ${MAX_EXPR_LENGTH} are read`);
    return {
      expr,
      legend: query.at('legend').or('', (it) => it.string()),
      mode: query.at('mode').or('range', (it) => it.oneOf(MODES)),
      format: query.at('format').or('series', (it) => it.oneOf(FORMATS)),
      minStepMs: query.at('minStep').or(0, (it) => readDurationMs(it.string()) ?? it.fail('expected a duration such as "30s"')),
    };
  },
};
