import type { DashboardSummary } from '@vitrine/model/api.ts';

/**
 * The dashboard that most of these metrics are for: the one whose uid or tag is the first word of their names, as
 * `training_loss` belongs to Training. undefined where none is.
 */
export function dashboardFor(names: readonly string[], dashboards: readonly DashboardSummary[]): DashboardSummary | undefined {
  const counts = new Map<DashboardSummary, number>();
  for (const name of names) {
    const word = /^[a-z0-9]+/i.exec(name)?.[0].toLowerCase();
    const found = dashboards.find(({ uid, tags }) => uid === word || tags.some((tag) => tag === word));
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
