import { Button, Drawer, Tabs } from '@mantine/core';
import { formatDuration, formatTime } from '@vitrine/compute/time.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import { cellText } from '@vitrine/ui/widget/data-table-rows.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { formatExact } from '@vitrine/model/unit.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { CopyButton, copyText } from '../state/copy-button.tsx';
import classes from './inspect.module.css';
import type { PanelPicture } from './panel-data.ts';
import { QuerySteps } from './query-steps.tsx';
import { saveFile } from './save-file.ts';
import { writeCsv } from './write-csv.ts';
import { writeRows } from './write-rows.ts';

export type InspectTab = 'data' | 'query' | 'trace' | 'json';

/** What traces call Vitrine's own store. */
const OWN = 'builtin';
/** More rows than this are for a file, not for eyes. */
const MOST_ROWS = 500;

export interface InspectProps {
  readonly panel: Panel;
  /** With its variables filled in. */
  readonly title: string;
  readonly picture: PanelPicture | undefined;
  readonly timeZone: string;
  /** undefined: closed. */
  readonly tab: InspectTab | undefined;
  readonly onTab: (tab: InspectTab) => void;
  readonly onClose: () => void;
}

/** What a panel can say about itself: its data, its queries, and where their time went. */
export function Inspect({ panel, title, picture, timeZone, tab, onTab, onClose }: InspectProps): ReactElement {
  const [last, setLast] = useState<InspectTab>('data');
  if (tab !== undefined && tab !== last) setLast(tab);
  return (
    <Drawer
      opened={tab !== undefined}
      onClose={onClose}
      position="right"
      size="min(720px, 100vw)"
      title={title || `Panel ${panel.id}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Tabs value={last} onChange={(value) => onTab(value as InspectTab)} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="data">Data</Tabs.Tab>
          <Tabs.Tab value="query">Query</Tabs.Tab>
          <Tabs.Tab value="trace">Why slow?</Tabs.Tab>
          <Tabs.Tab value="json">JSON</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="data" pt={12}>
          {picture === undefined || picture.data.frames.length === 0 ? (
            <p className={classes.none}>There is no data to show.</p>
          ) : (
            picture.data.frames.map((frame, at) => (
              <FrameTable
                key={`${frame.refId} ${at}`}
                frame={frame}
                unit={panel.fieldConfig.defaults.unit ?? ''}
                timeZone={timeZone}
                fileName={`${title || `panel-${panel.id}`}-${frame.refId}`}
              />
            ))
          )}
        </Tabs.Panel>
        <Tabs.Panel value="query" pt={12}>
          <Queries panel={panel} picture={picture} />
        </Tabs.Panel>
        <Tabs.Panel value="trace" pt={12}>
          <Traces picture={picture} timeZone={timeZone} />
        </Tabs.Panel>
        <Tabs.Panel value="json" pt={12}>
          <CodeBlock title="As it is saved" text={JSON.stringify(panel, null, 2)} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}

interface FrameTableProps {
  readonly frame: Frame;
  readonly fileName: string;
  readonly unit: string;
  readonly timeZone: string;
}

function FrameTable({ frame, fileName, unit, timeZone }: FrameTableProps): ReactElement {
  // The newest is what one looks for first.
  const newestFirst = frame.shape !== 'table';
  // What ended a while ago would begin with a page of empty rows.
  const length = newestFirst ? lengthWithValues(frame) : frame.length;
  const shown = Math.min(length, MOST_ROWS);
  const rows = Array.from({ length: shown }, (_, at) => (newestFirst ? length - 1 - at : at));
  return (
    <section className={classes.frame}>
      <div className={classes.head}>
        <h3>Query {frame.refId}</h3>
        <span className={classes.count}>
          {frame.length.toLocaleString('en')} rows × {frame.fields.length} columns
          {length < frame.length && `, the newest ${frame.length - length} without values`}
          {shown < length && `, the ${newestFirst ? 'newest' : 'first'} ${shown} shown`}
        </span>
        <Button size="compact-sm" variant="default" onClick={() => void copyText(writeCsv(frame))}>
          Copy all as CSV
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => saveFile(`${fileName}.csv`, writeCsv(frame), 'text/csv;charset=utf-8')}
        >
          CSV
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => saveFile(`${fileName}.json`, JSON.stringify(writeRows(frame), null, 1), 'application/json')}
        >
          JSON
        </Button>
      </div>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              {frame.fields.map((field, at) => (
                <th key={`${field.name} ${at}`} title={JSON.stringify(field.labels ?? {})} data-type={field.type}>
                  {field.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row}>
                {frame.fields.map((field, at) => (
                  <td key={`${field.name} ${at}`} data-type={field.type}>
                    {writeCell(field, row, unit, timeZone)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** How many rows there are up to the last one that holds a value. */
function lengthWithValues({ fields, length }: Frame): number {
  const holds = (row: number) => fields.slice(1).some((field) => field.present?.[row] !== 0);
  let end = length;
  while (end > 0 && !holds(end - 1)) end--;
  return end;
}

function writeCell(field: Field, row: number, unit: string, timeZone: string): string {
  if (field.type === 'string') return field.values[row] ?? '';
  if (!isNumbers(field)) return cellText(field, row);
  if (field.present?.[row] === 0) return '';
  const value = field.values[row] as number;
  return field.type === 'time' ? formatTime(value, timeZone) : formatExact(value, field.config?.unit ?? unit);
}

function Queries({ panel, picture }: { readonly panel: Panel; readonly picture: PanelPicture | undefined }): ReactElement {
  return (
    <>
      {panel.queries.map(({ refId, source, spec }) => {
        const run = picture?.data.traces.find((trace) => trace.refId === refId)?.executed;
        const written = typeof spec['expr'] === 'string' ? spec['expr'] : JSON.stringify(spec, null, 2);
        return (
          <section key={refId} className={classes.frame}>
            <div className={classes.head}>
              <h3>Query {refId}</h3>
              <span className={classes.count}>source: {source.uid || source.type}</span>
            </div>
            <CodeBlock title="As written" text={written} />
            {run !== undefined && run !== written && <CodeBlock title="As it was run" text={run} />}
          </section>
        );
      })}
    </>
  );
}

function CodeBlock({ title, text }: { readonly title: string; readonly text: string }): ReactElement {
  return (
    <figure className={classes.code}>
      <figcaption>
        {title}
        <CopyButton text={text} />
      </figcaption>
      <pre>{text}</pre>
    </figure>
  );
}

function Traces({ picture, timeZone }: { readonly picture: PanelPicture | undefined; readonly timeZone: string }): ReactElement {
  if (picture === undefined || picture.data.traces.length === 0)
    return <p className={classes.none}>No query has been run yet.</p>;
  const { data, askedMs } = picture;
  const slowest = Math.max(...data.traces.map(({ elapsedMs }) => elapsedMs), 0.001);
  return (
    <>
      <p className={classes.none}>
        Asked at {formatTime(Math.floor(askedMs / 1_000) * 1_000, timeZone)}
        {data.traces.some(({ stepMs }) => stepMs > 0) && `; one point every ${formatDuration(data.stepMs)}`}. While live these are
        the figures of the newest part.
      </p>
      {data.traces.map((trace) => (
        <section key={trace.refId} className={classes.frame}>
          <div className={classes.head}>
            <h3>Query {trace.refId}</h3>
            <span className={classes.count}>{trace.source === OWN ? 'Vitrine' : trace.source}</span>
          </div>
          <div className={classes.bar} aria-hidden>
            <span style={{ width: `${(100 * trace.elapsedMs) / slowest}%` }} />
          </div>
          <dl className={classes.figures}>
            <dt>Time</dt>
            <dd>{formatExactMs(trace.elapsedMs)}</dd>
            <dt>Series read</dt>
            <dd>{trace.seriesRead.toLocaleString('en')}</dd>
            <dt>Samples read</dt>
            <dd>{trace.samplesRead.toLocaleString('en')}</dd>
            <dt>Step</dt>
            <dd>{trace.stepMs === 0 ? 'none: asked at one time' : formatDuration(trace.stepMs)}</dd>
          </dl>
          {trace.source === OWN && <QuerySteps key={trace.executed} trace={trace} range={data} />}
          <CodeBlock title="As it was run" text={trace.executed} />
        </section>
      ))}
    </>
  );
}

function formatExactMs(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  return ms >= 1_000 && ms < 60_000 ? `${(ms / 1_000).toFixed(2)} s` : formatDuration(ms);
}
