import { formatDuration, formatTime } from '@vitrine/compute/time.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import { useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import classes from '../list.module.css';
import { useAsked } from '../use-asked.ts';
import { alertsOfAnswers, alertsOfFrames, alertsQuery, groupAlerts } from './alerts.ts';
import type { Alert, AlertGroup, AlertState } from './alerts.ts';
import { alertlist } from './spec.ts';
import type { AlertListOptions } from './spec.ts';

const EVERY_MS = 15_000;
const STATUS = { firing: 'critical', pending: 'warning' } as const;
const WORD = { firing: 'Firing', pending: 'Pending' } as const;
const NO_PATHS: readonly string[] = [];
/** More instances below one rule nobody reads. */
const MOST_INSTANCES = 100;

/** Reads the panel's own queries where it has some, else the alerts in Vitrine's store. */
function AlertList({ options, data, width, height, title, context }: PanelProps<AlertListOptions>): ReactElement {
  const hasQueries = data.traces.length > 0 || data.frames.length > 0;
  const filter = context.replace(options.alertInstanceLabelFilter);
  const name = context.replace(options.alertName);
  const path = (metric: 'ALERTS' | 'ALERTS_FOR_STATE') =>
    `/api/v1/query?${new URLSearchParams({ query: alertsQuery(metric, filter) })}`;
  const paths = hasQueries ? NO_PATHS : [path('ALERTS'), path('ALERTS_FOR_STATE')];
  const { answers, problem } = useAsked(context.ask, paths, EVERY_MS);
  const [active, since] = paths.map((one) => answers.get(one));
  const groups = useMemo(
    () => groupAlerts(hasQueries ? alertsOfFrames(data.frames) : alertsOfAnswers(active, since), options, name),
    [hasQueries, data.frames, active, since, options, name],
  );
  const label = title === '' ? 'Alerts' : title;
  const nowMs = useNow();
  if (problem !== undefined && groups.length === 0) {
    return (
      <p className={classes.problem} style={{ width }} role="alert">
        {problem}
      </p>
    );
  }
  // Not known is not quiet.
  if (!hasQueries && context.ask === undefined) {
    return <NoData width={width} height={height} text="Alerts are not part of a snapshot" hint="" />;
  }
  if (!hasQueries && active === undefined) return <div style={{ width, height }} />;
  if (options.viewMode === 'stat') return <Counts {...{ groups, width, height, label }} />;
  if (groups.length === 0) {
    return (
      <NoData
        width={width}
        height={height}
        text="Nothing is firing."
        hint="Alerts are the series ALERTS, which whatever evaluates alerting rules writes here."
      />
    );
  }
  const shown = groups.slice(0, options.maxItems);
  return (
    <div className={classes.list} style={{ width, height }} role="region" aria-label={label} tabIndex={0}>
      {problem !== undefined && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <ul>
        {shown.map((group) => (
          <Group key={group.key} group={group} open={options.showInstances} timeZone={context.timeZone} nowMs={nowMs} />
        ))}
      </ul>
      {shown.length < groups.length && <p className={classes.quiet}>{groups.length - shown.length} more</p>}
    </div>
  );
}

/** The clock, as often as alerts are asked for. */
function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

function Group({
  group,
  open,
  timeZone,
  nowMs,
}: {
  readonly group: AlertGroup;
  readonly open: boolean;
  readonly timeZone: string;
  readonly nowMs: number;
}): ReactElement {
  const [toggled, setToggled] = useState(false);
  const isOpen = open !== toggled;
  return (
    <li className={classes.row}>
      <button
        type="button"
        className={classes.toggle}
        aria-expanded={isOpen}
        aria-label={`Instances of ${group.name}`}
        onClick={() => setToggled(!toggled)}
      >
        {isOpen ? '▾' : '▸'}
      </button>
      <State state={group.state} />
      <span className={classes.main}>{group.name}</span>
      {group.alerts.length > 1 && <span className={classes.aside}>{group.alerts.length} instances</span>}
      <Since sinceMs={group.sinceMs} timeZone={timeZone} nowMs={nowMs} />
      {isOpen && (
        <ul className={classes.inner}>
          {group.alerts.slice(0, MOST_INSTANCES).map((alert, index) => (
            // By place: instances may be alike in all that is shown.
            <Instance key={index} alert={alert} timeZone={timeZone} nowMs={nowMs} />
          ))}
          {group.alerts.length > MOST_INSTANCES && <li className={classes.quiet}>{group.alerts.length - MOST_INSTANCES} more</li>}
        </ul>
      )}
    </li>
  );
}

interface InstanceProps {
  readonly alert: Alert;
  readonly timeZone: string;
  readonly nowMs: number;
}

function Instance({ alert, timeZone, nowMs }: InstanceProps): ReactElement {
  const labels = Object.entries(alert.labels);
  return (
    <li className={classes.row}>
      <State state={alert.state} />
      <span className={classes.main}>
        {labels.length === 0 ? 'No labels' : labels.map(([name, value]) => `${name}="${value}"`).join(', ')}
      </span>
      <Since sinceMs={alert.sinceMs} timeZone={timeZone} nowMs={nowMs} />
    </li>
  );
}

function State({ state }: { readonly state: AlertState }): ReactElement {
  return (
    <span className={classes.state}>
      <StatusShape status={STATUS[state]} />
      {WORD[state]}
    </span>
  );
}

interface SinceProps {
  readonly sinceMs: number | undefined;
  readonly timeZone: string;
  readonly nowMs: number;
}

function Since({ sinceMs, timeZone, nowMs }: SinceProps): ReactElement | null {
  if (sinceMs === undefined || !Number.isFinite(sinceMs)) return null;
  return (
    <time className={classes.aside} title={`since ${formatTime(sinceMs, timeZone)}`}>
      for {formatDuration(nowMs - sinceMs)}
    </time>
  );
}

function Counts({
  groups,
  width,
  height,
  label,
}: {
  groups: readonly AlertGroup[];
  width: number;
  height: number;
  label: string;
}): ReactElement {
  const alerts = groups.flatMap((group) => group.alerts);
  return (
    <div className={classes.figures} style={{ width, height }} role="region" aria-label={label} tabIndex={0}>
      {(['firing', 'pending'] as const).map((state) => (
        <span key={state} className={classes.figure}>
          <strong>{alerts.filter((alert) => alert.state === state).length}</strong>
          <State state={state} />
        </span>
      ))}
    </div>
  );
}

export const alertlistWeb: PanelWeb<AlertListOptions> = { spec: alertlist, Component: AlertList };
