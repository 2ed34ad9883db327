import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import type { RunRecord } from './watched-run.ts';

/** Runs for tests, point for point: what is true by construction needs no training. */

/** A point a second and step, unless told otherwise. */
export function curveOf(values: readonly number[], { every = 1, fromStep = 0, steps }: CurveShape = {}): CurvePoints {
  const at = steps ?? values.map((_, i) => fromStep + i * every);
  return {
    length: values.length,
    steps: Float64Array.from(at),
    timesMs: Float64Array.from(at, (_, i) => i * every * 1000),
    values: Float64Array.from(values),
    epochs: undefined,
  };
}

interface CurveShape {
  readonly every?: number;
  readonly fromStep?: number;
  readonly steps?: readonly number[];
}

export function runOf(
  curves: Readonly<Record<string, CurvePoints | readonly number[]>>,
  rest: Partial<RunRecord> = {},
): RunRecord {
  const all = Object.entries(curves).map(([metric, curve]): [string, CurvePoints] => [
    metric,
    'length' in curve && 'steps' in curve ? curve : curveOf(curve),
  ]);
  return { curves: new Map(all), params: {}, running: false, nowMs: 0, ...rest };
}

/** `count` values by a rule. */
export function values(count: number, rule: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => rule(i));
}

/** Noise of about -1 to 1, the same each time. */
export function noise(i: number, seed = 1): number {
  const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
  return (x - Math.floor(x)) * 2 - 1;
}
