import { useQueries } from '@tanstack/react-query';
import type { RunRow } from '@vitrine/model/run-api.ts';
import { groupColors, runColors } from '@vitrine/ui/theme/run-color.ts';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { DrawnRuns } from '../drawn-runs.ts';
import { sparklinesQuery } from '../runs-queries.ts';
import type { Sparklines } from '../runs-queries.ts';
import { readSort } from '../runs-view.ts';
import type { RunsView } from '../runs-view.ts';
import type { RunRows } from '../use-run-rows.ts';
import type { ChangeView } from '../use-runs-view.ts';
import { readColumn } from './columns.ts';
import { bestOf, groupedLines, groupRows, readGrouping, sortGroups } from './group-rows.ts';
import type { GroupedLine } from './group-rows.ts';
import { SparklinesContext } from './run-line.tsx';
import type { LineContext } from './run-line.tsx';
import { RunTable } from './run-table.tsx';
import type { RunTableProps } from './run-table.tsx';
import { pressAll, pressRun } from './select-runs.ts';
import type { TableColumns } from './use-columns.ts';

export interface TableSideProps extends Pick<RunTableProps, 'onOpen' | 'onKeys'> {
  readonly view: RunsView;
  readonly change: ChangeView;
  readonly columns: TableColumns;
  readonly runRows: RunRows;
  readonly drawn: DrawnRuns;
  readonly isGrouped: boolean;
}

/** Runs whose small curves come together. */
const SPARK_RUNS = 50;
/** A point a pixel would be more than can be seen. */
const SPARK_POINTS = 48;

/** The table of runs, or of their groups. */
export function TableSide(props: TableSideProps): ReactElement {
  const { view, change, columns, runRows, drawn, isGrouped, onOpen, onKeys } = props;
  const { head, rows, rowAt, onSeen } = runRows;
  const theme = useThemeName();
  const total = head?.total ?? 0;
  const groups = useMemo(() => {
    if (!isGrouped) return undefined;
    const [first] = readSort(view.sort);
    const column = first === undefined ? undefined : readColumn(first.key);
    const grouping = readGrouping(view.by);
    if (grouping === undefined) return undefined;
    const made = groupRows(rows, grouping);
    return column?.kind === 'metric' ? sortGroups(made, column.metric, column.shows, first?.descending === true) : made;
  }, [isGrouped, rows, view.by, view.sort]);
  const lines = useMemo(() => (groups === undefined ? undefined : groupedLines(groups, view.open)), [groups, view.open]);
  const lineAt = useCallback(
    (index: number): GroupedLine | undefined => {
      if (lines !== undefined) return lines[index];
      const row = rowAt(index);
      return row === undefined ? undefined : { kind: 'run', row };
    },
    [lines, rowAt],
  );

  const [seen, setSeen] = useState({ from: 0, to: 0 });
  const onLines = useCallback(
    (from: number, to: number) => {
      // By whole questions: a row more costs nothing here.
      const asked = { from: Math.floor(from / SPARK_RUNS) * SPARK_RUNS, to: Math.ceil(to / SPARK_RUNS) * SPARK_RUNS };
      setSeen((now) => (now.from === asked.from && now.to === asked.to ? now : asked));
      if (lines === undefined) onSeen(from, to);
    },
    [lines, onSeen],
  );
  const sparklines = useSparklines(lineAt, seen, columns);

  const colors = useMemo(() => runColors(drawn.ids, theme), [drawn.ids, theme]);
  const ofGroups = useMemo(() => {
    const ids = new Set(drawn.ids);
    const seen = groups?.filter((group) => group.rows.some(({ run }) => ids.has(run.id))).map(({ title }) => title);
    return groupColors(seen ?? [], theme);
  }, [drawn.ids, groups, theme]);
  const selected = useMemo(() => new Set(view.run), [view.run]);
  const context = useMemo((): LineContext => {
    const hidden = new Set(view.hide);
    const metrics = [...columns.pinned, ...columns.others].flatMap((column) => (column.kind === 'metric' ? [column.metric] : []));
    return {
      theme,
      colors,
      groupColors: ofGroups,
      selected,
      drawn: new Set(drawn.ids),
      hidden,
      best: new Map(
        metrics.flatMap((metric): [string, number][] => {
          const best = bestOf(rows, metric);
          return best === undefined ? [] : [[metric, best]];
        }),
      ),
      isBin: view.bin,
      onHide(ids) {
        const isHidden = ids.every((id) => hidden.has(id));
        change({ hide: isHidden ? view.hide.filter((id) => !ids.includes(id)) : [...new Set([...view.hide, ...ids])] });
      },
      onSelectAll: (ids) => change({ run: pressAll(view.run, ids) }),
    };
  }, [theme, colors, ofGroups, selected, drawn.ids, rows, columns, view.hide, view.bin, view.run, change]);

  const anchor = useRef<string>(undefined);
  const now = useRef({ view, lineAt, count: 0 });
  useEffect(() => {
    now.current = { view, lineAt, count: lines?.length ?? total };
  });
  const onSelect = useCallback(
    ({ run }: RunRow, reach: boolean) => {
      const order = Array.from({ length: reach ? now.current.count : 0 }, (_, index) => {
        const line = now.current.lineAt(index);
        return line?.kind === 'run' ? line.row.run.id : undefined;
      });
      const next = pressRun({ ids: now.current.view.run, anchor: anchor.current }, order, run.id, reach);
      anchor.current = next.anchor;
      change({ run: next.ids });
    },
    [change],
  );
  const loaded = useMemo(() => rows.map(({ run }) => run.id), [rows]);
  const onFold = useCallback(
    (key: string) => {
      const { open } = now.current.view;
      change({ open: open.includes(key) ? open.filter((each) => each !== key) : [...open, key] });
    },
    [change],
  );
  const isAll = loaded.length > 0 && loaded.every((id) => selected.has(id));
  return (
    <SparklinesContext value={sparklines}>
      <RunTable
        view={view}
        columns={columns}
        count={lines?.length ?? total}
        lineAt={lineAt}
        context={context}
        actions={columns.actions}
        allSelected={isAll ? 'all' : selected.size > 0 ? 'some' : 'none'}
        onAll={() => change({ run: pressAll(view.run, loaded) })}
        onSelect={onSelect}
        onOpen={onOpen}
        onFold={onFold}
        onSeen={onLines}
        onKeys={onKeys}
      />
    </SparklinesContext>
  );
}

/** The small curves of the lines that are seen, asked for in stretches, so that scrolling back asks for none again. */
function useSparklines(
  lineAt: (index: number) => GroupedLine | undefined,
  /** Multiples of SPARK_RUNS. */
  seen: { readonly from: number; readonly to: number },
  { pinned, others }: TableColumns,
): Sparklines {
  const metrics = useMemo(
    () =>
      [...pinned, ...others].flatMap((column) => (column.kind === 'metric' && column.shows === 'curve' ? [column.metric] : [])),
    [pinned, others],
  );
  const { from, to } = seen;
  // The same questions as long as they ask the same: others would be asked about anew on each render.
  const queries = useMemo(() => {
    const requests = [];
    for (let start = from; metrics.length > 0 && start < to; start += SPARK_RUNS) {
      const runs: string[] = [];
      for (let index = start; index < start + SPARK_RUNS; index++) {
        const line = lineAt(index);
        if (line?.kind === 'run') runs.push(line.row.run.id);
      }
      if (runs.length > 0) requests.push({ runs, metrics, points: SPARK_POINTS });
    }
    return requests.map((request) => sparklinesQuery(request));
  }, [lineAt, from, to, metrics]);
  const answers = useQueries({ queries, combine: loadedLines });
  return useMemo(() => (answers.length === 1 ? answers[0]! : new Map(answers.flatMap((lines) => [...lines]))), [answers]);
}

function loadedLines(answers: readonly { readonly data: Sparklines | undefined }[]): readonly Sparklines[] {
  return answers.flatMap(({ data }) => (data === undefined ? [] : [data]));
}
