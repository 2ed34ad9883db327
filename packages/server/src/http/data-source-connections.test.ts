import type { DatasourceServer } from '@vitrine/plugins/contract.ts';
import { expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

/** The interface over a kind of data source of a plugin that tells when its connections are opened and closed, and repeats its secret. */
async function appWithCounted() {
  const told: string[] = [];
  const kind: DatasourceServer<unknown, unknown> = {
    spec: {
      kind: 'counted',
      aliases: ['counted-datasource'],
      title: 'Counted',
      description: 'Tells when it is connected.',
      controls: [],
      parseSettings: (input) => input,
      parseQuery: (input) => input,
    },
    connect(settings) {
      const { url, secrets } = settings as { readonly url: string; readonly secrets: Readonly<Record<string, string>> };
      told.push(`open ${url}`);
      const fail = (): Promise<never> => Promise.reject(new Error(`the server says no to ${secrets['token']}`));
      return {
        query: fail,
        check: async () => (url === 'down' ? fail() : { product: 'Counted', version: '', notes: [] }),
        close: async () => void told.push(`close ${url}`),
      };
    },
  };
  const { app, browser } = await testApp({
    plugins: {
      list: () => [],
      sources: new Map([
        ['counted', kind],
        ['counted-datasource', kind],
      ]),
      file: async () => undefined,
      stop: async () => {},
    },
  });
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await app.inject({ method, url, headers: browser, ...(body === undefined ? {} : { payload: body }) });
    return answer.json();
  };
  return { app, ask, told };
}

const SOURCE = { uid: 'c', name: 'C', type: 'counted-datasource', url: 'one', secureJsonData: { token: 'hunter22' } };

test('a source of a plugin is set up, changed and removed like every other, and its connections are closed', async () => {
  const { app, ask, told } = await appWithCounted();
  expect(await ask('GET', '/api/datasource-kinds')).toContainEqual(
    expect.objectContaining({ kind: 'counted', title: 'Counted' }),
  );
  expect(await ask('POST', '/api/datasources/check', SOURCE)).toMatchObject({ ok: true, product: 'Counted' });
  await expect.poll(() => told.splice(0)).toEqual(['open one', 'close one']);

  expect(await ask('POST', '/api/datasources', SOURCE)).toMatchObject({ datasource: { supported: true } });
  await ask('GET', '/api/datasources/uid/c/health');
  await ask('PUT', '/api/datasources/uid/c', { ...SOURCE, url: 'two' });
  await ask('GET', '/api/datasources/uid/c/health');
  expect(told.splice(0)).toEqual(['open one', 'close one', 'open two']);
  await ask('DELETE', '/api/datasources/uid/c');
  expect(told.splice(0)).toEqual(['close two']);

  await ask('POST', '/api/datasources', SOURCE);
  await ask('GET', '/api/datasources/uid/c/health');
  await app.close();
  expect(told).toEqual(['open one', 'close one']);
});

test('what a plugin says of a failure repeats no secret', async () => {
  const { ask } = await appWithCounted();
  const tried = await ask('POST', '/api/datasources/check', { ...SOURCE, url: 'down' });
  expect(tried).toMatchObject({ ok: false, sentence: 'the server says no to …' });
});

test('a source of a type that nobody brings says how it is installed', async () => {
  const { ask } = await appWithCounted();
  const { datasource } = await ask('POST', '/api/datasources', { ...SOURCE, type: 'other' });
  expect(datasource).toMatchObject({
    supported: false,
    notice: expect.stringContaining('"vitrine plugin add" installs further types'),
  });
});

test('a name may have 200 letters', async () => {
  const { ask } = await appWithCounted();
  const name = 'n'.repeat(200);
  expect(await ask('POST', '/api/datasources', { ...SOURCE, name })).toMatchObject({ name });
  expect(await ask('PUT', '/api/datasources/uid/c', { ...SOURCE, name: `${name}n` })).toMatchObject({
    error: { field: 'name', message: 'name: has 201 letters, and the limit is 200' },
  });
  expect(await ask('POST', '/api/tokens', { name: `${name}n`, scopes: ['ingest'] })).toMatchObject({
    error: { field: 'name', message: 'name: has 201 letters, and the limit is 200' },
  });
});

test('who saves over what somebody else has saved meanwhile is told so, and who gives no version is not asked', async () => {
  const { ask } = await appWithCounted();
  await ask('POST', '/api/datasources', SOURCE);
  const mine = await ask('PUT', '/api/datasources/uid/c', { ...SOURCE, url: 'mine', version: 1 });
  expect(mine).toMatchObject({ datasource: { version: 2, url: 'mine' } });
  expect(await ask('PUT', '/api/datasources/uid/c', { ...SOURCE, url: 'theirs', version: 1 })).toMatchObject({
    error: { code: 'source_changed', message: expect.stringMatching(/^Somebody else saved "C" meanwhile/) },
  });
  expect(await ask('GET', '/api/datasources/uid/c')).toMatchObject({ version: 2, url: 'mine' });
  expect(await ask('PUT', '/api/datasources/uid/c', { ...SOURCE, url: 'script' })).toMatchObject({ datasource: { version: 3 } });
});
