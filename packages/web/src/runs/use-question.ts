import { useMemo } from 'react';
import type { TableQuestion } from './runs-queries.ts';
import { readSort } from './runs-view.ts';
import type { RunsView } from './runs-view.ts';
import { readGrouping } from './table/group-rows.ts';
import { metricsOfColumns, readColumn } from './table/columns.ts';

/** What the table asks the server for. The same object while it asks the same. */
export function useQuestion(view: RunsView): { readonly question: TableQuestion; readonly isGrouped: boolean } {
  const question = questionOf(view);
  const text = JSON.stringify(question);
  const isGrouped = readGrouping(view.by) !== undefined;
  return useMemo(() => ({ question: JSON.parse(text) as TableQuestion, isGrouped }), [text, isGrouped]);
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
