import { DASHBOARD_VERSION, type Panel } from '../dashboard.ts';
import { migrateDashboard } from '../migrate/dashboard.ts';
import { parsePanel } from './panel.ts';
import { Read } from './read.ts';

/** What was saved before library panels said which version they are of. */
const UNVERSIONED = 2;

/** The saved form of a library panel: a panel, and the version of dashboards whose words it is in. */
export function writeLibraryPanel(panel: Panel): string {
  return JSON.stringify({ version: DASHBOARD_VERSION, ...panel });
}

/**
 * Reads a library panel of any version up to DASHBOARD_VERSION: it migrates as the one panel of a dashboard. Throws BadRequest
 * that names the field.
 */
export function parseLibraryPanel(input: unknown): Panel {
  const { version = UNVERSIONED, ...panel } = new Read('panel', input).object();
  if (version === DASHBOARD_VERSION) return parsePanel(new Read('panel', panel));
  const migrated = new Read('', migrateDashboard({ version, panels: [panel] })).at('panels').array();
  return parsePanel(new Read('panel', migrated[0]?.value));
}
