import type { ImportFinding } from '../api.ts';
import type { Dashboard, Panel } from '../dashboard.ts';
import { exportDashboard } from './export-dashboard.ts';
import { importDashboards } from './import-dashboard.ts';

/** For tests: what becomes of one dashboard, and that an export of it comes back the same. */
export function importOne(
  json: unknown,
  answers?: Readonly<Record<string, string>>,
): { readonly dashboard: Dashboard; readonly findings: readonly ImportFinding[]; readonly form: string } {
  const [imported] = importDashboards(typeof json === 'string' ? json : JSON.stringify(json), answers);
  if (imported === undefined) throw new Error('nothing came out');
  const { dashboard, report } = imported;
  const [again] = importDashboards(JSON.stringify(exportDashboard(dashboard)));
  const differs = JSON.stringify(sorted(again?.dashboard)) !== JSON.stringify(sorted(dashboard));
  if (differs)
    throw new Error(`an export came back as ${JSON.stringify(again?.dashboard)}, and was ${JSON.stringify(dashboard)}`);
  return { dashboard, findings: report.findings, form: report.form };
}

/** For tests: the one panel of a dashboard. */
export function importPanel(panel: object): Panel {
  return importOne({
    title: 'T',
    uid: 't',
    schemaVersion: 42,
    panels: [{ id: 1, gridPos: { x: 0, y: 0, w: 12, h: 8 }, ...panel }],
  }).dashboard.panels[0]!;
}

/** With keys in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
