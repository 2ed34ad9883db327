import { runColors } from '@vitrine/ui/theme/run-color.ts';

/** A run's colour wherever it stands alone. */
export function runColor(id: string, theme: 'dark' | 'light'): string {
  return runColors([id], theme).get(id)!;
}
