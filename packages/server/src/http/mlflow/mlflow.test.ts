import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';

const API = '/api/2.0/mlflow';
const FILES = '/api/2.0/mlflow-artifacts/artifacts';

interface WireRun {
  readonly info: Readonly<Record<string, unknown>> & { readonly run_id: string; readonly artifact_uri: string };
  readonly data: {
    readonly metrics: readonly {
      readonly key: string;
      readonly value: unknown;
      readonly step: number;
      readonly timestamp: number;
    }[];
    readonly params: readonly { readonly key: string; readonly value: string }[];
    readonly tags: readonly { readonly key: string; readonly value: string }[];
  };
  readonly inputs: unknown;
  readonly outputs: unknown;
}

let t: TestApp;
beforeAll(async () => {
  t = await testApp({
    until: afterAll,
    limits: {
      maxSamples: 1,
      maxSeries: 1,
      timeoutMs: 1_000,
      maxPoints: 1,
      bodyBytes: 2_000_000,
      artifactBytes: 1_000_000,
    },
  });
});

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, headers: object = {}) {
  const answer = await t.app.inject({ method, url, ...(payload === undefined ? {} : { payload }), headers: { ...headers } });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: answer.headers };
}

async function post(path: string, payload: object): Promise<Record<string, unknown>> {
  const { status, body } = await call('POST', `${API}/${path}`, payload);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

async function newRun(more: object = {}): Promise<string> {
  return ((await post('runs/create', { experiment_id: '0', start_time: 1_000, ...more })) as { run: WireRun }).run.info.run_id;
}

async function getRun(id: string): Promise<WireRun> {
  return (await call('GET', `${API}/runs/get?run_id=${id}`)).body['run'] as WireRun;
}

function pairs(list: readonly { readonly key: string; readonly value: unknown }[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, value]));
}

const metric = (key: string, value: unknown, step: unknown = 0, timestamp: unknown = 1_000) => ({ key, value, step, timestamp });

describe('experiments', () => {
  test('are made once, found by name and id, renamed, tagged, put into the bin and back', async () => {
    const { experiment_id: id } = await post('experiments/create', { name: 'vision', tags: [{ key: 'team', value: 'a' }] });
    expect(await call('POST', `${API}/experiments/create`, { name: 'vision' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS' },
    });
    const experiment = { experiment_id: id, lifecycle_stage: 'active', artifact_location: `mlflow-artifacts:/${String(id)}` };
    expect(await call('GET', `${API}/experiments/get-by-name?experiment_name=vision`)).toMatchObject({
      status: 200,
      body: { experiment: { ...experiment, name: 'vision', tags: [{ key: 'team', value: 'a' }] } },
    });
    const run = await newRun({ experiment_id: id });
    await post('experiments/update', { experiment_id: id, new_name: 'vision 2' });
    await post('experiments/set-experiment-tag', { experiment_id: id, key: 'mlflow.note.content', value: '*n*' });
    await post('experiments/delete-experiment-tag', { experiment_id: id, key: 'team' });
    await post('experiments/delete', { experiment_id: id });
    expect(await call('GET', `/ajax-api/2.0/mlflow/experiments/get?experiment_id=${String(id)}`)).toMatchObject({
      body: {
        experiment: { ...experiment, name: 'vision 2', lifecycle_stage: 'deleted', tags: [{ key: 'mlflow.note.content' }] },
      },
    });
    expect((await getRun(run)).info['lifecycle_stage']).toBe('deleted');
    expect(await call('POST', `${API}/runs/create`, { experiment_id: id })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE' },
    });
    await post('experiments/restore', { experiment_id: id });
    expect((await getRun(run)).info['lifecycle_stage']).toBe('active');
  });

  test('are searched by name and tag, page by page, the newest first', async () => {
    for (const name of ['s-1', 's-2', 's-3']) await post('experiments/create', { name, tags: [{ key: 'set', value: name }] });
    const filter = "name LIKE 's-%' AND tags.set != 's-9'";
    const first = await post('experiments/search', { filter, max_results: '2', order_by: ['name DESC'] });
    expect(first['experiments']).toMatchObject([{ name: 's-3' }, { name: 's-2' }]);
    const query = new URLSearchParams({
      filter,
      max_results: '2',
      order_by: 'name DESC',
      page_token: String(first['next_page_token']),
    });
    expect((await call('GET', `${API}/experiments/search?${query.toString()}`)).body).toEqual({
      experiments: [expect.objectContaining({ name: 's-1' })],
    });
    expect((await post('experiments/search', { view_type: 'DELETED_ONLY' }))['experiments']).toEqual([]);
  });

  test('whose artifacts lie elsewhere say so, and their runs too', async () => {
    const { experiment_id: id } = await post('experiments/create', { name: 's3', artifact_location: 's3://bucket/x' });
    const run = await getRun(await newRun({ experiment_id: id }));
    expect(run.info.artifact_uri).toBe(`s3://bucket/x/${run.info.run_id}/artifacts`);
  });
});

describe('runs', () => {
  test('have what they were made with, in the places that Vitrine has for it', async () => {
    const parent = await newRun({ run_name: 'parent' });
    const tags = {
      'mlflow.runName': 'child',
      'mlflow.parentRunId': parent,
      'mlflow.note.content': '*n*',
      'mlflow.user': 'ann',
      a: 'b',
    };
    const id = await newRun({ tags: Object.entries(tags).map(([key, value]) => ({ key, value })), unknown_field: { deep: 1 } });
    expect(await t.needs.runs.find(id)).toMatchObject({
      name: 'child',
      parentId: parent,
      notes: '*n*',
      user: 'ann',
      tags: { a: 'b' },
      startedMs: 1_000,
      source: 'mlflow',
      status: 'running',
      hosts: ['localhost', '127.0.0.1', expect.any(String)],
    });
    const run = await getRun(id);
    expect(pairs(run.data.tags)).toEqual(tags);
    expect(run.info).toMatchObject({ run_uuid: id, run_name: 'child', status: 'RUNNING', user_id: 'ann', start_time: 1_000 });
    expect(run.info.artifact_uri).toBe(`mlflow-artifacts:/0/${id}/artifacts`);
    expect(run.info).not.toHaveProperty('end_time');
  });

  test('end, run again, are renamed by either way, and go into the bin and back', async () => {
    const id = await newRun();
    const ended = await post('runs/update', { run_id: id, run_uuid: id, status: 'FINISHED', end_time: '2000', run_name: 'x' });
    expect(ended['run_info']).toMatchObject({ status: 'FINISHED', end_time: 2_000, run_name: 'x' });
    const again = await post('runs/update', { run_uuid: id, status: 'RUNNING' });
    expect(again['run_info']).not.toHaveProperty('end_time');
    await post('runs/set-tag', { run_id: id, key: 'mlflow.runName', value: 'y' });
    await post('runs/set-tag', { run_id: id, key: 'k', value: '' });
    await post('runs/delete-tag', { run_id: id, key: 'k' });
    await post('runs/delete', { run_id: id });
    expect((await getRun(id)).info).toMatchObject({ run_name: 'y', lifecycle_stage: 'deleted' });
    expect(await call('POST', `${API}/runs/log-metric`, { run_id: id, ...metric('a', 1) })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("must be in the 'active' state") as string },
    });
    await post('runs/restore', { run_id: id });
    expect((await getRun(id)).info['lifecycle_stage']).toBe('active');
  });

  test('keep metrics exactly, tell the newest, and take a batch twice without doubling it', async () => {
    const id = await newRun();
    const batch = {
      run_id: id,
      metrics: [
        metric('loss', 0.5, 1, 2_000),
        metric('loss', '0.25', '2', '3000'),
        metric('loss', 'NaN', 2, 4_000),
        metric('loss', 9, 0, 9_000),
        metric('inf', '-Infinity'),
        { key: 'no step', value: 1, timestamp: 5 },
        metric('system/gpu-07/cpu_utilization_percentage', 3),
      ],
      params: [{ key: 'lr', value: '0.1' }],
      tags: [{ key: '__proto__', value: 'x' }],
    };
    await post('runs/log-batch', batch);
    await post('runs/log-batch', batch);
    await post('runs/log-metric', { run_id: id, ...metric('loss', 0.5, 1, 2_000) });
    const { data } = await getRun(id);
    expect(pairs(data.metrics)).toEqual({
      loss: 'NaN',
      inf: '-Infinity',
      'no step': 1,
      'system/gpu-07/cpu_utilization_percentage': 3,
    });
    expect(data.tags).toContainEqual({ key: '__proto__', value: 'x' });
    expect((await t.needs.runs.find(id))?.hosts).toContain('gpu-07');
    const history = await call('GET', `${API}/metrics/get-history?run_id=${id}&metric_key=loss`);
    const points = [
      { key: 'loss', value: 0.5, step: 1, timestamp: 2_000, run_id: id },
      { key: 'loss', value: 0.25, step: 2, timestamp: 3_000, run_id: id },
      { key: 'loss', value: 'NaN', step: 2, timestamp: 4_000, run_id: id },
      { key: 'loss', value: 9, step: 0, timestamp: 9_000, run_id: id },
    ];
    expect(history.body).toEqual({ metrics: points });
    const page = await call('GET', `${API}/metrics/get-history?run_uuid=${id}&metric_key=loss&max_results=3`);
    expect(page.body['metrics']).toEqual(points.slice(0, 3));
    const token = String(page.body['next_page_token']);
    const rest = await call('GET', `${API}/metrics/get-history?run_id=${id}&metric_key=loss&max_results=3&page_token=${token}`);
    expect(rest.body).toEqual({ metrics: points.slice(3) });
    expect((await call('GET', `${API}/metrics/get-history?run_id=${id}&metric_key=none`)).body).toEqual({ metrics: [] });
  });

  test('give some points of long curves, their ends and extremes among them', async () => {
    const id = await newRun();
    const metrics = Array.from({ length: 500 }, (_, step) => metric('m', step === 251 ? 99 : step % 7, step, step));
    await post('runs/log-batch', { run_id: id, metrics });
    const query = `run_ids=${id}&metric_key=m&start_step=100&end_step=400&max_results=10`;
    const { metrics: some } = (await call('GET', `${API}/metrics/get-history-bulk-interval?${query}`)).body as {
      metrics: { step: number; value: number }[];
    };
    expect(some.length).toBeLessThanOrEqual(10);
    expect(some[0]).toMatchObject({ step: 100 });
    expect(some.at(-1)).toMatchObject({ step: 400 });
    expect(some).toContainEqual(expect.objectContaining({ value: 99 }));
    for (const most of [1, 2, 3, 4, 5]) {
      const few = query.replace(/10$/, String(most));
      const { metrics: kept } = (await call('GET', `${API}/metrics/get-history-bulk-interval?${few}`)).body as {
        metrics: { value: number }[];
      };
      expect(kept.length).toBeLessThanOrEqual(most);
      expect(kept.map(({ value }) => value)).toEqual(expect.arrayContaining(most === 1 ? [99] : [0, 99]));
    }
  });

  test('never change a parameter, also where two say it at once', async () => {
    const id = await newRun();
    await post('runs/log-parameter', { run_id: id, key: 'lr', value: '0.1' });
    await post('runs/log-parameter', { run_id: id, key: 'lr', value: '0.1' });
    const log = (value: string) => call('POST', `${API}/runs/log-parameter`, { run_id: id, key: 'seed', value });
    const outcomes = await Promise.all(['1', '2', '3'].map(log));
    expect(outcomes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400]);
    expect(outcomes.find(({ status }) => status === 400)?.body).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('Changing param values is not allowed') as string,
    });
    expect(Object.keys(pairs((await getRun(id)).data.params))).toEqual(['lr', 'seed']);
  });

  test('are searched by what they logged', async () => {
    const { experiment_id: experiment } = await post('experiments/create', { name: 'searched' });
    const ids: string[] = [];
    for (const [index, acc] of [0.5, 0.9, 0.7].entries()) {
      const id = await newRun({ experiment_id: experiment, start_time: 1_000 + index, run_name: `r${index}` });
      await post('runs/log-batch', {
        run_id: id,
        metrics: [metric('acc', 1, 0), metric('acc', acc, 1)],
        params: [{ key: 'model', value: index === 0 ? 'tree' : 'forest' }],
      });
      ids.push(id);
    }
    await post('runs/log-inputs', {
      run_id: ids[2],
      datasets: [{ dataset: { name: 'iris', digest: 'd', source: 's' }, tags: [] }],
    });
    const names = async (more: object): Promise<string> => {
      const { runs } = (await post('runs/search', { experiment_ids: [experiment], ...more })) as { runs: WireRun[] };
      return runs.map(({ info }) => info['run_name']).join(' ');
    };
    expect(await names({})).toBe('r2 r1 r0');
    expect(await names({ filter: "metrics.acc > 0.6 and params.model = 'forest'", order_by: ['metrics.acc DESC'] })).toBe(
      'r1 r2',
    );
    expect(await names({ filter: "attributes.run_name ILIKE 'R0'" })).toBe('r0');
    expect(await names({ filter: `run_id IN ('${ids[1]}')` })).toBe('r1');
    expect(await names({ filter: "dataset.name = 'iris'" })).toBe('r2');
    await post('runs/delete', { run_id: ids[0] });
    expect(await names({ run_view_type: 'ALL' })).toBe('r2 r1 r0');
    expect(await names({ run_view_type: 'DELETED_ONLY' })).toBe('r0');
    const first = (await post('runs/search', { experiment_ids: [experiment], max_results: 1 })) as { runs: WireRun[] };
    const next = { experiment_ids: [experiment], page_token: (first as { next_page_token?: string }).next_page_token };
    expect(await names(next)).toBe('r1');
    expect(first.runs[0]).toMatchObject({
      inputs: { dataset_inputs: [{ dataset: { name: 'iris', digest: 'd', source: 's' } }] },
    });
  });

  test('hold 10,000 tags, and what is too long is cut, not refused', async () => {
    const id = await newRun();
    for (let at = 0; at < 10_000; at += 100) {
      const tags = Array.from({ length: 100 }, (_, i) => ({ key: `tag ${at + i}`, value: String(i) }));
      await post('runs/log-batch', { run_id: id, tags });
    }
    await post('runs/log-batch', { run_id: id, params: [{ key: 'long', value: 'x'.repeat(30_000) }] });
    const { data } = await getRun(id);
    expect(data.tags.length).toBe(10_001);
    expect(data.params).toEqual([{ key: 'long', value: 'x'.repeat(20_000) }]);
    expect(t.needs.intake.arrivals()).toContainEqual(
      expect.objectContaining({
        door: 'mlflow',
        reasons: expect.arrayContaining([expect.objectContaining({ reason: 'cut' })]) as unknown,
      }),
    );
  });
});

test.each([
  ['', 0],
  ['no list', 0],
  ['{"a":1}', 0],
  ['[{"n":"', 0],
  [JSON.stringify(Array.from({ length: 3 }, (_, n) => ({ n, text: 'x'.repeat(6_000) }))), 2],
])('a list of models after the tag %.20s keeps %i of those before, and the new one', async (value, kept) => {
  const run_id = await newRun();
  await post('runs/set-tag', { run_id, key: 'mlflow.log-model.history', value });
  const model = { run_id, artifact_path: 'y'.repeat(7_000) };
  await post('runs/log-model', { run_id, model_json: JSON.stringify(model) });
  const list = JSON.parse(String(pairs((await getRun(run_id)).data.tags)['mlflow.log-model.history'])) as unknown[];
  expect(list).toHaveLength(kept + 1);
  expect(list.at(-1)).toEqual(model);
});

describe('what is wrong is answered as MLflow does', () => {
  const POST = (path: string, body: object, code: string, status: number, message: RegExp) =>
    [path, body, code, status, message] as const;

  test.each([
    POST('experiments/create', {}, 'INVALID_PARAMETER_VALUE', 400, /Missing value for required parameter 'name'/),
    POST('experiments/create', { name: 5 }, 'INVALID_PARAMETER_VALUE', 400, /Invalid value 5 for parameter 'name'/),
    POST('experiments/create', { name: 'x'.repeat(501) }, 'INVALID_PARAMETER_VALUE', 400, /500/),
    POST('experiments/create', { name: 'y', artifact_location: 'no place' }, 'INVALID_PARAMETER_VALUE', 400, /URI/),
    POST('experiments/update', { experiment_id: '0', new_name: 'taken' }, 'RESOURCE_ALREADY_EXISTS', 400, /taken/),
    POST('experiments/delete', { experiment_id: 'x' }, 'INVALID_PARAMETER_VALUE', 400, /must be a valid integer/),
    POST('experiments/delete', { experiment_id: '99999' }, 'RESOURCE_DOES_NOT_EXIST', 404, /99999/),
    POST('experiments/search', { filter: 'x' }, 'INVALID_PARAMETER_VALUE', 400, /attribute key/),
    POST('experiments/search', { max_results: 0 }, 'INVALID_PARAMETER_VALUE', 400, /between 1 and 50000/),
    POST('experiments/search', { page_token: '!' }, 'INVALID_PARAMETER_VALUE', 400, /page token/),
    POST('experiments/search', { view_type: 'SOME' }, 'INVALID_PARAMETER_VALUE', 400, /ACTIVE_ONLY/),
    POST('runs/create', { experiment_id: '77' }, 'RESOURCE_DOES_NOT_EXIST', 404, /No Experiment with id=77/),
    POST('runs/create', { tags: 'x' }, 'INVALID_PARAMETER_VALUE', 400, /tags\[0\].*not an object/),
    POST('runs/create', { tags: { a: 'b' } }, 'INVALID_PARAMETER_VALUE', 400, /not a list/),
    POST('runs/create', { start_time: 'soon' }, 'INVALID_PARAMETER_VALUE', 400, /start_time/),
    POST(
      'runs/create',
      { run_name: 'a', tags: [{ key: 'mlflow.runName', value: 'b' }] },
      'INVALID_PARAMETER_VALUE',
      400,
      /different values/,
    ),
    POST('runs/get', {}, 'ENDPOINT_NOT_FOUND', 404, /no model registry/),
    POST('runs/update', { run_id: 'none' }, 'RESOURCE_DOES_NOT_EXIST', 404, /Run with id=none not found/),
    POST('runs/update', { run_id: '../x' }, 'RESOURCE_DOES_NOT_EXIST', 404, /not found/),
    POST('runs/update', { run_id: '$', status: 'DONE' }, 'INVALID_PARAMETER_VALUE', 400, /RUNNING, SCHEDULED/),
    POST('experiments/restore', { experiment_id: '0' }, 'RESOURCE_DOES_NOT_EXIST', 404, /that is deleted/),
    POST('runs/delete-tag', { run_id: '$', key: 'none' }, 'RESOURCE_DOES_NOT_EXIST', 404, /No tag with name: none/),
    POST('runs/set-tag', { run_id: '$', key: 'loss 🎉', value: 'x' }, 'INVALID_PARAMETER_VALUE', 400, /Names may only contain/),
    POST('runs/log-metric', { run_id: '$', ...metric('../../x', 1) }, 'INVALID_PARAMETER_VALUE', 400, /would resolve to/),
    POST('runs/log-metric', { run_id: '$', ...metric('a', 1, '9223372036854775808') }, 'INVALID_PARAMETER_VALUE', 400, /2\^51/),
    POST('runs/log-metric', { run_id: '$', ...metric('a', 1, 1.5) }, 'INVALID_PARAMETER_VALUE', 400, /step.*whole number/),
    POST('runs/log-metric', { run_id: '$', ...metric('a', 'much') }, 'INVALID_PARAMETER_VALUE', 400, /valid double/),
    POST('runs/log-metric', { run_id: '$', ...metric('a', true) }, 'INVALID_PARAMETER_VALUE', 400, /valid double/),
    POST('runs/log-metric', { run_id: '$', ...metric('a', 1, 1, -1) }, 'INVALID_PARAMETER_VALUE', 400, /milliseconds/),
    POST('runs/log-metric', { run_id: '$', ...metric('a', 1, 1, 2_251_799_813_686) }, 'INVALID_PARAMETER_VALUE', 400, /2041/),
    POST('runs/log-metric', { run_id: '$', key: 'a', value: 1 }, 'INVALID_PARAMETER_VALUE', 400, /'timestamp'/),
    POST(
      'runs/log-batch',
      { run_id: '$', metrics: [metric('a', 1), { key: 'b' }] },
      'INVALID_PARAMETER_VALUE',
      400,
      /metrics\[1\].value/,
    ),
    POST('runs/log-batch', { run_id: '$', metrics: 7 }, 'INVALID_PARAMETER_VALUE', 400, /'metrics'.*not a list/),
    POST(
      'runs/log-batch',
      { run_id: '$', metrics: Array(1_001).fill(metric('a', 1)) },
      'INVALID_PARAMETER_VALUE',
      400,
      /at most 1000 metrics/,
    ),
    POST(
      'runs/log-batch',
      { run_id: '$', tags: Array.from({ length: 101 }, (_, i) => ({ key: `${i}` })) },
      'INVALID_PARAMETER_VALUE',
      400,
      /at most 100 tags/,
    ),
    POST(
      'runs/log-batch',
      { run_id: '$', params: [{ key: 'a' }, { key: 'a' }] },
      'INVALID_PARAMETER_VALUE',
      400,
      /Duplicate parameter keys/,
    ),
    POST('runs/log-batch', { run_id: '$', more: 'x'.repeat(1_000_000) }, 'INVALID_PARAMETER_VALUE', 400, /at most 1000000 bytes/),
    POST('runs/log-model', { run_id: '$', model_json: '{' }, 'INVALID_PARAMETER_VALUE', 400, /Malformed model info/),
    POST('runs/log-model', { run_id: '$', model_json: '[]' }, 'INVALID_PARAMETER_VALUE', 400, /Expected a JSON object/),
    POST(
      'runs/log-model',
      { run_id: '$', model_json: `{"a":"${'x'.repeat(20_000)}"}` },
      'INVALID_PARAMETER_VALUE',
      400,
      /20008 characters/,
    ),
    POST('runs/search', { experiment_ids: ['0'], filter: 'metrics.a !' }, 'INVALID_PARAMETER_VALUE', 400, /filter/),
    POST('logged-models', { experiment_id: '0', name: 'a/b' }, 'INVALID_PARAMETER_VALUE', 400, /none of/),
    POST('logged-models', { experiment_id: '0', source_run_id: 'none' }, 'RESOURCE_DOES_NOT_EXIST', 404, /none/),
    POST('registered-models/create', { name: 'a' }, 'NOT_IMPLEMENTED', 501, /no model registry/),
    POST('nothing/here', {}, 'ENDPOINT_NOT_FOUND', 404, /nothing to POST/),
  ])('%s, case %#', async (path, given, code, status, message) => {
    if ((await t.needs.runs.project('taken')) === undefined) await post('experiments/create', { name: 'taken' });
    const id = 'run_id' in given && given.run_id === '$' ? { run_id: await newRun() } : {};
    const { status: got, body } = await call('POST', `${API}/${path}`, { ...given, ...id });
    expect({ status: got, code: body['error_code'] }).toEqual({ status, code });
    expect(body['message']).toMatch(message);
  });

  test.each([
    ['not JSON', '{"run_id":', /not JSON/],
    ['a list', '[]', /not a JSON object/],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
  ])('a body that is %s', async (_what, payload, message) => {
    const answer = await t.app.inject({ method: 'POST', url: `${API}/runs/log-metric`, payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error_code: 'BAD_REQUEST', message: expect.stringMatching(message) as string });
  });

  test.each([
    [new StoreBusy('Too much waits.', 3), 429, 'REQUEST_LIMIT_EXCEEDED', '3'],
    [new StoreReadOnly('The disk is full.'), 503, 'TEMPORARILY_UNAVAILABLE', '30'],
    [new Error('broken'), 500, 'INTERNAL_ERROR', undefined],
  ])('%s is %i, which clients try again', async (error, status, code, retryAfter) => {
    const run_id = await newRun();
    const append = vi.spyOn(t.needs.runs.curves, 'append').mockRejectedValueOnce(error);
    onTestFinished(() => append.mockRestore());
    const answer = await call('POST', `${API}/runs/log-metric`, { run_id, ...metric('a', 1) });
    expect(answer).toMatchObject({ status, body: { error_code: code } });
    expect(answer.headers['retry-after']).toBe(retryAfter);
  });
});

describe('tokens', () => {
  test('say what a client may, and whose runs it may change', async () => {
    const token = async (scopes: readonly ('ingest' | 'read')[], labels: Record<string, string>): Promise<string> =>
      (await t.needs.tokens.create({ name: 'training', scopes, labels: Labels.from(labels), expiresMs: undefined })).token;
    const vision = { authorization: `Bearer ${await token(['ingest', 'read'], { team: 'vision' })}` };
    const speech = await token(['ingest', 'read'], { team: 'speech' });
    const reader = { authorization: `Bearer ${await token(['read'], {})}` };
    const made = await call('POST', `${API}/runs/create`, { experiment_id: '0' }, vision);
    const run_id = (made.body['run'] as WireRun).info.run_id;
    expect((await t.needs.runs.find(run_id))?.labels).toEqual({ team: 'vision' });
    const basic = { authorization: `Basic ${Buffer.from(`anyone:${speech}`).toString('base64')}` };
    for (const [path, body] of [
      ['runs/log-metric', metric('a', 1)],
      ['runs/update', { status: 'KILLED' }],
      ['runs/delete', {}],
      ['logged-models', { experiment_id: '0', source_run_id: run_id }],
    ] as const) {
      expect(await call('POST', `${API}/${path}`, { run_id, ...body }, basic)).toMatchObject({
        status: 403,
        body: { error_code: 'PERMISSION_DENIED', message: expect.stringContaining('team="speech"') as string },
      });
    }
    expect(await call('GET', `${API}/runs/get?run_id=${run_id}`, undefined, reader)).toMatchObject({ status: 200 });
    expect(await call('POST', `${API}/runs/log-metric`, { run_id, ...metric('a', 1) }, reader)).toMatchObject({
      status: 403,
      body: { error_code: 'PERMISSION_DENIED' },
    });
    expect(await call('GET', `${API}/runs/get?run_id=${run_id}`, undefined, { authorization: 'Bearer nonsense' })).toMatchObject({
      status: 401,
      body: { error_code: 'UNAUTHENTICATED' },
    });
    const { experiment_id } = await post('experiments/create', { name: 'shared' });
    const theirs = await call('POST', `${API}/runs/create`, { experiment_id }, vision);
    for (const [path, body] of [
      ['delete', {}],
      ['update', { new_name: 'taken over' }],
      ['set-experiment-tag', { key: 'a', value: 'b' }],
      ['delete-experiment-tag', { key: 'a' }],
      ['restore', {}],
    ] as const) {
      const answer = await call('POST', `${API}/experiments/${path}`, { experiment_id, ...body }, basic);
      expect(answer, path).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } });
      expect(answer.body['message'], path).not.toContain((theirs.body['run'] as WireRun).info.run_id);
    }
    expect(await call('POST', `${API}/experiments/delete`, { experiment_id }, vision)).toMatchObject({ status: 200 });
    const restored = await call('POST', `${API}/experiments/restore`, { experiment_id }, basic);
    expect(restored).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } });
  });
});

describe('artifacts', () => {
  async function put(address: string, payload: string | Buffer) {
    const answer = await t.app.inject({ method: 'PUT', url: `${FILES}/${address}`, payload });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  test('are put, listed, read and removed', async () => {
    const id = await newRun();
    expect(await put(`0/${id}/artifacts/notes/a%20%F0%9F%8E%89.txt`, 'hello')).toEqual({ status: 200, body: {} });
    expect(await put(`0/${id}/artifacts/empty`, '')).toEqual({ status: 200, body: {} });
    expect((await call('GET', `${API}/artifacts/list?run_id=${id}`)).body).toEqual({
      root_uri: `mlflow-artifacts:/0/${id}/artifacts`,
      files: [
        { path: 'notes', is_dir: true },
        { path: 'empty', is_dir: false, file_size: 0 },
      ],
    });
    expect((await call('GET', `${API}/artifacts/list?run_id=${id}&path=notes`)).body['files']).toEqual([
      { path: 'notes/a 🎉.txt', is_dir: false, file_size: 5 },
    ]);
    expect((await call('GET', `${FILES}?path=0/${id}/artifacts/notes`)).body).toEqual({
      files: [{ path: 'a 🎉.txt', is_dir: false, file_size: 5 }],
    });
    expect((await call('GET', `${FILES}?path=0/${id}/artifacts/empty`)).body).toEqual({ files: [] });
    const read = await t.app.inject({ url: `${FILES}/0/${id}/artifacts/notes/a%20%F0%9F%8E%89.txt` });
    expect([read.statusCode, read.body]).toEqual([200, 'hello']);
    expect(read.headers['content-disposition']).toMatch(/^attachment/);
    expect(await call('DELETE', `${FILES}/0/${id}/artifacts/notes`)).toMatchObject({ status: 200, body: {} });
    expect(await call('GET', `${FILES}/0/${id}/artifacts/notes/a%20%F0%9F%8E%89.txt`)).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    });
  });

  test.each([
    ['..%2F..%2Fsecret', 400],
    ['a%2F..%2F..%2Fsecret', 400],
    ['%2Fetc%2Fpasswd', 400],
    ['..%5C..%5Csecret', 400],
    ['a%00b', 400],
    ['x'.repeat(256), 400],
    ['link', 404],
    ['up/secret', 404],
  ])('%s leads nowhere', async (path, status) => {
    const id = await newRun();
    const folder = t.needs.runs.artifactFolder(id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(t.folder, 'secret'), 'secret');
    symlinkSync(join(t.folder, 'secret'), join(folder, 'link'));
    symlinkSync(t.folder, join(folder, 'up'));
    const read = await call('GET', `${FILES}/0/${id}/artifacts/${path}`);
    expect(read.status).toBe(status);
    expect(JSON.stringify(read.body)).not.toContain('"secret"');
    if (status === 400)
      expect((await put(`0/${id}/artifacts/${path}`, 'x')).body).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    else if (path.includes('/')) expect((await put(`0/${id}/artifacts/${path}`, 'x')).status).toBe(400);
  });

  test.each(['0/none/artifacts/a', 'elsewhere', '0/models/m-00000000000000000000000000000000/artifacts/a', 'traces/x'])(
    'there is nothing at %s',
    async (address) => {
      expect(await put(address, 'x')).toMatchObject({ status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } });
    },
  );

  test('that are images of steps are shown as such, once, as long as the file is there', async () => {
    const id = await newRun();
    const name = (key: string, step: number): string =>
      `images/${key}+step+${step}+timestamp+${1_000 + step}+8c3b2f6e-7a55-4c1b-9d7e-0f4f7f1c2a33`;
    for (const step of [0, 7, 7]) {
      await put(`0/${id}/artifacts/${name('val~dogs', step)}.png`, `picture ${step}`);
      await put(`0/${id}/artifacts/${name('val~dogs', step)}+compressed.webp`, 'small');
    }
    const { items } = (await call('GET', `/api/runs/${id}/items?kind=image`)).body as {
      readonly items: readonly { readonly id: number }[];
    };
    expect(items).toMatchObject([
      { tag: 'val/dogs', step: 0, timeMs: 1_000, index: 0 },
      { tag: 'val/dogs', step: 7, timeMs: 1_007, index: 0 },
    ]);
    const picture = `/api/runs/items/${items[1]?.id}`;
    const shown = await t.app.inject(picture);
    expect([shown.statusCode, shown.headers['content-type'], shown.body]).toEqual([200, 'image/png', 'picture 7']);
    await call('DELETE', `${FILES}/0/${id}/artifacts/${name('val~dogs', 7)}.png`);
    expect((await t.app.inject(picture)).statusCode).toBe(404);
  });

  test('larger than the limit are refused, and not tried again', async () => {
    const id = await newRun();
    expect(await put(`0/${id}/artifacts/large`, Buffer.alloc(1_000_001))).toMatchObject({
      status: 413,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('limits.ingest.artifact') as string },
    });
    expect((await call('GET', `${API}/artifacts/list?run_id=${id}`)).body['files']).toEqual([]);
  });
});

describe('logged models', () => {
  interface WireModel {
    readonly info: Readonly<Record<string, unknown>> & { readonly model_id: string; readonly artifact_uri: string };
    readonly data: unknown;
  }

  test('live with the run that wrote them, and go with it', async () => {
    const run_id = await newRun();
    const made = await post('logged-models', {
      experiment_id: '0',
      name: 'net',
      model_type: 'pyfunc',
      source_run_id: run_id,
      params: [{ key: 'depth', value: '3' }],
      tags: [{ key: 'a', value: 'b' }],
    });
    const { info } = made['model'] as WireModel;
    const id = info.model_id;
    expect(info).toMatchObject({ name: 'net', status: 'LOGGED_MODEL_PENDING', source_run_id: run_id });
    expect(info.artifact_uri).toBe(`mlflow-artifacts:/0/models/${id}/artifacts`);
    const file = `${FILES}/0/models/${id}/artifacts/data/model.pkl`;
    expect((await t.app.inject({ method: 'PUT', url: file, payload: 'weights' })).statusCode).toBe(200);
    await post('runs/outputs', { run_id, models: [{ model_id: id, step: '5' }] });
    await post('runs/log-batch', { run_id, metrics: [{ ...metric('acc', 0.9, 5), model_id: id, dataset_name: 'iris' }] });
    await post('runs/log-metric', { run_id, ...metric('acc', 0.1, 4), model_id: id, dataset_name: 'iris' });
    await post(`logged-models/${id}/params`, { params: [{ key: 'width', value: '4' }] });
    await call('PATCH', `${API}/logged-models/${id}/tags`, { tags: [{ key: 'c', value: 'd' }] });
    await call('DELETE', `${API}/logged-models/${id}/tags/a`);
    await call('PATCH', `${API}/logged-models/${id}`, { model_id: id, status: 'LOGGED_MODEL_READY' });
    expect((await call('GET', `${API}/logged-models/${id}`)).body['model']).toMatchObject({
      info: { status: 'LOGGED_MODEL_READY', tags: [{ key: 'c', value: 'd' }] },
      data: {
        params: [
          { key: 'depth', value: '3' },
          { key: 'width', value: '4' },
        ],
        metrics: [{ key: 'acc', value: 0.9, step: 5, run_id, dataset_name: 'iris' }],
      },
    });
    expect(await getRun(run_id)).toMatchObject({ outputs: { model_outputs: [{ model_id: id, step: 5 }] } });
    expect((await call('GET', `${API}/artifacts/list?run_id=${run_id}`)).body['files']).toEqual([]);
    expect((await call('GET', `${API}/logged-models/${id}/artifacts/directories`)).body['files']).toEqual([
      { path: 'data', is_dir: true },
    ]);
    const search = {
      experiment_ids: ['0'],
      filter: "name = 'net' AND metrics.acc > 0.5",
      order_by: [{ field_name: 'metrics.acc', ascending: false }],
    };
    expect((await post('logged-models/search', search))['models']).toMatchObject([{ info: { model_id: id } }]);
    expect((await post('logged-models/search', { ...search, filter: "params.depth = '4'" }))['models']).toEqual([]);

    await t.needs.runs.erase([run_id]);
    expect((await call('GET', `${API}/logged-models/${id}`)).status).toBe(404);
    // Of who began before, and of a run that gets the id of the one that was erased.
    await t.needs.documents.mlflow.saveLinks([{ runId: run_id, kind: 'model_output', key: 'late', json: '{}' }]);
    expect(await t.needs.documents.mlflow.links([run_id])).toEqual([]);
    expect((await t.app.inject({ url: file })).statusCode).toBe(404);
  });

  test('need no run, and are removed with their files', async () => {
    const { info } = (await post('logged-models', { experiment_id: '0' }))['model'] as WireModel;
    const file = `${FILES}/0/models/${info.model_id}/artifacts/MLmodel`;
    await t.app.inject({ method: 'PUT', url: file, payload: 'x' });
    expect((await t.app.inject({ url: file })).body).toBe('x');
    await t.needs.runs.create({ id: info.model_id, project: 'Default', source: 'api' });
    expect((await call('GET', `${API}/artifacts/list?run_id=${info.model_id}`)).body['files']).toEqual([]);
    await t.needs.runs.erase([info.model_id]);
    expect((await t.app.inject({ url: file })).body).toBe('x');
    await call('DELETE', `${API}/logged-models/${info.model_id}`);
    expect((await t.app.inject({ url: file })).statusCode).toBe(404);
    expect((await call('GET', `${API}/logged-models/${info.model_id}?allow_deleted=true`)).status).toBe(200);
  });

  test('without a run belong to whoever made them', async () => {
    const token = async (team: string): Promise<{ readonly authorization: string }> => {
      const made = { name: team, scopes: ['ingest'], labels: Labels.from({ team }), expiresMs: undefined } as const;
      return { authorization: `Bearer ${(await t.needs.tokens.create(made)).token}` };
    };
    const [vision, speech] = [await token('vision'), await token('speech')];
    const made = (await call('POST', `${API}/logged-models`, { experiment_id: '0' }, vision)).body['model'] as WireModel;
    const url = `${API}/logged-models/${made.info.model_id}`;
    const tags = { tags: [{ key: 'a', value: 'b' }] };
    expect(await call('DELETE', url, undefined, speech)).toMatchObject({
      status: 403,
      body: { error_code: 'PERMISSION_DENIED', message: expect.stringContaining('team="speech"') as string },
    });
    expect((await call('PATCH', `${url}/tags`, tags, speech)).status).toBe(403);
    const file = `${FILES}/0/models/${made.info.model_id}/artifacts/x`;
    expect((await t.app.inject({ method: 'PUT', url: file, payload: 'x', headers: speech })).statusCode).toBe(403);
    expect((await call('PATCH', `${url}/tags`, tags, vision)).status).toBe(200);
    expect((await call('DELETE', url, undefined, vision)).status).toBe(200);
  });
});

test.each([
  ['registered-models/search', { registered_models: [] }],
  ['model-versions/search', { model_versions: [] }],
])('%s is empty', async (path, want) => {
  expect((await call('GET', `${API}/${path}`)).body).toEqual(want);
});

test('says what it is', async () => {
  expect((await t.app.inject({ url: '/version' })).body).toBe('1.2.3');
  expect(await call('GET', '/api/3.0/mlflow/server-info')).toMatchObject({ status: 200, body: { workspaces_enabled: false } });
  expect(await call('GET', '/api/3.0/mlflow/traces')).toMatchObject({ status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND' } });
});
