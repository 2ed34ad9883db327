import { DASHBOARD_VERSION } from '../dashboard.ts';
import { Read } from '../parse/read.ts';

/** Brings a saved dashboard to the newest version, one version a step. Throws BadRequest on a version that is not known. */
export function migrateDashboard(input: unknown): unknown {
  const version = new Read('', input).at('version');
  // Version 1 is the first: there is nothing to migrate yet.
  if (version.value !== DASHBOARD_VERSION) {
    version.fail(
      `expected ${DASHBOARD_VERSION}, the newest version this Vitrine knows, found ${JSON.stringify(version.value) ?? 'nothing'}`,
    );
  }
  return input;
}
