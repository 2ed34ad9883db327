import { Button, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';

import classes from './query-editor.module.css';

const MOST = 200;
const PAUSE_MS = 200;

export interface MetricsBrowserProps {
  readonly ask: (path: string) => Promise<unknown>;
  /** A selector that was put together: `up{job="api"}`. */
  readonly onPick: (selector: string) => void;
}

/** Metrics, their labels and the labels' values, side by side: picks put a selector together. Searched on the server. */
export function MetricsBrowser({ ask, onPick }: MetricsBrowserProps): ReactElement {
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
          ask={ask}
          path="/api/v1/label/__name__/values"
          match=""
          searches="__name__"
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
            ask={ask}
            path="/api/v1/labels"
            match={writeSelector(metric, {})}
            searches=""
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
            ask={ask}
            path={`/api/v1/label/${encodeURIComponent(label)}/values`}
            match={others}
            searches={label}
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
  readonly problem: string;
}

interface NamesProps {
  readonly title: string;
  readonly ask: MetricsBrowserProps['ask'];
  readonly path: string;
  /** A selector that narrows the answer; "" does not. */
  readonly match: string;
  /** The label by whose value the server searches; "" searches what came, which is little. */
  readonly searches: string;
  readonly picked: readonly string[];
  readonly onPick: (name: string) => void;
}

/** Names that the data source has, searched there as the reader types. */
function Names({ title, ask, path, match, searches, picked, onPick }: NamesProps): ReactElement {
  const [search, setSearch] = useState('');
  const [found, setFound] = useState<Found>();
  useEffect(() => {
    let isOver = false;
    const tell = (next: Found): void => {
      if (!isOver) setFound(next);
    };
    const timer = setTimeout(() => {
      const selector = searches === '' || search === '' ? match : searchedBy(match, searches, search);
      const params = new URLSearchParams({ limit: String(MOST), ...(selector === '' ? {} : { 'match[]': selector }) });
      ask(`${path}?${params}`).then(
        (body) => {
          const { data, warnings } = body as { readonly data?: readonly string[]; readonly warnings?: readonly string[] };
          tell({ names: data ?? [], isCut: warnings !== undefined, problem: '' });
        },
        (error: unknown) => tell({ names: [], isCut: false, problem: error instanceof Error ? error.message : String(error) }),
      );
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [ask, path, match, searches, search]);
  const names = (found?.names ?? []).filter((name) => name !== '__name__' && name.toLowerCase().includes(search.toLowerCase()));
  const state =
    found === undefined
      ? 'Looking…'
      : names.length === 0
        ? 'Nothing found.'
        : found.isCut
          ? `The first ${MOST}. Search for more.`
          : '';
  return (
    <section className={classes.names} aria-label={title}>
      <TextInput
        size="xs"
        label={title}
        placeholder="Search"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <ul>
        {names.map((name) => (
          <li key={name}>
            <button type="button" aria-pressed={picked.includes(name)} title={name} onClick={() => onPick(name)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
      <p className={classes.hint}>{found?.problem || state}</p>
    </section>
  );
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

function searchedBy(match: string, label: string, search: string): string {
  const matcher = `${label}=~${JSON.stringify(`(?i).*${escape(search)}.*`)}`;
  return match.endsWith('}') ? `${match.slice(0, -1)},${matcher}}` : `${match}{${matcher}}`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
