import type { Deduplication } from '@vitrine/compute/log-lines.ts';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { createPortal } from 'react-dom';

import { placeBelow } from '../table/place-below.ts';
import classes from './log-list.module.css';
import type { TimePrecision } from './log-text.ts';

/** How a reader may look at lines. */
export interface LogView {
  readonly newestFirst: boolean;
  readonly wrap: boolean;
  readonly prettify: boolean;
  readonly highlight: boolean;
  readonly showTime: boolean;
  readonly showLabels: boolean;
  readonly precision: TimePrecision;
  readonly dedup: Deduplication;
  /** Labels that stand instead of the line; empty shows the line. */
  readonly displayed: readonly string[];
}

export interface LogMenuProps {
  readonly label: string;
  readonly view: LogView;
  /** Names of labels to choose from. */
  readonly names: readonly string[];
  /** Whether any line's time is known to the nanosecond. */
  readonly hasNanos: boolean;
  readonly anchor: HTMLElement;
  readonly onChange: (change: Partial<LogView>) => void;
  readonly onClose: () => void;
}

const SWITCHES = [
  ['showTime', 'Times'],
  ['showLabels', 'Labels'],
  ['wrap', 'Wrap lines'],
  ['prettify', 'Lay out JSON'],
  ['highlight', 'Colour names and numbers'],
] as const;

const ALIKE: readonly (readonly [Deduplication, string])[] = [
  ['none', 'Show all'],
  ['exact', 'Same but for dates'],
  ['numbers', 'Same but for numbers'],
  ['signature', 'Same but for words'],
];

/** What the reader chooses for themselves; nothing of it is saved. */
export function LogMenu(props: LogMenuProps): ReactElement {
  const { label, view, names, hasNanos, anchor, onChange, onClose } = props;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current!;
    const place = placeBelow(anchor.getBoundingClientRect(), element.getBoundingClientRect(), {
      width: window.innerWidth,
      height: window.innerHeight,
    });
    element.style.transform = `translate(${place.left}px, ${place.top}px)`;
  }, [anchor]);
  useEffect(() => {
    box.current?.querySelector('select')?.focus({ preventScroll: true });
    const outside = (event: Event) => {
      if (event.target instanceof Node && !box.current!.contains(event.target) && !anchor.contains(event.target)) onClose();
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [anchor, onClose]);
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key !== 'Escape') return;
    onClose();
    anchor.focus();
  };
  return createPortal(
    <div ref={box} className={classes.menu} role="dialog" aria-label={`View of ${label}`} onKeyDown={onKey}>
      <label>
        Order
        <select
          value={view.newestFirst ? 'newest' : 'oldest'}
          onChange={(event) => onChange({ newestFirst: event.currentTarget.value === 'newest' })}
        >
          <option value="newest">Newest first</option>
          <option value="oldest">Oldest first</option>
        </select>
      </label>
      <label>
        Alike lines
        <select
          value={view.dedup}
          onChange={(event) => onChange({ dedup: ALIKE.find(([how]) => how === event.currentTarget.value)![0] })}
        >
          {ALIKE.map(([how, title]) => (
            <option key={how} value={how}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {hasNanos && (
        <label>
          Times to the
          <select
            value={view.precision}
            onChange={(event) => onChange({ precision: event.currentTarget.value === 'ns' ? 'ns' : 'ms' })}
          >
            <option value="ms">Millisecond</option>
            <option value="ns">Nanosecond</option>
          </select>
        </label>
      )}
      {SWITCHES.map(([key, title]) => (
        <label key={key} className={classes.choice}>
          <input type="checkbox" checked={view[key]} onChange={(event) => onChange({ [key]: event.currentTarget.checked })} />
          {title}
        </label>
      ))}
      {names.length > 0 && (
        <fieldset>
          <legend>Fields instead of the line</legend>
          {names.map((name) => (
            <label key={name} className={classes.choice}>
              <input
                type="checkbox"
                checked={view.displayed.includes(name)}
                onChange={() => onChange({ displayed: withOrWithout(view.displayed, name) })}
              />
              <span title={name}>{name}</span>
            </label>
          ))}
        </fieldset>
      )}
    </div>,
    document.body,
  );
}

/** The name taken away where it is there, else put last. */
export function withOrWithout(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
}
