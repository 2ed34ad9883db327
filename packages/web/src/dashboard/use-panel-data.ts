import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { isRelative } from '@vitrine/compute/time.ts';
import type { TimeRange } from '@vitrine/compute/time.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { useCallback, useEffect, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { afterPaint } from '../state/after-paint.ts';
import type { PageRange } from '../time/page-range.ts';
import { fetchPanel } from './panel-data.ts';
import type { PanelAskMore, PanelPicture } from './panel-data.ts';
import { createPacedAsk } from './paced-ask.ts';
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
  /** Tells it from the other copies of a repeat. */
  readonly panelKey: string;
  readonly range: PageRange;
  /** The stretch that the panel shows of what the page shows. */
  readonly override: (range: TimeRange) => TimeRange;
  /** What stands for the variables, and what is tried out. */
  readonly more: PanelAskMore;
  /** 0 while the panel has not been measured. */
  readonly widthPx: number;
  readonly inView: boolean;
  readonly pulse: Pulse;
  /** What a snapshot says that it shows: then nothing is asked. */
  readonly frozen: PanelData | undefined;
}

export interface PanelAnswer {
  readonly state: PanelState;
  /** All of it is on its way; asking for the new part while live does not count. */
  readonly isLoading: boolean;
  readonly picture: PanelPicture | undefined;
  readonly retry: () => void;
}

export const NO_DATA: PanelData = { frames: [], notices: [], traces: [], fromMs: 0, toMs: 0, growable: true, stepMs: 0 };

/** A panel's data, asked for while it is in view and kept up by the page's pulse. */
export function usePanelData(needs: PanelDataNeeds): PanelAnswer {
  const { dashboard, panel, panelKey, range, override, more, widthPx, inView, pulse, frozen } = needs;
  const client = useQueryClient();
  const [pace] = useState(createPacedAsk);
  const { from, to } = range.text;
  // A panel of text has nothing to ask for.
  const hasQueries = panel.queries.length > 0 && frozen === undefined;
  const ofPanel = ['panel-data', dashboard, panelKey];
  const key = [...ofPanel, from, to, range.timeZone, more, widthPx];
  const may = hasQueries && widthPx > 0 && inView;

  const { data, error, fetchStatus, isFetching, isPlaceholderData, refetch } = useQuery<PanelPicture>({
    queryKey: key,
    enabled: may,
    // Kept up by the pulse; age only counts when the reader comes back to it, and the past does not age.
    staleTime: isRelative(from) || isRelative(to) ? COMES_BACK_MS : Number.POSITIVE_INFINITY,
    gcTime: 120_000,
    structuralSharing: false,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async ({ signal }) => {
      // Twenty questions take longer to send than twenty charts to draw: what is known of the new range is seen first.
      if (client.getQueryData(key) === undefined && newestPicture(client, ofPanel) !== undefined) {
        await afterPaint();
        signal.throwIfAborted();
      }
      const known = pace.takeWhole() ? undefined : client.getQueryData<PanelPicture>(key);
      const page = range.read();
      const asked = { dashboard, panel: panel.id, range: page, shown: override(page), timeZone: range.timeZone };
      return fetchPanel({ ...asked, more, widthPx, known, signal });
    },
  });

  const spacingMs = Math.min(LEAST_OFTEN_MS, Math.max(MOST_OFTEN_MS, (data?.data.stepMs ?? 0) / 4));
  useEffect(
    () => pace.update({ may, busy: isFetching, spacingMs, ask: () => void refetch() }),
    [pace, may, isFetching, spacingMs, refetch],
  );
  useEffect(() => pulse.subscribe(panel.id, (whole) => pace.want(whole)), [pulse, panel.id, pace]);
  useEffect(() => () => pace.stop(), [pace]);
  const retry = useCallback(() => pace.want(true), [pace]);

  if (frozen !== undefined) {
    const picture = { data: frozen, askedMs: frozen.toMs };
    const state = panelState({ picture, lastGood: undefined, error: null, asked: true });
    return { state, isLoading: false, picture, retry };
  }
  if (!hasQueries) return { state: { kind: 'ready', data: NO_DATA, notices: [] }, isLoading: false, picture: undefined, retry };
  // Whoever is not signed in sees the way in, not twenty panels that say so.
  const problem = error instanceof ApiError && error.status === 401 ? null : error;
  return {
    state: panelState({
      picture: data,
      lastGood: problem === null ? undefined : newestPicture(client, ofPanel),
      error: problem,
      asked: fetchStatus !== 'idle',
    }),
    isLoading: isFetching && (data === undefined || isPlaceholderData || error !== null),
    picture: data,
    retry,
  };
}

/** What the panel showed last, over whatever range. `ofPanel` is the beginning of its questions' keys: "panel-data", the dashboard, the panel. */
export function newestPicture(client: QueryClient, ofPanel: readonly unknown[]): PanelData | undefined {
  const answers = client.getQueryCache().findAll({ queryKey: ofPanel });
  const known = answers.filter(({ state }) => state.data !== undefined);
  const newest = known.toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)[0];
  return (newest?.state.data as PanelPicture | undefined)?.data;
}
