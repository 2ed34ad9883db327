import { Button, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
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
  const metrics = useNames(ask, '/api/v1/label/__name__/values', '', '__name__', true);
  const labels = useNames(ask, '/api/v1/labels', metric === '' ? '' : writeSelector(metric, {}), '', metric !== '');
  const found = useNames(ask, `/api/v1/label/${encodeURIComponent(label)}/values`, others, label, label !== '');
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
          list={metrics}
          picked={[metric]}
          onPick={(name) => {
            setMetric(name === metric ? '' : name);
            setLabel('');
            setValues({});
          }}
        />
        <Names
          title="Label"
          list={labels}
          picked={[label, ...Object.keys(values).filter((name) => (values[name] ?? []).length > 0)]}
          onPick={setLabel}
          hint={metric === '' ? 'Choose a metric first.' : undefined}
        />
        <Names
          title={label === '' ? 'Value' : `Value of ${label}`}
          list={found}
          picked={values[label] ?? []}
          onPick={toggle}
          hint={label === '' ? 'Choose a label.' : undefined}
        />
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

interface NameList {
  readonly names: readonly string[];
  readonly isCut: boolean;
  readonly problem: string | undefined;
  readonly search: string;
  readonly onSearch: (search: string) => void;
}

/** Names that the data source has, searched there as the reader types. */
function useNames(ask: MetricsBrowserProps['ask'], path: string, match: string, label: string, wanted: boolean): NameList {
  const [search, onSearch] = useState('');
  const [answer, setAnswer] = useState<Pick<NameList, 'names' | 'isCut' | 'problem'>>(NOTHING);
  useEffect(() => onSearch(''), [path, match]);
  useEffect(() => {
    if (!wanted) return setAnswer(NOTHING);
    let isOver = false;
    const timer = setTimeout(() => {
      // Values are searched by the store; the names of one metric's labels are few.
      const searched = label === '' || search === '' ? match : searchedBy(match, label, search);
      const params = new URLSearchParams({ limit: String(MOST), ...(searched === '' ? {} : { 'match[]': searched }) });
      ask(`${path}?${params}`).then(
        (body) => {
          const { data, warnings } = body as { readonly data?: readonly string[]; readonly warnings?: readonly string[] };
          if (!isOver) setAnswer({ names: data ?? [], isCut: warnings !== undefined, problem: undefined });
        },
        (error: unknown) => {
          if (!isOver) setAnswer({ ...NOTHING, problem: error instanceof Error ? error.message : String(error) });
        },
      );
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [ask, path, match, label, wanted, search]);
  const names = useMemo(
    () => answer.names.filter((name) => name !== '__name__' && name.toLowerCase().includes(search.toLowerCase())),
    [answer.names, search],
  );
  return { ...answer, names, search, onSearch };
}

const NOTHING = { names: [], isCut: false, problem: undefined } as const;

function Names(props: {
  readonly title: string;
  readonly list: NameList;
  readonly picked: readonly string[];
  readonly onPick: (name: string) => void;
  readonly hint?: string | undefined;
}): ReactElement {
  const { title, list, picked, onPick, hint } = props;
  return (
    <section className={classes.names} aria-label={title}>
      <TextInput
        size="xs"
        label={title}
        placeholder="Search"
        value={list.search}
        disabled={hint !== undefined}
        onChange={(event) => list.onSearch(event.currentTarget.value)}
      />
      <ul>
        {list.names.map((name) => (
          <li key={name}>
            <button type="button" aria-pressed={picked.includes(name)} title={name} onClick={() => onPick(name)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
      <p className={classes.hint}>
        {hint ??
          list.problem ??
          (list.names.length === 0 ? 'Nothing found.' : list.isCut ? `The first ${MOST}. Search for more.` : '')}
      </p>
    </section>
  );
}

/** One value is matched exactly, several as a regular expression of alternatives. */
export function writeSelector(metric: string, values: Readonly<Record<string, readonly string[]>>): string {
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
