import { parseRunField, parseRunFilter } from '@vitrine/compute/run-filter/parse-run-filter.ts';
import type { RunField } from '@vitrine/compute/run-filter/run-field.ts';
import { metricsOf } from '@vitrine/compute/run-filter/run-filter.ts';
import { runFieldValue, runMatcher, type RunSubject } from '@vitrine/compute/run-filter/run-matcher.ts';
import { readNumber } from '@vitrine/compute/run-filter/run-values.ts';
import type { CurveSummary } from '@vitrine/model/curve-store.ts';
import { directionOf, type Finding, type FindingSeverity, type Run } from '@vitrine/model/run.ts';
import type { MetricCell, RunRow, RunTableAnswer, RunTableRequest } from '@vitrine/model/run-api.ts';
import { metricCell } from '../metric-cell.ts';
import type { OwnRuns } from '../../own/own-runs.ts';

/** Whose names tell which metrics to show where nobody has said: so many of the newest runs. */
const SAMPLED_RUNS = 12;
const SAMPLED_NAMES = 5_000;
const USUAL_METRICS = 6;

/** Filters, sorts and counts all runs, and tells of one stretch of them. Throws BadRequest for a filter or field that cannot be read. */
export async function runTable(request: RunTableRequest, runs: OwnRuns, nowMs: number): Promise<RunTableAnswer> {
  const filter = parseRunFilter(request.filter, { nowMs });
  const matches = runMatcher(filter);
  const sort = (request.sort ?? []).map(({ by, descending }) => ({ field: parseRunField(by), descending }));
  const groupBy = request.groupBy === undefined ? undefined : parseRunField(request.groupBy);

  const some = await runsOf(runs, request.deleted ?? false);
  const ids = new Set(request.runs);
  const names = new Set(request.projects);
  const candidates = some.filter(
    ({ id, project }) => (ids.size === 0 || ids.has(id)) && (names.size === 0 || names.has(project)),
  );
  const fields = [...sort.map(({ field }) => field), ...(groupBy === undefined ? [] : [groupBy])];
  const decisive = new Set([...metricsOf(filter), ...fields.flatMap((field) => (field.kind === 'metric' ? [field.name] : []))]);
  const [summaries, findings] = await Promise.all([summariesOf(runs, candidates, [...decisive]), findingsOf(runs, candidates)]);
  const subjectOf = (run: Run): RunSubject => ({
    run,
    metric: (name) => summaries.get(name)?.get(run.id),
    health: healthOf(findings.get(run.id) ?? []),
    nowMs,
  });
  const subjects = candidates.map(subjectOf).filter(matches);
  const found = subjects.map(({ run }) => run);

  const page = sorted(subjects, sort)
    .slice(request.offset, request.offset + request.limit)
    .map(({ run }) => run);
  const metrics = request.metrics ?? (await usualMetrics(runs, found));
  const cells = await summariesOf(runs, page, metrics);
  return {
    rows: page.map((run): RunRow => {
      const own = metrics.flatMap((metric): [string, MetricCell][] => {
        const summary = cells.get(metric)?.get(run.id);
        return summary === undefined ? [] : [[metric, metricCell(summary)]];
      });
      return { run, metrics: Object.fromEntries(own), findings: findings.get(run.id) ?? [] };
    }),
    total: subjects.length,
    groups: groupBy === undefined ? [] : groupsOf(subjects, groupBy),
    metrics,
    params: paramsOf(found),
    tags: [...new Set(found.flatMap(({ tags }) => Object.keys(tags)))].toSorted(),
    projects: projectsOf(some),
  };
}

/** In the bin is what was put there, and what belongs to a project that was. */
export async function runsOf(runs: OwnRuns, deleted: boolean): Promise<readonly Run[]> {
  const gone = new Set((await runs.projects()).filter(({ deletedMs }) => deletedMs !== undefined).map(({ id }) => id));
  const all = await runs.all();
  if (!deleted) return gone.size === 0 ? all : all.filter(({ projectId }) => !gone.has(projectId));
  return [...(await runs.deleted()), ...all.filter(({ projectId }) => gone.has(projectId))];
}

/** By metric and run. */
async function summariesOf(
  runs: OwnRuns,
  some: readonly Run[],
  metrics: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, CurveSummary>>> {
  const found = new Map(metrics.map((metric) => [metric, new Map<string, CurveSummary>()]));
  if (metrics.length === 0 || some.length === 0) return found;
  for (const summary of await runs.curves.summaries({ runs: some.map(({ id }) => id), metrics: [...found.keys()] })) {
    found.get(summary.metric)?.set(summary.run, summary);
  }
  return found;
}

async function findingsOf(runs: OwnRuns, some: readonly Run[]): Promise<ReadonlyMap<string, readonly Finding[]>> {
  return Map.groupBy(await runs.findings(some.map(({ id }) => id)), ({ runId }) => runId);
}

const HEALTHY: readonly string[] = ['ok'];

/** What a filter's `health` may name: severities and detectors of what holds now and is not muted. */
function healthOf(findings: readonly Finding[]): readonly string[] {
  const seen = findings.filter(({ active, state }) => active && state !== 'muted');
  return seen.length === 0 ? HEALTHY : [...new Set(seen.flatMap(({ severity, detector }) => [severity, detector]))];
}

/** The losses and accuracies that most of the newest runs have. */
async function usualMetrics(runs: OwnRuns, found: readonly Run[]): Promise<readonly string[]> {
  if (found.length === 0) return [];
  const names = await runs.curves.metricNames({
    runs: found.slice(0, SAMPLED_RUNS).map(({ id }) => id),
    limit: SAMPLED_NAMES,
  });
  return names
    .filter(({ metric }) => directionOf(metric) !== undefined)
    .toSorted((a, b) => b.runs - a.runs || a.metric.length - b.metric.length || (a.metric < b.metric ? -1 : 1))
    .slice(0, USUAL_METRICS)
    .map(({ metric }) => metric);
}

/** Those that differ first. A run that has not got one differs from those that have. */
function paramsOf(found: readonly Run[]): RunTableAnswer['params'] {
  const known = new Map<string, { value: string; runs: number; differs: boolean }>();
  for (const { params } of found) {
    for (const name in params) {
      const value = params[name]!;
      const seen = known.get(name);
      if (seen === undefined) known.set(name, { value, runs: 1, differs: false });
      else {
        seen.runs++;
        seen.differs ||= seen.value !== value;
      }
    }
  }
  return [...known]
    .map(([name, { runs, differs }]) => ({ name, differs: differs || runs < found.length }))
    .toSorted((a, b) => Number(b.differs) - Number(a.differs) || (a.name < b.name ? -1 : 1));
}

function projectsOf(some: readonly Run[]): RunTableAnswer['projects'] {
  const counts = new Map<string, number>();
  for (const { project } of some) counts.set(project, (counts.get(project) ?? 0) + 1);
  return [...counts].map(([name, runs]) => ({ name, runs })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function groupsOf(subjects: readonly RunSubject[], field: RunField): RunTableAnswer['groups'] {
  const counts = new Map<string, number>();
  for (const subject of subjects) {
    const value = runFieldValue(field, subject) ?? '';
    const text = typeof value === 'object' ? value.join(', ') : String(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, runs]) => ({ value, runs }))
    .toSorted((a, b) => b.runs - a.runs || (a.value < b.value ? -1 : 1));
}

interface Sort {
  readonly field: RunField;
  readonly descending: boolean;
}

const BY_TEXT = new Intl.Collator('en', { numeric: true });
const SEVERITY: Readonly<Record<FindingSeverity | 'ok', number>> = { ok: 0, info: 1, warning: 2, critical: 3 };

/** Numbers before text, and runs without a value last, either way. Equals stay in their order, the newest first. */
function sorted(subjects: readonly RunSubject[], sort: readonly Sort[]): readonly RunSubject[] {
  if (sort.length === 0) return subjects;
  const keyed = subjects.map((subject) => ({ subject, keys: sort.map(({ field }) => sortKey(field, subject)) }));
  keyed.sort((a, b) => {
    for (const [at, { descending }] of sort.entries()) {
      const order = compareKeys(a.keys[at], b.keys[at], descending);
      if (order !== 0) return order;
    }
    return 0;
  });
  return keyed.map(({ subject }) => subject);
}

function sortKey(field: RunField, subject: RunSubject): number | string | undefined {
  if (field.kind === 'attribute' && field.name === 'health')
    return Math.max(...subject.health.map((it) => (Object.hasOwn(SEVERITY, it) ? SEVERITY[it as FindingSeverity] : 0)));
  const value = runFieldValue(field, subject);
  if (typeof value === 'string') return field.kind === 'attribute' ? value : (readNumber(value) ?? value);
  return typeof value === 'object' ? value.join(', ') : value;
}

function compareKeys(a: number | string | undefined, b: number | string | undefined, descending: boolean): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  const order = typeof a === 'number' && typeof b === 'number' ? compareNumbers(a, b) : BY_TEXT.compare(String(a), String(b));
  return descending ? -order : order;
}

/** Infinities are equal to themselves, where their difference is none. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What has no order comes behind what has. */
function rankOf(key: number | string | undefined): number {
  if (key === undefined || key === '') return 3;
  if (typeof key === 'string') return 1;
  return Number.isNaN(key) ? 2 : 0;
}
