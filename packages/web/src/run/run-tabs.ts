import type { RunAnswer } from '@vitrine/model/run-api.ts';
import type { RunItemKind } from '@vitrine/model/curve-store.ts';
import { badgesOf } from '../health/badges-of.ts';
import type { RunTab } from './run-search.ts';

export interface TabTitle {
  readonly name: RunTab;
  readonly title: string;
  /** Beside the title; 0 says nothing. */
  readonly count: number;
}

export const MEDIA_KINDS: readonly RunItemKind[] = ['image', 'audio', 'text', 'table'];

/** The tabs of a run: those that would be empty are left out, those that say what is missing stay. Pure. */
export function tabsOf({ metrics, findings, items }: Pick<RunAnswer, 'metrics' | 'findings' | 'items'>): readonly TabTitle[] {
  const tags = (kinds: readonly RunItemKind[]) => items.filter(({ kind }) => kinds.includes(kind)).length;
  const tabs: readonly (TabTitle & { readonly has: boolean })[] = [
    { name: 'charts', title: 'Charts', count: metrics.length, has: true },
    { name: 'overview', title: 'Overview', count: 0, has: true },
    { name: 'health', title: 'Health', count: badgesOf(findings).length, has: true },
    { name: 'system', title: 'System', count: 0, has: true },
    { name: 'media', title: 'Media', count: tags(MEDIA_KINDS), has: tags(MEDIA_KINDS) > 0 },
    { name: 'distributions', title: 'Distributions', count: tags(['histogram']), has: tags(['histogram']) > 0 },
    { name: 'pr', title: 'PR curves', count: tags(['pr_curve']), has: tags(['pr_curve']) > 0 },
    { name: 'artifacts', title: 'Artefacts', count: 0, has: true },
  ];
  return tabs.filter(({ has }) => has).map(({ name, title, count }) => ({ name, title, count }));
}
