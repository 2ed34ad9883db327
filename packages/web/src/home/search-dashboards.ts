import type { DashboardSummary } from '@vitrine/model/api.ts';

/** The dashboards in which every word of the query occurs, those with all words in the title first. */
export function searchDashboards(
  dashboards: readonly DashboardSummary[],
  query: string,
  tag: string | undefined,
): readonly DashboardSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const tagged = tag === undefined ? dashboards : dashboards.filter(({ tags }) => tags.includes(tag));
  const has = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  const found = tagged.filter(({ title, description, tags, uid }) => has([title, description, uid, ...tags].join(' ')));
  return [...found.filter(({ title }) => has(title)), ...found.filter(({ title }) => !has(title))];
}

/** All tags, in alphabetical order. */
export function tagsOf(dashboards: readonly DashboardSummary[]): string[] {
  return [...new Set(dashboards.flatMap(({ tags }) => tags))].sort();
}
