import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useRunNotices } from '../runs/run-feed.ts';
import type { RunNotice } from '../runs/run-feed.ts';
import { renewRun } from './run-queries.ts';

/** Numbers of the header and of tables need not move faster than they are read; charts draw each point at once, by themselves. */
const EVERY_MS = 1_000;

/** Asks again for a run when something happened to it, at most once a second. */
export function useRenewedRun(run: string): void {
  const client = useQueryClient();
  const due = useRef<{ timer: ReturnType<typeof setTimeout>; items: boolean } | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(due.current?.timer);
      due.current = undefined;
    },
    [],
  );
  useRunNotices(
    useCallback(
      (notice: RunNotice) => {
        const items = notice === 'all' || (Object.hasOwn(notice.grown, run) && notice.grown[run]!.items);
        if (due.current !== undefined) {
          due.current.items ||= items;
          return;
        }
        const ask = (): void => {
          const withItems = due.current?.items === true;
          due.current = undefined;
          void renewRun(client, run, withItems);
        };
        due.current = { timer: setTimeout(ask, EVERY_MS), items };
      },
      [client, run],
    ),
  );
}
