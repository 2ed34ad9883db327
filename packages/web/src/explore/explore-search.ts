import { readDashboardSearch } from '../time/dashboard-search.ts';
import type { DashboardSearch } from '../time/dashboard-search.ts';

/** What the URL of Explore says: the range and variables of a dashboard, and what each side asks. */
export interface ExploreSearch extends DashboardSearch {
  /** See readPane. */
  readonly left?: string | undefined;
  readonly right?: string | undefined;
  /** Where one comes from: its variables stand here too. */
  readonly dashboard?: string | undefined;
}

export function readExploreSearch(raw: Readonly<Record<string, unknown>>): ExploreSearch {
  const text = (name: string) => (typeof raw[name] === 'string' && raw[name] !== '' ? { [name]: raw[name] } : {});
  return { ...readDashboardSearch(raw), ...text('left'), ...text('right'), ...text('dashboard') };
}
