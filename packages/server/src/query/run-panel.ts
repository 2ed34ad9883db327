import { alignToStep, gridFor } from '@vitrine/compute/step.ts';
import type { PanelDataRequest } from '@vitrine/model/api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Panel, Query } from '@vitrine/model/dashboard.ts';
import type { Notice, PanelData } from '@vitrine/model/frame.ts';
import type { QueryLimits } from '@vitrine/model/sample-store.ts';
import type { QueryContext } from '@vitrine/plugins/contract.ts';
import { replyFor } from '../http/errors.ts';
import type { Coalesced } from './coalesce.ts';
import type { Sources } from './sources.ts';

export interface RunPanelNeeds {
  readonly sources: Sources;
  readonly coalesced: Coalesced;
  readonly limits: QueryLimits;
  readonly maxPoints: number;
}

type PanelRange = Omit<PanelDataRequest, 'dashboard' | 'panel'>;

/**
 * Runs a panel's queries, all at once, over one grid. Where some fail the others are shown beside a notice; where all
 * fail the first one's error is thrown.
 */
export async function runPanel(panel: Panel, range: PanelRange, needs: RunPanelNeeds, signal: AbortSignal): Promise<PanelData> {
  const grid = gridOf(range, needs.maxPoints);
  // In whole seconds, so that two who look at "now" within one ask for the same.
  const shown = { fromMs: Math.floor(range.fromMs / 1_000) * 1_000, toMs: Math.ceil(range.toMs / 1_000) * 1_000 };
  const context: Omit<QueryContext, 'signal'> = { ...grid, shown, maxPoints: range.widthPx, limits: needs.limits, replace: (text) => text, filters: [] };
  const queries = panel.queries.filter((query) => !query.hidden);
  const outcomes = await Promise.allSettled(
    queries.map((query) =>
      needs.coalesced(JSON.stringify([query.refId, query.source, query.spec, context]), signal, (shared) =>
        needs.sources.run(query, { ...context, signal: shared }),
      ),
    ),
  );
  signal.throwIfAborted();
  const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [{ query: queries[index] as Query, error: outcome.reason as Error }] : [],
  );
  if (failures[0] !== undefined && answers.length === 0) throw failures[0].error;
  return {
    frames: answers.flatMap(({ frames }) => frames),
    notices: [
      ...failures.map(({ query, error }): Notice => ({
        level: 'error',
        text: `Query ${query.refId}: ${replyFor(error).message}`,
      })),
      ...answers.flatMap(({ notices }) => notices),
    ],
    traces: answers.map(({ trace }) => trace),
    ...grid,
    growable: true,
  };
}

function gridOf(
  { fromMs, toMs, widthPx, sinceMs, stepMs }: PanelRange,
  maxPoints: number,
): Pick<QueryContext, 'fromMs' | 'toMs' | 'stepMs'> {
  if (toMs <= fromMs) throw new BadRequest('toMs', `${toMs} is not after fromMs ${fromMs}`);
  if ((sinceMs === undefined) !== (stepMs === undefined)) {
    throw new BadRequest('sinceMs', 'goes together with the stepMs of the first answer; send both or neither');
  }
  if (sinceMs === undefined || stepMs === undefined) return gridFor({ fromMs, toMs, widthPx: Math.min(widthPx, maxPoints) });
  const grid = alignToStep(Math.max(fromMs, sinceMs), toMs, stepMs);
  const points = (grid.toMs - grid.fromMs) / stepMs + 1;
  if (points > maxPoints) {
    throw new BadRequest(
      'stepMs',
      `${stepMs} ms over this range makes ${points} points, and the limit is ${maxPoints}; ask for a longer step`,
    );
  }
  return grid;
}
