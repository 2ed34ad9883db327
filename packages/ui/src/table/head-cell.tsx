import { memo, useRef } from 'react';
import type { PointerEvent, ReactElement } from 'react';

import classes from './data-table.module.css';
import type { TableSort } from './row-order.ts';
import type { TableColumn } from './table-column.ts';

interface HeadCellProps {
  readonly column: TableColumn;
  readonly at: number;
  readonly lead: number;
  readonly width: number;
  readonly frozenLeft: number | undefined;
  readonly sorts: readonly TableSort[];
  readonly isFiltered: boolean;
  readonly isOpen: boolean;
  readonly onSort: (column: number, add: boolean) => void;
  readonly onResize: (name: string, to: number) => void;
  readonly onFilter: (column: TableColumn, anchor: HTMLElement) => void;
}

const KEY_STEP = 16;

/** A column's name, by which it is sorted, with its filter and the edge that it is resized by. */
export const HeadCell = memo(function HeadCell({
  column,
  at,
  lead,
  width,
  frozenLeft,
  sorts,
  isFiltered,
  isOpen,
  onSort,
  onResize,
  onFilter,
}: HeadCellProps): ReactElement {
  const { name, field, look, index, align } = column;
  const place = sorts.findIndex((sort) => sort.column === index);
  const sort = sorts[place];
  const drag = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const onMove = (event: PointerEvent) => {
    if (drag.current !== undefined) onResize(name, drag.current.width + event.clientX - drag.current.x);
  };
  return (
    <span
      role="columnheader"
      aria-colindex={at + 1}
      aria-sort={sort === undefined ? 'none' : sort.down ? 'descending' : 'ascending'}
      data-align={align}
      data-frozen={frozenLeft !== undefined || undefined}
      data-wrap={look.wrapHead || undefined}
      style={{ gridColumn: at + 1 + lead, ...(frozenLeft === undefined ? {} : { left: frozenLeft }) }}
    >
      <button
        type="button"
        onClick={(event) => onSort(index, event.shiftKey)}
        title={[field.config?.description, name].filter((part) => part !== undefined && part !== '').join('\n')}
      >
        {name}
        {sort !== undefined && (
          <span aria-hidden="true">
            {sort.down ? ' ↓' : ' ↑'}
            {sorts.length > 1 && <sup>{place + 1}</sup>}
          </span>
        )}
      </button>
      {look.filterable && (
        <button
          type="button"
          className={classes.funnel}
          aria-label={isFiltered ? `Filter ${name}, filtered` : `Filter ${name}`}
          aria-expanded={isOpen}
          data-on={isFiltered || undefined}
          onClick={(event) => onFilter(column, event.currentTarget)}
        >
          <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
            <path d="M0.5 1H9.5L6 5.4V9L4 8V5.4Z" fill={isFiltered ? 'currentColor' : 'none'} stroke="currentColor" />
          </svg>
        </button>
      )}
      <span
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${name}`}
        aria-valuenow={Math.round(width)}
        tabIndex={0}
        className={classes.edge}
        onPointerDown={(event) => {
          event.preventDefault();
          drag.current = { x: event.clientX, width };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onMove}
        onPointerUp={() => (drag.current = undefined)}
        onPointerCancel={() => (drag.current = undefined)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
          event.preventDefault();
          event.stopPropagation();
          onResize(name, width + (event.key === 'ArrowRight' ? KEY_STEP : -KEY_STEP));
        }}
      />
    </span>
  );
});
