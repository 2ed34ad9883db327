import { DASHBOARD_VERSION } from '../dashboard.ts';
import { Read } from '../parse/read.ts';
import { migrateDashboard1 } from './dashboard-1.ts';

/** By the version that a step starts from. */
const STEPS: readonly ((input: Readonly<Record<string, unknown>>) => unknown)[] = [(input) => input, migrateDashboard1];

/** Brings a saved dashboard to the newest version, one version a step. Throws BadRequest on a version that is not known. */
export function migrateDashboard(input: unknown): unknown {
  const version = new Read('', input).at('version');
  const found = Number.isInteger(version.value) ? Number(version.value) : 0;
  if (found < 1 || found > DASHBOARD_VERSION) {
    version.fail(
      `expected 1 to ${DASHBOARD_VERSION}, the newest version this Vitrine knows, found ${JSON.stringify(version.value) ?? 'nothing'}`,
    );
  }
  let document = input;
  for (let from = found; from < DASHBOARD_VERSION; from++) document = STEPS[from]!(new Read('', document).object());
  return document;
}
