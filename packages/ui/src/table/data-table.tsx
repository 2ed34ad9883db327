import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { useCallback, useId, useMemo, useRef, useState } from 'react';
import type { CSSProperties, KeyboardEvent, MouseEvent, PointerEvent, ReactElement } from 'react';

import type { ThemeName } from '../theme/ink.ts';
import { columnLook } from './cell-look.ts';
import { ColumnFilterBox } from './column-filter.tsx';
import { columnFooter } from './column-footer.ts';
import classes from './data-table.module.css';
import { filterRows } from './row-filter.ts';
import type { ColumnFilter } from './row-filter.ts';
import { orderRows } from './row-order.ts';
import type { TableSort } from './row-order.ts';
import { CellContent, cellGround, exactTitle, jsonText } from './table-cell.tsx';
import { columnsInView, columnWidths, isNested, tableColumns, tableText } from './table-column.ts';
import type { TableColumn } from './table-column.ts';
import { useRows } from './use-rows.ts';
import { ValueDialog } from './value-dialog.tsx';

export interface DataTableProps {
  readonly label: string;
  /** Each field's `config` is complete. */
  readonly frame: Frame;
  /** All frames of the answer: names tell fields of different frames apart. */
  readonly frames: readonly Frame[];
  readonly width: number;
  readonly height: number;
  readonly timeZone: string;
  readonly theme: ThemeName;
  readonly showHeader: boolean;
  /** CSS pixels of a row that wraps nothing. */
  readonly rowHeight: number;
  /** Rows that wrap are cut here. */
  readonly mostRowHeight: number | undefined;
  /** At first. By the names of columns; those that there are none of are left out. */
  readonly sortBy: readonly { readonly name: string; readonly down: boolean }[];
  /** Rows a page; 0 takes what fits; undefined scrolls through all. */
  readonly pageSize: number | undefined;
  /** So many columns stay when the rest scrolls. */
  readonly frozen: number;
  /** Under columns that say nothing of their own. */
  readonly reducers: readonly string[];
  readonly links?: (field: number, row: number) => readonly ResolvedLink[];
}

const HEAD = 30;
const FOOT = 26;
const FOOT_FROM_HEIGHT = 140;
const FOOTER_LINE = 18;
const LEAST_WIDTH = 32;
/** Renders again only when the scroller has gone so far sideways. */
const SIDE_STEP = 64;
const MOST_NESTED = { rows: 10, depth: 3 };
const EXPANDER = 28;

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Rows and columns: sorted, filtered, resized, paged, by hand and by keyboard; a hundred thousand rows cost what fits on it. */
export function DataTable(props: DataTableProps): ReactElement {
  return <Table {...props} depth={0} />;
}

function Table(props: DataTableProps & { readonly depth: number }): ReactElement {
  const { label, frame, frames, width, height, timeZone, theme, showHeader, rowHeight, pageSize } = props;
  const names = fieldNames(frames)[frames.indexOf(frame)] ?? frame.fields.map(({ name }) => name);
  const columns = useMemo(() => tableColumns(frame.fields, names, timeZone), [frame, names, timeZone]);
  const nested = useMemo(
    () =>
      props.depth >= MOST_NESTED.depth ? undefined : frame.fields.find((field) => isNested(field, columnLook(field.config))),
    [frame, props.depth],
  );

  const [sorts, setSorts] = useState<readonly TableSort[]>(() =>
    props.sortBy.flatMap(({ name, down }) => {
      const column = frame.fields.findIndex((field, at) => names[at] === name || field.name === name);
      return column < 0 ? [] : [{ column, down }];
    }),
  );
  const [filters, setFilters] = useState<ReadonlyMap<string, ColumnFilter>>(new Map());
  const [dragged, setDragged] = useState<ReadonlyMap<string, number>>(new Map());
  const [page, setPage] = useState(0);
  const [filtering, setFiltering] = useState<{ readonly column: TableColumn; readonly anchor: HTMLElement }>();
  const [inspected, setInspected] = useState<{ readonly title: string; readonly text: string }>();
  const [expanded, setExpanded] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState<Place>();
  const [copied, setCopied] = useState(false);
  const [side, setSide] = useState(0);

  const order = useMemo(() => {
    const chosen = columns.flatMap(({ name, text }) => {
      const filter = filters.get(name);
      return filter === undefined ? [] : [{ text, filter }];
    });
    const rows =
      chosen.length === 0
        ? Uint32Array.from({ length: frame.length }, (_, row) => row)
        : filterRows(frame.length, chosen).slice();
    return orderRows(frame.fields, rows, sorts);
  }, [columns, filters, frame, sorts]);

  const footers = useMemo(
    () =>
      columns.map((column) =>
        columnFooter(
          column,
          column.look.reducers.length > 0 ? column.look.reducers : column.field.type === 'number' ? props.reducers : [],
          order,
        ),
      ),
    [columns, order, props.reducers],
  );
  const footerLines = Math.max(0, ...footers.map(({ length }) => length));
  const footerHeight = footerLines === 0 ? 0 : footerLines * FOOTER_LINE + 8;

  const lead = nested === undefined ? 0 : EXPANDER;
  const widths = useMemo(
    () => columnWidths(columns, frame.length, width - lead - 12, dragged),
    [columns, frame, width, lead, dragged],
  );
  const offsets = useMemo(() => widths.reduce<number[]>((all, one) => [...all, all.at(-1)! + one], [lead]), [widths, lead]);
  const total = offsets.at(-1)!;
  const template = `${lead > 0 ? `${lead}px ` : ''}${widths.map((one) => `${one}px`).join(' ')}`;
  const frozen = Math.min(props.frozen, columns.length);
  const [fromColumn, toColumn] = columnsInView(offsets, frozen, side - SIDE_STEP, width + 3 * SIDE_STEP);
  const visible = [
    ...Array.from({ length: frozen }, (_, at) => at),
    ...Array.from({ length: toColumn - fromColumn }, (_, at) => fromColumn + at),
  ];

  const foot = pageSize !== undefined || height >= FOOT_FROM_HEIGHT ? FOOT : 0;
  const head = showHeader ? HEAD : 0;
  const bodyHeight = Math.max(rowHeight, height - foot - head - footerHeight);
  const perPage =
    pageSize === undefined ? order.length : pageSize > 0 ? pageSize : Math.max(1, Math.floor(bodyHeight / rowHeight));
  const pages = Math.max(1, Math.ceil(order.length / Math.max(1, perPage)));
  const shownPage = Math.min(page, pages - 1);
  const first = shownPage * perPage;
  const count = Math.max(0, Math.min(perPage, order.length - first));
  const wraps = columns.some(({ look }) => look.wrap || look.cell.kind === 'markdown');

  const scroller = useRef<HTMLDivElement>(null);
  const nestedHeight = useCallback(
    (row: number): number => {
      const rows = nested?.type === 'frame' ? (nested.values[row]?.[0]?.length ?? 0) : 0;
      return HEAD + Math.min(MOST_NESTED.rows, Math.max(1, rows)) * rowHeight + 12;
    },
    [nested, rowHeight],
  );
  const extra = useMemo(() => {
    const heights = new Map<number, number>();
    if (expanded.size === 0) return heights;
    for (let at = 0; at < count; at++) {
      const row = order[first + at]!;
      if (expanded.has(row)) heights.set(at, nestedHeight(row));
    }
    return heights;
  }, [expanded, order, first, count, nestedHeight]);
  const rows = useRows({
    count,
    rowHeight,
    extra,
    viewHeight: bodyHeight,
    scroller,
    measuredFor: wraps
      ? `${template} ${first} ${expanded.size} ${sorts.map(({ column, down }) => `${column}${down}`).join()} ${order.length}`
      : '',
  });
  const id = useId();
  const cellId = (place: Place) => `${id}-${place.row}-${place.column}`;

  const turn = (column: number, add: boolean) => {
    setPage(0);
    setSorts((now) => {
      const mine = now.find((one) => one.column === column);
      const down = frame.fields[column]!.type === 'number' || frame.fields[column]!.type === 'time';
      // As it reads best, the other way, not at all.
      const next = mine === undefined ? { column, down } : mine.down === down ? { column, down: !down } : undefined;
      if (!add) return next === undefined ? [] : [next];
      if (mine === undefined) return [...now, next!];
      return now.flatMap((one) => (one.column !== column ? [one] : next === undefined ? [] : [next]));
    });
  };
  const resize = useCallback((name: string, to: number) => {
    setDragged((now) => new Map(now).set(name, Math.max(LEAST_WIDTH, Math.round(to))));
  }, []);
  const inspect = (column: TableColumn, row: number) =>
    setInspected({
      title: column.name,
      text: column.field.type === 'number' ? exactTitle(column, row) : jsonText(column, row) || column.text(row),
    });
  const toggle = (row: number) => {
    setExpanded((now) => {
      const next = new Set(now);
      if (!next.delete(row)) next.add(row);
      return next;
    });
  };
  const copy = () =>
    void navigator.clipboard.writeText(tableText(columns, order)).then(
      () => setCopied(true),
      () => setCopied(false),
    );

  const goTo = (next: Place) => {
    const place = {
      row: Math.max(0, Math.min(count - 1, next.row)),
      column: Math.max(0, Math.min(columns.length - 1, next.column)),
    };
    setActive(place);
    rows.scrollTo(place.row);
    const element = scroller.current;
    if (element === null || place.column < frozen) return;
    const [left, right] = [offsets[place.column]!, offsets[place.column + 1]!];
    const pinned = offsets[frozen]!;
    if (left - pinned < element.scrollLeft) element.scrollLeft = left - pinned;
    else if (right > element.scrollLeft + width) element.scrollLeft = right - width + 14;
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || count === 0) return;
    const at = active ?? { row: -1, column: 0 };
    const pageRows = Math.max(1, Math.floor(bodyHeight / rowHeight) - 1);
    const moves: Readonly<Record<string, () => Place>> = {
      ArrowDown: () => ({ ...at, row: at.row + 1 }),
      ArrowUp: () => ({ ...at, row: at.row - 1 }),
      ArrowRight: () => ({ row: Math.max(0, at.row), column: at.column + 1 }),
      ArrowLeft: () => ({ row: Math.max(0, at.row), column: at.column - 1 }),
      PageDown: () => ({ ...at, row: at.row + pageRows }),
      PageUp: () => ({ ...at, row: at.row - pageRows }),
      Home: () => (event.ctrlKey || event.metaKey ? { row: 0, column: 0 } : { row: Math.max(0, at.row), column: 0 }),
      End: () =>
        event.ctrlKey || event.metaKey
          ? { row: count - 1, column: columns.length - 1 }
          : { row: Math.max(0, at.row), column: columns.length - 1 },
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      goTo(move());
      return;
    }
    if (active === undefined) return;
    const column = columns[active.column];
    const row = order[first + active.row];
    if (column === undefined || row === undefined) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      const link = document.getElementById(cellId(active))?.querySelector('a');
      if (link !== null && link !== undefined) link.click();
      else if (nested !== undefined && active.column === 0) toggle(row);
      else inspect(column, row);
    } else if (event.key === ' ' && nested !== undefined) {
      event.preventDefault();
      toggle(row);
    } else if (event.key === 'c' && (event.metaKey || event.ctrlKey) && String(window.getSelection() ?? '') === '') {
      void navigator.clipboard.writeText(column.text(row)).catch(() => {});
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setActive(undefined);
    }
  };
  const onClickBody = (event: MouseEvent<HTMLElement>) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-place]') : null;
    const [row, column] = cell?.dataset['place']?.split(':').map(Number) ?? [];
    if (row !== undefined && column !== undefined) setActive({ row, column });
  };

  const style = { '--columns': template } as CSSProperties;
  return (
    <div className={classes.table} style={{ width, height }}>
      <div
        ref={scroller}
        role={nested === undefined ? 'grid' : 'treegrid'}
        aria-label={label}
        aria-rowcount={order.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={active === undefined ? undefined : cellId(active)}
        className={classes.scroller}
        style={{ ...style, height: height - foot }}
        onScroll={(event) => {
          rows.onScroll(event);
          setSide(Math.floor(event.currentTarget.scrollLeft / SIDE_STEP) * SIDE_STEP);
        }}
        onKeyDown={onKey}
        tabIndex={0}
      >
        {showHeader && (
          <div role="row" aria-rowindex={1} className={classes.head} style={{ width: Math.max(total, width - 12) }}>
            {lead > 0 && <span role="columnheader" aria-label="Rows within" className={classes.expander} />}
            {visible.map((at) => (
              <HeadCell
                key={at}
                column={columns[at]!}
                at={at}
                lead={lead > 0 ? 1 : 0}
                width={widths[at]!}
                frozenLeft={at < frozen ? offsets[at] : undefined}
                sorts={sorts}
                isFiltered={filters.has(columns[at]!.name)}
                isOpen={filtering?.column.name === columns[at]!.name}
                onSort={turn}
                onResize={resize}
                onFilter={(anchor) =>
                  setFiltering((now) => (now?.anchor === anchor ? undefined : { column: columns[at]!, anchor }))
                }
              />
            ))}
          </div>
        )}
        <div
          role="rowgroup"
          className={classes.body}
          style={{ height: rows.total, width: Math.max(total, width - 12) }}
          onClick={onClickBody}
        >
          {rows.items.map(({ index, start }) => {
            const row = order[first + index]!;
            const isOpen = expanded.has(row);
            const ground = columns.find((column) => column.look.cell.kind === 'color-background' && column.look.cell.wholeRow);
            return (
              <div
                key={index}
                data-index={index}
                ref={wraps ? rows.measure : undefined}
                className={classes.item}
                style={{ transform: `translateY(${start}px)` }}
              >
                <div
                  role="row"
                  aria-rowindex={first + index + 2}
                  aria-expanded={nested === undefined ? undefined : isOpen}
                  className={classes.row}
                  style={{
                    minHeight: rowHeight,
                    ...(wraps ? {} : { height: rowHeight }),
                    ...(ground === undefined ? {} : cellGround(ground, row, theme)),
                  }}
                >
                  {lead > 0 && (
                    <span role="gridcell" className={classes.expander}>
                      <button
                        type="button"
                        tabIndex={-1}
                        aria-label={isOpen ? 'Hide the rows within' : 'Show the rows within'}
                        onClick={() => toggle(row)}
                      >
                        {isOpen ? '▾' : '▸'}
                      </button>
                    </span>
                  )}
                  {visible.map((at) => {
                    const column = columns[at]!;
                    const place = { row: index, column: at };
                    const wrap = column.look.wrap || column.look.cell.kind === 'markdown';
                    return (
                      <div
                        key={at}
                        id={cellId(place)}
                        role="gridcell"
                        aria-colindex={at + 1}
                        data-place={`${index}:${at}`}
                        data-active={(active?.row === index && active.column === at) || undefined}
                        data-align={column.align}
                        data-wrap={wrap || undefined}
                        data-mono={column.field.type === 'string' && column.look.cell.kind === 'auto' ? true : undefined}
                        data-missing={column.field.present?.[row] === 0 || undefined}
                        data-frozen={at < frozen || undefined}
                        className={classes.cell}
                        title={titleOf(column, row, columns)}
                        style={{
                          gridColumn: at + 1 + (lead > 0 ? 1 : 0),
                          ...(at < frozen ? { left: offsets[at] } : {}),
                          ...(wrap
                            ? props.mostRowHeight === undefined
                              ? {}
                              : { maxHeight: props.mostRowHeight }
                            : { lineHeight: `${rowHeight - 1}px`, maxHeight: rowHeight }),
                          ...cellGround(column, row, theme),
                        }}
                      >
                        <CellContent
                          column={column}
                          row={row}
                          width={widths[at]!}
                          height={rowHeight}
                          theme={theme}
                          links={props.links?.(column.index, row) ?? []}
                        />
                        {(column.look.inspect || column.look.cell.kind === 'json-view') && (
                          <button
                            type="button"
                            tabIndex={-1}
                            className={classes.inspect}
                            aria-label={`Show ${column.name} whole`}
                            onClick={() => inspect(column, row)}
                          >
                            ⤢
                          </button>
                        )}
                      </div>
                    );
                  })}
                </div>
                {isOpen && nested?.type === 'frame' && (
                  <div className={classes.nested} style={{ height: nestedHeight(row), width: width - 12 }}>
                    <Nested {...props} frames={nested.values[row] ?? []} height={nestedHeight(row) - 12} width={width - 52} />
                  </div>
                )}
              </div>
            );
          })}
        </div>
        {order.length === 0 && <p className={classes.none}>{frame.length === 0 ? 'No rows' : 'No row passes the filters'}</p>}
        {footerHeight > 0 && (
          <div
            role="row"
            className={classes.footer}
            aria-label="Summary"
            style={{ height: footerHeight, width: Math.max(total, width - 12) }}
          >
            {visible.map((at) => (
              <div
                key={at}
                role="gridcell"
                className={classes.footerCell}
                data-align={columns[at]!.align}
                data-frozen={at < frozen || undefined}
                style={{ gridColumn: at + 1 + (lead > 0 ? 1 : 0), ...(at < frozen ? { left: offsets[at] } : {}) }}
              >
                {footers[at]!.map(({ title, text }) => (
                  <span key={title} title={`${title}: ${text}`}>
                    <small>{title}</small> {text}
                  </span>
                ))}
              </div>
            ))}
          </div>
        )}
      </div>
      {foot > 0 && (
        <div className={classes.foot}>
          <span role="status">
            {rowCount(order.length, frame.length)}
            {filters.size > 0 && (
              <button type="button" onClick={() => setFilters(new Map())}>
                Clear filters
              </button>
            )}
          </span>
          {pageSize !== undefined && pages > 1 && (
            <span className={classes.pages} role="group" aria-label="Pages">
              <button type="button" aria-label="Previous page" disabled={shownPage === 0} onClick={() => setPage(shownPage - 1)}>
                ‹
              </button>
              {`${first + 1} – ${first + count}`}
              <button
                type="button"
                aria-label="Next page"
                disabled={shownPage === pages - 1}
                onClick={() => setPage(shownPage + 1)}
              >
                ›
              </button>
            </span>
          )}
          <button type="button" onClick={copy}>
            {copied ? 'Copied' : 'Copy all'}
          </button>
        </div>
      )}
      {filtering !== undefined && (
        <ColumnFilterBox
          key={filtering.column.name}
          name={filtering.column.name}
          length={frame.length}
          text={filtering.column.text}
          filter={filters.get(filtering.column.name)}
          anchor={filtering.anchor}
          onChange={(filter) => {
            setPage(0);
            setFilters((now) => {
              const next = new Map(now);
              if (filter === undefined) next.delete(filtering.column.name);
              else next.set(filtering.column.name, filter);
              return next;
            });
          }}
          onClose={() => setFiltering(undefined)}
        />
      )}
      {inspected !== undefined && (
        <ValueDialog title={inspected.title} text={inspected.text} onClose={() => setInspected(undefined)} />
      )}
    </div>
  );
}

function rowCount(shown: number, all: number): string {
  const words = (count: number) => (count === 1 ? '1 row' : `${count.toLocaleString('en')} rows`);
  return shown === all ? words(all) : `${shown.toLocaleString('en')} of ${words(all)}`;
}

function titleOf(column: TableColumn, row: number, columns: readonly TableColumn[]): string | undefined {
  const { tooltipField } = column.look;
  const other = tooltipField === undefined ? undefined : columns.find(({ name }) => name === tooltipField);
  if (other !== undefined) return `${other.name}: ${other.text(row)}`;
  return column.field.present?.[row] === 0 ? undefined : exactTitle(column, row);
}

function Nested(props: DataTableProps & { readonly depth: number }): ReactElement {
  const { frames } = props;
  const [first] = frames;
  if (first === undefined) return <p className={classes.none}>No rows within</p>;
  return (
    <Table
      {...props}
      label={`${props.label}, rows within`}
      frame={first}
      sortBy={[]}
      pageSize={undefined}
      frozen={0}
      reducers={[]}
      links={() => []}
      depth={props.depth + 1}
    />
  );
}

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
  readonly onFilter: (anchor: HTMLElement) => void;
}

const KEY_STEP = 16;

function HeadCell({
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
          onClick={(event) => onFilter(event.currentTarget)}
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
}
