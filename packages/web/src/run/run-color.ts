import type { ThemeName } from '@vitrine/ui/theme/ink.ts';
import { runColors } from '@vitrine/ui/theme/run-color.ts';

/** The colour of a run that stands alone: the same as wherever it stands with others that don't look like it. */
export function runColor(id: string, theme: ThemeName): string {
  return runColors([id], theme).get(id)!;
}
