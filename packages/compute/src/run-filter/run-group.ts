import type { Run } from '@vitrine/model/run.ts';
import { parseRunField } from './parse-run-filter.ts';
import { runFieldValue } from './run-matcher.ts';

/** How runs fall into groups by a field of the filter language. */
export interface RunGrouping {
  /** "" where the run has none. */
  readonly valueOf: (run: Run) => string;
  /** What a group is called where only its name tells: "lr=0.1", "no lr". */
  readonly titleOf: (value: string) => string;
}

/** By what runs are and were given, not by what they logged: those have no value there. Throws FilterError where `by` is no field. */
export function runGrouping(by: string): RunGrouping {
  const field = parseRunField(by);
  return {
    valueOf(run) {
      const value = runFieldValue(field, { run, metric: () => undefined, health: [], nowMs: run.heartbeatMs }) ?? '';
      return typeof value === 'object' ? value.join(', ') : String(value);
    },
    titleOf: (value) => (value === '' ? `no ${field.name}` : `${field.name}=${value}`),
  };
}
