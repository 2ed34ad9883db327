import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';

/** The dashboards in a file's text, Vitrine's or Grafana's. Throws BadRequest. */
export function readDashboardText(text: string): readonly Dashboard[] {
  return [parseDashboard(JSON.parse(text))];
}

/** One dashboard in a body, Vitrine's or Grafana's; `uid` stands in where it has none. Throws BadRequest. */
export function readOneDashboard(document: Readonly<Record<string, unknown>>, uid: string): Dashboard {
  const own = typeof document['uid'] === 'string' && document['uid'] !== '' ? document['uid'] : uid;
  const [dashboard] = readDashboardText(JSON.stringify({ ...document, uid: own }));
  if (dashboard === undefined) throw new BadRequest('dashboard', 'holds no dashboard');
  return dashboard;
}

/** Version 1 of Grafana's JSON. */
export function writeGrafanaDashboard(dashboard: Dashboard): Readonly<Record<string, unknown>> {
  return { ...dashboard };
}
