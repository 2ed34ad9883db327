import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Labels } from '@vitrine/model/labels.ts';
import { StoreBusy } from '@vitrine/model/sample-store.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeExposition, type ExposedFamily } from '../ingest/exposition/encode-protobuf.ts';
import { systemClock } from './clock.ts';
import { HttpClient } from './http-client.ts';
import { parseScrapeConfigs } from './parse-scrape-configs.ts';
import { RecordingStore } from './recording-store.ts';
import type { ScrapeJob } from './scrape-config.ts';
import { ScrapeLoop } from './scrape-loop.ts';
import { resolveTarget } from './target.ts';

const TEXT = { 'content-type': 'text/plain; version=0.0.4' };
const servers: Server[] = [];
const loops: ScrapeLoop[] = [];

afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop(false)));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function jobOf(address: string, options: string): ScrapeJob {
  const text = `scrape_configs: [{job_name: j, static_configs: [{targets: ['${address}'], labels: {instance: i}}], ${options}}]`;
  return parseScrapeConfigs({ file: 'prometheus.yml', text }).jobs[0] as ScrapeJob;
}

/** A loop for one server, not started: the test says when to scrape. */
async function target(answer: RequestListener, options = '', startTimes = false, typeAndUnitLabels = false) {
  const store = new RecordingStore();
  const job = jobOf(await serve(answer), options);
  const outcome = resolveTarget(job, job.staticGroups[0]?.targets[0] as string, job.staticGroups[0]?.labels ?? new Map());
  if (outcome.kind !== 'target') throw new Error(`expected a target, got ${JSON.stringify(outcome)}`);
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
  const context = { append: store.append, log, clock: systemClock, userAgent: 'Vitrine/test', startTimes, typeAndUnitLabels };
  const loop = new ScrapeLoop(outcome.target, job, new HttpClient(job.client), context);
  loops.push(loop);
  return { loop, store, job, context, warnings };
}

/** Answers each scrape with the next text; the last one stays. */
function texts(...bodies: (string | number)[]): RequestListener {
  return (_: IncomingMessage, response: ServerResponse) => {
    const body = bodies.length > 1 ? bodies.shift() : bodies[0];
    if (typeof body === 'number') response.writeHead(body).end();
    else response.writeHead(200, TEXT).end(body);
  };
}

describe('a scrape of more than numbers', () => {
  const OPENMETRICS = { 'content-type': 'application/openmetrics-text; version=1.0.0' };
  const PROTOBUF = {
    'content-type': 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  };

  test('native histograms come in protobuf, which is asked for where they are wanted', async () => {
    const asked: (string | undefined)[] = [];
    const family: ExposedFamily = {
      name: 'h',
      type: 4,
      metrics: [{ count: 3, sum: 2.5, native: { schema: 1, positive: [[0, [1, 2]]] }, buckets: [[1, 1]] }],
    };
    const answer: RequestListener = (request, response) => {
      asked.push(request.headers.accept);
      response.writeHead(200, PROTOBUF).end(encodeExposition([family]));
    };
    const { loop, store } = await target(answer, 'scrape_native_histograms: true');
    await loop.scrapeOnce(10_000);
    expect(asked[0]).toMatch(
      /^application\/vnd\.google\.protobuf;proto=io\.prometheus\.client\.MetricFamily;encoding=delimited;q=0\.6,/,
    );
    const [batch] = store.batches;
    expect(String(Labels.fromKey(batch?.seriesKeys[0] as string))).toBe('h{instance="i", job="j"}');
    expect([...(batch?.histograms?.entries() ?? [])]).toMatchObject([[0, { count: 3, sum: 2.5, schema: 1 }]]);
    // Its series ends like all others.
    const gone = await target(answer, 'scrape_native_histograms: true');
    await gone.loop.scrapeOnce(10_000);
    await gone.loop.stop(true);
    expect(gone.store.last('h{instance="i", job="j"}')).toBe('stale');
  });

  test('protobuf without native histograms wanted gives classic ones', async () => {
    const family: ExposedFamily = { name: 'h', type: 4, metrics: [{ count: 3, native: { schema: 1, positive: [[0, [3]]] } }] };
    const { loop, store } = await target((_, response) => void response.writeHead(200, PROTOBUF).end(encodeExposition([family])));
    await loop.scrapeOnce(10_000);
    expect(store.batches[0]?.histograms).toBeUndefined();
    expect(store.last('h_bucket{instance="i", job="j", le="+Inf"}')).toBe(3);
  });

  test.each([
    ['', 5_000],
    ['honor_timestamps: false', 10_000],
  ])('an exemplar without a time has that of its sample, as it is stored (%s)', async (options, want) => {
    const body = 'a_total 1 5 # {trace_id="x"} 0.5\n# EOF\n';
    const { loop, store } = await target((_, response) => void response.writeHead(200, OPENMETRICS).end(body), options);
    await loop.scrapeOnce(10_000);
    expect(store.batches[0]?.exemplars?.map(({ exemplar }) => exemplar.timestampMs)).toEqual([want]);
    expect(store.batches[0]?.timestampsMs[0]).toBe(want);
  });

  test('an exemplar is stored when it is first seen, at its own time or that of its sample', async () => {
    const line = (id: string, at: string): string => `a_total 1 # {trace_id="${id}"} 0.5${at}\n# EOF\n`;
    const bodies = [line('x', ''), line('x', ''), line('y', ' 12.5'), line('y', ' 12.5')];
    const { loop, store } = await target((_, response) => void response.writeHead(200, OPENMETRICS).end(bodies.shift()));
    for (const at of [10_000, 20_000, 30_000, 40_000]) await loop.scrapeOnce(at);
    const exemplars = store.batches.map((batch) =>
      batch.exemplars?.map(({ seriesIndex, exemplar }) => [
        Labels.fromKey(batch.seriesKeys[seriesIndex] as string).metricName,
        exemplar.labels.get('trace_id'),
        exemplar.value,
        exemplar.timestampMs,
      ]),
    );
    expect(exemplars).toEqual([[['a_total', 'x', 0.5, 10_000]], undefined, [['a_total', 'y', 0.5, 12_500]], undefined]);
  });

  const CREATED = [
    '# TYPE a counter',
    'a_total{x="1"} 1',
    'a_total{x="2"} 2',
    'a_created{x="1"} 5.5',
    '# TYPE h histogram',
    'h_bucket{le="1.0"} 1',
    'h_bucket{le="+Inf"} 1',
    'h_count 1',
    'h_sum 1',
    'h_created 6',
    '# TYPE g gauge',
    'g 1',
    'g_created 7',
    '# EOF\n',
  ].join('\n');

  test('lines about creation are start times where that is asked for', async () => {
    const { loop, store } = await target((_, response) => void response.writeHead(200, OPENMETRICS).end(CREATED), '', true);
    for (const at of [10_000, 20_000]) await loop.scrapeOnce(at);
    for (const { seriesKeys, seriesIndex, startsMs } of store.batches) {
      const starts = Array.from(seriesIndex, (series, i) => {
        const labels = Labels.fromKey(seriesKeys[series] as string);
        return [`${labels.metricName}${labels.get('x')}${labels.get('le')}`, startsMs?.[i]];
      }).filter(([name]) => /^[agh]/.test(String(name)));
      expect(starts).toEqual([
        ['a_total1', 5500],
        ['a_total2', NaN],
        ['h_bucket1.0', 6000],
        ['h_bucket+Inf', 6000],
        ['h_count', 6000],
        ['h_sum', 6000],
        ['g', NaN],
        // A gauge has no start: this is another metric.
        ['g_created', NaN],
      ]);
    }
  });

  test('lines about creation are series where it is not', async () => {
    const { loop, store } = await target((_, response) => void response.writeHead(200, OPENMETRICS).end(CREATED));
    await loop.scrapeOnce(10_000);
    expect([store.last('h_created{instance="i", job="j"}'), store.batches[0]?.startsMs]).toEqual([6, undefined]);
  });
});

describe('a good scrape', () => {
  test('stores samples with the labels of the target, and its report', async () => {
    const { loop, store } = await target(texts('a{b="c"} 1\nd 2 1234\n'));
    await loop.scrapeOnce(10_000);
    expect(store.samples).toEqual([
      { series: 'a{b="c", instance="i", job="j"}', timestampMs: 10_000, value: 1 },
      { series: 'd{instance="i", job="j"}', timestampMs: 1234, value: 2 },
      { series: 'up{instance="i", job="j"}', timestampMs: 10_000, value: 1 },
      { series: 'scrape_duration_seconds{instance="i", job="j"}', timestampMs: 10_000, value: expect.any(Number) },
      { series: 'scrape_samples_scraped{instance="i", job="j"}', timestampMs: 10_000, value: 2 },
      { series: 'scrape_samples_post_metric_relabeling{instance="i", job="j"}', timestampMs: 10_000, value: 2 },
      { series: 'scrape_series_added{instance="i", job="j"}', timestampMs: 10_000, value: 2 },
    ]);
    expect(loop.status).toMatchObject({ health: 'up', lastError: '', lastScrapeMs: 10_000 });
  });

  test('asks as Prometheus 3 does', async () => {
    let headers: IncomingMessage['headers'] = {};
    const { loop } = await target((request, response) => {
      headers = request.headers;
      response.writeHead(200, TEXT).end();
    }, 'scrape_timeout: 3s, authorization: {credentials: abc}');
    await loop.scrapeOnce(0);
    expect(headers).toMatchObject({
      accept:
        'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
        'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      'accept-encoding': 'gzip',
      'x-prometheus-scrape-timeout-seconds': '3',
      authorization: 'Bearer abc',
    });
  });

  test('reads OpenMetrics packed with gzip', async () => {
    const { loop, store } = await target((_, response) => {
      response.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0', 'content-encoding': 'gzip' });
      response.end(gzipSync('# TYPE a counter\n# HELP a help\na_total 1 2.5\n# EOF\n'));
    });
    await loop.scrapeOnce(0);
    expect(store.samples[0]).toEqual({ series: 'a_total{instance="i", job="j"}', timestampMs: 2500, value: 1 });
    expect(loop.metadata).toEqual([{ metric: 'a', type: 'counter', help: 'help', unit: '' }]);
  });

  test.each([
    [
      'the labels of the target win',
      '',
      'a{job="own", exported_job="x"} 1',
      'a{exported_exported_job="own", exported_job="x", instance="i", job="j"} 1',
    ],
    ['honor_labels', 'honor_labels: true', 'a{job="own"} 1', 'a{instance="i", job="own"} 1'],
    ['an empty label is absent', 'honor_labels: true', 'a{job=""} 1', 'a{instance="i", job="j"} 1'],
    [
      'metric_relabel_configs drop',
      'metric_relabel_configs: [{source_labels: [__name__], regex: b, action: drop}]',
      'a 1\nb 2',
      'a{instance="i", job="j"} 1',
    ],
    ['metric_relabel_configs rename', 'metric_relabel_configs: [{regex: job|instance, action: labeldrop}]', 'a 1', 'a 1'],
    [
      'the first of two equal series counts',
      '',
      'a{x="1",y="2"} 1\na{y="2",x="1"} 2',
      'a{instance="i", job="j", x="1", y="2"} 1',
    ],
    ['honor_timestamps: false', 'honor_timestamps: false', 'a 1 5\na 2 6', 'a{instance="i", job="j"} 1'],
    ['two times of one series', '', 'a 1 5\na 2 6', 'a{instance="i", job="j"} 1|a{instance="i", job="j"} 2'],
  ])('%s', async (_, options, text, want) => {
    const { loop, store } = await target(texts(text), options);
    await loop.scrapeOnce(0);
    expect(
      store
        .take()
        .filter((sample) => !sample.startsWith('up'))
        .join('|'),
    ).toBe(want);
    for (const { seriesKeys } of store.batches) expect(new Set(seriesKeys).size).toBe(seriesKeys.length);
  });
});

describe('staleness', () => {
  test.each<[what: string, before: string, after: string, typed: boolean, want: string[]]>([
    [
      'a type',
      '# TYPE a counter\na 1\nb 1\n',
      '# TYPE a gauge\na 2\nb 1\n',
      true,
      [
        'a{__type__="gauge", instance="i", job="j"} 2',
        'b{instance="i", job="j"} 1',
        'a{__type__="counter", instance="i", job="j"} stale',
      ],
    ],
    [
      'a type of a metric whose samples stand elsewhere',
      '# TYPE a counter\n# TYPE b gauge\nb 1\na 1\n',
      '# TYPE a gauge\n# TYPE b gauge\nb 1\na 2\n',
      true,
      [
        'b{__type__="gauge", instance="i", job="j"} 1',
        'a{__type__="gauge", instance="i", job="j"} 2',
        'a{__type__="counter", instance="i", job="j"} stale',
      ],
    ],
    [
      'that there is a type',
      '# TYPE a counter\na 1\n',
      'a 2\n',
      true,
      ['a{instance="i", job="j"} 2', 'a{__type__="counter", instance="i", job="j"} stale'],
    ],
    [
      'the type of a part',
      '# TYPE h histogram\nh_bucket{le="1"} 1\n',
      '# TYPE h untyped\nh_bucket{le="1"} 1\n',
      false,
      ['h_bucket{instance="i", job="j", le="1"} 1', 'h_bucket{instance="i", job="j", le="1.0"} stale'],
    ],
    [
      'which metrics a help text is of',
      '# TYPE a counter\na_total 1\n',
      '# HELP a_total is a metric by itself\n# TYPE a counter\na_total 1\n',
      true,
      ['a_total{instance="i", job="j"} 1', 'a_total{__type__="counter", instance="i", job="j"} stale'],
    ],
    [
      'a quoted name’s type',
      '# TYPE "a.b" counter\n{"a.b"} 1\n',
      '# TYPE "a.b" gauge\n{"a.b"} 1\n',
      true,
      ['a.b{__type__="gauge", instance="i", job="j"} 1', 'a.b{__type__="counter", instance="i", job="j"} stale'],
    ],
    ['a type that no label tells', '# TYPE a counter\na 1\n', '# TYPE a gauge\na 2\n', false, ['a{instance="i", job="j"} 2']],
    [
      'which other metrics there are',
      '# TYPE a counter\na 1\n',
      '# TYPE A gauge\nA 1\n# TYPE a counter\na 2\n',
      true,
      ['A{__type__="gauge", instance="i", job="j"} 1', 'a{__type__="counter", instance="i", job="j"} 2'],
    ],
  ])('where a target changes %s, series end that are others now, and no more', async (_, before, after, typed, want) => {
    const { loop, store } = await target(texts(before, after, after, before, before), '', false, typed);
    await loop.scrapeOnce(10_000);
    const first = store.take();
    await loop.scrapeOnce(20_000);
    expect(store.take().slice(0, -1)).toEqual(want);
    await loop.scrapeOnce(30_000);
    expect(store.take().slice(0, -1)).toEqual(want.filter((line) => !line.endsWith('stale')));
    // And back.
    await loop.scrapeOnce(40_000);
    const back = store.take().slice(0, -1);
    expect(back.filter((line) => !line.endsWith('stale'))).toEqual(first.slice(0, -1));
    await loop.scrapeOnce(50_000);
    expect(store.take()).toEqual(first);
  });

  const up = (value: number): string => `up{instance="i", job="j"} ${value}`;

  test('a series that is no longer there ends, and only once', async () => {
    const { loop, store } = await target(texts('a 1\nb 2\n', 'b 3\n', 'b 4\n', 'a 5\nb 6\n'));
    await loop.scrapeOnce(1);
    store.take();
    await loop.scrapeOnce(2);
    expect(store.take()).toEqual(['b{instance="i", job="j"} 3', 'a{instance="i", job="j"} stale', up(1)]);
    await loop.scrapeOnce(3);
    expect(store.take()).toEqual(['b{instance="i", job="j"} 4', up(1)]);
    await loop.scrapeOnce(4);
    expect(store.last('scrape_series_added{instance="i", job="j"}')).toBe(1);
    expect(store.take()).toEqual(['a{instance="i", job="j"} 5', 'b{instance="i", job="j"} 6', up(1)]);
  });

  test('labels written in another order are the same series', async () => {
    const { loop, store } = await target(texts('a{x="1",y="2"} 1\n', 'a{y="2",x="1"} 2\n', 'a{y="2",x="1"} 3\n'));
    await loop.scrapeOnce(1);
    await loop.scrapeOnce(2);
    await loop.scrapeOnce(3);
    expect(store.take().filter((sample) => !sample.startsWith('up'))).toEqual(
      [1, 2, 3].map((n) => `a{instance="i", job="j", x="1", y="2"} ${n}`),
    );
  });

  test('a series with timestamps of its own does not end by being absent', async () => {
    const { loop, store } = await target(texts('a 1 5\n', ''));
    await loop.scrapeOnce(1);
    store.take();
    await loop.scrapeOnce(2);
    expect(store.take()).toEqual([up(1)]);
  });

  test('a target that fails ends all its series, once', async () => {
    const { loop, store } = await target(texts('a 1\n', 500, 500, 'a 2\n'));
    await loop.scrapeOnce(1);
    store.take();
    await loop.scrapeOnce(2);
    expect(store.take()).toEqual(['a{instance="i", job="j"} stale', up(0)]);
    expect(loop.status).toMatchObject({ health: 'down', lastError: 'the server answered HTTP status 500' });
    await loop.scrapeOnce(3);
    expect(store.take()).toEqual([up(0)]);
    await loop.scrapeOnce(4);
    expect(store.take()).toEqual(['a{instance="i", job="j"} 2', up(1)]);
  });

  test('a target that goes away ends its series and its report; a process that ends does not', async () => {
    const { loop, store } = await target(texts('a 1\n'));
    await loop.scrapeOnce(1);
    store.samples.splice(0);
    await loop.stop(true);
    expect(store.samples.map(({ series, value }) => `${series.split('{')[0]} ${value}`)).toEqual(
      [
        'a',
        'up',
        'scrape_duration_seconds',
        'scrape_samples_scraped',
        'scrape_samples_post_metric_relabeling',
        'scrape_series_added',
      ].map((name) => `${name} stale`),
    );
    const other = await target(texts('a 1\n'));
    await other.loop.scrapeOnce(1);
    other.store.samples.splice(0);
    await other.loop.stop(false);
    expect(other.store.samples).toEqual([]);
  });

  test('after a change of rules only what they no longer make ends', async () => {
    const { loop, store, job } = await target(texts('a 1\nb 2\n'));
    await loop.scrapeOnce(1);
    store.take();
    const changed = jobOf('x', 'metric_relabel_configs: [{source_labels: [__name__], regex: b, action: drop}]');
    loop.reconfigure(changed, new HttpClient(job.client));
    await loop.scrapeOnce(2);
    expect(store.take()).toEqual(['a{instance="i", job="j"} 1', 'b{instance="i", job="j"} stale', up(1)]);
  });
});

describe('limits', () => {
  test.each([
    ['sample_limit: 2', 'the target gave 3 samples; the sample_limit is 2'],
    ['label_limit: 3', 'a has 4 labels; the label_limit is 3'],
    ['label_name_length_limit: 4', 'the label name __name__ is longer than the label_name_length_limit of 4 bytes'],
    ['label_value_length_limit: 5', 'the value of long in a is longer than the label_value_length_limit of 5 bytes'],
    ['body_size_limit: 20B', 'the body is larger than the body_size_limit of 20 bytes'],
    [
      "metric_relabel_configs: [{target_label: __name__, replacement: ''}]",
      'a{long="123456"} has no metric name after metric_relabel_configs',
    ],
  ])('%s', async (option, sentence) => {
    const { loop, store } = await target(texts('a{long="123456"} 1\nb 2\nc 3\n'), option);
    await loop.scrapeOnce(1);
    expect(loop.status.lastError).toBe(sentence);
    expect(store.take()).toEqual(['up{instance="i", job="j"} 0']);
  });
});

describe('bad targets', () => {
  const quick = 'scrape_interval: 300ms, scrape_timeout: 300ms';
  const drip: RequestListener = (_, response) => {
    response.writeHead(200, TEXT);
    const timer = setInterval(() => response.write('# \n'), 10);
    response.on('close', () => clearInterval(timer));
  };
  const flood: RequestListener = (_, response) => {
    response.writeHead(200, TEXT);
    const chunk = Buffer.alloc(64 * 1024, 'a 1\n');
    const write = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', write);
    write();
  };
  const redirect =
    (to: (path: number) => string): RequestListener =>
    (request, response) => {
      response.writeHead(302, { location: to(Number(new URL(request.url ?? '', 'http://x').searchParams.get('n'))) }).end();
    };

  test.each<[name: string, answer: RequestListener, options: string, sentence: string | RegExp]>([
    ['hangs', () => undefined, quick, 'no complete answer within 0.3 s'],
    ['drips', drip, quick, 'no complete answer within 0.3 s'],
    ['redirects to itself', redirect(() => '/metrics'), '', /^the server redirects in a loop, back to http:\S+\/metrics$/],
    ['redirects on and on', redirect((n) => `/metrics?n=${n + 1}`), '', 'the server redirects more than 10 times'],
    ['redirects to a file', redirect(() => 'file:///etc/passwd'), '', 'the server redirects to file:, which is not followed'],
    ['redirects where that is off', redirect(() => '/other'), 'follow_redirects: false', 'the server answered HTTP status 302'],
    ['sends without end', flood, 'body_size_limit: 2MB', 'the body is larger than the body_size_limit of 2097152 bytes'],
    [
      'announces 1 GB',
      (_, response) => response.writeHead(200, { ...TEXT, 'content-length': 1e9 }).flushHeaders(),
      '',
      'the body is larger than the body_size_limit of 67108864 bytes',
    ],
    [
      'sends a gzip bomb',
      (_, response) =>
        void response.writeHead(200, { ...TEXT, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(4 * 1024 * 1024))),
      'body_size_limit: 1MB',
      'the unpacked body is larger than the body_size_limit of 1048576 bytes',
    ],
    [
      'lies about gzip',
      (_, response) => void response.writeHead(200, { ...TEXT, 'content-encoding': 'gzip' }).end('a 1\n'),
      '',
      'the body is not gzip: incorrect header check',
    ],
    [
      'packs in another way',
      (_, response) => void response.writeHead(200, { ...TEXT, 'content-encoding': 'br' }).end('a 1\n'),
      '',
      'the server answered with Content-Encoding "br"; only gzip was asked for',
    ],
    [
      'sends a page',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      '',
      /^the answer's Content-Type is "text\/html", which is not metrics; expected text\/plain, application\/openmetrics-text or /,
    ],
    [
      'says no type',
      (_, response) => void response.writeHead(200).end('a 1\n'),
      '',
      /^the answer has no Content-Type; expected text\/plain/,
    ],
    [
      'closes early',
      (_, response) => {
        response.writeHead(200, { ...TEXT, 'content-length': 100 });
        response.write('a 1\n', () => response.socket?.destroy());
      },
      '',
      /^the server closed the connection before its answer was complete/,
    ],
    [
      'closes at once',
      (request) => void request.socket.destroy(),
      '',
      /^the server closed the connection before its answer was complete/,
    ],
    [
      'sends garbage',
      (_, response) => void response.writeHead(200, TEXT).end(Buffer.from([0, 255, 1, 254, 10, 7])),
      '',
      /^line 1: expected a metric name/,
    ],
    ['breaks a line', texts('a 1\nb{c="d} 2\n'), '', /^line 2: expected a closing double quote for the value of label "c"/],
  ])('one that %s gets a sentence', async (_, answer, options, sentence) => {
    const { loop, store } = await target(answer, options);
    await loop.scrapeOnce(1);
    if (typeof sentence === 'string') expect(loop.status.lastError).toBe(sentence);
    else expect(loop.status.lastError).toMatch(sentence);
    expect(store.take()).toEqual(['up{instance="i", job="j"} 0']);
  });

  test('one that is not there gets a sentence', async () => {
    const { loop } = await target(texts(''));
    servers.at(-1)?.close();
    await loop.scrapeOnce(1);
    expect(loop.status.lastError).toMatch(/^nothing listens there \(connection refused: 127\.0\.0\.1:\d+\)$/);
  });

  test('a fallback reads what has no type', async () => {
    const { loop } = await target(
      (_, response) => void response.writeHead(200).end('a 1\n'),
      'fallback_scrape_protocol: PrometheusText0.0.4',
    );
    await loop.scrapeOnce(1);
    expect(loop.status.health).toBe('up');
  });

  test('a secret is not sent on to another host', async () => {
    let seen: string | undefined = 'not asked';
    const other = await serve((request, response) => {
      seen = request.headers.authorization;
      response.writeHead(200, TEXT).end();
    });
    const { loop } = await target(
      (_, response) => void response.writeHead(307, { location: `http://${other}/` }).end(),
      'bearer_token: secret',
    );
    await loop.scrapeOnce(1);
    expect([loop.status.lastError, seen]).toEqual(['', undefined]);
  });

  test('a hanging target does not hold up the end', async () => {
    let asked = (): void => undefined;
    const request = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { loop, store } = await target(() => asked());
    const scrape = loop.scrapeOnce(1);
    await request;
    await loop.stop(false);
    await scrape;
    expect(store.samples).toEqual([]);
  });

  test('a store that refuses is shown on the target', async () => {
    const { loop, context, warnings } = await target(texts('a 1\n'));
    Object.assign(context, { append: () => Promise.reject(new StoreBusy('too much waits to be written', 1)) });
    await loop.scrapeOnce(1);
    expect(loop.status.lastError).toBe('the samples could not be stored: too much waits to be written');
    expect(warnings).toEqual(['The store refused a scrape.']);
  });
});

test('what stays wrong is said once, and again when it comes back', async () => {
  const { loop, warnings } = await target(texts('a 1\na 2\n', 'a 1\na 2\n', 'a 1\n', 'a 1\na 2\n'));
  for (const ms of [1_000, 2_000, 3_000, 4_000]) await loop.scrapeOnce(ms);
  expect(warnings).toEqual(Array(2).fill(expect.stringContaining('more than one sample for the same series')));
});
