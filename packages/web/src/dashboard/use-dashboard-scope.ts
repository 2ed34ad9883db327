import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { useCallback, useMemo, useRef, useState } from 'react';
import { serverClock } from '../api/server-clock.ts';
import { chosenRange, writeSearch } from '../time/dashboard-search.ts';
import type { DashboardSearch } from '../time/dashboard-search.ts';
import { createPageRange } from '../time/page-range.ts';
import { scaleRange, shiftRange, widenRelative, writeRange } from '../time/zoom.ts';
import { createEmptiness } from './emptiness.ts';
import { createPulse } from './pulse.ts';
import type { DashboardScope } from './scope.ts';
import { createSharedCursor } from './shared-cursor.ts';

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
}

/** What the URL says about a dashboard, as what its panels share. */
export function useDashboardScope(dashboard: Dashboard): OpenScope {
  const search = useSearch({ from: '/shell/d/$uid' });
  const navigate = useNavigate({ from: '/d/$uid' });
  const router = useRouter();
  const timeZone = search.tz ?? 'browser';
  const [cursor] = useState(createSharedCursor);
  const [pulse] = useState(createPulse);
  const [emptiness] = useState(createEmptiness);
  const wheelMs = useRef(Number.NEGATIVE_INFINITY);

  const { range: text, problem } = useMemo(
    () => chosenRange({ from: search.from, to: search.to }, dashboard.range, timeZone, serverClock.now()),
    [search.from, search.to, dashboard.range, timeZone],
  );
  const range = useMemo(
    () => createPageRange({ from: text.from, to: text.to }, timeZone, serverClock.now),
    [text.from, text.to, timeZone],
  );

  const change = useCallback(
    (next: DashboardSearch, how: 'push' | 'replace', state: { zoomed?: true } = {}) => {
      void navigate({
        search: (before) => ({ ...before, ...next }),
        replace: how === 'replace',
        resetScroll: false,
        // A choice that is no zoom keeps nothing to come back from, unless it only adorns the entry that has.
        state: (before) => (how === 'replace' ? { ...before, ...state } : state),
      });
    },
    [navigate],
  );

  // Zooming must not make the panels new: what changes between renders is read from the router when it is needed.
  const scope = useMemo(() => {
    const isZoomed = (): boolean => router.state.location.state.zoomed === true;
    const show = (next: { fromMs: number; toMs: number }, how: 'push' | 'replace'): void =>
      change(writeRange(next), how, { zoomed: true });
    const widen = (): void => {
      const relative = widenRelative(range.text);
      if (relative === undefined) show(scaleRange(range.get(), 2, 0.5, serverClock.now()), 'push');
      else change(relative, 'push');
    };
    return {
      uid: dashboard.uid,
      widen,
      x: dashboard.x,
      range,
      cursor,
      pulse,
      emptiness,
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
      showFull(panel: number | undefined) {
        change({ panel }, 'push', isZoomed() ? { zoomed: true } : {});
      },
      linkTo(panel: number) {
        return `${window.location.origin}/d/${encodeURIComponent(dashboard.uid)}${writeSearch({ ...router.state.location.search, ...range.text, panel })}`;
      },
    };
  }, [change, cursor, dashboard.uid, dashboard.x, emptiness, pulse, range, router]);

  return { scope, search, timeZone, problem, change };
}
