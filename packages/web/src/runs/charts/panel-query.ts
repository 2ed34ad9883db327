import { RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import type { Query } from '@vitrine/model/dashboard.ts';
import { readSmoothing, readX } from '../runs-view.ts';
import type { ChartLook } from '../runs-view.ts';

/** A query's text of runs may be so long, with room for words around it. */
const MOST_CHARACTERS = 9_000;

/** As many of the runs as one query can name. */
export function runsThatFit(runs: readonly string[]): readonly string[] {
  let length = 0;
  return runs.filter((run) => (length += run.length + 4) <= MOST_CHARACTERS);
}

/** What a panel `curve` asks to show what a chart shows. */
export function panelQuery(
  runs: readonly string[],
  metrics: readonly string[],
  { x, smooth, band }: Pick<ChartLook, 'x' | 'smooth' | 'band'>,
  groupBy: string,
): Query {
  const over = readX(x) ?? { kind: 'step' as const };
  const smoothing = readSmoothing(smooth) ?? { kind: 'none' as const };
  const ids = runsThatFit(runs).map((run) => `"${run}"`);
  return {
    refId: 'A',
    source: RUNS_SOURCE,
    hidden: false,
    spec: {
      runs: `id in (${ids.join(', ')})`,
      metrics: [...metrics],
      x: over.kind,
      ...(over.kind === 'metric' ? { xMetric: over.metric } : {}),
      smoothing: smoothing.kind,
      ...(smoothing.kind === 'none' ? {} : { amount: 'weight' in smoothing ? smoothing.weight : smoothing.points }),
      ...(groupBy === '' ? {} : { groupBy, band }),
    },
  };
}
