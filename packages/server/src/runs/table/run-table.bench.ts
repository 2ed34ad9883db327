import '@vitrine/compute/pattern-engine.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunTableRequest } from '@vitrine/model/run-api.ts';
import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';
import { openDocumentStore } from '../../documents/open-document-store.ts';
import { openRuns } from '../open-runs.ts';
import { filterNames } from './filter-names.ts';
import { runTable } from './run-table.ts';

/**
 * Prints how long questions about 1,500 runs of 1,500 metrics and 100 parameters each take, the worst and the median of ten:
 * `node packages/server/src/runs/table/run-table.bench.ts`. It takes a few minutes to make them.
 */

const RUNS = 1_500;
const METRICS = 1_500;
const PARAMS = 100;
const ROUNDS = 10;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-run-table-'));
const documents = await openDocumentStore(folder);
const curves = await openCurveStore({ folder: join(folder, 'runs') });
const log = { error: (_context: unknown, sentence: string) => void process.stderr.write(`${sentence}\n`) };
const runs = await openRuns({ documents: documents.runs, curves, folder: join(folder, 'runs'), log });
const metric = (at: number): string =>
  at === 0 ? 'train/loss' : at === 1 ? 'val/accuracy' : `layer.${at % 40}/weights.${at}/norm`;
const start = performance.now();
for (let run = 0; run < RUNS; run++) {
  const id = `run-${run}`;
  await Promise.all([
    runs.create({
      id,
      project: `project ${run % 7}`,
      source: 'api',
      params: Object.fromEntries(Array.from({ length: PARAMS }, (_, at) => [`model.param_${at}`, String((run * at) % 17)])),
      tags: { stage: run % 2 === 0 ? 'dev' : 'prod' },
      startedMs: 1_700_000_000_000 + run * 60_000,
    }),
    curves.append({
      curves: Array.from({ length: METRICS }, (_, at) => ({ run: id, metric: metric(at) })),
      curveIndex: Uint32Array.from({ length: METRICS * 2 }, (_, at) => at >> 1),
      steps: Float64Array.from({ length: METRICS * 2 }, (_, at) => at & 1),
      timesMs: new Float64Array(METRICS * 2).fill(1_700_000_000_000),
      values: Float64Array.from({ length: METRICS * 2 }, (_, at) => Math.sin(run * at)),
    }),
  ]);
}
say('to make them', [performance.now() - start]);

const questions: Readonly<Record<string, Partial<RunTableRequest>>> = {
  'all, the newest first': {},
  'a word': { filter: 'calm' },
  'a parameter': { filter: 'run-7 or params.model.param_7 > 5 and tags.stage = dev' },
  'a metric': { filter: 'metrics.train/loss.min < -0.5' },
  'a metric, sorted by another': {
    filter: 'metrics.`layer.7/weights.1207/norm` > 0',
    sort: [{ by: 'metrics.val/accuracy.best', descending: true }],
  },
  'grouped by a parameter, all rows': { groupBy: 'params.model.param_3', limit: 2_000 },
  'metrics of one’s own choice': { metrics: Array.from({ length: 20 }, (_, at) => metric(at * 50)) },
};
for (const [name, question] of Object.entries(questions)) {
  await time(name, () => runTable({ filter: '', offset: 0, limit: 100, ...question }, runs, Date.now()));
}
await time('names for a filter', () => filterNames(runs, ''));
await time('names with "weights.12"', () => filterNames(runs, 'weights.12'));

await runs.close();
await curves.close();
await documents.close();
rmSync(folder, { recursive: true, force: true });

async function time(name: string, work: () => Promise<unknown>): Promise<void> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    await work();
    took.push(performance.now() - from);
  }
  say(name, took);
}

function say(name: string, took: readonly number[]): void {
  const order = took.toSorted((a, b) => a - b);
  const median = order[order.length >> 1]!;
  process.stdout.write(`${name}: median ${median.toFixed(1)} ms, worst ${order.at(-1)!.toFixed(1)} ms\n`);
}
