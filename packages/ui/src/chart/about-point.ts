import { isNumbers } from '@vitrine/model/frame.ts';
import { formatExact } from '@vitrine/model/unit.ts';

import type { Reading } from './reading.ts';
import { formatInstant } from './time-axis.ts';

/** Columns behind x and value that tell where in its run a point stands. */
const PLACES = ['step', 'epoch'] as const;
const MANY = 'each run has its own: choose one run to see it';

/**
 * Where in its run a point of a curve stands, besides its x: step, epoch and the time by the zone's clock. Of a mean of runs how many
 * those are; each has a time of its own. `x` is what the chart goes over.
 */
export function aboutPoint(
  { series, index }: Reading,
  x: string,
  zone: string,
): readonly (readonly [name: string, value: string])[] {
  const { frame, rows } = series;
  const row = rows === undefined ? index : rows[index]!;
  const valueOf = (name: string): number | undefined => {
    const field = frame.fields.find((each, column) => column > 1 && each.name === name);
    const value = isNumbers(field) ? field.values[row] : undefined;
    return value === undefined || Number.isNaN(value) ? undefined : value;
  };
  const places = PLACES.flatMap((name): [string, string][] => {
    const value = name === x ? undefined : valueOf(name);
    return value === undefined ? [] : [[name, formatExact(value, 'none')]];
  });
  const runs = valueOf('runs');
  if (runs !== undefined)
    return [...places, ['runs', formatExact(runs, 'none')], ...(x === 'time' ? [] : [['time', MANY] as const])];
  const timeMs = x === 'time' ? undefined : valueOf('time');
  return timeMs === undefined ? places : [...places, ['time', formatInstant(Math.round(timeMs), zone)]];
}
