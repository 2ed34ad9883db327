import { Registry } from 'prom-client';
import { expect, test } from 'vitest';

import { registerHostMetrics } from './host.ts';
import { parseMemInfo, parseNetDev, parseProcStat } from './host-readings.ts';

test('reads the cores of /proc/stat, and not their sum', () => {
  const text = 'cpu  300 0 0 0 0 0 0 0 0 0\ncpu0 100 1 2 3000 5 6 7 8 9 0\ncpu1 200 0 0 0 0 0 0 0 0 0\nintr 1 2 3\n';
  const read = parseProcStat(text);
  expect(read).toHaveLength(16);
  expect(read.slice(0, 4)).toEqual([
    { cpu: '0', mode: 'user', seconds: 1 },
    { cpu: '0', mode: 'nice', seconds: 0.01 },
    { cpu: '0', mode: 'system', seconds: 0.02 },
    { cpu: '0', mode: 'idle', seconds: 30 },
  ]);
});

test('reads /proc/meminfo to bytes', () => {
  const read = parseMemInfo('MemTotal:       24684092 kB\nMemAvailable:        512 kB\nHugePages_Total:       0\n');
  expect(Object.fromEntries(read)).toEqual({ MemTotal: 25_276_510_208, MemAvailable: 524_288 });
});

test('reads the bytes of /proc/net/dev', () => {
  const text = 'Inter-|   Receive\n face |bytes packets\n    lo:    3193 29 0 0 0 0 0 0     400 29 0 0 0 0 0 0\n';
  expect(parseNetDev(text)).toEqual([{ device: 'lo', received: 3193, sent: 400 }]);
});

test('the first scrape already has every figure of this machine', async () => {
  const registry = new Registry();
  registerHostMetrics(registry);
  const text = await registry.metrics();
  expect(text).toMatch(/^node_cpu_seconds_total\{cpu="0",mode="idle"\} [\d.]+$/m);
  expect(text).toMatch(/^node_memory_MemTotal_bytes [1-9]\d+$/m);
  expect(text).toMatch(/^node_memory_MemAvailable_bytes [1-9]\d+$/m);
  expect(text).toMatch(/^node_load15 [\d.]+$/m);
});
