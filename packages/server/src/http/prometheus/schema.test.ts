import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseScrapeConfigs } from '../../scrape/parse-scrape-configs.ts';
import { corpusFolder } from '../../testing/corpus-folder.ts';
import { matrix } from '../../testing/fake-store.ts';
import { testApp } from '../../testing/test-app.ts';

interface Described {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get?: {
          readonly responses: {
            readonly '200': { readonly content: { readonly 'application/json'?: { readonly schema: object } } };
            readonly default: { readonly content: { readonly 'application/json'?: { readonly schema: object } } };
          };
        };
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const folder = corpusFolder('http-api');

const { jobs: JOBS } = parseScrapeConfigs({
  file: 'prometheus.yml',
  text: `
scrape_configs:
  - job_name: a
    basic_auth: { username: me, password: hidden }
    static_configs: [{ targets: ['a:1', 'b:1'] }]
    relabel_configs:
      - { source_labels: [__address__], regex: '(.*):1', target_label: host }
      - { source_labels: [__tmp], regex: x, action: drop }
`,
});

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

const HISTOGRAM: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 3,
  sum: 4.5,
  positiveSpans: [{ offset: 1, length: 1 }],
  positiveBuckets: Float64Array.of(3),
  negativeSpans: [],
  negativeBuckets: new Float64Array(),
  customValues: new Float64Array(),
  reset: 'unknown',
};

/** Each answer is read by Prometheus' own description of its API. */
describe.skipIf(folder === undefined)('answers have the shapes that Prometheus describes [needs ../shared/corpus]', () => {
  const described =
    folder === undefined ? undefined : (parse(readFileSync(join(folder, 'openapi_3.1_golden.yaml'), 'utf8')) as Described);

  test.each([
    ['/query', '/query?query=up&stats=all'],
    ['/query_exemplars', '/query_exemplars?query=up'],
    ['/parse_query', '/parse_query?query=sum(up)'],
    ['/query_range', '/query_range?query=up&start=0&end=60&step=15'],
    ['/series', '/series?match[]=up'],
    ['/labels', '/labels?limit=1'],
    ['/label/{name}/values', '/label/job/values'],
    ['/metadata', '/metadata'],
    ['/targets', '/targets'],
    ['/targets/metadata', '/targets/metadata'],
    ['/targets/metadata', '/targets/metadata?metric=up&match_target={job="a"}'],
    [
      '/targets/relabel_steps',
      `/targets/relabel_steps?scrapePool=a&labels=${encodeURIComponent('{"__address__":"a:1","__tmp":"x"}')}`,
    ],
    ['/scrape_pools', '/scrape_pools'],
    ['/scrape_pools/config', '/scrape_pools/config?scrapePool=a'],
    ['/format_query', '/format_query?query=sum(up)'],
    ['/rules', '/rules'],
    ['/alerts', '/alerts'],
    ['/alertmanagers', '/alertmanagers'],
    ['/status/buildinfo', '/status/buildinfo'],
    ['/status/config', '/status/config'],
    ['/status/flags', '/status/flags'],
    ['/status/runtimeinfo', '/status/runtimeinfo'],
    ['/status/tsdb', '/status/tsdb?limit=5'],
    ['/status/tsdb/blocks', '/status/tsdb/blocks'],
    ['/status/walreplay', '/status/walreplay'],
    ['/status/self_metrics', '/status/self_metrics?metric_name_pattern=vitrine_.*'],
    ['/notifications', '/notifications'],
    ['/features', '/features'],
  ])('%s', async (path, url) => {
    const { app, store } = await testApp({
      metadata: { metadata: () => [{ metric: 'up', type: 'gauge', help: 'Up.', unit: '' }] },
      scraping: {
        jobs: () => JOBS,
        metadata: () => [{ target: { job: 'a' }, metadata: [{ metric: 'up', type: 'gauge', help: 'Up.', unit: '' }] }],
        targets: () => ({
          activeTargets: [
            {
              discoveredLabels: { __address__: 'a:1' },
              labels: { job: 'a' },
              scrapePool: 'a',
              scrapeUrl: 'http://a:1/metrics',
              globalUrl: 'http://a:1/metrics',
              lastError: '',
              lastScrape: '2026-01-01T00:00:00.000Z',
              lastScrapeDuration: 0.1,
              health: 'up',
              scrapeInterval: '15s',
              scrapeTimeout: '10s',
            },
          ],
          droppedTargets: [{ discoveredLabels: { __address__: 'b:1' }, scrapePool: 'a' }],
          droppedTargetCounts: { a: 1 },
        }),
      },
    });
    store.answer = (request) => matrix(request, [[{ __name__: 'up' }, () => Number.NaN]]);
    const answer = await app.inject(`/api/v1${url}`);
    expect(answer.statusCode).toBe(200);
    expect(problems(described?.paths[path]?.get?.responses['200'].content['application/json']?.schema, answer.json())).toEqual(
      [],
    );
  });

  test('every address that Prometheus describes is answered', async () => {
    const { app } = await testApp();
    // OTLP has an address of its own, /v1/metrics, as its specification says.
    const elsewhere = new Set(['/otlp/v1/metrics']);
    const missing = Object.entries(described?.paths ?? {}).flatMap(([path, methods]) =>
      elsewhere.has(path)
        ? []
        : METHODS.filter(
            (method) =>
              method.toLowerCase() in methods && !app.hasRoute({ method, url: `/api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}` }),
          ).map((method) => `${method} ${path}`),
    );
    expect(missing).toEqual([]);
  });

  test('native histograms of a query', async () => {
    const { app, store } = await testApp();
    store.answer = (request) => {
      const result = matrix(request, [[{ __name__: 'h' }, () => 0]]);
      if (result.kind !== 'vector') return result;
      return { ...result, series: result.series.map((series) => ({ ...series, histograms: [HISTOGRAM] })) };
    };
    const answer = (await app.inject('/api/v1/query?query=h')).json();
    expect(answer.data.result[0].histogram[1]).toEqual({ count: '3', sum: '4.5', buckets: [[0, '1', '2', '3']] });
    expect(problems(described?.components.schemas['QueryOutputBody'], answer)).toEqual([]);
  });

  test('a snapshot, one at a time', async () => {
    const asked = Promise.withResolvers<string>();
    const done = Promise.withResolvers<void>();
    const { app, needs } = await testApp({
      adminApi: true,
      snapshot: (name) => {
        asked.resolve(name);
        return done.promise;
      },
    });
    const { token } = await needs.tokens.create({ name: 'x', scopes: ['admin'], expiresMs: undefined });
    const ask = () =>
      app.inject({
        method: 'POST',
        url: '/api/v1/admin/tsdb/snapshot',
        headers: { authorization: `Bearer ${token}` },
      });
    const first = ask();
    const name = await asked.promise;
    expect(name).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{16}$/);
    expect((await ask()).statusCode).toBe(503);
    done.resolve();
    const answer = await first;
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'success', data: { name } }]);
    expect(problems(described?.components.schemas['SnapshotOutputBody'], answer.json())).toEqual([]);
  });

  test.each([
    ['/query', '/query?query=sum(', 400],
    ['/query_range', '/query_range?query=up', 400],
    ['/query_exemplars', '/query_exemplars?query=up&start=2&end=1', 400],
    ['/series', '/series', 400],
    ['/targets/metadata', '/targets/metadata?metric=nothing', 404],
    ['/targets/relabel_steps', '/targets/relabel_steps', 400],
    ['/scrape_pools/config', '/scrape_pools/config?scrapePool=b', 404],
    ['/status/self_metrics', '/status/self_metrics?metric_name_pattern=(', 400],
    ['/search/label_values', '/search/label_values', 400],
    ['/status/tsdb', '/status/tsdb?limit=0', 400],
  ])('the error of %s%.0s is %i', async (path, url, status) => {
    const { app } = await testApp();
    const answer = await app.inject(`/api/v1${url}`);
    expect(answer.statusCode).toBe(status);
    expect(problems(described?.paths[path]?.get?.responses.default.content['application/json']?.schema, answer.json())).toEqual(
      [],
    );
  });

  /** What is wrong with an answer, by the description. */
  function problems(schema: object | undefined, answer: unknown): readonly unknown[] {
    expect(schema).toBeDefined();
    const whole = JSON.stringify({ ...schema, $defs: described?.components.schemas }).replaceAll(
      '#/components/schemas/',
      '#/$defs/',
    );
    return z.fromJSONSchema(JSON.parse(whole)).safeParse(answer).error?.issues ?? [];
  }
});
