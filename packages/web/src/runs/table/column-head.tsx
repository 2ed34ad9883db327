import { Menu } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconDotsVertical,
  IconEyeOff,
  IconPin,
  IconPinnedOff,
  IconSortAscending,
  IconSortDescending,
} from '@tabler/icons-react';
import { directionOf } from '@vitrine/model/run.ts';
import { memo, useState } from 'react';
import type { DragEvent, PointerEvent, ReactElement } from 'react';
import type { RunColumn } from './columns.ts';
import classes from './run-table.module.css';

export interface ColumnActions {
  /** As a click on the head: the next of its orders. `add` keeps the columns that are sorted by already. */
  readonly sort: (column: RunColumn, add: boolean) => void;
  readonly sortTo: (column: RunColumn, descending: boolean) => void;
  readonly pin: (column: RunColumn) => void;
  readonly hide: (column: RunColumn) => void;
  /** To where the column of that key stands. */
  readonly move: (key: string, to: string) => void;
  /** One place to the left or right. */
  readonly shift: (column: RunColumn, by: -1 | 1) => void;
  readonly widen: (column: RunColumn, width: number) => void;
}

export interface ColumnHeadProps {
  readonly column: RunColumn;
  readonly sorted: { readonly descending: boolean; readonly rank: number } | undefined;
  readonly actions: ColumnActions;
  /** Where it stays while the others scroll. */
  readonly leftPx?: number;
  readonly isPinned?: boolean;
  /** Always there, always first. */
  readonly isFixed?: boolean;
}

const DRAGGED = 'application/x-vitrine-column';

/** Which order tells most at the first press: what is best first. */
export function firstOrder(column: RunColumn): 'ascending' | 'descending' {
  if (column.kind === 'metric') {
    if (column.shows === 'min') return 'ascending';
    if (column.shows === 'max') return 'descending';
    return directionOf(column.metric) === 'min' ? 'ascending' : 'descending';
  }
  return column.kind === 'fact' && (column.fact === 'created' || column.fact === 'duration' || column.fact === 'health')
    ? 'descending'
    : 'ascending';
}

/** A column's name, which sorts, moves and widens it. */
export const ColumnHead = memo(function ColumnHead(props: ColumnHeadProps): ReactElement {
  const { column, sorted, actions, leftPx, isPinned = false, isFixed = false } = props;
  const [isOver, setIsOver] = useState(false);
  const [top, name] = headTexts(column);
  const canSort = column.sortBy !== undefined;
  const state = sorted === undefined ? undefined : sorted.descending ? 'descending' : 'ascending';
  const drop = isFixed
    ? {}
    : {
        onDragOver(event: DragEvent) {
          if (!event.dataTransfer.types.includes(DRAGGED)) return;
          event.preventDefault();
          setIsOver(true);
        },
        onDragLeave: () => setIsOver(false),
        onDrop(event: DragEvent) {
          event.preventDefault();
          setIsOver(false);
          actions.move(event.dataTransfer.getData(DRAGGED), column.key);
        },
      };
  return (
    <div
      className={classes.cell}
      role="columnheader"
      aria-sort={canSort ? (state ?? 'none') : undefined}
      data-number={column.isNumber || undefined}
      data-pinned={isPinned || undefined}
      data-over={isOver || undefined}
      style={{ width: column.width, ...(leftPx === undefined ? {} : { left: leftPx }) }}
      {...drop}
    >
      <button
        type="button"
        className={classes.name}
        title={column.title}
        disabled={!canSort}
        draggable={!isFixed}
        onDragStart={(event) => event.dataTransfer.setData(DRAGGED, column.key)}
        onClick={(event) => actions.sort(column, event.shiftKey)}
      >
        <span className={classes.over}>{top}</span>
        <span className={classes.main}>
          <span className={classes.words}>{name}</span>
          {sorted !== undefined && (
            <span className={classes.arrow} aria-hidden>
              {sorted.descending ? '↓' : '↑'}
              {sorted.rank > 0 && sorted.rank + 1}
            </span>
          )}
        </span>
      </button>
      <ColumnMenu {...{ column, actions, isPinned, isFixed }} />
      <Edge column={column} onWiden={actions.widen} />
    </div>
  );
});

/** What stands small above the name, and the name. */
function headTexts(column: RunColumn): readonly [top: string, name: string] {
  switch (column.kind) {
    case 'metric':
      return [column.shows === 'curve' ? 'last' : column.shows, column.metric];
    case 'param':
      return ['parameter', column.name];
    case 'tag':
      return ['tag', column.name];
    case 'fact':
      return ['', column.title];
  }
}

interface ColumnMenuProps extends Pick<ColumnHeadProps, 'column' | 'actions'> {
  readonly isPinned: boolean;
  readonly isFixed: boolean;
}

/** A button until somebody wants the menu. */
function ColumnMenu({ column, actions, isPinned, isFixed }: ColumnMenuProps): ReactElement {
  const [opened, setOpened] = useState<boolean>();
  const button = (
    <button
      type="button"
      className={classes.more}
      aria-label={`Column ${column.title}`}
      aria-haspopup="menu"
      aria-expanded={opened === true}
      onClick={() => setOpened(opened !== true)}
    >
      <IconDotsVertical size={14} />
    </button>
  );
  if (opened === undefined) return button;
  const icon = { size: 15, stroke: 1.7 };
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" withinPortal>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {column.sortBy !== undefined && (
          <>
            <Menu.Item leftSection={<IconSortAscending {...icon} />} onClick={() => actions.sortTo(column, false)}>
              Lowest first
            </Menu.Item>
            <Menu.Item leftSection={<IconSortDescending {...icon} />} onClick={() => actions.sortTo(column, true)}>
              Highest first
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        {!isFixed && (
          <>
            <Menu.Item
              leftSection={isPinned ? <IconPinnedOff {...icon} /> : <IconPin {...icon} />}
              onClick={() => actions.pin(column)}
            >
              {isPinned ? 'Let it scroll' : 'Keep in sight'}
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowLeft {...icon} />} onClick={() => actions.shift(column, -1)}>
              Move left
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowRight {...icon} />} onClick={() => actions.shift(column, 1)}>
              Move right
            </Menu.Item>
          </>
        )}
        <Menu.Item onClick={() => actions.widen(column, column.width + 40)}>Wider</Menu.Item>
        <Menu.Item onClick={() => actions.widen(column, column.width - 40)}>Narrower</Menu.Item>
        {!isFixed && (
          <Menu.Item leftSection={<IconEyeOff {...icon} />} onClick={() => actions.hide(column)}>
            Hide
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Drags the column's width. For the keyboard its menu has the same. */
function Edge({ column, onWiden }: { readonly column: RunColumn; readonly onWiden: ColumnActions['widen'] }): ReactElement {
  const onDown = (event: PointerEvent<HTMLSpanElement>): void => {
    event.preventDefault();
    const edge = event.currentTarget;
    const cell = edge.parentElement!;
    const startX = event.clientX;
    edge.setPointerCapture(event.pointerId);
    const widthAt = (x: number): number => Math.max(56, column.width + x - startX);
    // While it is dragged only the head moves: the rows follow when it is let go.
    const onMove = (move: globalThis.PointerEvent): void => void (cell.style.width = `${widthAt(move.clientX)}px`);
    edge.addEventListener('pointermove', onMove);
    edge.addEventListener(
      'lostpointercapture',
      () => {
        edge.removeEventListener('pointermove', onMove);
        if (cell.offsetWidth !== column.width) onWiden(column, cell.offsetWidth);
      },
      { once: true },
    );
  };
  return <span className={classes.edge} aria-hidden onPointerDown={onDown} />;
}
