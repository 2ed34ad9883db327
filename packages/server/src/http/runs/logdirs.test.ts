import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { testApp } from '../../testing/test-app.ts';
import { eventFile } from '../../testing/write-events.ts';

const { app, browser, needs } = await testApp({ until: afterAll });

function ask(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) {
  return app.inject({
    method,
    url: `/api/runs/logdirs${path}`,
    headers: browser,
    ...(payload === undefined ? {} : { payload }),
  });
}

test('an admin names a directory, sees it followed, and takes it away again; its runs stay', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-logdirs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'a'));
  writeFileSync(
    join(folder, 'a/events.out.tfevents.1700000000.host'),
    eventFile([{ wallTime: 1_700_000_000, step: 1, values: [{ tag: 'loss', simple: 0.5 }] }]),
  );
  const grown = Promise.withResolvers<void>();
  needs.runs.onGrowth(() => grown.resolve());
  const { statusCode, body } = await ask('POST', '', { path: `${folder}/`, project: 'vision' });
  const { logdir } = JSON.parse(body) as { logdir: { id: string } };
  expect([statusCode, logdir]).toEqual([201, expect.objectContaining({ path: folder, project: 'vision', byConfig: false })]);
  await grown.promise;
  expect((await needs.runs.all()).map(({ name, project }) => [name, project])).toEqual([['a', 'vision']]);
  // The same once more changes nothing.
  await ask('POST', '', { path: folder, project: 'vision' });
  expect((await ask('GET', '')).json<{ logdirs: unknown[] }>().logdirs).toHaveLength(1);
  expect(await needs.documents.setting('tensorboard.logdirs')).toBe(JSON.stringify([{ path: folder, project: 'vision' }]));
  expect((await ask('DELETE', `/${logdir.id}`)).statusCode).toBe(204);
  expect((await ask('GET', '')).json()).toEqual({ logdirs: [] });
  expect(await needs.documents.setting('tensorboard.logdirs')).toBe('[]');
  expect(await needs.runs.all()).toHaveLength(1);
});

test.each<[string, object, string]>([
  ['a relative path', { path: 'runs' }, 'path: "runs" is not absolute, as in /home/ada/runs'],
  ['no directory', { path: '/no/such/place' }, 'path: there is no directory /no/such/place on the server’s machine'],
  ['a file', { path: import.meta.filename }, `path: there is no directory ${import.meta.filename} on the server’s machine`],
  [
    'a project of 1,001 characters',
    { path: '/', project: 'x'.repeat(1_001) },
    'project: has 1001 characters, and the limit is 1000',
  ],
])('%s is refused with a sentence', async (_, payload, message) => {
  const { statusCode, body } = await ask('POST', '', payload);
  expect([statusCode, (JSON.parse(body) as { error: { message: string } }).error.message]).toEqual([400, message]);
});

test('nobody without a sign-in is told or may say what is read', async () => {
  for (const method of ['GET', 'POST'] as const)
    expect((await app.inject({ method, url: '/api/runs/logdirs' })).statusCode).toBe(401);
});

const FROM = { logdir: 'laptop:/home/ada/runs', project: 'laptop' };

function send(file: string, offset: number, bytes: Uint8Array) {
  const query = new URLSearchParams({ ...FROM, file, offset: `${offset}` }).toString();
  return app.inject({
    method: 'POST',
    url: `/api/runs/logdirs/uploads?${query}`,
    headers: { ...browser, 'content-type': 'application/octet-stream' },
    payload: Buffer.from(bytes),
  });
}

test('files of another machine are sent in pieces and read once; sent again they add nothing', async () => {
  const file = 'exp/events.out.tfevents.1700000000.laptop';
  const events = [1, 2].map((step) => ({ wallTime: 1_700_000_000 + step, step, values: [{ tag: 'loss', simple: step }] }));
  const bytes = eventFile(events);
  for (let again = 0; again < 2; again++) {
    expect((await send(file, 0, bytes.subarray(0, 50))).json()).toEqual({ bytes: 50 });
    expect((await send(file, 10, bytes.subarray(10))).json<{ error: { message: string } }>().error.message).toBe(
      `offset: is 10, and 50 bytes of ${file} are here: send it from its start`,
    );
    expect((await send(file, 50, bytes.subarray(50))).json()).toEqual({ bytes: bytes.length });
    const { logdir } = (await ask('POST', '/uploads/read', FROM)).json<{ logdir: { id: string } }>();
    await vi.waitUntil(() => needs.logdirs.list().find(({ id }) => id === logdir.id)?.state === 'done');
    const run = (await needs.runs.all()).find(({ project }) => project === 'laptop');
    expect(run).toMatchObject({
      name: 'exp',
      hosts: ['laptop'],
      status: 'finished',
      tags: { 'tensorboard.logdir': FROM.logdir },
    });
    expect((await needs.runs.curves.points({ run: run!.id, metric: 'loss' })).steps).toEqual(Float64Array.of(1, 2));
  }
});

test('while a copy is read nobody writes into it, nor has it read a second time', async () => {
  const file = 'second/events.out.tfevents.1700000000.laptop';
  const bytes = eventFile([{ wallTime: 1_700_000_000, step: 1, values: [{ tag: 'loss', simple: 1 }] }]);
  await send(file, 0, bytes);
  const { logdir } = (await ask('POST', '/uploads/read', FROM)).json<{ logdir: { id: string } }>();
  const refused = [await send(file, 0, bytes), await ask('POST', '/uploads/read', FROM)];
  expect(refused.map(({ statusCode }) => statusCode)).toEqual([409, 409]);
  expect(refused[0]?.body).toContain('is being read. Send it again when that is done.');
  await vi.waitUntil(() => needs.logdirs.list().find(({ id }) => id === logdir.id)?.state === 'done');
  expect((await send(file, 0, bytes)).statusCode).toBe(200);
});

test.each([
  ['../events.out.tfevents.1'],
  ['/etc/tfevents'],
  ['a/../../tfevents'],
  ['a//tfevents'],
  ['a\\tfevents'],
  ['a/./tfevents'],
  ['tfevents\0'],
  [`${'x'.repeat(300)}tfevents`],
  ['passwd'],
])('a file called %j is refused and written nowhere', async (file) => {
  const { statusCode, body } = await send(file, 0, Uint8Array.of(1));
  expect([statusCode, body]).toEqual([400, expect.stringMatching(/is no path below the log directory|is no event file/)]);
});

test('a file larger than one may be is refused', async () => {
  const { statusCode, body } = await send('a/tfevents', 0, new Uint8Array(100_001));
  expect([statusCode, body]).toEqual([400, expect.stringContaining('limits.ingest.upload')]);
});
