import { expect, test } from 'vitest';
import { hostGrid, hostRows, sampleAt } from './host-grid.ts';
import type { PromSeries } from './host-grid.ts';
import { HOST_PANELS, hostPattern } from './host-panels.ts';

const gpu = (name: string, ...values: readonly (readonly [number, string])[]): PromSeries => ({ metric: { gpu: name }, values });

test('rows are in the order of their numbers', () => {
  expect(hostRows([gpu('10'), gpu('2'), gpu('0')], ['gpu']).map(({ name }) => name)).toEqual(['0', '2', '10']);
});

const [row] = hostRows([gpu('0', [10, '0.1'], [20, '0.2'], [60, 'NaN'])], ['gpu']);

test.each([
  ['at a sample', 20_000, 0.2],
  ['between two, the nearer one', 16_000, 0.2],
  ['of two equally near, the earlier', 15_000, 0.1],
  ['before the first, within reach', 4_000, 0.1],
  ['in a gap', 40_000, Number.NaN],
  ['a sample that is NaN', 60_000, Number.NaN],
])('tells the sample %s', (_, timeMs, want) => {
  expect(sampleAt(row!, timeMs, 8_000)).toBe(want);
});

test('hovering a step shows the machine at that moment', () => {
  // Slow at first, then fast: step 100 was reached after 100 s, step 200 only 10 s later.
  const map = { xs: Float64Array.of(0, 100, 200), times: Float64Array.of(0, 100_000, 110_000) };
  const samples = hostRows([gpu('0', ...Array.from({ length: 12 }, (_, at) => [at * 10, String(at / 10)] as const))], ['gpu']);
  const { grid, xs } = hostGrid(samples, map, 0, 200, 4, 6_000);
  expect([...xs]).toEqual([25, 75, 125, 175]);
  expect([...grid.values]).toEqual([0.2, 0.7, 1, 1.1]);
  expect(grid).toMatchObject({ columns: 4, rows: 1, x0: 25, step: 50 });
});

test('what lies outside the run, or was not measured, is blank and not zero', () => {
  const map = { xs: Float64Array.of(50, 100), times: Float64Array.of(0, 10_000) };
  const { grid } = hostGrid(hostRows([gpu('0', [0, '0.5'])], ['gpu']), map, 0, 100, 4, 3_000);
  expect([...grid.values]).toEqual([Number.NaN, Number.NaN, 0.5, Number.NaN]);
});

test.each([
  ['gpu-07', 'gpu-07', true],
  ['gpu-07', 'gpu-07:9100', true],
  ['gpu-07', 'gpu-07.cluster.local:9400', true],
  ['gpu-07', 'gpu-071:9100', false],
  ['10.0.0.1', '10x0x0x1', false],
  ['10.0.0.1:9100', '10.0.0.1:9100', true],
  ['10.0.0.1:9100', '10.0.0.1:9400', false],
])('the machine %s is %s: %s', (host, instance, want) => {
  // As PromQL reads the string, and anchored as its matchers are.
  const pattern = JSON.parse(`"${hostPattern(host)}"`) as string;
  expect(new RegExp(`^(?:${pattern})$`).test(instance)).toBe(want);
});

test('a name cannot leave its string', () => {
  const query = HOST_PANELS[0]!.query(hostPattern('a"} or up{x="'), '1m');
  expect(query).not.toContain('a"}');
});
