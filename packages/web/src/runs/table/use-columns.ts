import type { RunTableAnswer } from '@vitrine/model/run-api.ts';
import { useEffect, useMemo, useRef } from 'react';
import { nextSort } from '../runs-view.ts';
import type { RunsView } from '../runs-view.ts';
import type { ChangeView } from '../use-runs-view.ts';
import { firstOrder } from './column-head.tsx';
import type { ColumnActions } from './column-head.tsx';
import { columnsOf, moveColumn, ownColumns, withWidth } from './columns.ts';
import type { RunColumn } from './columns.ts';

export interface TableColumns {
  readonly pinned: readonly RunColumn[];
  readonly others: readonly RunColumn[];
  /** Of all of them, in their order, the name's not among them. */
  readonly keys: readonly string[];
  readonly actions: ColumnActions;
  readonly toggle: (key: string) => void;
}

const NO_ANSWER = { metrics: [], params: [], rows: [], tags: [] };

/** The columns that the URL says, and how to change them: the first change makes those that tell most one's own. */
export function useColumns(view: RunsView, change: ChangeView, head: RunTableAnswer | undefined): TableColumns {
  const { cols, pin, width, same, by } = view;
  // While runs come and go the columns stay the same objects, so that rows need not be made anew.
  const ownText = JSON.stringify(ownColumns(head ?? NO_ANSWER, same));
  const own = useMemo(() => JSON.parse(ownText) as readonly string[], [ownText]);
  const keys = cols.length > 0 ? cols : own;
  const columns = useMemo(() => columnsOf({ cols: keys, pin, width }, by !== ''), [keys, pin, width, by]);

  const now = useRef({ keys, view, change });
  useEffect(() => {
    now.current = { keys, view, change };
  });
  const actions = useMemo((): ColumnActions & Pick<TableColumns, 'toggle'> => {
    const put = (next: readonly string[], more: Partial<RunsView> = {}): void => now.current.change({ cols: next, ...more });
    return {
      sort: (column, add) =>
        now.current.change({ sort: nextSort(now.current.view.sort, column.key, firstOrder(column), add), open: [] }),
      sortTo: ({ key }, descending) => now.current.change({ sort: [descending ? `-${key}` : key] }),
      pin({ key }) {
        const pinned = now.current.view.pin;
        put(now.current.keys, { pin: pinned.includes(key) ? pinned.filter((each) => each !== key) : [...pinned, key] });
      },
      hide({ key }) {
        put(
          now.current.keys.filter((each) => each !== key),
          { pin: now.current.view.pin.filter((each) => each !== key) },
        );
      },
      move: (key, to) => put(moveColumn(now.current.keys, key, to)),
      shift({ key }, by) {
        const to = now.current.keys[now.current.keys.indexOf(key) + by];
        if (to !== undefined) put(moveColumn(now.current.keys, key, to));
      },
      widen: ({ key }, to) => now.current.change({ width: withWidth(now.current.view.width, key, to) }),
      toggle(key) {
        const shown = now.current.keys;
        put(shown.includes(key) ? shown.filter((each) => each !== key) : [...shown, key]);
      },
    };
  }, []);
  return useMemo(() => ({ ...columns, keys, actions, toggle: actions.toggle }), [columns, keys, actions]);
}
