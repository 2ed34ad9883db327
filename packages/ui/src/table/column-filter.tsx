import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { createPortal } from 'react-dom';

import { placeBelow } from './place-below.ts';
import { distinctTexts } from './row-filter.ts';
import type { ColumnFilter } from './row-filter.ts';
import classes from './data-table.module.css';

/** Different values that are offered; the search finds all. */
const MOST_SHOWN = 200;
const NONE: readonly string[] = [];

export interface ColumnFilterProps {
  readonly name: string;
  /** Of all rows; undefined while they are being read. */
  readonly texts: readonly string[] | undefined;
  readonly filter: ColumnFilter | undefined;
  readonly anchor: HTMLElement;
  /** undefined lets everything through. */
  readonly onChange: (filter: ColumnFilter | undefined) => void;
  readonly onClose: () => void;
}

/** Chooses which values of a column stay: by a part of their text, or one by one. */
export function ColumnFilterBox({ name, texts, filter, anchor, onChange, onClose }: ColumnFilterProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const counts = useMemo(() => distinctTexts(texts ?? NONE), [texts]);
  const [search, setSearch] = useState(filter?.search ?? '');
  const part = search.trim().toLowerCase();
  const offered = useMemo(() => firstWith(counts, part), [counts, part]);
  const only = filter?.only;

  useLayoutEffect(() => {
    const element = box.current!;
    const place = placeBelow(anchor.getBoundingClientRect(), element.getBoundingClientRect(), {
      width: window.innerWidth,
      height: window.innerHeight,
    });
    element.style.transform = `translate(${place.left}px, ${place.top}px)`;
  }, [anchor]);
  useEffect(() => {
    box.current?.querySelector('input')?.focus({ preventScroll: true });
    const outside = (event: Event) => {
      if (event.target instanceof Node && !box.current!.contains(event.target) && !anchor.contains(event.target)) onClose();
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [anchor, onClose]);

  const say = (next: ColumnFilter) => onChange(next.only === undefined && next.search.trim() === '' ? undefined : next);
  const toggle = (value: string) => {
    const next = new Set(only ?? counts.keys());
    if (!next.delete(value)) next.add(value);
    say({ only: next.size === counts.size ? undefined : next, search });
  };
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key !== 'Escape') return;
    onClose();
    anchor.focus();
  };
  return createPortal(
    <div ref={box} className={classes.filter} role="dialog" aria-label={`Filter ${name}`} onKeyDown={onKey}>
      <input
        type="search"
        value={search}
        placeholder="Contains…"
        aria-label={`${name} contains`}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          say({ only, search: event.currentTarget.value });
        }}
      />
      <div className={classes.filterButtons}>
        <button type="button" onClick={() => say({ only: undefined, search })} disabled={only === undefined}>
          All
        </button>
        <button type="button" onClick={() => say({ only: new Set(), search })}>
          None
        </button>
        <button
          type="button"
          onClick={() => {
            setSearch('');
            onChange(undefined);
          }}
          disabled={filter === undefined}
        >
          Clear
        </button>
      </div>
      <div className={classes.filterValues} role="group" aria-label={`Values of ${name}`}>
        {offered.map(([value, count]) => (
          <label key={value}>
            <input type="checkbox" checked={only === undefined || only.has(value)} onChange={() => toggle(value)} />
            <span title={value}>{value === '' ? '(empty)' : value}</span>
            <small>{count}</small>
          </label>
        ))}
        {texts === undefined ? <p>Reading the values…</p> : offered.length === 0 && <p>No value contains “{search}”</p>}
        {counts.size > offered.length && part === '' && (
          <p>
            {offered.length} of {counts.size.toLocaleString('en')} values; type to find others
          </p>
        )}
      </div>
    </div>,
    document.body,
  );
}

/** The first values that contain `part`. */
function firstWith(counts: ReadonlyMap<string, number>, part: string): readonly (readonly [value: string, count: number])[] {
  const found: (readonly [string, number])[] = [];
  for (const entry of counts) {
    if (found.length === MOST_SHOWN) break;
    if (entry[0].toLowerCase().includes(part)) found.push(entry);
  }
  return found;
}
