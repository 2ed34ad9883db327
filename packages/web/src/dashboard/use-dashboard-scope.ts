import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { readDurationMs } from '@vitrine/model/duration.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { useCallback, useMemo, useRef, useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { serverClock } from '../api/server-clock.ts';
import { chosenRange, readDashboardSearch, writeSearch } from '../time/dashboard-search.ts';
import type { DashboardSearch } from '../time/dashboard-search.ts';
import { createPageRange } from '../time/page-range.ts';
import { scaleRange, shiftRange, widenRelative, writeRange } from '../time/zoom.ts';
import { useAnnotations } from './annotations/use-annotations.ts';
import { createEmptiness } from './emptiness.ts';
import { createPulse } from './pulse.ts';
import type { AnnotationDraft, DashboardScope } from './scope.ts';
import { createSharedCursor } from './shared-cursor.ts';
import { usePageVariables } from './variables/use-page-variables.ts';

/** Wheel notches that follow each other this closely are one way back. */
const SAME_GESTURE_MS = 1_500;

export interface OpenScope {
  readonly scope: DashboardScope & { readonly shift: (direction: -1 | 1) => void; readonly widen: () => void };
  readonly search: DashboardSearch;
  readonly timeZone: string;
  /** Why the URL's range can't be read, where it can't. */
  readonly problem: string | undefined;
  /** Changes the URL; `push` gives the browser's Back a step. */
  readonly change: (next: DashboardSearch, how: 'push' | 'replace') => void;
  /** What is being written down about the range, where something is. */
  readonly drafted: AnnotationDraft | undefined;
  readonly closeDraft: () => void;
}

export interface ScopeOptions {
  /** A snapshot's data by panel. */
  readonly frozen?: ReadonlyMap<number, PanelData> | undefined;
  /** The server does not know the dashboard: nothing that is saved with it is asked for. */
  readonly isUnsaved?: boolean;
  /** Its variables are not as they are saved. */
  readonly isEdited?: boolean;
}

/** What the URL says about a dashboard, as what its panels share. For any page whose search part is that of a dashboard. */
export function useDashboardScope(
  dashboard: Dashboard,
  { frozen, isUnsaved = false, isEdited = false }: ScopeOptions = {},
): OpenScope {
  const raw: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const search = useMemo(() => readDashboardSearch(raw), [raw]);
  const navigate = useNavigate();
  const router = useRouter();
  const user = useQuery(sessionQuery).data?.user;
  const mayEdit = user !== undefined && user.role !== 'viewer' && frozen === undefined;
  const timeZone = search.tz ?? zoneOf(dashboard.timezone);
  const [cursor] = useState(createSharedCursor);
  const [pulse] = useState(createPulse);
  const [emptiness] = useState(createEmptiness);
  const [drafted, setDrafted] = useState<AnnotationDraft | undefined>();
  const wheelMs = useRef(Number.NEGATIVE_INFINITY);

  const { weekStart, fiscalYearStartMonth } = dashboard;
  const calendar = useMemo(() => ({ weekStart, fiscalYearStartMonth }), [weekStart, fiscalYearStartMonth]);
  const delayMs = readDurationMs(dashboard.timePicker.nowDelay) ?? 0;
  const { range: text, problem } = useMemo(
    () => chosenRange({ from: search.from, to: search.to }, dashboard.range, timeZone, serverClock.now() - delayMs, calendar),
    [search.from, search.to, dashboard.range, timeZone, delayMs, calendar],
  );
  const range = useMemo(
    () => createPageRange({ from: text.from, to: text.to }, timeZone, () => serverClock.now() - delayMs, calendar),
    [text.from, text.to, timeZone, delayMs, calendar],
  );

  const change = useCallback(
    (next: DashboardSearch, how: 'push' | 'replace', state: { zoomed?: true } = {}) => {
      void navigate({
        to: '.',
        search: (before: Readonly<Record<string, unknown>>) => ({ ...before, ...next }),
        replace: how === 'replace',
        resetScroll: false,
        // A choice that is no zoom keeps nothing to come back from, unless it only adorns the entry that has.
        state: (before) => (how === 'replace' ? { ...before, ...state } : state),
      });
    },
    [navigate],
  );

  const variables = usePageVariables({
    dashboard,
    search,
    range,
    user: useMemo(() => (user === undefined ? undefined : { login: user.name }), [user]),
    change,
    isEdited,
    isUnsaved,
  });
  const annotations = useAnnotations({
    dashboard,
    search,
    range,
    pulse,
    variables,
    change,
    isFrozen: frozen !== undefined || isUnsaved,
  });

  // Zooming must not make the panels new: what changes between renders is read from the router when it is needed.
  const moves = useMemo(() => {
    const isZoomed = (): boolean => router.state.location.state.zoomed === true;
    const show = (next: { fromMs: number; toMs: number }, how: 'push' | 'replace'): void =>
      change({ ...writeRange(next) }, how, { zoomed: true });
    const widen = (): void => {
      const relative = widenRelative(range.text);
      if (relative === undefined) show(scaleRange(range.get(), 2, 0.5, serverClock.now()), 'push');
      else change({ ...relative }, 'push');
    };
    return {
      widen,
      zoomTo(fromMs: number, toMs: number) {
        if (toMs > fromMs) show({ fromMs, toMs }, 'push');
      },
      zoomOut() {
        if (isZoomed()) router.history.back();
        else widen();
      },
      zoomBy(factor: number, anchor: number) {
        const atMs = performance.now();
        const how = atMs - wheelMs.current < SAME_GESTURE_MS ? 'replace' : 'push';
        wheelMs.current = atMs;
        show(scaleRange(range.get(), factor, anchor, serverClock.now()), how);
      },
      shift(direction: -1 | 1) {
        show(shiftRange(range.get(), direction, serverClock.now()), 'push');
      },
      showFull(panel: string | undefined) {
        change({ panel }, 'push', isZoomed() ? { zoomed: true } : {});
      },
      linkTo(panel: string | undefined, fixed = false) {
        const shown = fixed ? writeRange(range.get()) : range.text;
        const { kiosk: _, ...here } = readDashboardSearch(router.state.location.search);
        const there = writeSearch({ ...here, ...shown, panel });
        return `${window.location.origin}/d/${encodeURIComponent(dashboard.uid)}${there}`;
      },
      annotate: setDrafted,
    };
  }, [change, dashboard.uid, range, router]);

  const isKiosk = search.kiosk === true;
  const scope = useMemo(
    () => ({
      ...moves,
      uid: dashboard.uid,
      dashboard,
      x: dashboard.x,
      range,
      cursor,
      pulse,
      emptiness,
      variables,
      annotations,
      isKiosk,
      mayEdit,
      frozen,
    }),
    [annotations, cursor, dashboard, emptiness, frozen, isKiosk, mayEdit, moves, pulse, range, variables],
  );
  const closeDraft = useCallback(() => setDrafted(undefined), []);
  return { scope, search, timeZone, problem, change, drafted, closeDraft };
}

/** A saved zone in the page's words: "utc" is UTC, and one that this browser does not know is its own. */
function zoneOf(saved: string): string {
  if (saved === '' || saved === 'browser') return 'browser';
  if (saved.toLowerCase() === 'utc') return 'UTC';
  return Intl.supportedValuesOf('timeZone').includes(saved) ? saved : 'browser';
}
