import { Button, Tooltip } from '@mantine/core';
import { formatDuration } from '@vitrine/compute/time.ts';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import type { LiveStatus } from '../api/live-feed.ts';
import classes from './time-controls.module.css';

export interface LiveToggleProps {
  readonly status: LiveStatus;
  /** Whether the reader wants it live. */
  readonly wanted: boolean;
  /** The range ends before now, or is rounded: nothing new can come into it. */
  readonly frozen: boolean;
  readonly onToggle: () => void;
}

/** Whether the page follows the samples as they come, in words, shape and colour. */
export function LiveToggle({ status, wanted, frozen, onToggle }: LiveToggleProps): ReactElement {
  const { state, label, hint } = describe(status, wanted, frozen);
  const lost = status.kind === 'lost' && wanted && !frozen;
  return (
    <Tooltip label={lost ? <StaleSince sinceMs={status.sinceMs} /> : hint}>
      <Button
        variant="default"
        className={classes.live}
        data-state={state}
        aria-pressed={wanted && !frozen}
        onClick={onToggle}
        leftSection={<span className={classes.dot} aria-hidden />}
      >
        <span aria-live="polite">{label}</span>
      </Button>
    </Tooltip>
  );
}

function describe(status: LiveStatus, wanted: boolean, frozen: boolean): { state: string; label: string; hint: string } {
  if (wanted && frozen) {
    return { state: 'paused', label: 'Paused', hint: 'This range does not move with the clock. Click to come back to now.' };
  }
  if (!wanted) return { state: 'off', label: 'Live', hint: 'Follow the samples as they come (l)' };
  switch (status.kind) {
    case 'live':
      return { state: 'live', label: 'Live', hint: 'Following the samples as they come (l)' };
    case 'lost':
      return { state: 'lost', label: status.attempt > 2 ? 'Stale' : 'Reconnecting…', hint: '' };
    default:
      return { state: 'connecting', label: 'Live', hint: 'Connecting…' };
  }
}

function StaleSince({ sinceMs }: { readonly sinceMs: number }): ReactElement {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return <>Nothing new for {formatDuration(Math.max(1_000, nowMs - sinceMs))}: the server can’t be reached. Trying again.</>;
}
