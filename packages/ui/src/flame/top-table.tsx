import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import { useRowWindow } from '../widget/use-row-window.ts';
import { changeOf } from './flame-tree.ts';
import type { FlameFunction, FlameTree } from './flame-tree.ts';
import classes from './flame-view.module.css';

type Column = 'name' | 'self' | 'total' | 'change';

export interface TopTableProps {
  readonly tree: FlameTree;
  readonly functions: readonly FlameFunction[];
  readonly found: ReadonlySet<number> | undefined;
  readonly width: number;
  readonly height: number;
  readonly show: (value: number) => string;
  readonly onSearch: (name: string) => void;
  readonly onSandwich: (label: number) => void;
}

const ROW = 24;
const HEAD = 26;

/** All functions by what they took. */
export function TopTable({ tree, functions, found, width, height, show, onSearch, onSandwich }: TopTableProps): ReactElement {
  const [sort, setSort] = useState<{ readonly column: Column; readonly down: boolean }>({ column: 'self', down: true });
  const isDiff = tree.right !== undefined;
  const changes = useMemo(() => {
    const [left, right] = [tree.value[0] ?? 0, tree.right?.value[0] ?? 0];
    return functions.map((one) => changeOf(one.total, one.totalRight, left, right) ?? 0);
  }, [tree, functions]);
  const rows = useMemo(() => {
    const kept = found === undefined ? [...functions] : functions.filter(({ label }) => found.has(label));
    const by: Readonly<Record<Column, (a: FlameFunction, b: FlameFunction) => number>> = {
      name: (a, b) => tree.labels[a.label]!.localeCompare(tree.labels[b.label]!),
      self: (a, b) => a.self + a.selfRight - b.self - b.selfRight,
      total: (a, b) => a.total + a.totalRight - b.total - b.totalRight,
      change: (a, b) => changes[a.label]! - changes[b.label]! || 0,
    };
    return kept.sort((a, b) => (sort.down ? -1 : 1) * by[sort.column](a, b));
  }, [tree, functions, found, sort, changes]);
  const window = useRowWindow(rows.length, ROW, height - HEAD);
  const columns: readonly (readonly [Column, string])[] = [
    ['name', 'Function'],
    ...(isDiff ? [['change', 'Change'] as const] : [['self', 'Self'] as const]),
    ['total', 'Total'],
  ];
  return (
    <div className={classes.top} style={{ width, height }} role="table" aria-label="Functions" aria-rowcount={rows.length + 1}>
      <div className={classes.head} style={{ height: HEAD }} role="row">
        {columns.map(([column, title]) => (
          <span
            key={column}
            role="columnheader"
            aria-sort={sort.column !== column ? 'none' : sort.down ? 'descending' : 'ascending'}
          >
            <button
              type="button"
              onClick={() => setSort({ column, down: sort.column === column ? !sort.down : column !== 'name' })}
            >
              {title}
              {sort.column === column && (sort.down ? ' ↓' : ' ↑')}
            </button>
          </span>
        ))}
      </div>
      <div
        className={classes.rows}
        style={{ height: height - HEAD }}
        onScroll={window.onScroll}
        role="rowgroup"
        tabIndex={0}
        aria-label="Functions by what they took"
      >
        <div style={{ height: rows.length * ROW, position: 'relative' }}>
          {rows.slice(window.start, window.end).map((one, offset) => {
            const name = tree.labels[one.label]!;
            const at = window.start + offset;
            return (
              <div
                key={one.label}
                className={classes.row}
                style={{ top: at * ROW, height: ROW }}
                role="row"
                aria-rowindex={at + 2}
              >
                <span role="cell">
                  <button type="button" title={name} onClick={() => onSearch(name)}>
                    {name}
                  </button>
                  <button
                    type="button"
                    className={classes.sandwich}
                    title="Who calls it and what it calls"
                    aria-label={`Callers and callees of ${name}`}
                    onClick={() => onSandwich(one.label)}
                  >
                    ⇅
                  </button>
                </span>
                <span role="cell">{isDiff ? changeText(changes[one.label]) : show(one.self)}</span>
                <span role="cell">{isDiff ? `${show(one.total)} → ${show(one.totalRight)}` : show(one.total)}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** "+50 %", "−100 %", "new". */
export function changeText(change: number | undefined): string {
  if (change === undefined) return '–';
  if (change === Infinity) return 'new';
  const percent = Math.round(change * 1000) / 10;
  return `${percent > 0 ? '+' : percent < 0 ? '−' : ''}${Math.abs(percent)} %`;
}
