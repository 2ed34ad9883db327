import { Button } from '@mantine/core';
import { IconBellOff, IconBook2, IconChartLine, IconCheck, IconHeartbeat, IconRotate } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { detectorTitle } from '@vitrine/compute/detect/detector.ts';
import { formatTime } from '@vitrine/compute/time.ts';
import type { Finding } from '@vitrine/model/run.ts';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { useInternalLink } from '../app/internal-link.ts';
import { SeverityShape } from '../health/health-badges.tsx';
import { inOrder, inWords, stepsText, zoomAround } from './finding-order.ts';
import classes from './health-tab.module.css';
import type { RunTabProps } from './run-page.tsx';
import { setFindingState } from './run-queries.ts';

const WORDS: Readonly<Record<Finding['severity'], string>> = { critical: 'Critical', warning: 'Warning', info: 'Notice' };

/** What the detectors found, with the numbers, what to do, and the way to the chart. */
export function HealthTab({ answer, change }: RunTabProps): ReactElement {
  const role = useQuery(sessionQuery).data?.user.role;
  const mayEdit = role === 'admin' || role === 'editor';
  const findings = inOrder(answer.findings);
  if (findings.length === 0) {
    return (
      <div className={classes.nothing}>
        <IconHeartbeat size={28} stroke={1.5} aria-hidden />
        <h2>{answer.metrics.length === 0 ? 'Nothing to look at yet' : 'Nothing is wrong as far as the detectors see'}</h2>
        <p>
          {answer.metrics.length === 0
            ? 'Findings come as soon as the run logs a loss.'
            : 'They go by losses, gradients, learning rate and what the machine says, where the run logs them.'}{' '}
          <a href="/health-catalogue">What each looks for</a>
        </p>
      </div>
    );
  }
  return (
    <ol className={classes.findings}>
      {findings.map((finding) => (
        <OneFinding
          key={finding.id}
          finding={finding}
          mayEdit={mayEdit}
          onChart={() => {
            const { minStep, maxStep } = stepsOf(answer.metrics);
            change(
              {
                tab: undefined,
                x: undefined,
                q: undefined,
                find: finding.metrics[0],
                size: 'l',
                ...zoomAround(finding, minStep, maxStep),
              },
              'push',
            );
          }}
        />
      ))}
    </ol>
  );
}

interface OneFindingProps {
  readonly finding: Finding;
  readonly mayEdit: boolean;
  readonly onChart: () => void;
}

function OneFinding({ finding, mayEdit, onChart }: OneFindingProps): ReactElement {
  const client = useQueryClient();
  const linkTo = useInternalLink();
  const [problem, setProblem] = useState('');
  const set = async (state: Finding['state']): Promise<void> => {
    try {
      await setFindingState(client, finding, state);
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const { severity, active, state, sentence, advice, numbers, subject, detector } = finding;
  const where = stepsText(finding);
  return (
    <li className={classes.finding} data-severity={severity} data-quiet={!active || state !== 'open' || undefined}>
      <header>
        <SeverityShape severity={severity} size={13} />
        <h2>{detectorTitle(detector)}</h2>
        {subject !== '' && <code title={subject}>{subject}</code>}
        <span className={classes.when}>
          {WORDS[severity]}
          {active ? '' : ', over'}
          {where !== '' && ` · ${where}`}
        </span>
      </header>
      <p className={classes.sentence}>{sentence}</p>
      {advice !== '' && <p className={classes.advice}>{advice}</p>}
      {Object.keys(numbers).length > 0 && (
        <dl className={classes.numbers}>
          {Object.entries(numbers).map(([name, value]) => (
            <div key={name} title={formatExact(value, 'none')}>
              <dt>{inWords(name)}</dt>
              <dd>{formatText(value, 'none')}</dd>
            </div>
          ))}
        </dl>
      )}
      <footer>
        {finding.metrics.length > 0 && (
          <Button variant="default" size="compact-sm" leftSection={<IconChartLine size={14} />} onClick={onChart}>
            See it on the chart
          </Button>
        )}
        <Button
          variant="subtle"
          size="compact-sm"
          component="a"
          {...linkTo(`/health-catalogue#${detector}`)}
          leftSection={<IconBook2 size={14} />}
        >
          Why this matters
        </Button>
        <span className={classes.gap} />
        {state !== 'open' && (
          <span className={classes.state}>
            {state === 'muted' ? 'Muted' : 'Acknowledged'}
            {finding.stateBy !== '' && ` by ${finding.stateBy}`}
          </span>
        )}
        {mayEdit && state === 'open' && (
          <>
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<IconCheck size={14} />}
              onClick={() => void set('acknowledged')}
            >
              Acknowledge
            </Button>
            <Button variant="subtle" size="compact-sm" leftSection={<IconBellOff size={14} />} onClick={() => void set('muted')}>
              Mute
            </Button>
          </>
        )}
        {mayEdit && state !== 'open' && (
          <Button variant="subtle" size="compact-sm" leftSection={<IconRotate size={14} />} onClick={() => void set('open')}>
            Open again
          </Button>
        )}
        <time className={classes.found} dateTime={new Date(finding.foundMs).toISOString()}>
          found {formatTime(Math.floor(finding.foundMs / 1000) * 1000, 'browser')}
        </time>
      </footer>
      {problem !== '' && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

function stepsOf(metrics: RunTabProps['answer']['metrics']): { readonly minStep: number; readonly maxStep: number } {
  let [minStep, maxStep] = [0, 0];
  for (const { last, min, max } of metrics) {
    for (const point of [last, min, max]) {
      if (point === undefined) continue;
      minStep = Math.min(minStep, point.step);
      maxStep = Math.max(maxStep, point.step);
    }
  }
  return { minStep, maxStep };
}
