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

/** The colours of groups of runs that are shown together, by the titles that their lines have. */
export function groupColors(titles: readonly string[], theme: ThemeName): ReadonlyMap<string, string> {
  const slots = assignSlots(titles.map((title) => `group=${title}`));
  return new Map(titles.map((title) => [title, SERIES_COLORS[theme][slots.get(`group=${title}`)!]!]));
}

function identityOf(run: string): string {
  return `run=${run}`;
}
