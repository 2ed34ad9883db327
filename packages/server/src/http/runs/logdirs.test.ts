import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
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
