import { Labels } from '@vitrine/model/labels.ts';
import type { Finding, Run } from '@vitrine/model/run.ts';
import { runSeriesLabels } from '@vitrine/model/run.ts';
import type { SampleStore } from '@vitrine/model/sample-store.ts';

const FINDING_METRIC = 'vitrine_run_finding';

const HOUR_MS = 3_600_000;
/** A run that says that it runs, and of which nothing was heard for that long, is told of no more. */
const FORGOTTEN_MS = 7 * 24 * HOUR_MS;

/** Keeps findings as samples: 1 while one holds, and a last 0. */
export interface FindingMetric {
  /** Writes what of a run changed. `run` undefined is a run that is gone. */
  show(id: string, run: Run | undefined, findings: readonly Finding[]): Promise<void>;
  /** Writes again all that hold, so that a query over the newest minutes finds them. */
  again(runOf: (id: string) => Promise<Run | undefined>): Promise<void>;
}

export function findingMetric(samples: Pick<SampleStore, 'append'>, nowMs: () => number): FindingMetric {
  /** By run: the series that are 1. */
  const shown = new Map<string, ReadonlySet<string>>();

  const write = async (ones: Iterable<string>, zeros: Iterable<string>): Promise<void> => {
    const points = [
      ...[...ones].map((key): [string, number] => [key, 1]),
      ...[...zeros].map((key): [string, number] => [key, 0]),
    ];
    if (points.length === 0) return;
    await samples.append({
      seriesKeys: points.map(([key]) => key),
      seriesIndex: Uint32Array.from(points, (_, i) => i),
      timestampsMs: new Float64Array(points.length).fill(nowMs()),
      values: Float64Array.from(points, ([, value]) => value),
    });
  };

  return {
    async show(id, run, findings) {
      const before = shown.get(id) ?? new Set<string>();
      const after = new Set(
        run === undefined || !isCurrent(run, nowMs())
          ? []
          : findings.filter(({ active, state }) => active && state !== 'muted').map((finding) => seriesKey(run, finding)),
      );
      if (after.size === 0) shown.delete(id);
      else shown.set(id, after);
      await write(after.difference(before), before.difference(after));
    },
    async again(runOf) {
      const ones: string[] = [];
      const zeros: string[] = [];
      for (const [id, keys] of shown) {
        const run = await runOf(id);
        if (run !== undefined && isCurrent(run, nowMs())) ones.push(...keys);
        else {
          zeros.push(...keys);
          shown.delete(id);
        }
      }
      await write(ones, zeros);
    },
  };
}

/** Whether anybody can still do something: it runs, or ended within the hour. */
function isCurrent({ status, endedMs, heartbeatMs, deletedMs }: Run, atMs: number): boolean {
  if (deletedMs !== undefined) return false;
  if (status === 'running' || status === 'scheduled') return atMs - heartbeatMs < FORGOTTEN_MS;
  return atMs - (endedMs ?? heartbeatMs) < HOUR_MS;
}

function seriesKey(run: Run, { detector, severity, subject }: Finding): string {
  const labels = { ...runSeriesLabels(run), __name__: FINDING_METRIC, detector, severity, subject };
  return Labels.from(Object.entries(labels).filter(([, value]) => value !== '')).key;
}
