import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { useCallback, useId, useMemo, useRef, useState } from 'react';
import type { CSSProperties, KeyboardEvent, ReactElement } from 'react';

import type { ThemeName } from '../theme/ink.ts';
import { columnLook } from './cell-look.ts';
import { ColumnFilterBox } from './column-filter.tsx';
import classes from './data-table.module.css';
import { HeadCell } from './head-cell.tsx';
import { filterRows } from './row-filter.ts';
import type { ColumnFilter } from './row-filter.ts';
import { orderRows } from './row-order.ts';
import type { TableSort } from './row-order.ts';
import { exactTitle, jsonText } from './table-cell.tsx';
import { columnsInView, columnWidths, isNested, tableColumns, tableText } from './table-column.ts';
import type { TableColumn } from './table-column.ts';
import { TableRows } from './table-rows.tsx';
import type { Place, RowLayout } from './table-rows.tsx';
import { useFooters } from './use-footers.ts';
import { useTexts } from './use-texts.ts';
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
  /** By the names of fields: which columns `reducers` stand under; empty is all of numbers. */
  readonly reduced: readonly string[];
  /** Whether the foot says how many rows there are, which are counted anyway, under the first column. */
  readonly countRows: boolean;
  /** The same function as long as it says the same. */
  readonly links: ((field: number, row: number) => readonly ResolvedLink[]) | undefined;
}

const NO_ROWS = new Uint32Array();
const HEAD = 30;
const FOOT = 26;
const FOOT_FROM_HEIGHT = 140;
const FOOTER_LINE = 18;
const LEAST_WIDTH = 32;
/** Renders again only when the scroller has gone so far sideways. */
const SIDE_STEP = 64;
const MOST_NESTED = { rows: 10, depth: 3 };
const EXPANDER = 28;
const NOTHING_WITHIN = () => null;

/** Rows and columns: sorted, filtered, resized, paged, by hand and by keyboard; a hundred thousand rows cost what fits on it. */
export function DataTable(props: DataTableProps): ReactElement {
  return <Table {...props} depth={0} />;
}

function Table(props: DataTableProps & { readonly depth: number }): ReactElement {
  const { label, frame, frames, width, height, timeZone, theme, showHeader, rowHeight, pageSize } = props;
  const names = useMemo(() => fieldNames(frames)[frames.indexOf(frame)] ?? frame.fields.map(({ name }) => name), [frames, frame]);
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
  const [filtering, setFiltering] = useState<string>();
  const [anchor, setAnchor] = useState<HTMLElement>();
  const [inspected, setInspected] = useState<{ readonly title: string; readonly text: string }>();
  const [expanded, setExpanded] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState<Place>();
  const [copied, setCopied] = useState(false);
  const [side, setSide] = useState(0);

  const filtered = useMemo(() => columns.filter(({ name }) => filters.has(name)), [columns, filters]);
  const filteringBy = columns.find(({ name }) => name === filtering);
  const textsOf = useTexts(
    filteringBy === undefined || filtered.includes(filteringBy) ? filtered : [...filtered, filteringBy],
    frame.length,
  );
  const all = useMemo(() => Uint32Array.from(new Uint32Array(frame.length).keys()), [frame.length]);
  const found = useMemo(
    () =>
      filtered.length === 0 || textsOf === undefined
        ? undefined
        : filterRows(
            frame.length,
            filtered.map((column) => ({ text: (row: number) => textsOf(column)[row]!, filter: filters.get(column.name)! })),
          ),
    [filtered, filters, frame.length, textsOf],
  );
  // While the texts of new rows are read the table stays as it was filtered: all rows would be wrong ones, and a wrong count.
  const [last, setLast] = useState<{ readonly rows: Uint32Array; readonly of: number }>();
  if (found !== undefined && last?.rows !== found) setLast({ rows: found, of: frame.length });
  const kept = filtered.length === 0 ? all : (found ?? (last?.of === frame.length ? last.rows : NO_ROWS));
  const order = useMemo(() => orderRows(frame.fields, kept.slice(), sorts), [frame, kept, sorts]);

  const { reducers, reduced, countRows } = props;
  const reducersOf = useCallback(
    (column: TableColumn): readonly string[] => {
      if (column.look.reducers.length > 0) return column.look.reducers;
      const isMeant =
        reduced.length === 0
          ? column.field.type === 'number'
          : reduced.includes(column.name) || reduced.includes(column.field.name);
      return countRows || !isMeant ? [] : reducers;
    },
    [reducers, reduced, countRows],
  );
  const reducedFooters = useFooters(columns, reducersOf, kept);
  const footers = countRows
    ? reducedFooters.map((footer, at) =>
        at === 0 ? [{ title: 'Count', text: kept.length.toLocaleString('en') }, ...footer] : footer,
      )
    : reducedFooters;
  const footerLines = Math.max(0, ...footers.map(({ length }) => length));
  const footerHeight = footerLines === 0 ? 0 : footerLines * FOOTER_LINE + 8;

  const lead = nested === undefined ? 0 : EXPANDER;
  const widths = useMemo(
    () => columnWidths(columns, frame.length, width - lead - 12, dragged),
    [columns, frame, width, lead, dragged],
  );
  const offsets = useMemo(() => {
    const starts = [lead];
    for (const one of widths) starts.push(starts.at(-1)! + one);
    return starts;
  }, [widths, lead]);
  const total = offsets.at(-1)!;
  const template = `${lead > 0 ? `${lead}px ` : ''}${widths.map((one) => `${one}px`).join(' ')}`;
  const frozen = Math.min(props.frozen, columns.length);
  const [fromColumn, toColumn] = columnsInView(offsets, frozen, side - SIDE_STEP, width + 3 * SIDE_STEP);
  const visible = useMemo(
    () => [
      ...Array.from({ length: frozen }, (_, at) => at),
      ...Array.from({ length: toColumn - fromColumn }, (_, at) => fromColumn + at),
    ],
    [frozen, fromColumn, toColumn],
  );

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
  const rows = useRef<{ scrollTo(index: number): void }>(null);
  const { links, mostRowHeight } = props;
  const layout = useMemo(
    (): RowLayout => ({
      columns,
      visible,
      widths,
      offsets,
      frozen,
      rowHeight,
      mostRowHeight,
      theme,
      wraps,
      folds: nested !== undefined,
      links,
    }),
    [columns, visible, widths, offsets, frozen, rowHeight, mostRowHeight, theme, wraps, nested, links],
  );
  const id = useId();

  const turn = useCallback(
    (column: number, add: boolean) => {
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
    },
    [frame],
  );
  const resize = useCallback((name: string, to: number) => {
    setDragged((now) => new Map(now).set(name, Math.max(LEAST_WIDTH, Math.round(to))));
  }, []);
  const openFilter = useCallback((column: TableColumn, element: HTMLElement) => {
    setAnchor(element);
    setFiltering((now) => (now === column.name ? undefined : column.name));
  }, []);
  const inspect = useCallback(
    (at: number, row: number) => {
      const column = columns[at]!;
      setInspected({
        title: column.name,
        text: column.field.type === 'number' ? exactTitle(column, row) : jsonText(column, row) || column.text(row),
      });
    },
    [columns],
  );
  const toggle = useCallback((row: number) => {
    setExpanded((now) => {
      const next = new Set(now);
      if (!next.delete(row)) next.add(row);
      return next;
    });
  }, []);
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
    rows.current?.scrollTo(place.row);
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
      const link = document.getElementById(id)?.querySelector('a');
      if (link !== null && link !== undefined) link.click();
      else if (nested !== undefined && active.column === 0) toggle(row);
      else inspect(active.column, row);
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
  const within = (row: number) => (
    <div className={classes.nested} style={{ height: nestedHeight(row), width: width - 12 }}>
      <Nested
        {...props}
        frames={nested?.type === 'frame' ? (nested.values[row] ?? []) : []}
        height={nestedHeight(row) - 12}
        width={width - 52}
      />
    </div>
  );
  const style = { '--columns': template, '--row': `${rowHeight}px` } as CSSProperties;
  const bodyWidth = Math.max(total, width - 12);
  return (
    <div className={classes.table} style={{ width, height }}>
      <div
        ref={scroller}
        role={nested === undefined ? 'grid' : 'treegrid'}
        aria-label={label}
        aria-rowcount={order.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={active === undefined ? undefined : id}
        className={classes.scroller}
        style={{ ...style, height: height - foot }}
        onScroll={(event) => setSide(Math.floor(event.currentTarget.scrollLeft / SIDE_STEP) * SIDE_STEP)}
        onKeyDown={onKey}
        tabIndex={0}
      >
        {showHeader && (
          <div role="row" aria-rowindex={1} className={classes.head} style={{ width: bodyWidth }}>
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
                isOpen={filtering === columns[at]!.name}
                onSort={turn}
                onResize={resize}
                onFilter={openFilter}
              />
            ))}
          </div>
        )}
        <TableRows
          ref={rows}
          layout={layout}
          order={order}
          first={first}
          count={count}
          width={bodyWidth}
          viewHeight={bodyHeight}
          scroller={scroller}
          measuredFor={
            wraps
              ? `${template} ${first} ${expanded.size} ${sorts.map(({ column, down }) => `${column}${down}`).join()} ${order.length}`
              : ''
          }
          active={active}
          activeId={id}
          expanded={expanded}
          extra={extra}
          within={expanded.size === 0 ? NOTHING_WITHIN : within}
          onActive={setActive}
          onToggle={toggle}
          onInspect={inspect}
        />
        {order.length === 0 && <p className={classes.none}>{frame.length === 0 ? 'No rows' : 'No row passes the filters'}</p>}
        {footerHeight > 0 && (
          <div role="row" className={classes.footer} aria-label="Summary" style={{ height: footerHeight, width: bodyWidth }}>
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
      {filteringBy !== undefined && anchor !== undefined && (
        <ColumnFilterBox
          key={filteringBy.name}
          name={filteringBy.name}
          texts={textsOf?.(filteringBy)}
          filter={filters.get(filteringBy.name)}
          anchor={anchor}
          onChange={(filter) => {
            setPage(0);
            setFilters((now) => {
              const next = new Map(now);
              if (filter === undefined) next.delete(filteringBy.name);
              else next.set(filteringBy.name, filter);
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
      countRows={false}
      links={undefined}
      depth={props.depth + 1}
    />
  );
}
