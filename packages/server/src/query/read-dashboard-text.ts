import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';

/** The dashboards in a file's text. Throws BadRequest or SyntaxError. */
export function readDashboardText(text: string): readonly Dashboard[] {
  return [parseDashboard(JSON.parse(text))];
}
