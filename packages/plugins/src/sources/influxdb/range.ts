import { readIntervalMs } from '@vitrine/compute/interval.ts';
import { alignToStep } from '@vitrine/compute/step.ts';
import type { QueryContext } from '../../contract.ts';
import type { InfluxSettings } from './spec.ts';

/** What a query asks of time. Unix milliseconds. */
export interface AskedTime {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** Words that stand for the step: a query with one of them cuts time into steps. */
const STEPS = /\$(?:\{|)(?:__)?interval|\[\[(?:__)?interval|\bwindowPeriod\b|\$__dateBin|\$__timeGroup/;

/**
 * The range that is shown, always the whole of it: derivatives and moving averages need what came before. A query that cuts time
 * into steps begins at the edge of one, so that its first is whole. The step is no shorter than the settings say.
 */
export function askedTime(text: string, { shown, stepMs }: QueryContext, { minInterval }: InfluxSettings): AskedTime {
  const longestMs = Math.max(stepMs, readIntervalMs(minInterval) ?? 0);
  const fromMs = STEPS.test(text) ? alignToStep(shown.fromMs, shown.toMs, longestMs).fromMs : shown.fromMs;
  return { fromMs, toMs: shown.toMs, stepMs: longestMs };
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** In one unit, as all three languages read it: "1d", "90s", "1500ms". */
export function writeDuration(ms: number): string {
  const [unit, length] = UNITS.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / length}${unit}`;
}
