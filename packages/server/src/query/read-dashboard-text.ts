import type { ImportedDashboard } from '@vitrine/model/api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';

/** The dashboards in a file's text, Vitrine's or Grafana's. Throws BadRequest. */
export function readDashboardText(text: string): readonly Dashboard[] {
  return importDashboards(text).map(({ dashboard }) => dashboard);
}

/**
 * One dashboard in a body, Vitrine's or Grafana's; `uid` stands in where it has none, and `answers` for its inputs by name.
 * Throws BadRequest.
 */
export function readOneDashboard(
  document: Readonly<Record<string, unknown>>,
  uid: string,
  answers: Readonly<Record<string, string>> = {},
): ImportedDashboard {
  // A title alone makes a dashboard, and a script may send no more.
  const isBare = !['panels', 'rows', 'elements', 'layout', 'schemaVersion', 'spec'].some((key) => Object.hasOwn(document, key));
  const isNamed = typeof document['uid'] === 'string' && document['uid'] !== '';
  const text = JSON.stringify(isBare ? { ...document, panels: [] } : document);
  const [imported, ...more] = importDashboards(text, answers, (given) => (isNamed ? given : uid));
  if (imported === undefined || more.length > 0)
    throw new BadRequest('dashboard', `expected one dashboard, found ${more.length}`);
  return imported;
}
