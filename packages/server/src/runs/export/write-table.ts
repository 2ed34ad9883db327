import type { CurveSummary } from '@vitrine/model/curve-store.ts';
import type { Run } from '@vitrine/model/run.ts';
import { metricCell } from '../metric-cell.ts';
import { csvCell, csvNumber } from './write-text.ts';
import type { CurveSource } from './curve-parts.ts';

/** Runs of whose curves is asked at a time. */
const RUNS_AT_ONCE = 100;
/** The last that a Date can be, in the year 275760. */
const LAST_MS = 8.64e15;
/** What a table has of each metric, besides how many points. */
const OF_METRIC = ['last', 'min', 'max', 'best'] as const;
const OWN = [
  'run',
  'run_name',
  'project',
  'group',
  'status',
  'started',
  'ended',
  'source',
  'user',
  'parent',
  'hosts',
  'notes',
] as const;

interface TableRow {
  readonly run: Run;
  readonly metrics: readonly CurveSummary[];
}

/**
 * A row a run: what it is (times as RFC 3339), `params.x`, `tags.x`, and of each metric `metrics.x.points`, `.last`, `.min`, `.max` and `.best`;
 * what a run has not is empty. Runs' names of columns in order of name.
 */
export async function* writeTableCsv(
  source: CurveSource,
  runs: readonly Run[],
  metrics: readonly string[] | undefined,
): AsyncGenerator<string> {
  const params = namesOf(runs.map((run) => run.params));
  const tags = namesOf(runs.map((run) => run.tags));
  const known = metrics ?? (await metricNames(source, runs));
  const cells = known.flatMap((metric) => ['points', ...OF_METRIC].map((what) => `metrics.${metric}.${what}`));
  const header = [...OWN, ...params.map((name) => `params.${name}`), ...tags.map((name) => `tags.${name}`), ...cells];
  yield `${header.map(csvCell).join(',')}\n`;
  for await (const { run, metrics: summaries } of tableRows(source, runs, metrics)) {
    const byMetric = new Map(summaries.map((summary) => [summary.metric, summary]));
    const values = [
      ...Object.values(ownOf(run)).map((value) => (Array.isArray(value) ? value.join(' ') : (value ?? ''))),
      ...params.map((name) => ofMap(run.params, name)),
      ...tags.map((name) => ofMap(run.tags, name)),
      ...known.flatMap((metric) => metricCells(byMetric.get(metric))),
    ];
    yield `${values.map((value) => csvCell(String(value))).join(',')}\n`;
  }
}

/** An array of objects: what a run is, `params`, `tags`, and `metrics` by name, each {points, last, min, max, best} of {step, time, value}. */
export async function* writeTableJson(
  source: CurveSource,
  runs: readonly Run[],
  metrics: readonly string[] | undefined,
): AsyncGenerator<string> {
  let before = '[\n';
  for await (const { run, metrics: summaries } of tableRows(source, runs, metrics)) {
    const row = {
      ...ownOf(run),
      params: run.params,
      tags: run.tags,
      metrics: Object.fromEntries(summaries.map((summary) => [summary.metric, jsonCell(summary)])),
    };
    yield before + JSON.stringify(row, (_key, value: unknown) => (isUnusual(value) ? String(value) : value));
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function ownOf(run: Run) {
  return {
    run: run.id,
    run_name: run.name,
    project: run.project,
    group: run.group,
    status: run.status,
    started: timeOf(run.startedMs),
    ended: run.endedMs === undefined ? null : timeOf(run.endedMs),
    source: run.source,
    user: run.user,
    parent: run.parentId ?? null,
    hosts: run.hosts,
    notes: run.notes,
  } satisfies Record<(typeof OWN)[number], unknown>;
}

/** A program may have said a time that is in no year: it is shown as it was said. */
function timeOf(ms: number): string {
  return Math.abs(ms) <= LAST_MS ? new Date(ms).toISOString() : `${ms} ms`;
}

async function* tableRows(
  source: CurveSource,
  runs: readonly Run[],
  metrics: readonly string[] | undefined,
): AsyncGenerator<TableRow> {
  for (let at = 0; at < runs.length; at += RUNS_AT_ONCE) {
    const some = runs.slice(at, at + RUNS_AT_ONCE);
    const summaries = Map.groupBy(await source.summaries({ runs: some.map(({ id }) => id), metrics }), ({ run }) => run);
    for (const run of some) {
      const ofRun = (summaries.get(run.id) ?? []).toSorted((a, b) => (a.metric < b.metric ? -1 : 1));
      yield { run, metrics: ofRun };
    }
  }
}

async function metricNames(source: CurveSource, runs: readonly Run[]): Promise<string[]> {
  const names = new Set<string>();
  for await (const { metrics } of tableRows(source, runs, undefined)) for (const { metric } of metrics) names.add(metric);
  return [...names].toSorted();
}

function namesOf(maps: readonly Readonly<Record<string, string>>[]): string[] {
  return [...new Set(maps.flatMap((map) => Object.keys(map)))].toSorted();
}

function ofMap(map: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(map, name) ? (map[name] as string) : '';
}

function metricCells(summary: CurveSummary | undefined): string[] {
  if (summary === undefined) return ['', ...OF_METRIC.map(() => '')];
  const cell = metricCell(summary);
  return [String(cell.points), ...OF_METRIC.map((what) => (cell[what] === undefined ? '' : csvNumber(cell[what].value)))];
}

function jsonCell(summary: CurveSummary) {
  const { points, ...cell } = metricCell(summary);
  const shown = OF_METRIC.map((what) => {
    const point = cell[what];
    return [what, point === undefined ? null : { step: point.step, time: point.timeMs, value: point.value }];
  });
  return { points, ...(Object.fromEntries(shown) as Record<(typeof OF_METRIC)[number], unknown>) };
}

function isUnusual(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}
