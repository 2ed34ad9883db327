import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PanelData } from '@vitrine/model/frame.ts';
import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { CurvesRequest } from '@vitrine/model/run-api.ts';
import { useCallback, useEffect, useState } from 'react';
import { ask } from '../../api/client.ts';
import { createPacedAsk } from '../../dashboard/paced-ask.ts';
import { growsWith, useRunNotices } from '../run-feed.ts';
import type { RunNotice } from '../run-feed.ts';
import { RUNS_KEY } from '../runs-queries.ts';

/** From one question of a growing chart to the next. */
const SPACING_MS = 100;
/** Curves that nobody looks at are let go soon: there may be a thousand charts. */
const KEPT_MS = 60_000;

function curvesQuery(request: CurvesRequest) {
  return queryOptions({
    queryKey: [...RUNS_KEY, 'curves', request],
    staleTime: 30_000,
    gcTime: KEPT_MS,
    structuralSharing: false,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<PanelData> => {
      const response = await ask('/api/runs/curves', { method: 'POST', body: request, signal });
      return decodePanelData(new Uint8Array(await response.arrayBuffer()));
    },
  });
}

export interface Curves {
  readonly data: PanelData | undefined;
  readonly error: Error | null;
  /** What is shown answers the question before. */
  readonly isOld: boolean;
  readonly again: () => void;
}

/** Curves of runs, asked while they are in view, and again as soon as they grow: one question at a time. */
export function useCurves(request: CurvesRequest, isInView: boolean): Curves {
  const client = useQueryClient();
  const may = isInView && request.widthPx > 0 && request.runs.length > 0;
  const { data, error, isPlaceholderData, isFetching, refetch } = useQuery({ ...curvesQuery(request), enabled: may });
  const [paced] = useState(createPacedAsk);
  useEffect(
    () => paced.update({ may, busy: isFetching, spacingMs: SPACING_MS, ask: () => void refetch({ cancelRefetch: false }) }),
    [paced, may, isFetching, refetch],
  );
  useEffect(() => () => paced.stop(), [paced]);
  const { runs, metrics } = request;
  const x = request.x.kind === 'metric' ? request.x.metric : undefined;
  useRunNotices(
    useCallback(
      (notice: RunNotice) => {
        if (growsWith(notice, runs, x === undefined ? metrics : [...metrics, x])) paced.want(false);
      },
      [paced, runs, metrics, x],
    ),
  );
  const again = useCallback(() => void client.refetchQueries({ queryKey: curvesQuery(request).queryKey }), [client, request]);
  return { data, error, isOld: isPlaceholderData || (error !== null && data !== undefined), again };
}
