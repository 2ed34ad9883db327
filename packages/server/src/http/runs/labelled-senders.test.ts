import { Labels } from '@vitrine/model/labels.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';

let server: TestApp;
let close: () => Promise<void>;
beforeAll(async () => {
  server = await testApp({ until: (end) => (close = end) });
});
afterAll(() => close());

interface Sent {
  readonly url: string;
  readonly payload: string | object;
  readonly type: string;
}

const JSON_TYPE = 'application/json';
const upsert = (more: object): Sent => ({
  url: '/graphql',
  type: JSON_TYPE,
  payload: {
    query: 'mutation { upsertBucket { bucket { id } } }',
    variables: { name: 'x', project: 'wandb', entity: 'e', ...more },
  },
});
const stream = (more: object): Sent => ({ url: '/files/e/wandb/x/file_stream', type: JSON_TYPE, payload: more });
const line = (loss: number) => ({ files: { 'wandb-history.jsonl': { offset: 0, content: [`{"_step":0,"loss":${loss}}`] } } });
const keras = (loss: number): Sent => ({
  url: '/keras/keras/x/publish/epoch/end/',
  type: JSON_TYPE,
  payload: { epoch: 0, loss },
});
const file = (loss: number): Sent => ({
  url: '/api/runs/files?file=x.csv&project=file&changedMs=0',
  type: 'text/csv',
  payload: `step,loss\n0,${loss}\n`,
});

async function sender(team: string): Promise<(sent: Sent) => Promise<number>> {
  const given = { name: team, scopes: ['ingest'], labels: Labels.from({ team }), expiresMs: undefined } as const;
  const { token } = await server.needs.tokens.create(given);
  const authorization = `Bearer ${token}`;
  return async ({ url, type, payload }) =>
    (await server.app.inject({ method: 'POST', url, payload, headers: { authorization, 'content-type': type } })).statusCode;
}

/** Each team's runs of a project and their losses. */
async function runsOf(project: string) {
  const { runs } = server.needs;
  const its = (await runs.all()).filter((run) => run.project === project);
  const told = its.map(async ({ id, labels, name, status }) => {
    const { values } = await runs.curves.points({ run: id, metric: 'loss' });
    return { id, team: labels['team'], name, status, losses: [...values] };
  });
  return (await Promise.all(told)).toSorted((x, y) => (x.team! < y.team! ? -1 : 1));
}

test.each<[door: string, a: readonly Sent[], b: readonly Sent[]]>([
  [
    'wandb',
    [upsert({ displayName: 'ours' }), stream(line(1))],
    [upsert({ displayName: 'theirs', state: 'failed' }), stream(line(2)), stream({ complete: true, exitcode: 1 })],
  ],
  ['keras', [keras(1)], [keras(2)]],
  ['file', [file(1)], [file(2)]],
])('runs of one name that two teams send to the door "%s" are each their own', async (door, a, b) => {
  const [teamA, teamB, teamC] = [await sender('a'), await sender('b'), await sender('c')];
  for (const sent of a) expect(await teamA(sent)).toBeLessThan(300);
  const [ours] = await runsOf(door);
  for (const sent of b) expect(await teamB(sent)).toBeLessThan(300);
  const after = await runsOf(door);
  expect(after.map(({ team, losses }) => [team, losses])).toEqual([
    ['a', [1]],
    ['b', [2]],
  ]);
  expect(after[0]).toEqual(ours);

  // One that is another's under the very id is left alone too.
  const { runs } = server.needs;
  for (const sent of b) expect(await teamC(sent)).toBeLessThan(300);
  const third = (await runsOf(door))[2]!;
  await runs.erase([third.id]);
  const taken = await runs.create({ id: third.id, project: door, source: 'api', name: 'z', labels: { team: 'z' } });
  for (const sent of b) expect(await teamC(sent)).toBe(403);
  expect(await runs.find(third.id)).toEqual(taken);
  expect((await runs.curves.summaries({ runs: [third.id] })).length).toBe(0);
});

test('whoever is signed in is led by a link of W&B to the run of a labelled sender', async () => {
  const send = await sender('link');
  await send(upsert({ name: 'linked' }));
  const run = (await server.needs.runs.all()).find(({ tags }) => tags['wandb.id'] === 'linked')!;
  const url = '/e/wandb/runs/linked';
  const { headers } = await server.app.inject({ method: 'GET', url, headers: server.browser });
  expect(headers.location).toBe(`/runs/${run.id}`);
  const nobodys = await server.app.inject({ method: 'GET', url });
  expect(nobodys.statusCode).toBe(302);
  expect(nobodys.headers.location).not.toBe(`/runs/${run.id}`);
});
