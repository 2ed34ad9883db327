import { expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import type { QueryTraceNode } from '@vitrine/model/query-trace.ts';
import { MemorySource } from '../promqltest/memory-source.ts';
import { evaluateText } from './evaluate.ts';

const GRID = { startMs: 0, endMs: 300_000, stepMs: 60_000 };

function shop(): MemorySource {
  const source = new MemorySource();
  for (const pod of ['a', 'b', 'c']) {
    const samples = Array.from({ length: 6 }, (_, i) => ({ timestampMs: i * 60_000, value: i * 60 }));
    source.add(Labels.from({ __name__: 'requests_total', job: pod === 'c' ? 'web' : 'shop', pod }), samples);
  }
  return source;
}

/** Expression, series given on and samples read, a line a node. */
function lines({ expr, series, samplesRead, children }: QueryTraceNode, depth = 0): string[] {
  return [`${'  '.repeat(depth)}${expr}: ${series}, ${samplesRead}`, ...children.flatMap((child) => lines(child, depth + 1))];
}

test.each([
  ['requests_total', ['requests_total: 3, 18']],
  ['(requests_total)', ['requests_total: 3, 18']],
  [
    'sum by (job) (rate(requests_total[2m])) / 2',
    [
      'sum by (job) (rate(requests_total[2m])) / 2: 2, 0',
      '  sum by (job) (rate(requests_total[2m])): 2, 0',
      '    rate(requests_total[2m]): 3, 0',
      '      requests_total[2m]: 3, 18',
    ],
  ],
  ['topk(1, requests_total @ 60)', ['topk(1, requests_total @ 60.000): 1, 0', '  requests_total @ 60.000: 3, 6']],
  [
    'max_over_time((requests_total + requests_total)[3m:1m])',
    [
      'max_over_time((requests_total + requests_total)[3m:1m]): 3, 0',
      '  (requests_total + requests_total)[3m:1m]: 3, 0',
      '    requests_total + requests_total: 3, 0',
      '      requests_total: 3, 18',
      '      requests_total: 3, 18',
    ],
  ],
  ['stddev_over_time(requests_total[2m])', ['stddev_over_time(requests_total[2m]): 3, 0', '  requests_total[2m]: 3, 18']],
])('%s is traced node by node', async (query, want) => {
  const { stats } = await evaluateText(query, { ...GRID, trace: true }, shop());
  expect(lines(stats.trace!.root)).toEqual(want);
});

test('the time of all nodes and of waiting is that of the query', async () => {
  const { stats } = await evaluateText('sum(rate(requests_total[2m])) + 1', { ...GRID, trace: true }, shop());
  const { root, waitedMs } = stats.trace!;
  expect(root.totalMs + waitedMs).toBeGreaterThan(0);
  expect(root.totalMs + waitedMs).toBeLessThanOrEqual(stats.elapsedMs + 1);
  const sum = ({ selfMs, readMs, children }: QueryTraceNode): number =>
    children.map(sum).reduce((a, b) => a + b, selfMs + readMs);
  expect(sum(root)).toBeCloseTo(root.totalMs, 6);
});

test('nobody is told who did not ask', async () => {
  const { stats } = await evaluateText('requests_total', GRID, shop());
  expect(stats.trace).toBeUndefined();
});

test('what a source tells of its reading is handed on', async () => {
  const source = shop();
  const told = {
    *select(request: Parameters<MemorySource['select']>[0]) {
      if (request.steps !== undefined) request.steps.chunks += 7;
      yield* source.select(request);
    },
    selectLabels: source.selectLabels.bind(source),
  };
  const { stats } = await evaluateText('requests_total', { ...GRID, trace: true }, told);
  expect(stats.trace?.read).toEqual({ indexMs: 0, fetchMs: 0, decodeMs: 0, chunks: 7, buckets: 0, bytes: 0 });
});
