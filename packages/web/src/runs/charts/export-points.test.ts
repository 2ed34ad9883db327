import { expect, test, vi } from 'vitest';
import { exportPath, savePoints } from './export-points.ts';

const ids = (count: number): string[] => Array.from({ length: count }, () => crypto.randomUUID());

test('few runs are a link', () => {
  expect(exportPath(['a', 'b'], ['val/loss'])).toBe('/api/runs/export?format=csv&runs=a&runs=b&metrics=val%2Floss');
  expect(exportPath(ids(100), ['loss'])).toMatch(/^\/api/);
});

test('more than an address holds are asked for in a body, and kept as a file', async () => {
  const runs = ids(500);
  expect(exportPath(runs, ['loss'])).toBeUndefined();
  const asked = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('run,step\n'));
  const kept = vi.fn<(name: string, content: Blob, type: string) => void>();
  await savePoints(runs, ['loss'], kept);
  const [path, options] = asked.mock.calls[0]!;
  expect([path, options?.method, JSON.parse(options?.body as string)]).toEqual([
    '/api/runs/export',
    'POST',
    { format: 'csv', runs, metrics: ['loss'] },
  ]);
  expect(kept.mock.calls.map(([name, { size }]) => [name, size])).toEqual([['curves.csv', 9]]);
});
