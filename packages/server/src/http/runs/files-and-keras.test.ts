import { readRunJson } from '@vitrine/model/run-json.ts';
import { describe, expect, test } from 'vitest';
import { testApp, type TestApp } from '../../testing/test-app.ts';

const STATE = JSON.stringify({
  max_steps: 20,
  log_history: [
    { step: 10, epoch: 1, loss: 1.5 },
    { step: 20, epoch: 2, loss: 1.25 },
  ],
});

async function pointsOf({ needs }: TestApp, run: string, metric: string): Promise<unknown[]> {
  const { steps, values } = await needs.runs.curves.points({ run, metric });
  return [...steps].map((step, at) => [step, values[at]]);
}

describe('a file of a training', () => {
  const send = ({ app }: TestApp, file: string, payload: string, more = '') =>
    app.inject({
      method: 'POST',
      url: `/api/runs/files?file=${encodeURIComponent(file)}${more}`,
      payload,
      headers: { 'content-type': 'text/plain' },
    });

  test('is one run, however often it is sent', async () => {
    const test = await testApp();
    const { run, points } = (await send(test, 'out/trainer_state.json', STATE, '&project=llm&changedMs=5000')).json<{
      run: string;
      points: number;
    }>();
    expect(points).toBe(2);
    expect(await test.needs.runs.find(run)).toMatchObject({
      name: 'out/trainer_state.json',
      project: 'llm',
      source: 'huggingface',
      status: 'finished',
      params: { max_steps: '20' },
      startedMs: 5000,
      endedMs: 5000,
    });
    const longer = STATE.replace(']}', ',{"step":30,"loss":1}]}');
    expect((await send(test, 'out/trainer_state.json', longer, '&project=llm&changedMs=5000')).json()).toMatchObject({
      run,
      points: 1,
    });
    expect(await pointsOf(test, run, 'train/loss')).toEqual([
      [10, 1.5],
      [20, 1.25],
      [30, 1],
    ]);
  });

  test('is told before it is kept', async () => {
    const test = await testApp();
    const answer = await send(test, 'lightning_logs/version_0/metrics.csv', 'epoch,loss\n1,2.5\n2,nan\n', '&dryRun=true');
    expect(readRunJson(answer.body)).toEqual({
      format: 'csv',
      name: 'version_0/metrics.csv',
      rows: 2,
      points: 2,
      metrics: ['loss'],
      params: {},
      notices: ['No column is called step: steps are epochs.'],
      firstRows: [
        { step: 1, epoch: 1, timeMs: null, values: [['loss', 2.5]] },
        { step: 2, epoch: 2, timeMs: null, values: [['loss', Number.NaN]] },
      ],
    });
    expect(await test.needs.runs.all()).toEqual([]);
  });

  test('is read by a pattern', async () => {
    const test = await testApp();
    const pattern = encodeURIComponent(String.raw`n=(?<step>\d+) x=(?<x>\S+)`);
    const { run } = (await send(test, 'log.txt', 'n=3 x=inf\n', `&pattern=${pattern}&name=mine`)).json<{ run: string }>();
    expect(await pointsOf(test, run, 'x')).toEqual([[3, Infinity]]);
  });

  test.each([
    ['log.txt', 'no numbers here', '', /has no line/],
    ['a.csv', 'a,b\n', '', /has no row/],
    ['a.csv', 'loss\n1\n', '&format=xml', /format/],
  ])('%s with "%s" is refused with a sentence', async (file, payload, more, sentence) => {
    const answer = await send(await testApp(), file, payload, more);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { message: expect.stringMatching(sentence) } });
  });
});

describe('RemoteMonitor', () => {
  const form = ({ app }: TestApp, data: string, url = '/publish/epoch/end/') =>
    app.inject({
      method: 'POST',
      url,
      payload: new URLSearchParams({ data }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  test('makes a run of each training', async () => {
    const test = await testApp();
    await form(test, '{"epoch": 0, "loss": 2}');
    await form(test, '{"epoch": 1, "loss": NaN}');
    await form(test, '{"epoch": 0, "loss": 3}');
    const [second, first] = await test.needs.runs.all();
    expect([first?.status, second?.status]).toEqual(['finished', 'running']);
    expect(await pointsOf(test, first!.id, 'loss')).toEqual([
      [0, 2],
      [1, Number.NaN],
    ]);
    expect(await pointsOf(test, second!.id, 'loss')).toEqual([[0, 3]]);
  });

  test('keeps a named run as one, also as JSON', async () => {
    const test = await testApp();
    const url = '/keras/digits/seed%201/publish/epoch/end/';
    await form(test, '{"epoch": 4, "loss": 2}', url);
    await test.app.inject({ method: 'POST', url, payload: { epoch: 0, loss: 1 } });
    const [run, ...others] = await test.needs.runs.all();
    expect(others).toEqual([]);
    expect(run).toMatchObject({ name: 'seed 1', project: 'digits', source: 'keras' });
    expect(await pointsOf(test, run!.id, 'loss')).toEqual([
      [4, 2],
      [0, 1],
    ]);
  });

  test.each([
    '',
    '{',
    '{"loss": 1}',
    '{"epoch": -1}',
    '{"epoch": 1, "loss": "many"}',
    '{"epoch": 1, "loss": ""}',
    '{"epoch": 1, "loss": " "}',
    `{"epoch": 1, "loss": ${' '.repeat(100_000)}`,
  ])('refuses %j', async (data) => {
    const test = await testApp();
    expect((await form(test, data)).statusCode).toBe(400);
    expect(await test.needs.runs.all()).toEqual([]);
  });
});
