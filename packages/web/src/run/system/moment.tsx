import { formatTime } from '@vitrine/compute/time.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { interpolate } from '@vitrine/ui/chart/annotations.ts';
import type { Crosshair } from '@vitrine/ui/chart/crosshair.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';
import { useCallback, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { sampleAt } from './host-grid.ts';
import type { HostAnswer } from './system-tab.tsx';
import system from './system.module.css';

interface MomentProps {
  readonly cursor: Crosshair;
  readonly map: TimeMap;
  readonly x: 'step' | 'elapsed' | 'time';
  readonly panels: readonly HostAnswer[];
  readonly reachMs: number;
}

/** What the machine did where the reader looks, whichever chart it is: the step, the time on the clock, and each gauge. */
export function Moment({ cursor, map, x, panels, reachMs }: MomentProps): ReactElement {
  const subscribe = useCallback((listener: () => void) => cursor.subscribe(listener), [cursor]);
  const at = useSyncExternalStore(subscribe, () => cursor.x);
  const timeMs = at === undefined ? undefined : x === 'time' ? at : interpolate(map.xs, map.times, at);
  if (at === undefined || timeMs === undefined) {
    return (
      <p className={system.moment} data-idle>
        Point at a chart to see what the machine did at that step.
      </p>
    );
  }
  return (
    <p className={system.moment} data-testid="moment">
      {x === 'step' && <b>step {Math.round(at).toLocaleString('en')}</b>}
      {x === 'elapsed' && <b>{formatText(at, 'ms')}</b>}
      <span>{formatTime(Math.round(timeMs / 1000) * 1000, 'browser')}</span>
      {panels.map(({ panel, rows }) => {
        const values = rows.map((row) => sampleAt(row, timeMs, reachMs)).filter((value) => Number.isFinite(value));
        return (
          <span key={panel.id}>
            {panel.short} <b>{values.length === 0 ? 'not measured' : spread(values)}</b>
          </span>
        );
      })}
    </p>
  );
}

/** One value, a few values, or the mean of many. */
function spread(values: readonly number[]): string {
  const say = (value: number) => formatText(value, 'percentunit', 0);
  if (values.length <= 4) return values.map(say).join(', ');
  return `${say(values.reduce((sum, value) => sum + value, 0) / values.length)} on average, ${say(Math.max(...values))} at most`;
}
