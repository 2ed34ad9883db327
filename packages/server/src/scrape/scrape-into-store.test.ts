import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@vitrine/tsdb/open-store.ts';
import { expect, test } from 'vitest';
import { parseScrapeConfigs } from './parse-scrape-configs.ts';
import { createScrapeManager } from './scrape-manager.ts';

test('what a target shows can be asked for, until it is gone', async () => {
  const server = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      .end('training_loss{run="a"} 0.25\ntraining_loss{run="b"} NaN\n');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-scrape-store-'));
  const store = await openStore({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1000 });
  const manager = createScrapeManager({
    append: (batch) => store.append(batch),
    log: { info: () => undefined, warn: () => undefined },
  });
  const ask = async (expr: string): Promise<string[]> => {
    const nowMs = Date.now();
    const result = await store.evaluate({ expr, startMs: nowMs, endMs: nowMs, stepMs: 0 });
    return 'timesMs' in result && 'series' in result
      ? result.series.map(({ labels, values }) => `${labels} ${values[0]}`).toSorted()
      : [];
  };
  const grown = (selector: string) =>
    new Promise<void>((resolve) => {
      const stop = store.watch([[{ label: '__name__', op: '=', value: selector }]], () => {
        stop();
        resolve();
      });
    });
  try {
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(folder, 'prometheus.yml');
    const first = grown('training_loss');
    manager.apply(
      parseScrapeConfigs({
        file,
        text: `scrape_configs: [{job_name: j, scrape_interval: 100ms, static_configs: [{targets: ['${address}'], labels: {instance: i}}]}]`,
      }),
    );
    await first;
    expect(await ask('training_loss')).toEqual([
      'training_loss{instance="i", job="j", run="a"} 0.25',
      'training_loss{instance="i", job="j", run="b"} NaN',
    ]);
    expect(await ask('up')).toEqual(['up{instance="i", job="j"} 1']);
    // The next notice may still be that of a scrape; the one that matters leaves nothing to see.
    let next = grown('training_loss');
    manager.apply({ jobs: [], notices: [] });
    while ((await ask('training_loss')).length > 0) {
      await next;
      next = grown('training_loss');
    }
    expect(await ask('up')).toEqual([]);
  } finally {
    await manager.stop();
    await store.close();
    server.close();
    rmSync(folder, { recursive: true });
  }
});
