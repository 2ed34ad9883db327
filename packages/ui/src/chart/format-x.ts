import { formatExact } from '@vitrine/model/unit.ts';

import type { ChartContext } from './plot.ts';
import { formatInstant } from './time-axis.ts';

/** Milliseconds tell something only in ranges below a minute. */
const WITH_MS_BELOW = 60_000;

/** An x position in words: "2026-11-22 14:05:30", "step 12,000", "epoch 3", "1.5 min". */
export function formatX(x: number, context: Pick<ChartContext, 'x' | 'timeZone' | 'from' | 'to'>): string {
  switch (context.x) {
    case 'time':
      return formatInstant(
        context.to - context.from < WITH_MS_BELOW ? Math.round(x) : Math.round(x / 1000) * 1000,
        context.timeZone,
      );
    case 'elapsed':
      return formatExact(Math.round(x), 'ms');
    default:
      return `${context.x} ${formatExact(Math.round(x * 100) / 100, 'none')}`;
  }
}
