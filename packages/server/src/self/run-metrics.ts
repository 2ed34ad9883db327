import type { CurveStoreStats } from '@vitrine/model/curve-store.ts';
import { RUN_STATUSES } from '@vitrine/model/run.ts';
import { Gauge } from 'prom-client';
import type { Runs } from '../runs/runs.ts';
import type { Metrics } from './metrics.ts';

const STORE_GAUGES: readonly (readonly [name: string, help: string, read: (stats: CurveStoreStats) => number])[] = [
  ['curves', 'Curves of runs that are kept.', (it) => it.curves],
  ['points', 'Points in runs’ curves.', (it) => it.points],
  ['bytes', 'Bytes on disk of runs’ curves and what was logged beside them.', (it) => it.bytesOnDisk],
];

/** Adds how many runs there are and what is kept of them, asked for once a scrape, and how many pages watch. */
export function countRuns({ registry }: Pick<Metrics, 'registry'>, runs: Runs, watching: () => number): void {
  let asked: Promise<CurveStoreStats> | undefined;
  const stats = (): Promise<CurveStoreStats> => {
    asked ??= runs.curves.stats().finally(() => {
      asked = undefined;
    });
    return asked;
  };
  for (const [name, help, read] of STORE_GAUGES) {
    registry.registerMetric(
      new Gauge({
        name: `vitrine_run_${name}`,
        help,
        registers: [],
        async collect() {
          this.set(read(await stats()));
        },
      }),
    );
  }
  registry.registerMetric(
    new Gauge({
      name: 'vitrine_runs',
      help: 'Training runs that are not in the bin, by status.',
      labelNames: ['status'],
      registers: [],
      async collect() {
        const counts = new Map<string, number>(RUN_STATUSES.map((status) => [status, 0]));
        for (const { status } of await runs.all()) counts.set(status, (counts.get(status) ?? 0) + 1);
        for (const [status, count] of counts) this.set({ status }, count);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'vitrine_run_live_clients',
      help: 'Pages that are being told of runs.',
      registers: [],
      collect() {
        this.set(watching());
      },
    }),
  );
}
