import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import { expect, onTestFinished, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

test('names that the text format does not have are written as Prometheus escapes them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-federate-'));
  const store = LocalStore.open({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1_000 });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { app, browser } = await testApp({ samples: store });
  const nowMs = Date.now();
  const series = ['1a', 'a.b', 'x🚆y', 'plain:1'].map((name) => Labels.from({ __name__: name, job: 'j', '2b': 'v' }));
  await store.append({
    seriesKeys: series.map(({ key }) => key),
    seriesIndex: Uint32Array.from(series.keys()),
    timestampsMs: new Float64Array(series.length).fill(nowMs),
    values: new Float64Array(series.length).fill(1),
  });
  const textOf = async (accept: string): Promise<string[]> => {
    const { body } = await app.inject({ url: '/federate?match[]={job="j"}', headers: { ...browser, accept } });
    return body.split('\n').filter((line) => !line.startsWith('#') && line !== '');
  };
  expect(await textOf('text/plain')).toEqual(
    ['_a', 'a_b', 'plain:1', 'x_y'].map((name) => `${name}{_b="v",job="j",instance=""} 1 ${nowMs}`),
  );
  expect(await textOf('text/plain;version=1.0.0;escaping=allow-utf-8')).toEqual(
    ['{"1a",', '{"a.b",', 'plain:1{', '{"x🚆y",'].map((head) => `${head}"2b"="v",job="j",instance=""} 1 ${nowMs}`),
  );
});
