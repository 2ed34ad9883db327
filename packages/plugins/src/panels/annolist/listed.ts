import { readDurationMs } from '@vitrine/model/duration.ts';

import type { PanelContext } from '../../contract.ts';
import type { AnnotationListOptions } from './spec.ts';

/** One annotation as the list shows it. */
export interface Listed {
  readonly id: number;
  readonly timeMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly tags: readonly string[];
  readonly user: string;
  /** "" stands on no dashboard. */
  readonly dashboardUid: string;
  readonly panelId: number;
}

const USUAL_MS = 600_000;

/** What `GET /api/annotations` answered. What is no annotation is left out. */
export function readListed(answer: unknown): readonly Listed[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((entry: unknown): Listed[] => {
    const { id, time, timeEnd, text, tags, login, dashboardUID, panelId } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof id !== 'number' || typeof time !== 'number') return [];
    return [
      {
        id,
        timeMs: time,
        endMs: typeof timeEnd === 'number' && timeEnd > time ? timeEnd : time,
        text: typeof text === 'string' ? text : '',
        tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [],
        user: typeof login === 'string' ? login : '',
        dashboardUid: typeof dashboardUID === 'string' ? dashboardUID : '',
        panelId: typeof panelId === 'number' ? panelId : 0,
      },
    ];
  });
}

/** What to ask. `tag` is one more that the reader picked. */
export function pathOfListed(
  options: AnnotationListOptions,
  tag: string | undefined,
  context: Pick<PanelContext, 'from' | 'to' | 'x' | 'dashboard' | 'replace'>,
): string {
  const params = new URLSearchParams({ limit: String(options.limit), type: 'annotation' });
  for (const one of options.tags) params.append('tags', context.replace(one));
  if (tag !== undefined) params.append('tags', tag);
  if (options.onlyInTimeRange && context.x === 'time') {
    params.set('from', String(Math.floor(context.from)));
    params.set('to', String(Math.ceil(context.to)));
  }
  if (options.onlyFromThisDashboard && context.dashboard !== undefined) params.set('dashboardUID', context.dashboard.uid);
  return `/api/annotations?${params}`;
}

/** The stretch that a click shows. */
export function stretchOf({ timeMs, endMs }: Listed, { navigateBefore, navigateAfter }: AnnotationListOptions) {
  return {
    from: timeMs - (readDurationMs(navigateBefore.trim()) ?? USUAL_MS),
    to: endMs + (readDurationMs(navigateAfter.trim()) ?? USUAL_MS),
  };
}
