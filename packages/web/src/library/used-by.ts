import type { LibraryPanelAnswer } from '@vitrine/model/api.ts';

const NAMED = 3;

/** "3 dashboards show it: this one, “Training” and “Serving”." `here` is the uid of the one that is open. */
export function usedBySentence(usedBy: LibraryPanelAnswer['usedBy'], here?: string): string {
  if (usedBy.length === 0) return 'No saved dashboard shows it.';
  const isHere = usedBy.some(({ uid }) => uid === here);
  const others = usedBy.filter(({ uid }) => uid !== here).map(({ title }) => `“${title}”`);
  const names = [...(isHere ? ['this one'] : []), ...others];
  if (names.length === 1) return isHere ? 'Only this dashboard shows it.' : `1 dashboard shows it: ${names[0]}.`;
  const more = names.length - NAMED;
  const shown = more > 0 ? [...names.slice(0, NAMED), `${more} more`] : names;
  return `${usedBy.length} dashboards show it: ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}.`;
}
