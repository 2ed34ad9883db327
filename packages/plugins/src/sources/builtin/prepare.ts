import { readIntervalMs } from '@vitrine/compute/interval.ts';
import { alignToStep, type Grid } from '@vitrine/compute/step.ts';
import { rateIntervalMs } from '@vitrine/compute/variable/builtins.ts';
import { referencedNames } from '@vitrine/compute/variable/replace.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { formatDurationMs } from '@vitrine/model/duration.ts';
import type { QueryContext } from '../../contract.ts';
import { fillExpr } from './fill-expr.ts';
import type { PromQuery } from './spec.ts';

/** A query without variables, over its own grid. */
export interface PreparedQuery {
  readonly expr: string;
  readonly legendFormat: string;
  readonly grid: Grid;
}

/** Settles the step and fills in variables. Throws BadRequest. */
export function prepareQuery(query: PromQuery, context: QueryContext, scrapeIntervalMs: number): PreparedQuery {
  const grid = gridOf(query, context, scrapeIntervalMs);
  const macros = intervalMacros(grid.stepMs, scrapeIntervalMs);
  return {
    expr: fillExpr(query.expr, context.replace, macros),
    legendFormat: context.replace(query.legendFormat, 'csv', macros),
    grid,
  };
}

/** What depends on the query's own step, which is not always the panel's. */
export function intervalMacros(stepMs: number, scrapeIntervalMs: number): Readonly<Record<string, string>> {
  const rateMs = rateIntervalMs(stepMs, scrapeIntervalMs);
  return {
    __interval: formatDurationMs(stepMs),
    __interval_ms: String(stepMs),
    __rate_interval: formatDurationMs(rateMs),
    __rate_interval_ms: String(rateMs),
  };
}

function gridOf({ expr, interval, intervalFactor }: PromQuery, context: QueryContext, scrapeIntervalMs: number): Grid {
  const { fromMs, toMs, stepMs } = context;
  const minStepMs = minStepOf(interval, context, scrapeIntervalMs);
  // A window as long as the step must hold a sample: max_over_time(x[$__interval]) would have gaps between scrapes.
  const windowMs = referencedNames(expr).some((name) => name === '__interval' || name === '__interval_ms') ? scrapeIntervalMs : 0;
  const wantedMs = Math.max(minStepMs, windowMs, stepMs) * intervalFactor;
  return wantedMs > stepMs ? alignToStep(fromMs, toMs, wantedMs) : { fromMs, toMs, stepMs };
}

/** Such as "30s", or the name of an interval: `$__rate_interval`. */
function minStepOf(interval: string, context: QueryContext, scrapeIntervalMs: number): number {
  const text = context.replace(interval, 'csv', intervalMacros(context.stepMs, scrapeIntervalMs));
  const ms = readIntervalMs(text);
  if (ms === undefined) throw new BadRequest('interval', `"${text.slice(0, 100)}" is not a duration such as 30s or 5m`);
  return ms;
}
