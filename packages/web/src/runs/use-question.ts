import { useMemo, useState } from 'react';
import { checkFilter } from './filter/check-filter.ts';
import type { TableQuestion } from './runs-queries.ts';
import { readSort } from './runs-view.ts';
import type { RunsView } from './runs-view.ts';
import { readGrouping } from './table/group-rows.ts';
import { metricsOfColumns, readColumn } from './table/columns.ts';

export interface Question {
  readonly question: TableQuestion;
  readonly isGrouped: boolean;
  /** Whether the view's filter is what is asked: one that cannot be read leaves the one before, or none. */
  readonly isReadable: boolean;
}

/** What the table asks the server for; the question is the same object while it asks the same. */
export function useQuestion(view: RunsView): Question {
  const { q } = view;
  const isReadable = useMemo(() => checkFilter(q) === undefined, [q]);
  const [readable, setReadable] = useState('');
  if (isReadable && readable !== q) setReadable(q);
  const text = JSON.stringify(questionOf(isReadable ? view : { ...view, q: readable }));
  const isGrouped = readGrouping(view.by) !== undefined;
  return { question: useMemo(() => JSON.parse(text) as TableQuestion, [text]), isGrouped, isReadable };
}

export function questionOf({ q, project, sort, cols, pin, bin }: RunsView): TableQuestion {
  const orders = readSort(sort).flatMap(({ key, descending }) => {
    const by = readColumn(key)?.sortBy;
    return by === undefined ? [] : [{ by, descending }];
  });
  const keys = [...cols, ...pin];
  return {
    filter: q,
    sort: orders,
    ...(project.length === 0 ? {} : { projects: project }),
    // Columns of one's own come with the metrics that the server holds for the main ones.
    ...(keys.length === 0 ? {} : { metrics: metricsOfColumns([...keys, ...readSort(sort).map(({ key }) => key)]) }),
    ...(bin ? { deleted: true } : {}),
  };
}
