import { Button, TextInput } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';

import classes from './query-editor.module.css';
import type { NameSearch, SearchNames } from './search-names.ts';

const PAUSE_MS = 200;

export interface MetricsBrowserProps {
  /** Keep it the same from render to render. */
  readonly search: SearchNames;
  /** A selector that was put together: `up{job="api"}`. */
  readonly onPick: (selector: string) => void;
}

/** Metrics, their labels and the labels' values, side by side: picks put a selector together. Searched on the server. */
export function MetricsBrowser({ search, onPick }: MetricsBrowserProps): ReactElement {
  const [metric, setMetric] = useState('');
  const [label, setLabel] = useState('');
  const [values, setValues] = useState<Readonly<Record<string, readonly string[]>>>({});
  const selector = writeSelector(metric, values);
  // What a label can be must not depend on what was picked of that label.
  const others = writeSelector(metric, { ...values, [label]: [] });
  const toggle = (value: string) =>
    setValues((now) => {
      const picked = now[label] ?? [];
      return { ...now, [label]: picked.includes(value) ? picked.filter((one) => one !== value) : [...picked, value] };
    });
  return (
    <div className={classes.browser} role="region" aria-label="Metrics browser">
      <div className={classes.columns}>
        <Names
          title="Metric"
          search={search}
          of="metrics"
          match=""
          picked={[metric]}
          onPick={(name) => {
            setMetric(name === metric ? '' : name);
            setLabel('');
            setValues({});
          }}
        />
        {metric === '' ? (
          <Waiting title="Label" hint="Choose a metric first." />
        ) : (
          <Names
            key={metric}
            title="Label"
            search={search}
            of="labels"
            match={writeSelector(metric, {})}
            picked={[label, ...Object.keys(values).filter((name) => (values[name] ?? []).length > 0)]}
            onPick={setLabel}
          />
        )}
        {label === '' ? (
          <Waiting title="Value" hint="Choose a label." />
        ) : (
          <Names
            key={`${metric} ${label}`}
            title={`Value of ${label}`}
            search={search}
            of="values"
            label={label}
            match={others}
            picked={values[label] ?? []}
            onPick={toggle}
          />
        )}
      </div>
      <div className={classes.chosen}>
        <code>{selector === '' ? 'Nothing chosen' : selector}</code>
        <Button size="compact-xs" disabled={selector === ''} onClick={() => onPick(selector)}>
          Use
        </Button>
      </div>
    </div>
  );
}

interface Found {
  readonly names: readonly string[];
  readonly isCut: boolean;
  readonly total: number | undefined;
  readonly problem: string;
}

const NOTHING: Found = { names: [], isCut: false, total: undefined, problem: '' };

interface NamesProps {
  readonly title: string;
  readonly search: SearchNames;
  readonly of: 'metrics' | 'labels' | 'values';
  /** Whose values. */
  readonly label?: string;
  /** A selector that narrows the answer; "" does not. */
  readonly match: string;
  readonly picked: readonly string[];
  readonly onPick: (name: string) => void;
}

/** Names that the data source has, searched there as the reader types, page by page. */
function Names({ title, search, of, label = '', match, picked, onPick }: NamesProps): ReactElement {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found>();
  const [isAsking, setAsking] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  /** Of the question as it now stands: another one gives it up. */
  const gone = useRef<AbortSignal>(undefined);

  const ask = useCallback(
    async (offset: number, known: readonly string[], signal: AbortSignal | undefined): Promise<void> => {
      const what: NameSearch['of'] = of === 'values' ? { valuesOf: label } : of;
      setAsking(true);
      let next: Found;
      try {
        const { names, isCut, total } = await search({ of: what, text, match, offset }, signal);
        next = { names: [...known, ...names], isCut, total, problem: '' };
      } catch (error) {
        next = { ...NOTHING, problem: error instanceof Error ? error.message : String(error) };
      }
      if (signal?.aborted === true) return;
      setFound(next);
      setAsking(false);
    },
    [search, of, label, match, text],
  );
  useEffect(() => {
    const left = new AbortController();
    gone.current = left.signal;
    const timer = setTimeout(() => void ask(0, [], left.signal), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [ask]);

  const names = (found?.names ?? []).filter((name) => name !== '__name__');
  const move = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    if (by === 0 || buttons.length === 0) return;
    event.preventDefault();
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[Math.min(buttons.length - 1, Math.max(0, at + by))]?.focus();
  };
  return (
    <section className={classes.names} aria-label={title} aria-busy={isAsking} onKeyDown={move}>
      <TextInput
        size="xs"
        label={title}
        placeholder="Search"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ul ref={list}>
        {names.map((name) => (
          <li key={name}>
            <button type="button" aria-pressed={picked.includes(name)} title={name} onClick={() => onPick(name)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
      <p className={classes.hint} role="status">
        {found === undefined ? 'Looking…' : found.problem || countOf(found, names.length)}
        {found?.isCut === true && found.total !== undefined && (
          <Button
            size="compact-xs"
            variant="subtle"
            disabled={isAsking}
            onClick={() => void ask(found.names.length, found.names, gone.current)}
          >
            More
          </Button>
        )}
      </p>
    </section>
  );
}

function countOf({ isCut, total }: Found, shown: number): string {
  if (shown === 0) return 'Nothing found.';
  if (!isCut) return '';
  return total === undefined ? `The first ${shown}. Search for more.` : `First ${shown} of ${total.toLocaleString('en')}`;
}

/** A column that has nothing to offer before the one beside it was used. */
function Waiting({ title, hint }: { readonly title: string; readonly hint: string }): ReactElement {
  return (
    <section className={classes.names} aria-label={title}>
      <TextInput size="xs" label={title} placeholder="Search" disabled />
      <ul />
      <p className={classes.hint}>{hint}</p>
    </section>
  );
}

/** One value is matched exactly, several as a regular expression of alternatives. */
function writeSelector(metric: string, values: Readonly<Record<string, readonly string[]>>): string {
  const matchers = Object.entries(values).flatMap(([label, picked]) => {
    if (picked.length === 0) return [];
    const name = /^[A-Za-z_]\w*$/.test(label) ? label : JSON.stringify(label);
    return picked.length === 1
      ? [`${name}=${JSON.stringify(picked[0])}`]
      : [`${name}=~${JSON.stringify(picked.map(escape).join('|'))}`];
  });
  const isWord = /^[A-Za-z_:][\w:]*$/.test(metric);
  if (metric !== '' && !isWord) return `{${[JSON.stringify(metric), ...matchers].join(',')}}`;
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
