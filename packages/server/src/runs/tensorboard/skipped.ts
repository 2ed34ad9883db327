/** What of event files is not kept, and why: counted, and said where the log directory is shown. */
export const SKIPPED = {
  damaged: 'records whose checksum is wrong',
  unreadable: 'records or values that could not be read',
  large: 'records or values larger than is kept (16 MiB a value, 64 MiB a record and all of its values)',
  step: 'values whose step is outside ±2^51',
  time: 'values whose time is none before the year 2041',
  name: 'values whose tag is empty or longer than 1,000 characters',
  tags: 'values of tags beyond the 100,000th of a directory',
  param:
    'hyperparameters whose name is empty or longer than 1,000 characters, or whose value is longer than 20,000, or that are more than the 20,000 of a run',
  kind: 'tensors of kinds that are not shown, such as meshes, graphs and custom layouts',
} as const;

export type SkipReason = keyof typeof SKIPPED;

export type SkipCounts = { [Reason in SkipReason]?: number };

/** Adds `more` to `counts`. */
export function addSkips(counts: SkipCounts, more: SkipCounts): void {
  for (const [reason, count] of Object.entries(more) as [SkipReason, number][]) counts[reason] = (counts[reason] ?? 0) + count;
}

/** "3 records whose checksum is wrong; 1 …"; "" where nothing was skipped. */
export function skipSentence(counts: SkipCounts): string {
  return (Object.entries(counts) as [SkipReason, number][])
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count.toLocaleString('en')} ${SKIPPED[reason]}`)
    .join('; ');
}
