import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { isRelative } from '@vitrine/compute/time.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { useCallback, useEffect, useRef } from 'react';
import { ApiError } from '../api/client.ts';
import type { PageRange } from '../time/page-range.ts';
import { fetchPanel } from './panel-data.ts';
import type { PanelPicture } from './panel-data.ts';
import { panelState } from './panel-state.ts';
import type { PanelState } from './panel-state.ts';
import type { Pulse } from './pulse.ts';

/** A page need not ask more often than this, however fast samples come. */
const MOST_OFTEN_MS = 250;
const LEAST_OFTEN_MS = 5_000;
/** A picture older than this is brought up to date when it comes into view again. */
const COMES_BACK_MS = 5_000;

export interface PanelDataNeeds {
  readonly dashboard: string;
  readonly panel: Panel;
  readonly range: PageRange;
  /** 0 while the panel has not been measured. */
  readonly widthPx: number;
  readonly inView: boolean;
  readonly pulse: Pulse;
}

export interface PanelAnswer {
  readonly state: PanelState;
  /** All of it is on its way; asking for the new part while live does not count. */
  readonly isLoading: boolean;
  readonly picture: PanelPicture | undefined;
  readonly retry: () => void;
}

const NOTHING: PanelData = { frames: [], notices: [], traces: [], fromMs: 0, toMs: 0, stepMs: 0 };

/** A panel's data, asked for while it is in view and kept up by the page's pulse. */
export function usePanelData({ dashboard, panel, range, widthPx, inView, pulse }: PanelDataNeeds): PanelAnswer {
  const client = useQueryClient();
  const { from, to } = range.text;
  // A panel of text has nothing to ask for.
  const hasQueries = panel.queries.length > 0;
  const key = ['panel-data', dashboard, panel.id, from, to, range.timeZone, widthPx];
  const wanted = hasQueries && widthPx > 0;
  // The next answer is to be a whole one, not the new part.
  const whole = useRef(false);

  const query = useQuery<PanelPicture>({
    queryKey: key,
    enabled: wanted && inView,
    // Kept up by the pulse; age only counts when the reader comes back to it, and the past does not age.
    staleTime: isRelative(from) || isRelative(to) ? COMES_BACK_MS : Number.POSITIVE_INFINITY,
    gcTime: 120_000,
    structuralSharing: false,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => {
      const known = whole.current ? undefined : client.getQueryData<PanelPicture>(key);
      whole.current = false;
      range.renew();
      return fetchPanel({ dashboard, panel, range: range.get(), widthPx, known, signal });
    },
  });

  const { refetch, isFetching } = query;
  const fetching = useRef(isFetching);
  fetching.current = isFetching;
  const due = useRef(false);
  const lastMs = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stepMs = query.data?.data.stepMs ?? 0;
  const spacingMs = Math.min(LEAST_OFTEN_MS, Math.max(MOST_OFTEN_MS, stepMs / 4));
  const canAsk = wanted && inView;

  /** Asks when it may: one at a time, not too often, and only in view. What can't be asked now stays due. */
  const askSoon = useCallback(() => {
    due.current = true;
    if (!canAsk || fetching.current || timer.current !== undefined) return;
    const waitMs = Math.max(0, lastMs.current + spacingMs - performance.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      if (fetching.current) return;
      due.current = false;
      lastMs.current = performance.now();
      void refetch();
    }, waitMs);
  }, [canAsk, refetch, spacingMs]);

  useEffect(
    () =>
      pulse.subscribe(panel.id, (isWhole) => {
        whole.current ||= isWhole;
        askSoon();
      }),
    [pulse, panel.id, askSoon],
  );
  useEffect(() => {
    if (due.current && !isFetching) askSoon();
  }, [isFetching, askSoon]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [askSoon],
  );

  const lastGood = useRef<PanelData | undefined>(undefined);
  if (query.data !== undefined) lastGood.current = query.data.data;

  const retry = useCallback(() => {
    whole.current = true;
    void refetch();
  }, [refetch]);

  if (!hasQueries) return { state: { kind: 'ready', data: NOTHING, notices: [] }, isLoading: false, picture: undefined, retry };
  // Whoever is not signed in sees the way in, not twenty panels that say so.
  const error = query.error instanceof ApiError && query.error.status === 401 ? null : query.error;
  return {
    state: panelState({ picture: query.data, lastGood: lastGood.current, error, asked: query.fetchStatus !== 'idle' }),
    isLoading: isFetching && (query.data === undefined || query.isPlaceholderData || query.error !== null),
    picture: query.data,
    retry,
  };
}
