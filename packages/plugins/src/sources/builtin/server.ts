import { interpolate } from '@vitrine/compute/interpolate.ts';
import { alignToStep } from '@vitrine/compute/step.ts';
import { parseDurationMs } from '@vitrine/compute/time.ts';
import type { Growth, SampleStore } from '@vitrine/model/sample-store.ts';
import type { Datasource, DatasourceServer, QueryAnswer, QueryContext } from '../../contract.ts';
import { parseBuiltinExpr } from './check-query.ts';
import { evaluateGrid } from './evaluate-grid.ts';
import { shapeResult } from './frames.ts';
import { selectorsOf } from './selectors.ts';
import { type BuiltinQuery, type BuiltinSettings, builtinSpec } from './spec.ts';

/** Vitrine's own samples as a data source. */
export const builtin: DatasourceServer<BuiltinSettings, BuiltinQuery> = {
  spec: builtinSpec,
  connect: (settings, { samples }): Datasource<BuiltinQuery> => ({
    query: (refId, query, context) => runQuery(samples, settings, refId, query, context),
    watch: (query, onGrowth) => watchQuery(samples, query, onGrowth),
  }),
};

async function runQuery(
  samples: Pick<SampleStore, 'evaluate'>,
  settings: BuiltinSettings,
  refId: string,
  query: BuiltinQuery,
  context: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
  const { shown, limits, signal } = context;
  const minStepMs = query.interval === '' ? 0 : parseDurationMs('interval', context.replace(query.interval));
  const grid = minStepMs > context.stepMs ? alignToStep(context.fromMs, context.toMs, minStepMs) : context;
  const expr = interpolate(context.replace(query.expr), {
    stepMs: grid.stepMs,
    rangeMs: shown.toMs - shown.fromMs,
    scrapeIntervalMs: settings.scrapeIntervalMs,
  });
  const result =
    query.mode === 'instant'
      ? await samples.evaluate({ expr, startMs: shown.toMs, endMs: shown.toMs, stepMs: 0, limits }, signal)
      : await evaluateGrid(samples, expr, grid, limits, signal, Date.now());
  const { frames, notices } = shapeResult(refId, query, result);
  return {
    frames,
    notices: [...result.annotations.map(({ level, text }) => ({ level, text: `Query ${refId}: ${text}` })), ...notices],
    trace: {
      refId,
      source: 'builtin',
      executed: expr,
      stepMs: query.mode === 'instant' ? 0 : grid.stepMs,
      elapsedMs: performance.now() - startedMs,
      seriesRead: result.stats.seriesRead,
      samplesRead: result.stats.samplesRead,
    },
  };
}

function watchQuery(samples: Pick<SampleStore, 'watch'>, query: BuiltinQuery, onGrowth: (growth: Growth) => void): () => void {
  const selectors = selectorsOf(parseBuiltinExpr(query));
  return selectors.length === 0 ? () => {} : samples.watch(selectors, onGrowth);
}
