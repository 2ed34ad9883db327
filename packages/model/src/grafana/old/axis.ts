import { defined, numberOf, saysSomething, textOf, type Json } from '../json.ts';
import type { Notes } from '../report.ts';

export interface Axis {
  readonly settings: { readonly unit?: string; readonly decimals?: number; readonly min?: number; readonly max?: number };
  readonly custom: Json;
}

/** An old y axis: `{ format, label, min, max, logBase, show, decimals }`. */
export function readAxis(axis: Json, notes: Notes): Axis {
  const logBase = numberOf(axis['logBase']) ?? 1;
  return {
    settings: defined({
      unit: saysSomething(axis['format']) ? textOf(axis['format']) : undefined,
      decimals: numberOf(axis['decimals']),
      min: end(axis['min'], notes.at('min')),
      max: end(axis['max'], notes.at('max')),
    }),
    custom: {
      ...(saysSomething(axis['label']) ? { axisLabel: textOf(axis['label']) } : {}),
      ...(axis['show'] === false ? { axisPlacement: 'hidden' } : {}),
      ...(logBase > 1 ? { scaleDistribution: { type: 'log', log: logBase } } : {}),
    },
  };
}

function end(value: unknown, notes: Notes): number | undefined {
  const number = numberOf(value);
  if (number === undefined && saysSomething(value) && value !== 'auto') {
    notes.approximated(`"${textOf(value)}" is no number, so the end of the axis comes from the data.`);
  }
  return number;
}
