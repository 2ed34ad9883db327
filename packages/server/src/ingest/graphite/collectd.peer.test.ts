import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type RunningVitrine, startVitrine } from '../../testing/start-vitrine.ts';

/** Where Debian's package puts it. */
const COLLECTD = '/usr/sbin/collectd';

function hasCollectd(): boolean {
  const isThere = existsSync(COLLECTD);
  if (!isThere) console.warn('Skipped: collectd is not installed (Debian package collectd-core).');
  return isThere;
}

const RULES = `
mappings:
  - match: ^node1\\.cpu-(\\d+)\\.cpu-(\\w+)$
    match_type: regex
    name: cpu_jiffies
    labels: { cpu: $1, state: $2 }
`;

function configOf(folder: string, port: string): string {
  return `
Hostname "node1"
FQDNLookup false
BaseDir "${folder}"
PIDFile "${join(folder, 'collectd.pid')}"
PluginDir "/usr/lib/collectd"
TypesDB "/usr/share/collectd/types.db"
Interval 1
LoadPlugin cpu
LoadPlugin memory
LoadPlugin load
LoadPlugin write_graphite
<Plugin write_graphite>
  <Node "vitrine">
    Host "127.0.0.1"
    Port "${port}"
    Protocol "tcp"
    LogSendErrors true
  </Node>
</Plugin>
`;
}

describe.skipIf(!hasCollectd())('Debian’s collectd with write_graphite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-collectd-'));
  let vitrine: RunningVitrine;
  let collectd: ChildProcess | undefined;

  beforeAll(async () => {
    writeFileSync(join(folder, 'rules.yml'), RULES);
    vitrine = await startVitrine(folder, '--ingest.graphite', '127.0.0.1:0', '--ingest.mappings', join(folder, 'rules.yml'));
    const port = vitrine.said(/Graphite over TCP and UDP at 127\.0\.0\.1:(\d+)/);
    writeFileSync(join(folder, 'collectd.conf'), configOf(folder, port));
    collectd = spawn(COLLECTD, ['-f', '-C', join(folder, 'collectd.conf')], { stdio: 'ignore' });
  });

  afterAll(async () => {
    if (collectd !== undefined) {
      const ended = new Promise((resolve) => collectd?.once('exit', resolve));
      collectd.kill('SIGTERM');
      await ended;
    }
    await vitrine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('tells of the memory what the kernel does', async () => {
    const query = 'sum({__name__=~"node1_memory_memory_.*"})';
    await expect.poll(() => ask(vitrine.url, query), { timeout: 30_000 }).not.toEqual({});
    const [, kib] = /^MemTotal: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    // What is used is all that is in no other state.
    expect((await ask(vitrine.url, query))['']).toBeCloseTo(Number(kib) * 1024, -7);
  });

  test('tells of the load', async () => {
    for (const term of ['shortterm', 'midterm', 'longterm'])
      await expect.poll(() => ask(vitrine.url, `node1_load_load_${term} >= 0`), { timeout: 30_000 }).not.toEqual({});
  });

  test('tells of each processor’s states, which a rule makes labels', async () => {
    // Jiffies a second: each is always in one of them.
    const query = 'sum by (cpu) (avg_over_time(cpu_jiffies[30s]))';
    await expect.poll(async () => (await ask(vitrine.url, query))['{"cpu":"0"}'], { timeout: 30_000 }).toBeGreaterThan(80);
    expect((await ask(vitrine.url, query))['{"cpu":"0"}']).toBeLessThan(120);
    expect(Object.keys(await ask(vitrine.url, 'cpu_jiffies{cpu="0",state="idle"}'))).toHaveLength(1);
  });

  test('goes on while it writes, at its own times', async () => {
    const count = 'count_over_time(node1_load_load_shortterm[5m])';
    const first = (await ask(vitrine.url, count))[''] ?? 0;
    await expect.poll(async () => (await ask(vitrine.url, count))[''], { timeout: 30_000 }).toBeGreaterThan(first + 2);
  });
});
