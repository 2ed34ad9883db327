import { useState } from 'react';
import type { MouseEvent, ReactElement } from 'react';

import classes from './legend-list.module.css';

export interface LegendItem {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  /** What stands behind the name, in the order of the heads. */
  readonly values: readonly string[];
}

export interface LegendListProps {
  readonly items: readonly LegendItem[];
  /** Titles of the values. */
  readonly heads: readonly string[];
  readonly mode: 'list' | 'table';
  readonly width: number;
  readonly height: number;
  /** Ids that are drawn; undefined means all. */
  readonly shown: ReadonlySet<string> | undefined;
  readonly onPick?: (id: string, add: boolean) => void;
}

const LEGEND_LINE = 20;
/** More than these nobody reads; the search finds the others. */
const MOST_ITEMS = 200;
const SEARCH_FROM = 13;

/** Names colours. A click shows one alone, with ⌘ or ctrl one more; the next click all again. */
export function LegendList({ items, heads, mode, width, height, shown, onPick }: LegendListProps): ReactElement {
  const [search, setSearch] = useState('');
  const part = search.trim().toLowerCase();
  const matching = part === '' ? items : items.filter(({ name }) => name.toLowerCase().includes(part));
  const isOn = (id: string) => shown === undefined || shown.has(id);
  const pick = (id: string) => (event: MouseEvent) => onPick?.(id, event.metaKey || event.ctrlKey);
  const swatch = (item: LegendItem) => (
    <button
      type="button"
      className={classes.item}
      aria-pressed={isOn(item.id)}
      disabled={onPick === undefined}
      onClick={pick(item.id)}
      title={onPick === undefined ? item.name : `${item.name}\nClick: only this. Ctrl or ⌘ click: add or remove.`}
    >
      <i style={{ background: item.color }} />
      <span>{item.name}</span>
    </button>
  );
  const rest = matching.length - MOST_ITEMS;
  const searchBox = items.length >= SEARCH_FROM && mode === 'table' && (
    <input
      className={classes.search}
      value={search}
      onChange={(event) => setSearch(event.currentTarget.value)}
      placeholder={`Search ${items.length}`}
      aria-label="Search legend"
    />
  );
  if (mode === 'table') {
    return (
      <div className={classes.legend} style={{ width, height }}>
        <table className={classes.table} aria-label="Legend">
          <thead>
            <tr>
              <th scope="col">{searchBox || <span className={classes.srOnly}>Name</span>}</th>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matching.slice(0, MOST_ITEMS).map((item) => (
              <tr key={item.id} data-off={!isOn(item.id) || undefined}>
                <th scope="row">{swatch(item)}</th>
                {item.values.map((value, at) => (
                  <td key={at}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rest > 0 && <p className={classes.rest}>{rest} more</p>}
      </div>
    );
  }
  return (
    <div className={classes.legend} style={{ width, height }} role="list" aria-label="Legend">
      {matching.slice(0, MOST_ITEMS).map((item) => (
        <span key={item.id} role="listitem" className={classes.inline} data-off={!isOn(item.id) || undefined}>
          {swatch(item)}
          {item.values.map((value, at) => (
            <small key={at}>{value}</small>
          ))}
        </span>
      ))}
      {rest > 0 && <span className={classes.rest}>{rest} more</span>}
    </div>
  );
}

/** What a click does: solo, add or remove, all again. */
export function pickLegend(
  shown: ReadonlySet<string> | undefined,
  ids: readonly string[],
  id: string,
  add: boolean,
): ReadonlySet<string> | undefined {
  if (!add) return shown?.size === 1 && shown.has(id) ? undefined : new Set([id]);
  const next = new Set(shown ?? ids);
  if (!next.delete(id)) next.add(id);
  return next.size === ids.length || next.size === 0 ? undefined : next;
}

/** How a chart and its legend share a panel. */
export function legendRoom(
  width: number,
  height: number,
  placement: 'bottom' | 'right' | 'hidden',
  items: readonly LegendItem[],
  mode: 'list' | 'table',
  wanted?: number,
): {
  readonly chart: { readonly width: number; readonly height: number };
  readonly legend: { readonly width: number; readonly height: number } | undefined;
} {
  const all = { chart: { width, height }, legend: undefined };
  if (placement === 'hidden' || items.length === 0 || height < 90) return all;
  const letters = Math.max(
    ...items.slice(0, 50).map(({ name, values }) => name.length + values.join('').length + values.length * 2),
  );
  if (placement === 'right' && width >= 260) {
    const side = Math.round(Math.min(wanted ?? Math.max(96, letters * 7 + 34), width * 0.45));
    return { chart: { width: width - side - 8, height }, legend: { width: side, height } };
  }
  const lines =
    mode === 'table'
      ? items.length + 1
      : Math.ceil(
          items.slice(0, 200).reduce((sum, { name, values }) => sum + (name.length + values.join('').length) * 6.6 + 38, 0) /
            width,
        );
  const room = Math.min(lines * LEGEND_LINE + 4, Math.max(LEGEND_LINE + 4, Math.floor(height * 0.4)));
  return { chart: { width, height: height - room }, legend: { width, height: room } };
}
