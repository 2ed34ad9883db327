import { Writable } from 'node:stream';
import { Labels } from '@vitrine/model/labels.ts';
import { describe, expect, test } from 'vitest';
import { FakeStore } from '../testing/fake-store.ts';
import { openLog } from './log.ts';
import { countProcess, countStore, openMetrics } from './metrics.ts';
import { recordSelf } from './record-self.ts';

function collect(): { output: Writable; text: () => string } {
  let text = '';
  const output = new Writable({
    write(bytes: Buffer, _encoding, done) {
      text += bytes.toString();
      done();
    },
  });
  return { output, text: () => text };
}

describe('the log', () => {
  test('for people is a line an event', () => {
    const { output, text } = collect();
    openLog('info', 'pretty', output).warn({ target: 'a:1', tries: 2 }, 'a scrape failed');
    expect(text()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}a scrape failed target=a:1 tries=2\n$/);
  });

  test('for machines is JSON', () => {
    const { output, text } = collect();
    const log = openLog('info', 'json', output);
    log.info({ port: 1 }, 'up');
    log.debug('not this');
    expect(JSON.parse(text())).toMatchObject({ level: 30, msg: 'up', port: 1 });
  });
});

test('Vitrine’s own metrics come into its own store as a scrape would bring them', async () => {
  const store = new FakeStore();
  const metrics = openMetrics('1.2.3');
  countProcess(metrics);
  countStore(metrics, store);
  metrics.requests.observe({ method: 'GET', route: '/x', code: 200 }, 0.02);
  const stop = recordSelf(metrics, store, '127.0.0.1:9470', 1_000, openLog('silent', 'json'));
  await expect.poll(() => store.appended.length).toBeGreaterThan(0);
  stop();
  const [batch] = store.appended;
  const series = new Map(batch?.seriesKeys.map((key, i) => [Labels.fromKey(key).toString(), batch.values[i]]));
  const own = 'instance="127.0.0.1:9470", job="vitrine"';
  expect(series.get(`up{${own}}`)).toBe(1);
  expect(series.get(`vitrine_build_info{${own}, version="1.2.3"}`)).toBe(1);
  expect(series.get(`vitrine_store_oldest_timestamp_seconds{${own}}`)).toBeNaN();
  expect(
    series.get(
      `vitrine_http_request_duration_seconds_bucket{code="200", instance="127.0.0.1:9470", job="vitrine", le="1.0", method="GET", route="/x"}`,
    ),
  ).toBe(1);
  expect(series.get(`scrape_samples_scraped{${own}}`)).toBeGreaterThan(100);
});
