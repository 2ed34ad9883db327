import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';

let server: TestApp;
let close: () => Promise<void>;
beforeAll(async () => {
  server = await testApp({ until: (end) => (close = end) });
});
afterAll(() => close());

async function curvesOf(name: string): Promise<Record<string, unknown>> {
  const { runs } = server.needs;
  const run = (await runs.all()).find(({ tags }) => tags['wandb.id'] === name)!;
  const found: Record<string, unknown> = {};
  for (const { metric } of await runs.curves.summaries({ runs: [run.id] })) {
    const { steps, values } = await runs.curves.points({ run: run.id, metric });
    found[metric] = [...steps].map((step, at) => [step, values[at]]);
  }
  return found;
}

const stream = (name: string, body: object) =>
  server.app.inject({
    method: 'POST',
    url: `/files/team/digits/${name}/file_stream`,
    payload: body,
    headers: { authorization: `Basic ${Buffer.from(`api:${'k'.repeat(40)}`).toString('base64')}` },
  });
const history = (offset: number, ...content: string[]) => ({ files: { 'wandb-history.jsonl': { offset, content } } });
const upsert = (variables: object) =>
  server.app.inject({
    method: 'POST',
    url: '/graphql',
    payload: { query: 'mutation { upsertBucket { bucket { id } } }', variables },
  });

test('the official client logs a run, and prints where it is', { timeout: 30_000 }, async () => {
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
  process.env['WANDB_BASE_URL'] = url;
  process.env['WANDB_API_KEY'] = 'k'.repeat(40);
  const printed = vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => printed.mockRestore());
  const { default: wandb } = await import('@wandb/sdk');
  const run = await wandb.init({ project: 'digits', name: 'first', config: { lr: 0.1, model: { width: 8 } } });
  for (let step = 0; step < 3; step++) wandb.log({ loss: 1 / (step + 1), nested: { acc: step } });
  await wandb.finish();
  const [made] = (await server.needs.runs.all()).filter(({ source }) => source === 'wandb');
  expect(run.project).toBe('digits');
  expect(made).toMatchObject({ project: 'digits', status: 'finished', params: { lr: '0.1', 'model.width': '8' } });
  expect((await server.needs.runs.curves.points({ run: made!.id, metric: 'loss' })).values).toEqual(
    Float64Array.of(1, 0.5, 1 / 3),
  );
  const [, link = ''] = /View run at (\S+)/.exec(printed.mock.calls.join('\n')) ?? [];
  const { status, headers } = await fetch(link, { redirect: 'manual' });
  expect([status, headers.get('location')]).toEqual([302, `/runs/${made!.id}`]);
});

describe('the file stream', () => {
  test('counts lines that are sent again once', async () => {
    await upsert({ name: 'again', project: 'digits', entity: 'team' });
    const lines = [
      '{"_step":5,"_timestamp":1700000000.5,"loss":3}',
      '{"_step":6,"loss":NaN,"h":{"_type":"histogram","values":[1,2],"bins":[0,1,2]}}',
    ];
    await stream('again', history(0, ...lines));
    await stream('again', history(1, lines[1]!, '{"_step":7,"loss":"Infinity","deep":{"a":{"b":1}}}'));
    expect(await curvesOf('again')).toEqual({
      loss: [
        [5, 3],
        [6, Number.NaN],
        [7, Infinity],
      ],
      'deep.a.b': [[7, 1]],
    });
    const run = (await server.needs.runs.all()).find(({ tags }) => tags['wandb.id'] === 'again')!;
    expect(await server.needs.runs.curves.items({ run: run.id })).toMatchObject([{ kind: 'histogram', tag: 'h', step: 6 }]);
  });

  test('counts lines once that are sent again while the first are at work', async () => {
    await upsert({ name: 'hasty', project: 'digits', entity: 'team' });
    const lines = ['{"_step":0,"loss":3}', '{"_step":1,"loss":2}'];
    const { curves } = server.needs.runs;
    const append = curves.append.bind(curves);
    const slow = vi.spyOn(curves, 'append').mockImplementation(async (batch) => {
      for (let turn = 0; turn < 100; turn++) await setImmediate();
      return append(batch);
    });
    onTestFinished(() => slow.mockRestore());
    await Promise.all([stream('hasty', history(0, ...lines)), stream('hasty', history(0, ...lines))]);
    expect(await curvesOf('hasty')).toEqual({
      loss: [
        [0, 3],
        [1, 2],
      ],
    });
  });

  test('puts what the machine does at the newest step, and ends the run', async () => {
    await upsert({ name: 'system', project: 'digits', entity: 'team', displayName: 'shown', tags: ['good'], groupName: 'g' });
    await stream('system', history(0, '{"_step":9,"loss":1}'));
    await stream('system', {
      files: { 'wandb-events.jsonl': { offset: 0, content: ['{"system.cpu":50,"_timestamp":1700000001}'] } },
    });
    await stream('system', { complete: true, exitcode: 1 });
    expect(await curvesOf('system')).toMatchObject({ 'system/cpu': [[9, 50]] });
    const run = (await server.needs.runs.all()).find(({ tags }) => tags['wandb.id'] === 'system');
    expect(run).toMatchObject({ name: 'shown', group: 'g', status: 'failed', tags: { good: 'true' } });
  });

  test.each<[object, RegExp]>([
    [history(0, '{'), /wandb-history\.jsonl: line 0: is no JSON object/],
    [history(-1), /offset: is no number of lines/],
    [{ files: { 'wandb-history.jsonl': { content: 'text' } } }, /content: is no list of lines/],
  ])('%j is refused', async (body, sentence) => {
    const answer = await stream('bad', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { message: expect.stringMatching(sentence) } });
  });
});
