import { Button, TextInput } from '@mantine/core';
import { IconChartDots3, IconFilter, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Cardinality, LabelCounts } from '@vitrine/model/cardinality.ts';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { useInternalLink } from '../app/internal-link.ts';
import { TopBar } from '../app/top-bar.tsx';
import { ForEditors } from '../state/for-editors.tsx';
import { Skeleton } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { cardinalityQuery } from './cardinality-queries.ts';
import { narrowed } from './cardinality-search.ts';
import classes from './cardinality.module.css';
import { CountTable } from './count-table.tsx';
import { explodingLabel } from './exploding-label.ts';

/** `/cardinality`: which metrics, jobs and labels make how many series, and which of them come and go. */
export function CardinalityPage(): ReactElement {
  return (
    <ForEditors title="What series are made of is for editors and admins to see">
      <Counted />
    </ForEditors>
  );
}

function Counted(): ReactElement {
  const { match = '' } = useSearch({ from: '/shell/cardinality' });
  const navigate = useNavigate({ from: '/cardinality' });
  const linkTo = useInternalLink();
  const { data, error, isPlaceholderData, refetch } = useQuery(cardinalityQuery(match));
  const count = (next: string): void => void navigate({ search: next.trim() === '' ? {} : { match: next.trim() } });
  return (
    <>
      <TopBar crumbs={[{ label: 'Ingest', to: '/ingest' }, { label: 'Cardinality' }]}>
        <Button component="a" variant="default" {...linkTo('/ingest')}>
          What arrives
        </Button>
      </TopBar>
      <div className={classes.page}>
        <Within key={match} match={match} problem={match === '' ? undefined : error?.message} onCount={count} />
        {data === undefined && error === null && <Skeleton label="Counting series" heightPx={960} />}
        {data === undefined && error !== null && match === '' && (
          <StatePage
            isAlert
            icon={<IconPlugConnectedX size={32} stroke={1.5} />}
            title="The series could not be counted"
            actions={<Button onClick={() => void refetch()}>Try again</Button>}
          >
            <p>{error.message}</p>
          </StatePage>
        )}
        {data !== undefined && error !== null && match === '' && (
          <p className={classes.problem} role="alert">
            {error.message} This is how it was before.
          </p>
        )}
        {data !== undefined && data.series === 0 && (
          <StatePage
            icon={<IconChartDots3 size={32} stroke={1.5} />}
            title={match === '' ? 'There are no series yet' : 'No series is like that'}
            actions={
              match === '' ? (
                <Button {...linkTo('/ingest')} component="a">
                  How to send
                </Button>
              ) : (
                <Button onClick={() => count('')}>Count all series</Button>
              )
            }
          >
            <p>
              {match === ''
                ? 'As soon as samples arrive, their metrics, jobs and labels are counted here.'
                : 'Names and values of labels are case-sensitive, and = compares the whole value.'}
            </p>
          </StatePage>
        )}
        {data !== undefined && data.series > 0 && (
          <div className={classes.live} data-old={error !== null || isPlaceholderData || undefined}>
            <Verdict counted={data} />
            <Tables counted={data} onNarrow={(label, value) => count(narrowed(match, label, value))} />
          </div>
        )}
      </div>
    </>
  );
}

interface WithinProps {
  readonly match: string;
  readonly problem: string | undefined;
  readonly onCount: (match: string) => void;
}

function Within({ match, problem, onCount }: WithinProps): ReactElement {
  const [text, setText] = useState(match);
  return (
    <form
      className={classes.within}
      onSubmit={(event) => {
        event.preventDefault();
        onCount(text);
      }}
    >
      <TextInput
        className={classes.selector}
        aria-label="Count only the series of a selector"
        placeholder='All series, or those of a selector such as {job="api"}'
        leftSection={<IconFilter size={15} />}
        classNames={{ input: classes.code ?? '' }}
        maxLength={10_000}
        value={text}
        error={problem}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={text.trim() === match}>
        Count
      </Button>
      {match !== '' && (
        <Button variant="subtle" onClick={() => onCount('')}>
          All series
        </Button>
      )}
    </form>
  );
}

/** Is it fine? */
function Verdict({ counted }: { readonly counted: Cardinality }): ReactElement {
  const { series, activeSeries, newSeries, goneSeries, memoryBytes } = counted;
  const label = explodingLabel(counted);
  return (
    <div className={classes.verdict}>
      <StatusShape status={label === undefined ? 'healthy' : 'warning'} />
      <p>
        <strong title={formatExact(series, 'short')}>{amount(series)} series</strong>, {amount(activeSeries)} of them active, in
        about {formatText(memoryBytes, 'bytes', 0)} of memory. Within the last hour {amount(newSeries)}{' '}
        {newSeries === 1 ? 'is' : 'are'} new and {amount(goneSeries)} ended.
        {label !== undefined && (
          <>
            {' '}
            <span className={classes.explodes}>{explosion(label)}</span>
          </>
        )}
      </p>
    </div>
  );
}

function explosion({ name, values, newValues }: LabelCounts): string {
  const fresh = newValues > values / 2 ? `, ${amount(newValues)} of them new` : ', most on few series';
  return `Label ${name} explodes: it has ${amount(values)} values${fresh}. Leave it out where it is sent, or limit its job’s series.`;
}

interface TablesProps {
  readonly counted: Cardinality;
  readonly onNarrow: (label: string, value: string) => void;
}

function Tables({ counted, onNarrow }: TablesProps): ReactElement {
  const { series, metrics, jobs, labels, pairs } = counted;
  return (
    <div className={classes.tables}>
      <CountTable
        title="Metrics"
        about="with the most series"
        rows={metrics.map((one) => ({
          key: one.name,
          name: one.name,
          count: one.series,
          added: one.newSeries,
          ended: one.goneSeries,
          onOpen: () => onNarrow('__name__', one.name),
        }))}
        whole={series}
        heads={['Metric', 'Series', 'New', 'Ended']}
      />
      <CountTable
        title="Labels"
        about="with the most values"
        rows={labels.map((one) => ({
          key: one.name,
          name: one.name,
          count: one.values,
          added: one.newValues,
          ended: one.series,
        }))}
        whole={labels[0]?.values ?? 0}
        heads={['Label', 'Values', 'New', 'Series']}
      />
      <CountTable
        title="Jobs"
        about="with the most series"
        rows={jobs.map((one) => ({
          key: one.name,
          name: one.name,
          count: one.series,
          added: one.newSeries,
          ended: one.goneSeries,
          onOpen: () => onNarrow('job', one.name),
        }))}
        whole={series}
        heads={['Job', 'Series', 'New', 'Ended']}
        none="No series has a label job."
      />
      <CountTable
        title="Labels with a value"
        about="on the most series"
        rows={pairs.map((one) => ({
          key: `${one.name}=${one.value}`,
          name: `${one.name}=${JSON.stringify(one.value)}`,
          count: one.series,
          added: one.newSeries,
          ended: one.goneSeries,
          onOpen: () => onNarrow(one.name, one.value),
        }))}
        whole={series}
        heads={['Label', 'Series', 'New', 'Ended']}
        none="The series have no labels but their names."
      />
    </div>
  );
}

function amount(count: number): string {
  return formatText(count, 'short');
}
