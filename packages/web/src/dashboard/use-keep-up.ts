import { isRelative, endsWithClock } from '@vitrine/compute/time.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { openLiveFeed } from '../api/live-feed.ts';
import type { LiveStatus } from '../api/live-feed.ts';
import { sessionQuery } from '../api/queries.ts';
import { onReachable, unreachableSince, useUnreachableSince } from '../api/reachability.ts';
import { useVisible } from '../state/use-visible.ts';
import { parseRefresh } from '../time/dashboard-search.ts';
import { slide } from '../time/page-range.ts';
import { readLiveGrowth } from './live-growth.ts';
import type { DashboardScope } from './scope.ts';

/** Even without a notice the page looks again this often: not every source can tell that it grew. */
const POLL_MS = 15_000;

/** Keeps a dashboard up with its data: by the server's notices while live, or every so often. Hidden pages rest. */
export function useKeepUp({ scope, refresh }: { readonly scope: DashboardScope; readonly refresh: string }): LiveStatus {
  const client = useQueryClient();
  const visible = useVisible();
  const opening = useRef(true);
  const [status, setStatus] = useState<LiveStatus>({ kind: 'off' });
  const { range, pulse, uid } = scope;
  const chosen = parseRefresh(refresh);
  const live = chosen.kind === 'live' && endsWithClock(range.text);
  const everyMs = chosen.kind === 'every' && isRelative(range.text.to) ? chosen.everyMs : undefined;

  useEffect(() => (live && visible ? slide(range) : undefined), [live, visible, range]);

  const lostMs = useUnreachableSince();
  const listens = live && visible && lostMs === undefined;
  useEffect(() => {
    if (!listens) return;
    // What grew while nobody listened was not told; a page that has just been opened asks anyway.
    if (!opening.current) pulse.all(false);
    const close = openLiveFeed({
      url: `/api/live?dashboard=${encodeURIComponent(uid)}`,
      event: 'growth',
      read: readLiveGrowth,
      onNotice: ({ panels }) => pulse.grow(panels),
      onReturn: () => pulse.all(false),
      onStatus: (next) => {
        setStatus(next);
        // The line may be down because nobody is signed in any more, or the server is gone: asking tells which.
        if (next.kind === 'lost') void client.invalidateQueries(sessionQuery);
      },
    });
    const timer = setInterval(() => pulse.all(false), POLL_MS);
    return () => {
      clearInterval(timer);
      close();
    };
  }, [listens, pulse, uid, client]);

  useEffect(() => {
    if (everyMs === undefined || !visible) return;
    const timer = setInterval(() => {
      range.renew();
      pulse.all(false);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, visible, range, pulse]);

  // What failed while nobody answered is asked again, also where nothing is kept up.
  useEffect(() => onReachable(() => unreachableSince() === undefined && pulse.all(false)), [pulse]);

  useEffect(() => {
    opening.current = false;
  }, []);

  return live && lostMs !== undefined ? { kind: 'lost', sinceMs: lostMs, attempt: Number.POSITIVE_INFINITY } : status;
}
