import { numberOf, objectOf, omit, saysSomething, textOf, type Json } from '../json.ts';
import type { Notes } from '../report.ts';

export const TEXT_KEYS = ['content', 'mode'] as const;

/** The text panel of before version 7 kept its content beside its options. */
export function migrateText(panel: Json, notes: Notes): Json {
  if (panel['content'] === undefined && panel['mode'] === undefined) return panel;
  notes.at('content').migrated('The text moved into the options.');
  const mode = textOf(panel['mode'], 'markdown');
  return {
    ...omit(panel, TEXT_KEYS),
    type: 'text',
    options: { ...objectOf(panel['options']), mode: mode === 'html' ? 'html' : 'markdown', content: textOf(panel['content']) },
  };
}

export const DASH_LIST_KEYS = ['headings', 'folderId', 'limit', 'query', 'recent', 'search', 'starred', 'tags'] as const;

/** The dashboard list of before version 7. */
export function migrateDashList(panel: Json, notes: Notes): Json {
  if (!DASH_LIST_KEYS.some((key) => panel[key] !== undefined)) return panel;
  notes.at('options').migrated('What the list shows moved into the options.');
  if (saysSomething(panel['folderId']))
    notes.at('folderId').approximated('The folder is named by a number of another Grafana; all folders are listed.');
  return {
    ...omit(panel, DASH_LIST_KEYS),
    options: {
      ...objectOf(panel['options']),
      showHeadings: panel['headings'] === true,
      maxItems: numberOf(panel['limit']) ?? 10,
      query: textOf(panel['query']),
      showRecentlyViewed: panel['recent'] === true,
      showSearch: panel['search'] === true,
      showStarred: panel['starred'] === true,
      tags: Array.isArray(panel['tags']) ? panel['tags'] : [],
    },
  };
}
