import { formatText } from '@vitrine/model/unit.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';

import { Float } from './float.tsx';
import classes from './float.module.css';
import { LineSwatch } from './line-swatch.tsx';
import type { Hover } from './plot.ts';
import { windowAround } from './reading.ts';
import type { Reading } from './reading.ts';

const MOST_ROWS = 14;

export interface ChartTooltipProps {
  readonly hover: Hover;
  /** In words. */
  readonly xText: string;
  /** The highest first. */
  readonly readings: readonly Reading[];
  readonly nearest: Reading | undefined;
  readonly decimals: number | undefined;
  readonly onClose: () => void;
}

/** What all lines say at the cursor. Pinned, it can be read at leisure, selected and copied. */
export function ChartTooltip({ hover, xText, readings, nearest, decimals, onClose }: ChartTooltipProps): ReactElement {
  const [copied, setCopied] = useState(false);
  const most = hover.pinned ? 3 * MOST_ROWS : MOST_ROWS;
  const { start, shown } = windowAround(readings, nearest === undefined ? 0 : readings.indexOf(nearest), most);
  const text = ({ value, isNaN, series }: Reading) => (isNaN ? 'NaN' : formatText(value, series.unit, decimals));
  const copy = () => {
    const lines = readings.map((reading) => `${reading.series.name}\t${reading.isNaN ? 'NaN' : reading.value}`);
    void navigator.clipboard.writeText([xText, ...lines].join('\n')).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Float x={hover.clientX} y={hover.clientY} pinned={hover.pinned}>
      <div className={classes.head}>
        <span>{xText}</span>
        {hover.pinned && (
          <>
            <button type="button" className={classes.button} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </button>
            <button type="button" className={classes.button} onClick={onClose} aria-label="Unpin">
              ✕
            </button>
          </>
        )}
      </div>
      {readings.length === 0 && <div className={classes.more}>No value here</div>}
      <div className={classes.rows}>
        {shown.map((reading) => (
          <div key={reading.series.id} className={classes.row} data-near={reading === nearest || undefined}>
            <LineSwatch color={reading.series.color} style={reading.series.style} />
            <span className={classes.name}>{reading.series.name}</span>
            <span className={classes.value}>{text(reading)}</span>
          </div>
        ))}
      </div>
      {readings.length > shown.length && (
        <div className={classes.more}>
          {start > 0 && `${start} above`}
          {start > 0 && start + shown.length < readings.length && ', '}
          {start + shown.length < readings.length && `${readings.length - start - shown.length} below`}
        </div>
      )}
    </Float>
  );
}
