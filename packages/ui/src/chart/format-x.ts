import { formatExact } from '@vitrine/model/unit.ts';

import type { ChartContext } from './plot.ts';
import { formatInstant } from './time-axis.ts';

/** An x position in words: "2026-11-22 14:05:30", "step 12,000", "epoch 3", "1.5 min". */
export function formatX(x: number, context: Pick<ChartContext, 'x' | 'timeZone'>): string {
  switch (context.x) {
    case 'time':
      return formatInstant(Math.round(x), context.timeZone);
    case 'elapsed':
      return formatExact(Math.round(x), 'ms');
    default:
      return `${context.x} ${formatExact(Math.round(x * 100) / 100, 'none')}`;
  }
}
