import { useMemo } from 'react';
import { readKeys, writeKeys } from '../time/dashboard-search.ts';
import type { DashboardSearch } from '../time/dashboard-search.ts';
import type { Unfolding } from './panel-grid.tsx';

/** What the URL says of rows and tabs: which rows are not as they were saved, and which tabs are open. */
function readUnfolding(
  { fold, tab }: Pick<DashboardSearch, 'fold' | 'tab'>,
  change: (next: Pick<DashboardSearch, 'fold' | 'tab'>) => void,
): Unfolding {
  const turned = readKeys(fold);
  const open = readKeys(tab);
  return {
    isFolded: ({ key, section }) => section.collapsed !== turned.has(key),
    fold({ key }) {
      const next = new Set(turned);
      if (!next.delete(key)) next.add(key);
      change({ fold: writeKeys(next) });
    },
    openTab: (tabs) => tabs.find(({ key }) => open.has(key)) ?? tabs[0],
    showTab({ key }, tabs) {
      const siblings = new Set(tabs.map((each) => each.key));
      const next = new Set([...open].filter((each) => !siblings.has(each)));
      // The first is open anyway.
      if (key !== tabs[0]?.key) next.add(key);
      change({ tab: writeKeys(next) });
    },
  };
}

export function useUnfolding(search: DashboardSearch, change: (next: DashboardSearch, how: 'replace') => void): Unfolding {
  const { fold, tab } = search;
  return useMemo(() => readUnfolding({ fold, tab }, (next) => change(next, 'replace')), [fold, tab, change]);
}
