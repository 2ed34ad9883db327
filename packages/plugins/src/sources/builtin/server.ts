import { alignToStep } from '@vitrine/compute/step.ts';
import type { Growth, QueryResult, SampleStore } from '@vitrine/model/sample-store.ts';
import { parse } from '@vitrine/promql/parse.ts';
import type {
  Datasource,
  DatasourceNeeds,
  DatasourceServer,
  FoundAnnotation,
  QueryAnswer,
  QueryContext,
} from '../../contract.ts';
import { addFilters } from './add-filters.ts';
import { evaluateGrid } from './evaluate-grid.ts';
import { fillExpr } from './fill-expr.ts';
import { findAnnotations, parseAnnotationSpec } from './find-annotations.ts';
import { findOptions } from './find-options.ts';
import { shapeResult } from './frames.ts';
import { intervalMacros, prepareQuery } from './prepare.ts';
import { selectorsOf } from './selectors.ts';
import { type BuiltinSettings, builtinSpec, type PromQuery } from './spec.ts';

/** Vitrine's own samples as a data source. */
export const builtin: DatasourceServer<BuiltinSettings, PromQuery> = {
  spec: builtinSpec,
  connect: ({ scrapeIntervalMs }, { samples }): Datasource<PromQuery> => ({
    query: (refId, query, context) => runQuery(samples, scrapeIntervalMs, refId, query, context),
    watch: (query, context, onGrowth) => watchQuery(samples, scrapeIntervalMs, query, context, onGrowth),
    options: (spec, context) =>
      findOptions(
        {
          labelNames: (request, signal) => samples.labelNames(request, signal),
          labelValues: (label, request, signal) => samples.labelValues(label, request, signal),
          series: (request, signal) => samples.series(request, signal),
          instant: (expr, timeMs, { limits, signal }) =>
            samples.evaluate({ expr, startMs: timeMs, endMs: timeMs, stepMs: 0, limits }, signal),
        },
        spec,
        context,
        scrapeIntervalMs,
      ),
    annotations: (spec, context) => runAnnotations(samples, scrapeIntervalMs, spec, context),
  }),
};

type Samples = DatasourceNeeds['samples'];

async function runQuery(
  samples: Pick<SampleStore, 'evaluate'>,
  scrapeIntervalMs: number,
  refId: string,
  query: PromQuery,
  context: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
  const { shown, limits, signal } = context;
  const { expr, legendFormat, grid } = prepareQuery(query, context, scrapeIntervalMs);
  const atEnd = { expr, startMs: shown.toMs, endMs: shown.toMs, stepMs: 0, limits };
  const results: QueryResult[] = await Promise.all([
    ...(query.mode === 'instant' ? [] : [evaluateGrid(samples, expr, grid, limits, signal, Date.now())]),
    ...(query.mode === 'range' ? [] : [samples.evaluate(atEnd, signal)]),
  ]);
  const shaped = results.map((result) => shapeResult(refId, { expr, legendFormat, format: query.format }, result));
  const said = new Map(results.flatMap(({ annotations }) => annotations.map((each) => [each.text, each] as const)));
  return {
    frames: shaped.flatMap(({ frames }) => frames),
    notices: [
      ...[...said.values()].map(({ level, text }) => ({ level, text: `Query ${refId}: ${text}` })),
      ...shaped.flatMap(({ notices }) => notices),
    ],
    trace: {
      refId,
      source: 'builtin',
      executed: expr,
      stepMs: query.mode === 'instant' ? 0 : grid.stepMs,
      elapsedMs: performance.now() - startedMs,
      seriesRead: results.reduce((sum, { stats }) => sum + stats.seriesRead, 0),
      samplesRead: results.reduce((sum, { stats }) => sum + stats.samplesRead, 0),
    },
  };
}

function watchQuery(
  samples: Samples,
  scrapeIntervalMs: number,
  query: PromQuery,
  context: QueryContext,
  onGrowth: (growth: Growth) => void,
): () => void {
  const selectors = selectorsOf(parse(prepareQuery(query, context, scrapeIntervalMs).expr));
  return selectors.length === 0 ? () => {} : samples.watch(selectors, onGrowth);
}

async function runAnnotations(
  samples: Samples,
  scrapeIntervalMs: number,
  input: Readonly<Record<string, unknown>>,
  context: QueryContext,
): Promise<FoundAnnotation[]> {
  const spec = parseAnnotationSpec(input, context);
  const macros = intervalMacros(spec.stepMs, scrapeIntervalMs);
  const expr = addFilters(fillExpr(spec.expr, context.replace, macros), context.filters);
  const { fromMs, toMs, stepMs } = alignToStep(context.shown.fromMs, context.shown.toMs, spec.stepMs);
  const asked = { expr, startMs: fromMs, endMs: Math.min(toMs, Date.now()), stepMs, limits: context.limits };
  return findAnnotations(
    spec,
    await samples.evaluate({ ...asked, endMs: Math.max(asked.startMs, asked.endMs) }, context.signal),
    expr,
  );
}
