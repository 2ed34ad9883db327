import { IconArrowUpRight, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatDuration, formatTime } from '@vitrine/compute/time.ts';
import type { RunAnswer } from '@vitrine/model/run-api.ts';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import { useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { serverClock } from '../api/server-clock.ts';
import { badgesOf } from '../health/badges-of.ts';
import { HealthBadges } from '../health/health-badges.tsx';
import { runColor } from './run-color.ts';
import { changeRuns, RUNS_KEY } from '../runs/runs-queries.ts';
import { RunStatusBadge } from '../runs/run-status.tsx';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import classes from './run-page.module.css';
import { progressOf } from './run-progress.ts';
import { useRunTimes } from './use-run-times.ts';

interface RunHeaderProps {
  readonly answer: RunAnswer;
  readonly onHealth: () => void;
}

/** How the run stands, in one line: status, what is wrong, how far, how fast, how long still. */
export function RunHeader({ answer, onHealth }: RunHeaderProps): ReactElement {
  const { run, parent, findings, metrics } = answer;
  const theme = useThemeName();
  const map = useRunTimes(answer, 'step');
  const nowMs = useSeconds(run.status === 'running');
  const epoch = metrics.find(({ metric }) => /(^|\/)epochs?$/i.test(metric))?.last.value;
  const { step, lastStep, stepsPerSecond, durationMs, leftMs } = progressOf(
    run,
    map,
    { step: highestStep(metrics), epoch },
    nowMs,
  );
  const isRunning = run.status === 'running';
  return (
    <header className={classes.header} data-deleted={run.deletedMs !== undefined || undefined}>
      <div className={classes.line}>
        <svg width={10} height={10} aria-hidden className={classes.dot}>
          <circle cx={5} cy={5} r={5} fill={runColor(run.id, theme)} />
        </svg>
        <RunStatusBadge status={run.status} />
        {badgesOf(findings).length > 0 && (
          <button type="button" className={classes.badges} onClick={onHealth} title="See what is wrong">
            <HealthBadges findings={findings} limit={4} />
          </button>
        )}
        <dl className={classes.facts}>
          {step !== undefined && (
            <Fact name="Step" title={`step ${formatExact(step, 'none')}`}>
              {step.toLocaleString('en')}
              {lastStep !== undefined && <span className={classes.of}> of {lastStep.toLocaleString('en')}</span>}
            </Fact>
          )}
          {stepsPerSecond !== undefined && (
            <Fact name="Speed" title="Over the newest tenth of the steps">
              {stepsPerSecond >= 1 || stepsPerSecond === 0
                ? `${formatText(stepsPerSecond, 'none')} steps/s`
                : `${formatText(1 / stepsPerSecond, 's')} a step`}
            </Fact>
          )}
          <Fact name={isRunning ? 'Running for' : 'Took'} title={spanText(run.startedMs, run.endedMs)}>
            {formatDuration(durationMs)}
          </Fact>
          {leftMs !== undefined && (
            <Fact name="Left" title={`Done at about ${formatTime(Math.round((nowMs + leftMs) / 1000) * 1000, 'browser')}`}>
              about {formatDuration(leftMs)}
            </Fact>
          )}
          {run.group !== '' && <Fact name="Group">{run.group}</Fact>}
          {parent !== undefined && (
            <Fact name="Part of">
              <Link to="/runs/$id" params={{ id: parent.id }} search={{}} className={classes.parent}>
                {parent.name}
                <IconArrowUpRight size={13} aria-hidden />
              </Link>
            </Fact>
          )}
        </dl>
      </div>
      {isRunning && step !== undefined && lastStep !== undefined && lastStep > 0 && (
        <progress
          className={classes.progress}
          value={step}
          max={lastStep}
          aria-label={`${Math.floor((step / lastStep) * 100)} % done`}
        />
      )}
      {run.deletedMs !== undefined && <InBin run={run.id} sinceMs={run.deletedMs} />}
    </header>
  );
}

/** Of what the training logged: what a machine says of itself counts steps of its own. */
function highestStep(metrics: RunAnswer['metrics']): number | undefined {
  const own = metrics.filter(({ metric }) => !metric.startsWith('system/'));
  return own.length === 0 ? undefined : own.reduce((most, { maxStep }) => Math.max(most, maxStep), -Infinity);
}

interface FactProps {
  readonly name: string;
  readonly title?: string;
  readonly children: ReactNode;
}

function Fact({ name, title, children }: FactProps): ReactElement {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function InBin({ run, sinceMs }: { readonly run: string; readonly sinceMs: number }): ReactElement {
  const client = useQueryClient();
  const [problem, setProblem] = useState('');
  const restore = async (): Promise<void> => {
    try {
      await changeRuns({ runs: [run], action: 'restore' });
      await client.invalidateQueries({ queryKey: RUNS_KEY });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <p className={classes.bin} role="status">
      <IconTrash size={15} aria-hidden />
      In the bin since {formatTime(Math.floor(sinceMs / 1000) * 1000, 'browser')}.
      <button type="button" className={classes.plain} onClick={() => void restore()}>
        Take it out
      </button>
      {problem !== '' && <span role="alert">{problem}</span>}
    </p>
  );
}

function spanText(startedMs: number, endedMs: number | undefined): string {
  const text = (ms: number) => formatTime(Math.floor(ms / 1000) * 1000, 'browser');
  return endedMs === undefined ? `Since ${text(startedMs)}` : `${text(startedMs)} to ${text(endedMs)}`;
}

/** The server's clock, each second while it runs. */
function useSeconds(runs: boolean): number {
  const [nowMs, setNowMs] = useState(() => serverClock.now());
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => setNowMs(serverClock.now()), 1_000);
    return () => clearInterval(timer);
  }, [runs]);
  return nowMs;
}
