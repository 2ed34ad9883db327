import type { ColorName, Thresholds, ThresholdStep } from '@vitrine/model/field-config.ts';

import { INK } from './ink.ts';
import type { ThemeName } from './ink.ts';

/** All that a thing can be: what thresholds say, and what a run can be besides. */
export type Status = 'healthy' | 'warning' | 'critical' | 'unknown' | 'neutral' | 'running' | 'finished';

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

const STATUS_OF_HUE: Readonly<Record<string, Status>> = {
  green: 'healthy',
  yellow: 'warning',
  orange: 'warning',
  red: 'critical',
};

/** What a threshold's colour says: a status by its own name, green as healthy, yellow and orange as warning, red as critical. */
export function statusOfColor(color: ColorName | undefined): Status {
  if (color === undefined) return 'neutral';
  if (Object.hasOwn(STATUS_WORDS, color)) return color as Status;
  const hue = color.replace(/^(?:super-light|light|semi-dark|dark)-/, '');
  return Object.hasOwn(STATUS_OF_HUE, hue) ? (STATUS_OF_HUE[hue] as Status) : 'neutral';
}

/**
 * The status of a value: that of the highest threshold it reaches. Steps rise. No thresholds mean neutral; no number is unknown,
 * never healthy. Thresholds in percent need the range that they are a share of.
 */
export function statusOf(
  value: number | undefined,
  thresholds: Thresholds | readonly ThresholdStep[] | undefined,
  range: { readonly min: number; readonly max: number } = { min: 0, max: 100 },
): Status {
  const { mode, steps } = isSteps(thresholds) ? { mode: 'absolute', steps: thresholds } : (thresholds ?? NO_THRESHOLDS);
  if (steps.length === 0) return 'neutral';
  if (value === undefined || Number.isNaN(value)) return 'unknown';
  const at = mode === 'percentage' ? ((value - range.min) / (range.max - range.min)) * 100 : value;
  let found: Status = 'neutral';
  for (const step of steps) if (at >= step.value) found = statusOfColor(step.color);
  return found;
}

const NO_THRESHOLDS: Thresholds = { mode: 'absolute', steps: [] };

function isSteps(thresholds: Thresholds | readonly ThresholdStep[] | undefined): thresholds is readonly ThresholdStep[] {
  return Array.isArray(thresholds);
}
