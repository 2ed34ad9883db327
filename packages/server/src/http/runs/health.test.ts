import { expect, test } from 'vitest';
import { testApp } from '../../testing/test-app.ts';

function messageOf(response: { readonly body: string }): string {
  return (JSON.parse(response.body) as { error: { message: string } }).error.message;
}

const HEALTH = '/api/runs/health?project=digits';

test('a project’s detectors are set, and told as they are set', async () => {
  const { app, needs, browser } = await testApp();
  await needs.runs.ensureProject('digits');
  const get = async (): Promise<unknown> => (await app.inject({ url: HEALTH, headers: browser })).json();
  expect(await get()).toEqual({ project: 'digits', detectors: {}, roles: {} });
  const set = {
    detectors: { overfit: { settings: { rise: 0.2, evaluations: 3 } }, gap: { muted: true } },
    roles: { trainLoss: 'J' },
  };
  const response = await app.inject({ method: 'PUT', url: HEALTH, headers: browser, payload: set });
  expect(response.statusCode).toBe(200);
  // What is as the defaults have it is not kept.
  const kept = {
    project: 'digits',
    detectors: { overfit: { settings: { rise: 0.2 } }, gap: { muted: true } },
    roles: { trainLoss: 'J' },
  };
  expect(response.json()).toEqual(kept);
  expect(await get()).toEqual(kept);
  // What cannot be is refused whole.
  for (const [payload, sentence] of [
    [
      { detectors: { overfit: { settings: { rise: -1 } } } },
      'detectors.overfit.settings.rise: expected a number from 0.005 to 10',
    ],
    [{ roles: { loss: 'J' } }, 'roles.loss: there is no such role; there are trainLoss'],
  ] as const) {
    const refused = await app.inject({ method: 'PUT', url: HEALTH, headers: browser, payload });
    expect([refused.statusCode, messageOf(refused)]).toEqual([400, expect.stringContaining(sentence)]);
  }
  expect(await get()).toEqual(kept);
});

test('a project or finding that is not there is told as such', async () => {
  const { app, needs, browser } = await testApp();
  expect((await app.inject({ url: HEALTH, headers: browser })).statusCode).toBe(404);
  await needs.runs.create({ id: 'r1', project: 'digits', source: 'api' });
  const url = '/api/runs/r1/findings/overfit%3Aval%2Floss';
  const response = await app.inject({ method: 'POST', url, headers: browser, payload: { state: 'muted' } });
  expect([response.statusCode, messageOf(response)]).toEqual([404, 'The run "r1" has no finding "overfit:val/loss".']);
});

test('a finding is acknowledged in somebody’s name, and opened again', async () => {
  const { app, needs, browser } = await testApp();
  await needs.runs.create({ id: 'r1', project: 'digits', source: 'api' });
  await needs.runs.setFindings('r1', [
    {
      id: 'overfit:val/loss',
      runId: 'r1',
      detector: 'overfit',
      subject: 'val/loss',
      severity: 'warning',
      sentence: '',
      advice: '',
      fromStep: 1,
      toStep: Number.NaN,
      fromMs: 1,
      toMs: 2,
      metrics: [],
      numbers: {},
      active: true,
      foundMs: 1,
      state: 'open',
      stateBy: '',
    },
  ]);
  const say = async (state: string): Promise<unknown> => {
    const url = '/api/runs/r1/findings/overfit%3Aval%2Floss';
    return (await app.inject({ method: 'POST', url, headers: browser, payload: { state } })).json();
  };
  expect(await say('acknowledged')).toMatchObject({ state: 'acknowledged', stateBy: 'owner' });
  expect(await say('open')).toMatchObject({ state: 'open', stateBy: '' });
});
