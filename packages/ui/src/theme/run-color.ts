import type { ThemeName } from './ink.ts';
import { assignSlots, SERIES_COLORS } from './series-color.ts';

/**
 * The colours of runs that are shown together, by id: each the one it has wherever it stands alone, told apart where two would look
 * alike. The same for equal sets, and the same that charts of PromQL give a line for its label `run`.
 */
export function runColors(runs: readonly string[], theme: ThemeName): ReadonlyMap<string, string> {
  const slots = assignSlots(runs.map(identityOf));
  return new Map(runs.map((run) => [run, SERIES_COLORS[theme][slots.get(identityOf(run))!]!]));
}

/** The colours of groups of runs that are shown together, by what they are grouped by. */
export function groupColors(values: readonly string[], theme: ThemeName): ReadonlyMap<string, string> {
  const slots = assignSlots(values.map((value) => `group=${value}`));
  return new Map(values.map((value) => [value, SERIES_COLORS[theme][slots.get(`group=${value}`)!]!]));
}

function identityOf(run: string): string {
  return `run=${run}`;
}
