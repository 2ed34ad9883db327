import type { StatusColor, ThresholdStep } from '@vitrine/model/dashboard.ts';

import { INK } from './ink.ts';
import type { ThemeName } from './ink.ts';

/** All that a thing can be: what thresholds say, and what a run can be besides. */
export type Status = StatusColor | 'running' | 'finished';

/** The colour for canvases. Neutral is plain text. */
export function statusInk(status: Status, theme: ThemeName): string {
  return status === 'neutral' ? INK[theme].text : INK[theme][status];
}

/** The colour for elements. */
export function statusVariable(status: Status): string {
  return status === 'neutral' ? 'var(--v-text)' : `var(--v-${status})`;
}

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  healthy: 'Healthy',
  warning: 'Warning',
  critical: 'Critical',
  unknown: 'Unknown',
  neutral: '',
  running: 'Running',
  finished: 'Finished',
};

/**
 * The status of a value: that of the highest threshold it reaches. Steps rise. No thresholds mean neutral; no number is unknown,
 * never healthy.
 */
export function statusOf(value: number | undefined, thresholds: readonly ThresholdStep[]): StatusColor {
  if (thresholds.length === 0) return 'neutral';
  if (value === undefined || Number.isNaN(value)) return 'unknown';
  let found: StatusColor = 'neutral';
  for (const step of thresholds) if (value >= step.value) found = step.status;
  return found;
}
