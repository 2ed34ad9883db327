import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
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
            readonly '200': { readonly content: { readonly 'application/json': { readonly schema: object } } };
          };
        };
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const folder = corpusFolder('http-api');

/** Each answer is read by Prometheus' own description of its API. */
describe.skipIf(folder === undefined)('answers have the shapes that Prometheus describes [needs ../shared/corpus]', () => {
  const described =
    folder === undefined ? undefined : (parse(readFileSync(join(folder, 'openapi_3.1_golden.yaml'), 'utf8')) as Described);

  test.each([
    ['/query', '/query?query=up&stats=all'],
    ['/query_range', '/query_range?query=up&start=0&end=60&step=15'],
    ['/series', '/series?match[]=up'],
    ['/labels', '/labels?limit=1'],
    ['/label/{name}/values', '/label/job/values'],
    ['/metadata', '/metadata'],
    ['/targets', '/targets'],
    ['/scrape_pools', '/scrape_pools'],
    ['/format_query', '/format_query?query=sum(up)'],
    ['/rules', '/rules'],
    ['/alerts', '/alerts'],
    ['/alertmanagers', '/alertmanagers'],
    ['/status/buildinfo', '/status/buildinfo'],
    ['/status/config', '/status/config'],
    ['/status/flags', '/status/flags'],
    ['/status/runtimeinfo', '/status/runtimeinfo'],
    ['/status/tsdb', '/status/tsdb'],
  ])('%s', async (path, url) => {
    const { app, store } = await testApp({
      metadata: { metadata: () => [{ metric: 'up', type: 'gauge', help: 'Up.', unit: '' }] },
      scraping: {
        metadata: () => [],
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
    const schema = described?.paths[path]?.get?.responses['200'].content['application/json'].schema;
    const whole = JSON.stringify({ ...schema, $defs: described?.components.schemas }).replaceAll(
      '#/components/schemas/',
      '#/$defs/',
    );
    const result = z.fromJSONSchema(JSON.parse(whole)).safeParse(answer.json());
    expect(result.error?.issues ?? []).toEqual([]);
  });
});
