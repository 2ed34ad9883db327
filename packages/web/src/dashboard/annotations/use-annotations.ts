import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AnnotationEventsRequest } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { AnnotationEvent, Notice } from '@vitrine/model/frame.ts';
import { useEffect, useMemo } from 'react';
import { askJson } from '../../api/client.ts';
import type { DashboardSearch } from '../../time/dashboard-search.ts';
import { zoneName } from '../../time/page-range.ts';
import type { PageRange } from '../../time/page-range.ts';
import type { Pulse } from '../pulse.ts';
import type { PageVariables } from '../variables/use-page-variables.ts';
import { frozenEvents } from './frozen-events.ts';

/** No panel has this id: as a listener of the pulse it hears what all panels hear. */
const PAGE = -1;
/** What happened is looked for no more often than this. */
const LEAST_AGE_MS = 5_000;

/** What happened in the page's range, and which kinds of it are shown. */
export interface PageAnnotations {
  readonly events: readonly AnnotationEvent[];
  readonly notices: readonly Notice[];
  readonly toggles: readonly { readonly name: string; readonly color: string; readonly isOn: boolean }[];
  toggle(name: string): void;
  /** The same list for the same panel while nothing has changed. */
  of(panel: number): readonly AnnotationEvent[];
}

export interface AnnotationsNeeds {
  readonly dashboard: Dashboard;
  readonly search: DashboardSearch;
  readonly range: PageRange;
  readonly pulse: Pulse;
  readonly variables: PageVariables;
  readonly change: (next: DashboardSearch, how: 'push' | 'replace') => void;
  /** A snapshot, or a dashboard that was never saved: nothing is asked; a snapshot’s queries hold what they found. */
  readonly isFrozen: boolean;
}

const NO_EVENTS: readonly AnnotationEvent[] = [];
const NO_NOTICES: readonly Notice[] = [];

export const annotationsKey = (dashboard: string) => ['annotation-events', dashboard];

export function useAnnotations(needs: AnnotationsNeeds): PageAnnotations {
  const { dashboard, search, range, pulse, variables, change, isFrozen } = needs;
  const { uid, annotations: queries } = dashboard;
  const client = useQueryClient();
  const { marks } = search;
  const turned = useMemo(() => new Set(marks), [marks]);
  const enabled = useMemo(
    () => Object.fromEntries(queries.filter(({ name }) => turned.has(name)).map(({ name, enable }) => [name, !enable])),
    [queries, turned],
  );
  const values = useMemo(() => variables.chosenIn(queries), [variables, queries]);
  const { from, to } = range.text;
  const { data, error } = useQuery({
    queryKey: [...annotationsKey(uid), from, to, range.timeZone, enabled, values],
    enabled: !isFrozen,
    staleTime: LEAST_AGE_MS,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => {
      const { fromMs, toMs } = range.read();
      const body: AnnotationEventsRequest = {
        dashboard: uid,
        fromMs: Math.round(fromMs),
        toMs: Math.round(toMs),
        variables: values,
        enabled,
        timeZone: zoneName(range.timeZone),
      };
      return askJson<{ events: readonly AnnotationEvent[]; notices: readonly Notice[] }>('/api/annotation-events', {
        method: 'POST',
        body,
        signal,
      });
    },
  });
  useEffect(
    () => pulse.subscribe(PAGE, () => void client.invalidateQueries({ queryKey: annotationsKey(uid) })),
    [pulse, client, uid],
  );
  const frozen = useMemo(
    () => (isFrozen ? queries.filter(({ name, enable }) => enable !== turned.has(name)).flatMap(frozenEvents) : NO_EVENTS),
    [isFrozen, queries, turned],
  );
  const events = data?.events ?? frozen;
  const notices = data?.notices ?? NO_NOTICES;
  return useMemo((): PageAnnotations => {
    const byPanel = new Map<number, readonly AnnotationEvent[]>();
    const filters = new Map(queries.map(({ name, filter }) => [name, filter]));
    const isShown = ({ query, panelId }: AnnotationEvent, panel: number): boolean => {
      if (panelId !== undefined && panelId !== panel) return false;
      const filter = filters.get(query);
      return filter === undefined || filter.ids.includes(panel) !== filter.exclude;
    };
    return {
      events,
      notices: error === null ? notices : [{ level: 'error', text: `Annotations: ${error.message}` }],
      toggles: queries
        .filter(({ hide }) => !hide)
        .map(({ name, color, enable }) => ({ name, color, isOn: enable !== turned.has(name) })),
      toggle(name) {
        const next = new Set(turned);
        if (!next.delete(name)) next.add(name);
        change({ marks: next.size === 0 ? undefined : [...next] }, 'replace');
      },
      of(panel) {
        let found = byPanel.get(panel);
        if (found === undefined) {
          found = events.filter((event) => isShown(event, panel));
          byPanel.set(panel, found.length === 0 ? NO_EVENTS : found);
        }
        return byPanel.get(panel) ?? NO_EVENTS;
      },
    };
  }, [change, error, events, notices, queries, turned]);
}
