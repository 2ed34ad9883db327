import { Select, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunTableAnswer } from '@vitrine/model/run-api.ts';
import { readRunJson } from '@vitrine/model/run-json.ts';
import { directionOf } from '@vitrine/model/run.ts';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { ask } from '../../api/client.ts';
import { metricNamesOfRunsQuery, RUN_TABLE_KEY } from '../../runs/runs-queries.ts';
import { Skeleton } from '../../state/skeleton.tsx';
import { questionOf } from './analysis-search.ts';
import type { Analysis, AnalysisSearch } from './analysis-search.ts';
import classes from './analysis.module.css';
import type { Stat } from './dimension.ts';
import { ImportanceView } from './importance-view.tsx';
import { ParallelView } from './parallel-view.tsx';
import { ParamsTable } from './params-table.tsx';
import { ScatterView } from './scatter-view.tsx';

/** One answer of the table holds no more. */
const MOST_RUNS = 2_000;
const MOST_NAMED = 1_000;

export interface RunAnalysisProps {
  readonly search: AnalysisSearch;
  readonly change: (next: AnalysisSearch, how?: 'push' | 'replace') => void;
}

/** What each view is given. */
export interface AnalysisViewProps extends RunAnalysisProps {
  readonly answer: RunTableAnswer;
  /** What the runs are judged by; undefined where they have no metric. */
  readonly metric: string | undefined;
  readonly stat: Stat;
  /** All metrics that can be chosen. */
  readonly metrics: readonly string[];
}

const VIEWS: Readonly<Record<Analysis, (props: AnalysisViewProps) => ReactElement>> = {
  params: ParamsTable,
  parallel: ParallelView,
  scatter: ScatterView,
  importance: ImportanceView,
};

const STAT_NAMES: readonly { readonly value: Stat; readonly label: string }[] = [
  { value: 'best', label: 'Best' },
  { value: 'last', label: 'Last' },
  { value: 'min', label: 'Lowest' },
  { value: 'max', label: 'Highest' },
];

/** Several runs explained: side by side, as lines over axes, as points, and by what their parameters do. */
export function RunAnalysis({ search, change }: RunAnalysisProps): ReactElement {
  const { view = 'params', stat = 'best' } = search;
  const [words, setWords] = useState('');
  // Metrics that a view goes over, besides the most common ones, which come by themselves.
  const asked = useMemo(
    () =>
      [...new Set([search.metric, ...[search.sx, search.sy, search.color, ...(search.axes ?? [])].map(metricIn)])].filter(
        (name) => name !== undefined,
      ),
    [search.metric, search.sx, search.sy, search.color, search.axes],
  );
  const question = useMemo(() => questionOf(search), [search]);
  const usual = useQuery(tableQuery(question, undefined));
  const common = usual.data?.metrics ?? [];
  const wanted = asked.every((name) => common.includes(name)) ? undefined : [...new Set([...asked, ...common])];
  const more = useQuery({ ...tableQuery(question, wanted), enabled: wanted !== undefined && usual.data !== undefined });
  const answer = wanted === undefined ? usual.data : (more.data ?? usual.data);
  const error = usual.error ?? more.error;
  const ids = useMemo(() => usual.data?.rows.slice(0, MOST_NAMED).map(({ run }) => run.id) ?? [], [usual.data]);
  const names = useQuery({ ...metricNamesOfRunsQuery(ids), enabled: ids.length > 0 }).data?.metrics;
  const metrics = useMemo(() => names?.map(({ metric }) => metric) ?? answer?.metrics ?? [], [names, answer]);
  if (answer === undefined) {
    return error === null ? (
      <Skeleton label="Loading the runs" heightPx={320} />
    ) : (
      <p className={classes.none}>{error.message}</p>
    );
  }
  const metric = search.metric ?? judgeOf(answer.metrics);
  if (answer.rows.length === 0)
    return <p className={classes.none}>No run is let through. Select runs on the page Runs, or take the filter away.</p>;
  const View = VIEWS[view];
  return (
    <>
      <div className={classes.toolbar}>
        <span data-label>Judged by</span>
        <SegmentedControl
          aria-label="Which value stands for a run"
          value={stat}
          data={[...STAT_NAMES]}
          onChange={(next) => {
            const known = STAT_NAMES.find(({ value }) => value === next);
            if (known !== undefined) change({ stat: known.value === 'best' ? undefined : known.value });
          }}
        />
        <Select
          className={classes.metric}
          aria-label="The metric that runs are judged by"
          placeholder="No metric"
          data={[...new Set([...(metric === undefined ? [] : [metric]), ...metrics])]}
          searchable
          searchValue={words}
          onSearchChange={setWords}
          limit={200}
          allowDeselect={false}
          nothingFoundMessage="No such metric"
          value={metric ?? null}
          onChange={(next) => change({ metric: next ?? undefined })}
        />
        <span className={classes.count}>
          {answer.rows.length < answer.total
            ? `${answer.rows.length.toLocaleString('en')} of ${answer.total.toLocaleString('en')} runs`
            : answer.rows.length === 1
              ? '1 run'
              : `${answer.rows.length.toLocaleString('en')} runs`}
        </span>
      </div>
      {error !== null && (
        <p className={classes.problem} role="alert">
          {error.message} What you see is how the runs were.
        </p>
      )}
      <View {...{ answer, metric, stat, metrics, search, change }} />
    </>
  );
}

function tableQuery(question: ReturnType<typeof questionOf>, metrics: readonly string[] | undefined) {
  return {
    queryKey: [...RUN_TABLE_KEY, 'analysis', question, metrics],
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
      const body = { ...question, ...(metrics === undefined ? {} : { metrics }), offset: 0, limit: MOST_RUNS };
      const response = await ask('/api/runs/table', { method: 'POST', body, signal });
      return readRunJson(await response.text()) as RunTableAnswer;
    },
  };
}

function metricIn(key: string | undefined): string | undefined {
  return key?.startsWith('metrics.') === true ? key.slice('metrics.'.length) : undefined;
}

/** What is worth judging by: a validation metric that has a direction, else the first. */
function judgeOf(metrics: readonly string[]): string | undefined {
  const judged = metrics.filter((metric) => directionOf(metric) !== undefined);
  return judged.find((metric) => /val|eval|test/i.test(metric)) ?? judged[0] ?? metrics[0];
}
