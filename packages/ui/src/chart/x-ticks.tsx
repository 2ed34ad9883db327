import { formatTick } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';
import { createPortal } from 'react-dom';

import type { Ink } from '../theme/ink.ts';
import type { ScaleSettings } from './graph-settings.ts';
import type { Plot, Surface } from './plot.ts';
import { scaleOf, scaleTicks } from './scale.ts';
import classes from './x-ticks.module.css';

/** An x axis that is not even: a plot lays x out evenly, so values go in and out of it as shares of the way along the axis. */
export interface XScale {
  readonly settings: ScaleSettings;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly label: string;
}

/**
 * What the plot shows of the shares. Between these two there is no whole number, and at whole numbers only does a plot over steps
 * draw lines of its own.
 */
export const SHARES = { min: 0.1, max: 0.9 };
/** CSS pixels from one label to the next. */
const TICK_SPACE = 70;
/** What the label of the axis takes below the ticks. */
export const X_LABEL_HEIGHT = 16;

/** From values to shares, and back. What has no place, as zero on a logarithm, lies far to the left. */
export function sharesOf({ settings, min, max }: XScale): {
  readonly forward: (x: number) => number;
  readonly backward: (share: number) => number;
} {
  const { forward, backward } = scaleOf(settings);
  const low = forward(min);
  const perShare = (forward(max) - low) / (SHARES.max - SHARES.min);
  return {
    forward: (x) => SHARES.min + (forward(x) - low) / perShare,
    backward: (share) => backward(low + (share - SHARES.min) * perShare),
  };
}

/** Where lines stand, in values, with what they are called. */
export function ticksOf(scale: XScale, width: number): readonly (readonly [x: number, text: string])[] {
  const most = Math.max(2, Math.floor(width / TICK_SPACE));
  return scaleTicks(scale.settings, scale.min, scale.max, most, scale.unit).map((x) => [x, formatTick(x, scale.unit)] as const);
}

export function paintTicks({ ctx, top, height, ratio, xToPx }: Surface, shares: readonly number[], ink: Ink): void {
  ctx.fillStyle = ink.grid;
  for (const share of shares) ctx.fillRect(Math.round(xToPx(share)), top, ratio, height);
}

/** The labels of such an axis, below the plotting area. */
export function XTicks({ plot, scale, width }: { plot: Plot; scale: XScale; width: number }): ReactElement {
  const { forward } = sharesOf(scale);
  const span = SHARES.max - SHARES.min;
  return createPortal(
    <div className={classes.ticks} aria-hidden="true">
      {ticksOf(scale, width).map(([x, text]) => (
        <span key={x} style={{ left: `${((forward(x) - SHARES.min) / span) * 100}%` }}>
          {text}
        </span>
      ))}
      {scale.label !== '' && <b>{scale.label}</b>}
    </div>,
    plot.over,
  );
}
