import { Button, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { IconPencil, IconSearch } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatDuration, formatTime } from '@vitrine/compute/time.ts';
import type { CurvePoint } from '@vitrine/model/curve-store.ts';
import type { RunAnswer } from '@vitrine/model/run-api.ts';
import type { Run } from '@vitrine/model/run.ts';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import { Markdown } from '@vitrine/ui/widget/markdown.tsx';
import { useDeferredValue, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { CompareChildren, RelatedRuns } from './related-runs.tsx';
import { CopyButton } from '../state/copy-button.tsx';
import { TagsDialog } from './run-actions.tsx';
import classes from './overview.module.css';
import type { RunTabProps } from './run-page.tsx';
import { changeRun } from './run-queries.ts';
import { isOwnTag } from './tag-text.ts';

const SOURCES: Readonly<Record<Run['source'], string>> = {
  mlflow: 'MLflow',
  tensorboard: 'TensorBoard',
  prometheus: 'Prometheus',
  huggingface: 'Hugging Face',
  keras: 'Keras',
  file: 'A file',
  wandb: 'W&B',
  api: 'The HTTP API',
};

/** What is known of a run besides its curves. */
export function OverviewTab({ answer, search, change }: RunTabProps): ReactElement {
  const { run, parent, children, metrics } = answer;
  const role = useQuery(sessionQuery).data?.user.role;
  const mayEdit = role === 'admin' || role === 'editor';
  const words = useDeferredValue(search.q ?? '').toLowerCase();
  return (
    <div className={classes.overview}>
      <TextInput
        className={classes.search}
        aria-label="Search parameters and metrics"
        placeholder="Search parameters and metrics"
        leftSection={<IconSearch size={15} />}
        value={search.q ?? ''}
        onChange={(event) => change({ q: event.currentTarget.value === '' ? undefined : event.currentTarget.value })}
      />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Summary metrics={metrics} words={words} />
        </div>
        <div className={classes.column}>
          <Params params={run.params} words={words} />
          <Notes run={run} mayEdit={mayEdit} />
          <Tags run={run} mayEdit={mayEdit} />
          <Section title="About this run">
            <dl className={classes.about}>
              <About name="Id">
                <code>{run.id}</code> <CopyButton text={run.id} label="Copy its id" />
              </About>
              <About name="Came through">{SOURCES[run.source]}</About>
              <About name="Project">
                <Link to="/runs" search={{ project: [run.project] }}>
                  {run.project}
                </Link>
              </About>
              {run.user !== '' && <About name="User">{run.user}</About>}
              <About name="Started">{timeText(run.startedMs)}</About>
              <About name="Ended">{run.endedMs === undefined ? 'Not yet' : timeText(run.endedMs)}</About>
              {run.endedMs !== undefined && <About name="Took">{formatDuration(run.endedMs - run.startedMs)}</About>}
              <About name="Last heard of">{timeText(run.heartbeatMs)}</About>
              <About name="Machines">{run.hosts.length === 0 ? 'It did not say' : run.hosts.join(', ')}</About>
              {Object.entries(run.labels).map(([name, value]) => (
                <About key={name} name={`Label ${name}`}>
                  {value}
                </About>
              ))}
            </dl>
          </Section>
          {(parent !== undefined || children.length > 0) && <Family parent={parent} childRuns={children} />}
        </div>
      </div>
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly count?: number;
  readonly tool?: ReactNode;
  readonly children: ReactNode;
}

function Section({ title, count, tool, children }: SectionProps): ReactElement {
  return (
    <section className={classes.section}>
      <header>
        <h2>{title}</h2>
        {count !== undefined && <span className={classes.count}>{count}</span>}
        <span className={classes.gap} />
        {tool}
      </header>
      {children}
    </section>
  );
}

function About({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** As many as are made at once; a search narrows them, or a press shows all. */
const FIRST_ROWS = 100;

function useRowsOf<T>(rows: readonly T[]): { readonly shown: readonly T[]; readonly more: ReactNode } {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  return {
    shown,
    more:
      shown.length < rows.length ? (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          Show all {rows.length}
        </button>
      ) : null,
  };
}

function Summary({ metrics, words }: { readonly metrics: RunAnswer['metrics']; readonly words: string }): ReactElement {
  const found = metrics.filter(({ metric }) => metric.toLowerCase().includes(words));
  const { shown, more } = useRowsOf(found);
  return (
    <Section title="Metrics" count={metrics.length}>
      {shown.length === 0 ? (
        <p className={classes.none}>
          {metrics.length === 0 ? 'No metric was logged yet.' : 'No metric has these letters in its name.'}
        </p>
      ) : (
        <div className={classes.scroll} role="region" aria-label="Metrics" tabIndex={0}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th>Metric</th>
                <th>Last</th>
                <th>Lowest</th>
                <th>Highest</th>
                <th>Best</th>
                <th>Points</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ metric, last, min, max, best, points, nonFinite, restarts }) => (
                <tr key={metric}>
                  <th scope="row" title={metric}>
                    {metric}
                    {nonFinite > 0 && (
                      <span className={classes.note} data-bad>
                        {nonFinite.toLocaleString('en')} not finite
                      </span>
                    )}
                    {restarts > 0 && (
                      <span className={classes.note}>{restarts === 1 ? 'restarted' : `${restarts} restarts`}</span>
                    )}
                  </th>
                  <PointCell point={last} />
                  <PointCell point={min} />
                  <PointCell point={max} />
                  <PointCell point={best} isBest />
                  <td>{points.toLocaleString('en')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more}
    </Section>
  );
}

function PointCell({
  point,
  isBest = false,
}: {
  readonly point: CurvePoint | undefined;
  readonly isBest?: boolean;
}): ReactElement {
  if (point === undefined) return <td className={classes.absent}>—</td>;
  return (
    <td
      data-best={isBest || undefined}
      title={`${formatExact(point.value, 'none')} at step ${formatExact(point.step, 'none')}, ${timeText(point.timeMs)}`}
    >
      {formatText(point.value, 'none')}
      <span className={classes.step}>@ {formatText(point.step, 'short')}</span>
    </td>
  );
}

function Params({ params, words }: { readonly params: Run['params']; readonly words: string }): ReactElement {
  const all = Object.entries(params).toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const found = all.filter(([name, value]) => name.toLowerCase().includes(words) || value.toLowerCase().includes(words));
  const { shown, more } = useRowsOf(found);
  return (
    <Section title="Parameters" count={all.length}>
      {shown.length === 0 ? (
        <p className={classes.none}>{all.length === 0 ? 'The run logged no parameters.' : 'No parameter has these letters.'}</p>
      ) : (
        <dl className={classes.params}>
          {shown.map(([name, value]) => (
            <div key={name}>
              <dt title={name}>{name}</dt>
              <dd title={value}>{value === '' ? <i>empty</i> : value}</dd>
            </div>
          ))}
        </dl>
      )}
      {more}
    </Section>
  );
}

function Notes({ run, mayEdit }: { readonly run: Run; readonly mayEdit: boolean }): ReactElement {
  const client = useQueryClient();
  const [draft, setDraft] = useState<string>();
  const [view, setView] = useState('write');
  const [problem, setProblem] = useState('');
  const save = async (): Promise<void> => {
    try {
      await changeRun(client, run.id, { notes: draft ?? '' });
      setDraft(undefined);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  if (draft === undefined) {
    return (
      <Section
        title="Notes"
        tool={
          mayEdit && (
            <Button variant="subtle" size="compact-sm" leftSection={<IconPencil size={14} />} onClick={() => setDraft(run.notes)}>
              {run.notes === '' ? 'Write' : 'Edit'}
            </Button>
          )
        }
      >
        {run.notes === '' ? <p className={classes.none}>Nothing was written down yet.</p> : <Markdown source={run.notes} />}
      </Section>
    );
  }
  return (
    <Section
      title="Notes"
      tool={
        <SegmentedControl
          size="xs"
          value={view}
          onChange={setView}
          data={[
            { value: 'write', label: 'Write' },
            { value: 'read', label: 'Preview' },
          ]}
        />
      }
    >
      {view === 'read' ? (
        <Markdown source={draft} />
      ) : (
        <Textarea
          aria-label="Notes, in Markdown"
          placeholder="What was tried, and what came of it. Markdown."
          data-autofocus
          autosize
          minRows={6}
          maxRows={24}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
      )}
      {problem !== '' && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => setDraft(undefined)}>
          Cancel
        </Button>
        <Button onClick={() => void save()}>Save</Button>
      </div>
    </Section>
  );
}

function Tags({ run, mayEdit }: { readonly run: Run; readonly mayEdit: boolean }): ReactElement {
  const [editing, setEditing] = useState(false);
  const all = Object.entries(run.tags);
  const own = all.filter(([name]) => isOwnTag(name));
  const others = all.filter(([name]) => !isOwnTag(name));
  return (
    <Section
      title="Tags"
      tool={
        mayEdit && (
          <Button variant="subtle" size="compact-sm" leftSection={<IconPencil size={14} />} onClick={() => setEditing(true)}>
            Edit
          </Button>
        )
      }
    >
      {others.length === 0 ? (
        <p className={classes.none}>No tags.</p>
      ) : (
        <ul className={classes.tags}>
          {others.map(([name, value]) => (
            <li key={name} title={value === '' ? name : `${name} = ${value}`}>
              {name}
              {value !== '' && <b>{value}</b>}
            </li>
          ))}
        </ul>
      )}
      {own.length > 0 && (
        <details className={classes.own}>
          <summary>{own.length} kept by MLflow’s client</summary>
          <dl className={classes.params}>
            {own.map(([name, value]) => (
              <div key={name}>
                <dt title={name}>{name}</dt>
                <dd title={value}>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {editing && <TagsDialog run={run} onClose={() => setEditing(false)} />}
    </Section>
  );
}

interface FamilyProps {
  readonly parent: RunAnswer['parent'];
  readonly childRuns: RunAnswer['children'];
}

function Family({ parent, childRuns }: FamilyProps): ReactElement {
  const { shown, more } = useRowsOf(childRuns);
  return (
    <Section title="Related runs" tool={<CompareChildren childRuns={childRuns} />}>
      <RelatedRuns
        runs={[
          ...(parent === undefined ? [] : [{ ...parent, is: 'parent' }]),
          ...shown.map((child) => ({ ...child, is: 'child' })),
        ]}
      />
      {more}
    </Section>
  );
}

function timeText(ms: number): string {
  return formatTime(Math.floor(ms / 1000) * 1000, 'browser');
}
