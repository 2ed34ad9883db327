import { compilePattern, isSlashed } from '@vitrine/compute/pattern.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { Run } from '@vitrine/model/run.ts';
import type { DatasourceServer, FoundAnnotation, QueryContext } from '@vitrine/plugins/contract.ts';
import { type RunsQuery, runsSpec } from '@vitrine/plugins/sources/runs/spec.ts';
import { askCurves, type CurveQuestions } from './curves/ask-curves.ts';
import type { OwnRuns } from '../own/own-runs.ts';
import { runsAt } from './runs-at.ts';
import { filterNames } from './table/filter-names.ts';
import { runTable } from './table/run-table.ts';

export interface RunsSourceNeeds {
  readonly runs: OwnRuns;
  readonly curveQuestions: CurveQuestions;
}

/** Runs of one panel, the newest. */
const MOST_RUNS = 1_000;
/** Names of metrics that patterns are tried on. */
const MOST_NAMES = 100_000;
const CUT = `The runs have more than ${MOST_NAMES.toLocaleString('en')} metrics: patterns were tried on the first of them, in order of name. Choose fewer runs.`;
/** Marks of one annotation query, and hosts that each names. */
const MOST_SPANS = 1_000;
const MOST_HOSTS = 8;
/** What is zoomed into is seen at once, if coarsely, until it is asked for: of the whole, so many columns for each pixel. */
const ZOOM = 4;
const MOST_COLUMNS = 8_000;

/** Training runs as a data source of panels: always there, nothing to set up. */
export function runsSource({ runs, curveQuestions: curves }: RunsSourceNeeds): DatasourceServer<undefined, RunsQuery> {
  return {
    spec: runsSpec,
    connect: () => ({
      async query(refId, query, context) {
        const filter = context.replace(query.runs, 'raw');
        const patterns = query.metrics.map((metric) => context.replace(metric, 'raw'));
        const { rows, total } = await runTable({ filter, offset: 0, limit: MOST_RUNS, metrics: [] }, runs, Date.now());
        const ids = rows.map(({ run }) => run.id);
        const { metrics, isCut } = await metricsOf(patterns, ids, runs);
        const groupBy = context.replace(query.groupBy, 'raw');
        const isTime = query.x.kind === 'time';
        const zoom = isTime ? { from: context.shown.fromMs, to: context.shown.toMs } : query.zoom;
        const { frames, notices, traces } = await askCurves(
          {
            runs: ids,
            metrics,
            x: query.x.kind === 'metric' ? { ...query.x, metric: context.replace(query.x.metric, 'raw') } : query.x,
            ...zoom,
            widthPx: zoom === undefined ? Math.min(MOST_COLUMNS, ZOOM * context.maxPoints) : context.maxPoints,
            smoothing: query.smoothing,
            ...(groupBy === '' ? {} : { groupBy }),
            ...(query.band === undefined ? {} : { band: query.band }),
          },
          { runs, curves },
          context.signal,
          { refId, anyScale: !isTime },
        );
        const text = `Showing the newest ${rows.length.toLocaleString('en')} of ${total.toLocaleString('en')} runs.`;
        return {
          frames,
          notices: [
            ...(total > rows.length ? [{ level: 'warning' as const, text }] : []),
            ...(isCut ? [{ level: 'warning' as const, text: CUT }] : []),
            ...notices,
          ],
          trace: { ...traces[0]!, executed: filter === '' ? patterns.join(', ') : `${patterns.join(', ')} of ${filter}` },
          growable: false,
        };
      },
      watch(query, context, onGrowth) {
        const patterns = query.metrics.map((metric) => context.replace(metric, 'raw'));
        const tests = patterns.map(metricTest);
        return runs.onGrowth((growth) => {
          for (const { metrics, fromMs, toMs } of growth.runs.values()) {
            if (![...metrics].some((metric) => tests.some((fits) => fits(metric)))) continue;
            onGrowth({ fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) });
            return;
          }
        });
      },
      async annotations(input, context) {
        const spec = new Read('', input);
        const text = (name: string): string =>
          context
            .replace(
              spec.at(name).or('', (it) => it.string()),
              'raw',
            )
            .trim();
        const { rows } = await runTable({ filter: text('runs'), offset: 0, limit: Infinity, metrics: [] }, runs, Date.now());
        const some = rows.map(({ run }) => run);
        return spansOf(some, context.shown, text('host'));
      },
      check: async () => ({ product: 'Vitrine', version: '', notes: [] }),
      async suggest(path, parameters) {
        if (path !== '/names') throw new BadRequest('path', `"${path.slice(0, 100)}" is not known; ask /names`);
        const names = await filterNames(runs, parameters.get('text') ?? '');
        const groups = [...names.params.map((name) => `params.${name}`), ...names.tags.map((name) => `tags.${name}`)];
        return { metrics: names.metrics, groups: ['group', 'project', ...groups] };
      },
    }),
  };
}

/** The newest of those that ran within the range, on that host where one is named. */
function spansOf(some: readonly Run[], { fromMs, toMs }: QueryContext['shown'], host: string): readonly FoundAnnotation[] {
  const spans = [...runsAt(some, fromMs, toMs, host === '' ? undefined : host).take(MOST_SPANS)];
  return spans
    .map(({ name, project, status, hosts, ...span }) => ({
      timeMs: span.fromMs,
      endMs: span.toMs,
      title: name,
      text: `Run of ${project}, ${status}${hosts.length === 0 ? '' : `, on ${hosts.slice(0, MOST_HOSTS).join(', ')}`}.`,
      tags: ['run', status, project],
    }))
    .toReversed();
}

function metricTest(pattern: string): (metric: string) => boolean {
  if (!isSlashed(pattern)) return (metric) => metric === pattern;
  const compiled = compilePattern('metrics', pattern, 'part');
  return (metric) => compiled.test(metric);
}

interface MeantMetrics {
  /** Those of patterns in order. */
  readonly metrics: readonly string[];
  /** There may be more, on which no pattern was tried. */
  readonly isCut: boolean;
}

async function metricsOf(patterns: readonly string[], ids: readonly string[], runs: OwnRuns): Promise<MeantMetrics> {
  const found = new Set<string>();
  const tests = patterns.filter(isSlashed).map(metricTest);
  for (const pattern of patterns) if (!isSlashed(pattern)) found.add(pattern);
  if (tests.length === 0 || ids.length === 0) return { metrics: [...found], isCut: false };
  const names = await runs.curves.metricNames({ runs: ids, limit: MOST_NAMES + 1 });
  for (const { metric } of names.slice(0, MOST_NAMES)) if (tests.some((fits) => fits(metric))) found.add(metric);
  return { metrics: [...found], isCut: names.length > MOST_NAMES };
}
