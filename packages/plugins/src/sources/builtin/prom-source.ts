import { alignToStep } from '@vitrine/compute/step.ts';
import type { Frame, Notice } from '@vitrine/model/frame.ts';
import type { EvaluateRequest, Growth, SampleStore } from '@vitrine/model/sample-store.ts';
import { EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';
import type { Datasource, FoundAnnotation, QueryAnswer, QueryContext } from '../../contract.ts';
import { addFilters } from './add-filters.ts';
import { evaluateGrid } from './evaluate-grid.ts';
import { fillExpr } from './fill-expr.ts';
import { findAnnotations, parseAnnotationSpec } from './find-annotations.ts';
import { findOptions } from './find-options.ts';
import { shapeResult } from './frames.ts';
import { type DialectWords, narrowSamples } from './narrow-samples.ts';
import type { PromResult } from './native-histograms.ts';
import { intervalMacros, prepareQuery } from './prepare.ts';
import { selectorsOf } from '@vitrine/promql/selectors.ts';
import type { PromQuery } from './spec.ts';

/** Whatever answers PromQL: Vitrine's own store, or a server elsewhere. */
export interface PromSamples extends Pick<SampleStore, 'series' | 'labelNames' | 'labelValues'> {
  evaluate(request: EvaluateRequest, signal?: AbortSignal): Promise<PromResult>;
  /** undefined where it cannot tell of growth. */
  readonly watch?: SampleStore['watch'];
  /** Single samples that point at a trace, as rows of a frame; undefined where there are none to ask for. */
  exemplars?(refId: string, expr: string, fromMs: number, toMs: number, signal: AbortSignal): Promise<Frame | undefined>;
  /** The same samples as the server finds them by words that only it can read; undefined where it speaks nothing but PromQL. */
  inDialect?(words: DialectWords, signal: AbortSignal): Promise<PromSamples | undefined>;
}

export interface PromSourceOptions {
  /** Stands in traces. */
  readonly name: string;
  readonly scrapeIntervalMs: number;
}

/** A data source over PromQL: variables, filters, steps, shapes, options and annotations. */
export function promSource(samples: PromSamples, options: PromSourceOptions): Omit<Datasource<PromQuery>, 'check' | 'suggest'> {
  const { scrapeIntervalMs } = options;
  const { watch } = samples;
  return {
    query: (refId, query, context) => runQuery(samples, options, refId, query, context),
    ...(watch === undefined
      ? {}
      : {
          watch: (query: PromQuery, context: QueryContext, onGrowth: (growth: Growth) => void) => {
            const { expr } = prepareQuery(query, context, scrapeIntervalMs);
            const selectors = selectorsOf(parse(addFilters(expr, context.filters), EVERY_SYNTAX));
            return selectors.length === 0 ? () => {} : watch.call(samples, selectors, onGrowth);
          },
        }),
    options: (spec, context) => findOptions(samples, spec, context, scrapeIntervalMs),
    annotations: (spec, context) => runAnnotations(samples, scrapeIntervalMs, spec, context),
  };
}

async function runQuery(
  samples: PromSamples,
  { name, scrapeIntervalMs }: PromSourceOptions,
  refId: string,
  query: PromQuery,
  context: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
  const { shown, limits, signal, filters } = context;
  const { expr: filled, legendFormat, grid } = prepareQuery(query, context, scrapeIntervalMs);
  const { expr, samples: asked } = await narrowSamples(samples, filled, filters, signal);
  signal.throwIfAborted();
  const atEnd = { expr, startMs: shown.toMs, endMs: shown.toMs, stepMs: 0, limits };
  const exemplars = runExemplars(asked, refId, query, expr, context);
  const results: PromResult[] = await Promise.all([
    ...(query.mode === 'instant' ? [] : [evaluateGrid(asked, expr, grid, limits, signal, Date.now())]),
    ...(query.mode === 'range' ? [] : [asked.evaluate(atEnd, signal)]),
  ]);
  const shaped = results.map((result) => shapeResult(refId, { expr, legendFormat, format: query.format }, result));
  const said = new Map(results.flatMap(({ annotations }) => annotations.map((each) => [each.text, each] as const)));
  const points = await exemplars;
  return {
    frames: [...shaped.flatMap(({ frames }) => frames), ...points.frames],
    // Bounds that fell together in the newest part did not in what is known.
    growable: !readsWholeRange(expr) && results.every(({ histograms }) => histograms === undefined),
    notices: [
      ...[...said.values()].map(({ level, text }) => ({ level, text: `Query ${refId}: ${text}` })),
      ...shaped.flatMap(({ notices }) => notices),
      ...points.notices,
    ],
    trace: {
      refId,
      source: name,
      executed: expr,
      stepMs: query.mode === 'instant' ? 0 : grid.stepMs,
      elapsedMs: performance.now() - startedMs,
      seriesRead: results.reduce((sum, { stats }) => sum + stats.seriesRead, 0),
      samplesRead: results.reduce((sum, { stats }) => sum + stats.samplesRead, 0),
    },
  };
}

/** What counts from the ends of the range, or over all of it: PromQL's modifiers, and what MetricsQL has besides. */
const WHOLE_RANGE =
  /@\s*(?:start|end)\s*\(|\b(?:start|end|interpolate|keep_last_value|keep_next_value|remove_resets|drop_empty_series|smooth_exponential|limit_offset|(?:topk|bottomk)_\w+|outliers\w*|(?:running|range)_\w+)\s*\(/i;

/** Whether points that are known change with the range, so that a newer part cannot stand behind them. */
function readsWholeRange(expr: string): boolean {
  return WHOLE_RANGE.test(expr.replaceAll(/"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|`[^`]*`/g, '""'));
}

/** Exemplars stand beside the series: where they fail the series are shown all the same. */
async function runExemplars(
  samples: PromSamples,
  refId: string,
  { exemplar, mode }: PromQuery,
  expr: string,
  { fromMs, toMs, signal }: QueryContext,
): Promise<{ readonly frames: readonly Frame[]; readonly notices: readonly Notice[] }> {
  if (!exemplar || mode === 'instant' || samples.exemplars === undefined) return { frames: [], notices: [] };
  try {
    const frame = await samples.exemplars(refId, expr, fromMs, toMs, signal);
    return { frames: frame === undefined ? [] : [frame], notices: [] };
  } catch (error) {
    return { frames: [], notices: [{ level: 'info', text: `Query ${refId}: without exemplars: ${(error as Error).message}` }] };
  }
}

async function runAnnotations(
  samples: PromSamples,
  scrapeIntervalMs: number,
  input: Readonly<Record<string, unknown>>,
  context: QueryContext,
): Promise<FoundAnnotation[]> {
  const spec = parseAnnotationSpec(input, context);
  const macros = intervalMacros(spec.stepMs, scrapeIntervalMs);
  const filled = fillExpr(spec.expr, context.replace, macros);
  const { expr, samples: asked } = await narrowSamples(samples, filled, context.filters, context.signal);
  const { fromMs, toMs, stepMs } = alignToStep(context.shown.fromMs, context.shown.toMs, spec.stepMs);
  // What is still to come has not happened.
  const endMs = Math.max(fromMs, Math.min(toMs, Date.now()));
  const result = await asked.evaluate({ expr, startMs: fromMs, endMs, stepMs, limits: context.limits }, context.signal);
  return findAnnotations(spec, result, expr);
}
