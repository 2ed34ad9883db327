import { formatDuration, formatTime } from '@vitrine/compute/time.ts';
import type { ReactElement } from 'react';
import { serverClock } from '../api/server-clock.ts';

/** How long ago, with the time itself on hover. */
export function Ago({ atMs }: { readonly atMs: number }): ReactElement {
  const ageMs = serverClock.now() - atMs;
  const text = ageMs < 2_000 ? 'now' : `${formatDuration(ageMs).split(' ').slice(0, 2).join(' ')} ago`;
  const wholeSecondMs = Math.floor(atMs / 1_000) * 1_000;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatTime(wholeSecondMs, 'browser')}>
      {text}
    </time>
  );
}
