import { Button } from '@mantine/core';
import { IconChartDots } from '@tabler/icons-react';
import { isRelative, parseTimeRange } from '@vitrine/compute/time.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';
import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { serverClock } from '../api/server-clock.ts';
import { useDelayed } from '../state/use-delayed.ts';
import classes from './dashboard-page.module.css';
import type { DashboardScope } from './scope.ts';

export interface EmptyRangeProps {
  readonly scope: DashboardScope;
  readonly onRange: (range: TimeRangeText) => void;
  readonly onWiden: () => void;
}

const WIDER = [
  { label: 'Last hour', from: 'now-1h', ms: 3_600_000 },
  { label: 'Last 24 hours', from: 'now-24h', ms: 86_400_000 },
  { label: 'Last 7 days', from: 'now-7d', ms: 7 * 86_400_000 },
];
/** Panels that are empty for longer than this are not just on their way. */
const SETTLED_MS = 600;

/** Above panels of which none has anything in the range: a run that is over lies further back, and this leads there. */
export function EmptyRange({ scope, onRange, onWiden }: EmptyRangeProps): ReactElement | null {
  const { emptiness, range } = scope;
  const isEmpty = useDelayed(useSyncExternalStore(emptiness.subscribe, emptiness.isAll), SETTLED_MS);
  if (!isEmpty) return null;
  const { fromMs, toMs } = parseTimeRange(range.text, serverClock.now(), range.timeZone);
  const wider = isRelative(range.text.to) ? WIDER.filter(({ ms }) => ms > (toMs - fromMs) * 1.5).slice(0, 2) : [];
  return (
    <div className={classes.emptyRange} role="status">
      <IconChartDots size={15} stroke={1.7} aria-hidden />
      <span>No panel has anything in this range. Look further back:</span>
      {wider.map(({ label, from }) => (
        <Button key={label} size="compact-sm" variant="default" onClick={() => onRange({ from, to: 'now' })}>
          {label}
        </Button>
      ))}
      {wider.length === 0 && (
        <Button size="compact-sm" variant="default" onClick={onWiden}>
          Zoom out
        </Button>
      )}
    </div>
  );
}
