import { FilterError } from '@vitrine/compute/run-filter/filter-error.ts';
import { runGrouping } from '@vitrine/compute/run-filter/run-group.ts';
import type { RunGrouping } from '@vitrine/compute/run-filter/run-group.ts';
import type { RunRow } from '@vitrine/model/run-api.ts';
import { directionOf } from '@vitrine/model/run.ts';
import type { MetricShow } from './columns.ts';
import { durationMs, numberOf } from './columns.ts';

/** Runs that have one value of what the table is grouped by. */
export interface RunGroup {
  /** "" where the runs have none. */
  readonly value: string;
  /** As charts name its line: "lr=0.1". */
  readonly title: string;
  readonly rows: readonly RunRow[];
}

/** Mean and sample deviation of a number over the runs that have it. */
export interface Spread {
  /** Runs that have it. */
  readonly count: number;
  readonly mean: number;
  /** NaN of fewer than two. */
  readonly deviation: number;
}

/** How the runs are grouped; undefined where the text names nothing that runs have. */
export function readGrouping(by: string): RunGrouping | undefined {
  if (by === '') return undefined;
  try {
    return runGrouping(by);
  } catch (error) {
    if (error instanceof FilterError) return undefined;
    throw error;
  }
}

/** Groups in the order of their first rows, so that the table's order is theirs. Runs without a value come last. */
export function groupRows(rows: readonly RunRow[], { valueOf, titleOf }: RunGrouping): readonly RunGroup[] {
  const groups = [...Map.groupBy(rows, ({ run }) => valueOf(run))].map(([value, own]) => ({
    value,
    title: titleOf(value),
    rows: own,
  }));
  return [...groups.filter(({ value }) => value !== ''), ...groups.filter(({ value }) => value === '')];
}

/** Of what is finite; undefined where no run has a number. Welford's, which stays exact where the mean is large. */
export function spreadOf(numbers: Iterable<number | undefined>): Spread | undefined {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of numbers) {
    if (value === undefined || !Number.isFinite(value)) continue;
    count += 1;
    const off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
  }
  return count === 0 ? undefined : { count, mean, deviation: count < 2 ? Number.NaN : Math.sqrt(squares / (count - 1)) };
}

export function metricSpread(rows: readonly RunRow[], metric: string, shows: MetricShow): Spread | undefined {
  return spreadOf(rows.map((row) => numberOf(row.metrics[metric], shows)));
}

export function durationSpread(rows: readonly RunRow[], nowMs: number): Spread | undefined {
  return spreadOf(rows.map((row) => durationMs(row, nowMs)));
}

/**
 * Orders groups by the mean of the column that the table is sorted by; where that is no number, they keep the order of their runs.
 */
export function sortGroups(
  groups: readonly RunGroup[],
  metric: string | undefined,
  shows: MetricShow,
  descending: boolean,
): readonly RunGroup[] {
  if (metric === undefined) return groups;
  const keyed = groups.map((group) => ({ group, mean: metricSpread(group.rows, metric, shows)?.mean }));
  // Missing comes last, whichever way the numbers go.
  return keyed
    .toSorted((a, b) => {
      if (a.mean === undefined || b.mean === undefined) return Number(a.mean === undefined) - Number(b.mean === undefined);
      return descending ? b.mean - a.mean : a.mean - b.mean;
    })
    .map(({ group }) => group);
}

/** The best value of a metric among the rows; undefined where less or more may be better. */
export function bestOf(rows: readonly RunRow[], metric: string): number | undefined {
  const direction = directionOf(metric);
  if (direction === undefined) return undefined;
  const values = rows.flatMap((row) => {
    const value = row.metrics[metric]?.best?.value;
    return value === undefined ? [] : [value];
  });
  return values.length < 2 ? undefined : values.reduce((a, b) => (direction === 'min' ? Math.min(a, b) : Math.max(a, b)));
}

/** A line of the grouped table. */
export type GroupedLine =
  | { readonly kind: 'group'; readonly group: RunGroup; readonly isOpen: boolean }
  | { readonly kind: 'run'; readonly row: RunRow };

export function groupedLines(groups: readonly RunGroup[], open: readonly string[]): readonly GroupedLine[] {
  return groups.flatMap((group): GroupedLine[] => {
    const isOpen = open.includes(groupKey(group.value));
    const head: GroupedLine = { kind: 'group', group, isOpen };
    return isOpen ? [head, ...group.rows.map((row): GroupedLine => ({ kind: 'run', row }))] : [head];
  });
}

/** A group's name in the URL, where the empty text can't stand. */
export function groupKey(value: string): string {
  return `=${value}`;
}
