import { DASHBOARD_VERSION } from '../dashboard.ts';
import { Read } from '../parse/read.ts';
import { migrateDashboard1 } from './dashboard-1.ts';

/** By the version that a step starts from. */
const STEPS: readonly ((input: Readonly<Record<string, unknown>>) => unknown)[] = [(input) => input, migrateDashboard1];

/** Brings a saved dashboard to the newest version, one version a step. Throws BadRequest on a version that is not known. */
export function migrateDashboard(input: unknown): unknown {
  const version = new Read('', input).at('version');
  const found = version.value;
  if (typeof found !== 'number' || !Number.isInteger(found) || found < 1 || found > DASHBOARD_VERSION) {
    version.fail(
      `expected 1 to ${DASHBOARD_VERSION}, the newest version this Vitrine knows, found ${JSON.stringify(found) ?? 'nothing'}`,
    );
  }
  let document = input;
  for (let from = found; from < DASHBOARD_VERSION; from++) document = STEPS[from]!(new Read('', document).object());
  return document;
}
