import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { memo, useImperativeHandle } from 'react';
import type { MouseEvent, ReactElement, ReactNode, Ref, RefObject } from 'react';

import type { ThemeName } from '../theme/ink.ts';
import classes from './data-table.module.css';
import { CellContent, cellGround, cellStyle, exactTitle } from './table-cell.tsx';
import type { TableColumn } from './table-column.ts';
import { useRows } from './use-rows.ts';

/** What all rows have in common. One object as long as nothing of it changes: rows are made anew when it does. */
export interface RowLayout {
  readonly columns: readonly TableColumn[];
  /** Places among the columns of those that are seen. */
  readonly visible: readonly number[];
  readonly widths: readonly number[];
  readonly offsets: readonly number[];
  /** So many columns stay when the rest scrolls. */
  readonly frozen: number;
  readonly rowHeight: number;
  readonly mostRowHeight: number | undefined;
  readonly theme: ThemeName;
  /** Rows are as high as what they hold. */
  readonly wraps: boolean;
  /** Rows can be unfolded. */
  readonly folds: boolean;
  readonly links: ((field: number, row: number) => readonly ResolvedLink[]) | undefined;
}

export interface Place {
  /** Among those of the page. */
  readonly row: number;
  readonly column: number;
}

export interface TableRowsProps {
  readonly layout: RowLayout;
  readonly order: Uint32Array;
  /** The page: so many of the order, from `first` on. */
  readonly first: number;
  readonly count: number;
  readonly width: number;
  readonly viewHeight: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly measuredFor: string;
  readonly active: Place | undefined;
  /** The id of the active cell. */
  readonly activeId: string;
  readonly expanded: ReadonlySet<number>;
  /** Rows of the page that are higher by so much. */
  readonly extra: ReadonlyMap<number, number>;
  /** What stands below an unfolded row. */
  readonly within: (row: number) => ReactNode;
  readonly onActive: (place: Place) => void;
  readonly onToggle: (row: number) => void;
  readonly onInspect: (column: number, row: number) => void;
  readonly ref: Ref<{ scrollTo(index: number): void }>;
}

/** The rows that are seen. Scrolling renders nothing but these. */
export const TableRows = memo(function TableRows(props: TableRowsProps): ReactElement {
  const { layout, order, first, count, active, expanded } = props;
  const rows = useRows({
    count,
    rowHeight: layout.rowHeight,
    extra: props.extra,
    viewHeight: props.viewHeight,
    scroller: props.scroller,
    measuredFor: props.measuredFor,
  });
  useImperativeHandle(props.ref, () => ({ scrollTo: (index: number) => rows.scrollTo(index) }));
  // A row that leaves gives its elements to the one that comes.
  const recycles = !layout.wraps && expanded.size === 0;
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const place = placeOf(event.target);
    if (place !== undefined) props.onActive(place);
  };
  /** What a cell says in full is only made for the cell that is pointed at. */
  const onPointerOver = ({ target }: { readonly target: EventTarget }) => {
    const place = placeOf(target);
    const cell = place === undefined ? undefined : (target as Element).closest<HTMLElement>('[data-column]');
    if (place === undefined || !cell) return;
    cell.title = titleOf(layout.columns[place.column]!, order[first + place.row]!, layout.columns);
  };
  return (
    <div
      role="rowgroup"
      className={classes.body}
      style={{ height: rows.total, width: props.width }}
      onClick={onClick}
      onPointerOver={onPointerOver}
    >
      {rows.items.map(({ index, start }) => {
        const row = order[first + index]!;
        const isOpen = expanded.has(row);
        return (
          <TableRow
            key={recycles ? index % rows.most : index}
            layout={layout}
            index={index}
            ariaIndex={first + index + 2}
            row={row}
            start={start}
            isOpen={isOpen}
            activeColumn={active?.row === index ? active.column : -1}
            activeId={active?.row === index ? props.activeId : ''}
            measure={layout.wraps ? rows.measure : undefined}
            onToggle={props.onToggle}
            onInspect={props.onInspect}
          >
            {isOpen ? props.within(row) : undefined}
          </TableRow>
        );
      })}
    </div>
  );
});

function placeOf(target: EventTarget): Place | undefined {
  if (!(target instanceof Element)) return undefined;
  const column = target.closest<HTMLElement>('[data-column]')?.dataset['column'];
  const row = target.closest<HTMLElement>('[data-index]')?.dataset['index'];
  return column === undefined || row === undefined ? undefined : { row: Number(row), column: Number(column) };
}

function titleOf(column: TableColumn, row: number, columns: readonly TableColumn[]): string {
  const { tooltipField } = column.look;
  const other = tooltipField === undefined ? undefined : columns.find(({ name }) => name === tooltipField);
  if (other !== undefined) return `${other.name}: ${other.text(row)}`;
  return column.field.present?.[row] === 0 ? '' : exactTitle(column, row);
}

interface TableRowProps {
  readonly layout: RowLayout;
  readonly index: number;
  readonly ariaIndex: number;
  readonly row: number;
  readonly start: number;
  readonly isOpen: boolean;
  /** -1 where none of the row is. */
  readonly activeColumn: number;
  readonly activeId: string;
  readonly measure: ((element: HTMLElement | null) => void) | undefined;
  readonly onToggle: (row: number) => void;
  readonly onInspect: (column: number, row: number) => void;
  readonly children: ReactNode;
}

const TableRow = memo(function TableRow(props: TableRowProps): ReactElement {
  const { layout, index, row, isOpen, activeColumn } = props;
  const { columns, offsets, frozen, rowHeight, wraps, folds, theme } = layout;
  const lead = folds ? 1 : 0;
  const ground = columns.find(({ look }) => look.cell.kind === 'color-background' && look.cell.wholeRow);
  return (
    <div data-index={index} ref={props.measure} className={classes.item} style={{ transform: `translateY(${props.start}px)` }}>
      <div
        role="row"
        aria-rowindex={props.ariaIndex}
        aria-expanded={folds ? isOpen : undefined}
        className={classes.row}
        data-fixed={!wraps || undefined}
        style={ground === undefined ? undefined : cellGround(ground, row, theme)}
      >
        {folds && (
          <span role="gridcell" className={classes.expander}>
            <button
              type="button"
              tabIndex={-1}
              aria-label={isOpen ? 'Hide the rows within' : 'Show the rows within'}
              onClick={() => props.onToggle(row)}
            >
              {isOpen ? '▾' : '▸'}
            </button>
          </span>
        )}
        {layout.visible.map((at) => {
          const column = columns[at]!;
          const { look, field } = column;
          const wrap = look.wrap || look.cell.kind === 'markdown';
          const links = layout.links?.(column.index, row);
          const isPlain = look.cell.kind === 'auto' && (links === undefined || links.length === 0);
          return (
            <div
              key={at}
              id={at === activeColumn ? props.activeId : undefined}
              role="gridcell"
              aria-colindex={at + 1}
              data-column={at}
              data-active={at === activeColumn || undefined}
              data-align={column.align}
              data-wrap={wrap || undefined}
              data-mono={field.type === 'string' && look.cell.kind === 'auto' ? true : undefined}
              data-missing={field.present?.[row] === 0 || undefined}
              data-frozen={at < frozen || undefined}
              className={classes.cell}
              style={{
                gridColumn: at + 1 + lead,
                ...(at < frozen ? { left: offsets[at] } : {}),
                ...(wrap && layout.mostRowHeight !== undefined ? { maxHeight: layout.mostRowHeight } : {}),
                ...cellGround(column, row, theme),
                ...cellStyle(column, row),
              }}
            >
              {isPlain ? (
                column.text(row)
              ) : (
                <CellContent
                  column={column}
                  row={row}
                  width={layout.widths[at]!}
                  height={rowHeight}
                  theme={theme}
                  links={links ?? NO_LINKS}
                />
              )}
              {(look.inspect || look.cell.kind === 'json-view') && (
                <button
                  type="button"
                  tabIndex={-1}
                  className={classes.inspect}
                  aria-label={`Show ${column.name} whole`}
                  onClick={() => props.onInspect(at, row)}
                >
                  ⤢
                </button>
              )}
            </div>
          );
        })}
      </div>
      {props.children}
    </div>
  );
});

const NO_LINKS: readonly ResolvedLink[] = [];
