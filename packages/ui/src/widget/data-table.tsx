import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field } from '@vitrine/model/frame.ts';
import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import { useCallback, useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import { formatInstant } from '../chart/time-axis.ts';
import { statusOf, statusVariable } from '../theme/status.ts';
import { cellText, columnWidths, orderRows, tableText } from './data-table-rows.ts';
import type { TableSort } from './data-table-rows.ts';
import classes from './data-table.module.css';
import { StatusShape } from './status-shape.tsx';
import { useRowWindow } from './use-row-window.ts';

export interface DataTableProps {
  readonly label: string;
  readonly fields: readonly Field[];
  readonly length: number;
  readonly width: number;
  readonly height: number;
  readonly timeZone: string;
  /** Of number columns that have no unit of their own. */
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly thresholds: readonly ThresholdStep[];
  readonly noValue: string;
  /** Starts with the highest of the first column on top, as series over time are read. */
  readonly newestFirst: boolean;
}

const ROW = 28;
const HEAD = 30;
const FOOT = 26;
const FOOT_FROM_HEIGHT = 140;

/** Rows and columns: sortable, units in the cells, thousands of rows, and all of it copyable. */
export function DataTable(props: DataTableProps): ReactElement {
  const { label, fields, length, width, height, timeZone, unit, decimals, thresholds, noValue, newestFirst } = props;
  const [sort, setSort] = useState<TableSort | undefined>(newestFirst ? { column: 0, down: true } : undefined);
  const [copied, setCopied] = useState(false);
  const order = useMemo(() => orderRows(fields, length, sort), [fields, length, sort]);
  const foot = height >= FOOT_FROM_HEIGHT ? FOOT : 0;
  const bodyHeight = Math.max(ROW, height - foot - HEAD);
  const view = useRowWindow(length, ROW, bodyHeight);

  const text = useCallback(
    (field: Field, row: number): string => {
      if (field.type === 'string') return field.values[row] ?? '';
      if (field.present?.[row] === 0) return noValue || '–';
      if (!isNumbers(field)) return cellText(field, row);
      const value = field.values[row]!;
      return field.type === 'time' ? formatInstant(value, timeZone) : formatText(value, field.config?.unit ?? unit, decimals);
    },
    [timeZone, unit, decimals, noValue],
  );
  const widths = useMemo(() => columnWidths(fields, length, text, width), [fields, length, text, width]);
  const template = widths.map((column) => `${column}px`).join(' ');
  const total = widths.reduce((sum, column) => sum + column, 0);
  const turn = (column: number) =>
    setSort((now) =>
      now?.column !== column ? { column, down: fields[column]!.type !== 'string' } : { column, down: !now.down },
    );
  const copy = () =>
    void navigator.clipboard.writeText(tableText(fields, order)).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  const rows = [];
  for (let place = view.start; place < view.end; place++) {
    const row = order[place]!;
    rows.push(
      <div
        key={place}
        role="row"
        aria-rowindex={place + 2}
        className={classes.row}
        style={{ gridTemplateColumns: template, transform: `translateY(${place * ROW}px)` }}
      >
        {fields.map((field, column) => (
          // Columns stay where they are, and names may repeat.
          <Cell key={column} field={field} row={row} text={text(field, row)} unit={unit} thresholds={thresholds} />
        ))}
      </div>,
    );
  }
  return (
    <div className={classes.table} style={{ width, height }}>
      <div
        role="table"
        aria-label={label}
        aria-rowcount={length + 1}
        className={classes.scroller}
        style={{ height: height - foot }}
        onScroll={view.onScroll}
        tabIndex={0}
      >
        <div role="row" className={classes.head} style={{ gridTemplateColumns: template, width: total }}>
          {fields.map((field, column) => (
            <span
              // Columns stay where they are, and names may repeat.
              key={column}
              role="columnheader"
              aria-sort={sort?.column === column ? (sort.down ? 'descending' : 'ascending') : 'none'}
              data-right={field.type === 'number' || undefined}
            >
              <button type="button" onClick={() => turn(column)}>
                {field.name}
                {sort?.column === column && <span aria-hidden="true">{sort.down ? ' ↓' : ' ↑'}</span>}
              </button>
            </span>
          ))}
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: length * ROW, width: total }}>
          {rows}
        </div>
      </div>
      {foot > 0 && (
        <div className={classes.foot}>
          <span>{length === 1 ? '1 row' : `${length.toLocaleString('en')} rows`}</span>
          <button type="button" onClick={copy}>
            {copied ? 'Copied' : 'Copy all'}
          </button>
        </div>
      )}
    </div>
  );
}

interface CellProps {
  readonly field: Field;
  readonly row: number;
  readonly text: string;
  readonly unit: string;
  readonly thresholds: readonly ThresholdStep[];
}

function Cell({ field, row, text, unit, thresholds }: CellProps): ReactElement {
  if (field.type !== 'number') {
    return (
      <span role="cell" className={classes.cell} data-mono={field.type === 'string' || undefined} title={text}>
        {text}
      </span>
    );
  }
  const missing = field.present?.[row] === 0;
  const status = missing ? 'neutral' : statusOf(field.values[row], thresholds);
  return (
    <span
      role="cell"
      className={classes.cell}
      data-right
      data-missing={missing || undefined}
      title={missing ? undefined : formatExact(field.values[row]!, field.config?.unit ?? unit)}
      style={status === 'neutral' ? undefined : { color: statusVariable(status) }}
    >
      <StatusShape status={status} size={8} /> {text}
    </span>
  );
}
