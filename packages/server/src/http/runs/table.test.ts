import type { RunTableAnswer, SparklinesAnswer } from '@vitrine/model/run-api.ts';
import { readRunJson } from '@vitrine/model/run-json.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';

let made: TestApp;
beforeAll(async () => {
  made = await testApp({ until: (end) => afterAll(end) });
  const { runs } = made.needs;
  await runs.create({ id: 'r', name: 'one', project: 'p', source: 'api', params: { lr: '0.1' } });
  await runs.curves.append({
    curves: [{ run: 'r', metric: 'loss' }],
    curveIndex: new Uint32Array(3),
    steps: Float64Array.of(0, 1, 2),
    timesMs: Float64Array.of(1, 2, 3),
    values: Float64Array.of(2, 1, Number.NaN),
  });
});

async function ask(path: string, body: unknown) {
  const answer = await made.app.inject({
    method: 'POST',
    url: `/api/runs/${path}`,
    headers: { ...made.browser, 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });
  return { status: answer.statusCode, body: readRunJson(answer.payload) };
}

test('the table and its small curves keep what JSON does not know', async () => {
  const { status, body } = await ask('table', { filter: 'metrics.loss.best = 1' });
  expect(status).toBe(200);
  const { rows, total } = body as RunTableAnswer;
  expect(total).toBe(1);
  expect(rows[0]).toMatchObject({
    run: { id: 'r', params: { lr: '0.1' } },
    metrics: { loss: { points: 3, last: { step: 2, value: Number.NaN }, best: { step: 1, value: 1 } } },
  });
  const sparks = await ask('sparklines', { runs: ['r', 'nobody'], metrics: ['loss', 'none'], points: 8 });
  expect((sparks.body as SparklinesAnswer).lines).toEqual([{ run: 'r', metric: 'loss', steps: [0, 1], values: [2, 1] }]);
  const found = async (more: object) => (await ask('metric-names', { runs: ['r'], ...more })).body;
  expect(await found({ text: 'LO' })).toEqual({ metrics: [{ metric: 'loss', runs: 1 }], more: 0 });
  expect(await found({ text: 'acc' })).toEqual({ metrics: [], more: 0 });
  const names = await made.app.inject({ url: '/api/runs/filter-names?text=L', headers: made.browser });
  expect(names.json()).toEqual({ metrics: ['loss'], params: ['lr'], tags: [] });
  expect((await ask('filter-values', { field: 'params.lr' })).body).toEqual({ values: [{ value: '0.1', runs: 1 }], more: 0 });
});

test.each([
  ['table', { filter: 'loss <' }, /^filter: "loss" is nothing that runs have: write metrics\.loss.* \(at character 1\)$/],
  ['table', { filter: 'name =~ "("' }, /^filter: .*regular expression/],
  ['table', { filter: 'x'.repeat(900_000) }, /^filter: has 900000 characters, and the limit is 20000/],
  ['table', { filter: '('.repeat(20_000) }, /^filter: conditions lie more than 50 deep/],
  ['table', { sort: [{ by: 'nonsense' }] }, /"nonsense" is nothing that runs have/],
  ['table', { groupBy: 'metrics.' }, /the name of the metric is missing/],
  ['table', { limit: 2_001 }, /^limit: /],
  ['filter-values', { field: 'nonsense' }, /"nonsense" is nothing that runs have/],
  ['filter-values', { field: 'host', limit: 1_001 }, /^limit: /],
  ['table', { limit: 0 }, /^limit: /],
  ['table', { offset: -1 }, /^offset: /],
  ['table', { filter: 7 }, /^filter: /],
  ['table', { wrong: 1 }, /wrong/],
  ['metric-names', { runs: ['r'], text: 'x'.repeat(201) }, /^text: /],
  ['sparklines', { runs: ['r'], metrics: ['loss'], points: 7 }, /^points: /],
  ['sparklines', { runs: Array.from({ length: 2_001 }, () => 'r'), metrics: [] }, /^runs: /],
])('%s %j is refused with a sentence', async (path, request, sentence) => {
  const { status, body } = await ask(path, request);
  expect(status).toBe(400);
  expect((body as { error: { message: string } }).error.message).toMatch(sentence);
});

test('a page far behind the last row is empty, and so is the table of a project that is not there', async () => {
  expect((await ask('table', { offset: 1e15 })).body).toMatchObject({ rows: [], total: 1 });
  expect((await ask('table', { projects: ['none'] })).body).toMatchObject({ rows: [], total: 0, params: [], metrics: [] });
});
