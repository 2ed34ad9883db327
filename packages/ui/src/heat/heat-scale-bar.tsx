import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import type { ReactElement } from 'react';

import classes from '../chart/heatmap-chart.module.css';
import { STATUS_WORDS, statusOfColor } from '../theme/status.ts';
import { StatusShape } from '../widget/status-shape.tsx';
import type { HeatColoring } from './heat-colors.ts';

export interface HeatScaleProps {
  readonly coloring: HeatColoring;
  readonly say: (value: number) => string;
  /** Marked on the scale. */
  readonly at: number | undefined;
  readonly width: number;
  /** Says where its middle is, where that is no half. */
  readonly note: boolean;
  /** Statuses instead of a scale. */
  readonly thresholds?: readonly ThresholdStep[];
}

/** Below this there is no room for words beside the scale. */
const NOTE_FROM_WIDTH = 420;

/** What the colours of cells mean. */
export function HeatScale({ coloring, say, at, width, note, thresholds = [] }: HeatScaleProps): ReactElement {
  if (thresholds.length > 0) {
    return (
      <div className={classes.scale}>
        {thresholds
          .map(({ value, color }) => ({ value, status: statusOfColor(color) }))
          .map(({ value, status }) => (
            <span key={value} className={classes.status}>
              <StatusShape status={status} size={9} />
              {STATUS_WORDS[status]}
              {Number.isFinite(value) && ` from ${say(value)}`}
            </span>
          ))}
      </div>
    );
  }
  const middle = coloring.valueAt(0.5);
  const isBent = Math.abs(coloring.shareOf((coloring.min + coloring.max) / 2) - 0.5) > 0.01;
  return (
    <div className={classes.scale} aria-hidden="true">
      <span>{say(coloring.min)}</span>
      <span className={classes.bar} style={{ background: coloring.gradient, width: Math.min(180, width * 0.45) }}>
        {at !== undefined && !Number.isNaN(at) && (
          <span className={classes.mark} style={{ left: `${coloring.shareOf(at) * 100}%` }} />
        )}
      </span>
      <span>{say(coloring.max)}</span>
      {note && isBent && width >= NOTE_FROM_WIDTH && <span className={classes.note}>middle {say(middle)}</span>}
    </div>
  );
}
