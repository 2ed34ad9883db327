import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { QueryTrace as Steps } from '@vitrine/model/query-trace.ts';
import type { PanelData, QueryTrace } from '@vitrine/model/frame.ts';
import { formatText } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';
import { askJson } from '../api/client.ts';
import classes from './inspect.module.css';
import { type StepRow, stepRows } from './step-rows.ts';

interface StatsAnswer {
  readonly data?: { readonly stats?: { readonly trace?: Steps } };
}

export interface QueryStepsProps {
  readonly trace: QueryTrace;
  readonly range: Pick<PanelData, 'fromMs' | 'toMs'>;
}

/** Asks a query of Vitrine's own store once more, and shows which part of it took how long. */
export function QuerySteps({ trace: { refId, executed, stepMs }, range }: QueryStepsProps): ReactElement {
  const { mutate, data, error, isPending } = useMutation({ mutationFn: () => askSteps(executed, stepMs, range) });
  return (
    <div className={classes.steps}>
      <Button size="compact-sm" variant="default" loading={isPending} onClick={() => mutate()}>
        {data === undefined ? 'Show where the time goes' : 'Ask again'}
      </Button>
      {error !== null && (
        <Alert color="red" mt={8}>
          {error.message}
        </Alert>
      )}
      {data !== undefined && <StepTable refId={refId} steps={data} />}
    </div>
  );
}

async function askSteps(query: string, stepMs: number, { fromMs, toMs }: QueryStepsProps['range']): Promise<Steps> {
  const seconds = (ms: number): string => String(ms / 1_000);
  // One series is enough: it is the way there that is looked at.
  const asked = new URLSearchParams({ query, stats: 'all', limit: '1' });
  const path = stepMs === 0 ? 'query' : 'query_range';
  if (stepMs === 0) asked.set('time', seconds(toMs));
  else {
    asked.set('start', seconds(fromMs));
    asked.set('end', seconds(toMs));
    asked.set('step', seconds(stepMs));
  }
  const { data } = await askJson<StatsAnswer>(`/api/v1/${path}?${asked}`);
  const trace = data?.stats?.trace;
  if (trace === undefined) throw new Error('The server did not say where the time went.');
  return trace;
}

function StepTable({ refId, steps }: { readonly refId: string; readonly steps: Steps }): ReactElement {
  const { read, waitedMs, heldValues } = steps;
  return (
    <>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={`Where the time of query ${refId} went`}>
          <thead>
            <tr>
              <th>Part</th>
              <th data-type="number">Computing</th>
              <th data-type="number">Reading</th>
              <th data-type="number">With its parts</th>
              <th data-type="number">Series</th>
              <th data-type="number">Samples</th>
            </tr>
          </thead>
          <tbody>
            {stepRows(steps).map((row) => (
              <Row key={row.id} {...row} />
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.none}>
        {read !== undefined && `${readingOf(read)} `}
        {count(heldValues)} values were in memory at most. Other work had the thread for {ms(waitedMs)}.
      </p>
    </>
  );
}

function readingOf({ indexMs, fetchMs, decodeMs, chunks, buckets, bytes }: NonNullable<Steps['read']>): string {
  const what = [chunks > 0 && `${count(chunks)} chunks`, buckets > 0 && `${count(buckets)} rolled-up buckets`].filter(Boolean);
  const fetching = what.length === 0 ? '' : `, fetching ${what.join(' and ')} (${formatText(bytes, 'bytes')}) ${ms(fetchMs)}`;
  return `Of reading, finding the series took ${ms(indexMs)}${fetching}, decoding ${ms(decodeMs)}.`;
}

function Row({ expr, depth, selfMs, readMs, totalMs, share, series, samplesRead }: StepRow): ReactElement {
  return (
    <tr>
      <td className={classes.part} title={expr}>
        <span className={classes.share} style={{ width: `${100 * share}%` }} aria-hidden />
        <code style={{ paddingLeft: 14 * Math.min(depth, 12) }}>{expr}</code>
      </td>
      <td data-type="number">{ms(selfMs)}</td>
      <td data-type="number">{readMs === 0 ? '' : ms(readMs)}</td>
      <td data-type="number">{ms(totalMs)}</td>
      <td data-type="number">{count(series)}</td>
      <td data-type="number">{samplesRead === 0 ? '' : count(samplesRead)}</td>
    </tr>
  );
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
