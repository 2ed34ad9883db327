import type { RunRow } from '@vitrine/model/run-api.ts';
import { useRows } from '@vitrine/ui/table/use-rows.ts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { useSize } from '../../dashboard/use-size.ts';
import type { RunsView } from '../runs-view.ts';
import { readSort } from '../runs-view.ts';
import { BOXES_PX, pinnedAt } from './columns.ts';
import type { RunColumn } from './columns.ts';
import { ColumnHead } from './column-head.tsx';
import type { ColumnActions } from './column-head.tsx';
import type { GroupedLine } from './group-rows.ts';
import { groupKey } from './group-rows.ts';
import { GroupLine, LoadingLine, RunLine } from './run-line.tsx';
import type { LineContext } from './run-line.tsx';
import classes from './run-table.module.css';

const ROW_PX = 34;
const HEAD_PX = 46;
export interface RunTableProps {
  readonly view: RunsView;
  readonly columns: { readonly pinned: readonly RunColumn[]; readonly others: readonly RunColumn[] };
  /** Lines of the table: runs, or groups with those of them that are unfolded. */
  readonly count: number;
  readonly lineAt: (index: number) => GroupedLine | undefined;
  readonly context: LineContext;
  readonly actions: ColumnActions;
  readonly allSelected: 'all' | 'some' | 'none';
  readonly onAll: () => void;
  readonly onSelect: (row: RunRow, reach: boolean) => void;
  readonly onOpen: (row: RunRow) => void;
  readonly onFold: (value: string) => void;
  readonly onSeen: (from: number, to: number) => void;
  /** Called with how to move and press the row that the keyboard is at, for the page's shortcuts. */
  readonly onKeys: (keys: TableKeys | undefined) => void;
}

/** What the page's keys do in the table. */
export interface TableKeys {
  readonly move: (by: number) => void;
  readonly select: () => void;
  readonly active: () => RunRow | undefined;
}

/** Runs as rows: ten thousand cost what fits on the screen. */
export function RunTable(props: RunTableProps): ReactElement {
  const { view, columns, count, lineAt, context, actions, onSelect, onOpen, onFold, onSeen, onKeys } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { height } = useSize(scroller);
  const viewHeight = Math.max(0, height - HEAD_PX);
  const rows = useRows({ count, rowHeight: ROW_PX, viewHeight, scroller });
  const [active, setActive] = useState(-1);
  const at = Math.min(active, count - 1);
  const sort = useMemo(
    () => new Map(readSort(view.sort).map(({ key, descending }, rank) => [key, { descending, rank }])),
    [view.sort],
  );

  const first = rows.items[0]?.index ?? 0;
  const end = (rows.items.at(-1)?.index ?? -1) + 1;
  useEffect(() => onSeen(first, end), [onSeen, first, end]);

  const now = useRef({ at, count, lineAt, rows, onSelect, onFold });
  useEffect(() => {
    now.current = { at, count, lineAt, rows, onSelect, onFold };
  });
  const move = useCallback((by: number) => {
    const { at: from, count: many } = now.current;
    if (many === 0) return;
    const next = Math.min(many - 1, Math.max(0, from + by));
    setActive(next);
    now.current.rows.scrollTo(next);
    scroller.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const activeLine = (): GroupedLine | undefined => (now.current.at < 0 ? undefined : now.current.lineAt(now.current.at));
    onKeys({
      move,
      select() {
        const line = activeLine();
        if (line?.kind === 'run') now.current.onSelect(line.row, false);
        else if (line !== undefined) now.current.onFold(groupKey(line.group.value));
      },
      active() {
        const line = activeLine();
        return line?.kind === 'run' ? line.row : undefined;
      },
    });
    return () => onKeys(undefined);
  }, [onKeys, move]);

  const onKey = (event: KeyboardEvent): void => {
    // Keys of what stands in the rows are theirs.
    if (event.target !== event.currentTarget) return;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: Math.floor(viewHeight / ROW_PX),
      PageUp: -Math.floor(viewHeight / ROW_PX),
      Home: -count,
      End: count,
    };
    const line = at < 0 ? undefined : lineAt(at);
    const by = steps[event.key];
    if (by !== undefined) move(by);
    else if (event.key === 'Enter' && line?.kind === 'run') onOpen(line.row);
    else if (event.key === 'Enter' && line?.kind === 'group') onFold(groupKey(line.group.value));
    else if (event.key === ' ' && line?.kind === 'run') onSelect(line.row, event.shiftKey);
    else return;
    event.preventDefault();
  };

  const pinnedPx = columns.pinned.reduce((sum, { width }) => sum + width, BOXES_PX);
  const totalPx = columns.others.reduce((sum, { width }) => sum + width, pinnedPx);
  const all = useMemo(() => [...columns.pinned, ...columns.others], [columns]);
  const style = { width: `max(100%, ${totalPx}px)` };
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label="Runs"
      aria-multiselectable
      aria-rowcount={count + 1}
      aria-colcount={all.length + 1}
      aria-activedescendant={at >= 0 ? lineId(at) : undefined}
      tabIndex={0}
      onKeyDown={onKey}
    >
      <div className={classes.head} role="row" aria-rowindex={1} style={style}>
        <div className={classes.boxes} role="columnheader" style={{ width: BOXES_PX }}>
          <input
            ref={(box) => {
              if (box !== null) box.indeterminate = props.allSelected === 'some';
            }}
            type="checkbox"
            className={classes.check}
            aria-label="Select all"
            checked={props.allSelected === 'all'}
            onChange={props.onAll}
          />
        </div>
        {pinnedAt(columns.pinned).map(({ column, leftPx }) => (
          <ColumnHead
            key={column.key}
            column={column}
            sorted={sort.get(column.key)}
            leftPx={leftPx}
            isPinned
            actions={actions}
            isFixed={column.key === 'name'}
          />
        ))}
        {columns.others.map((column) => (
          <ColumnHead key={column.key} column={column} sorted={sort.get(column.key)} actions={actions} />
        ))}
        <div className={classes.filler} />
      </div>
      <div className={classes.rows} role="rowgroup" style={{ ...style, height: rows.total }}>
        {rows.items.map(({ index, start }) => {
          const line = lineAt(index);
          const isSelected = line?.kind === 'run' && context.selected.has(line.row.run.id);
          return (
            <div
              key={line === undefined ? `at ${index}` : line.kind === 'run' ? line.row.run.id : groupKey(line.group.value)}
              id={lineId(index)}
              className={classes.row}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={line?.kind === 'run' ? isSelected : undefined}
              data-active={index === at || undefined}
              data-selected={isSelected || undefined}
              data-kind={line?.kind}
              style={{ transform: `translateY(${start}px)`, height: ROW_PX }}
              onPointerDown={() => setActive(index)}
            >
              {line === undefined ? (
                <LoadingLine />
              ) : line.kind === 'run' ? (
                <RunLine row={line.row} {...{ columns, context, onSelect, onOpen }} />
              ) : (
                <GroupLine group={line.group} isOpen={line.isOpen} {...{ columns, context, onFold }} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function lineId(index: number): string {
  return `run-line-${index}`;
}
