import { expect, test } from 'vitest';
import { matrix } from '../testing/fake-store.ts';
import { testApp } from '../testing/test-app.ts';
import { drain } from './drain.ts';

test('a server that stops lets a request finish', async () => {
  const { app, store } = await testApp();
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1/query?query=up`;
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  store.answer = async (request) => {
    asked.resolve();
    await gate.promise;
    return matrix(request, []);
  };
  const answer = fetch(url);
  await asked.promise;
  const drained = drain(app, 60_000);
  gate.resolve();
  expect((await answer).status).toBe(200);
  await drained;
});

test('and cuts off one that does not, giving its query up', async () => {
  const { app, store } = await testApp();
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1/query?query=up`;
  const asked = Promise.withResolvers<void>();
  const gaveUp = Promise.withResolvers<void>();
  store.answer = (_, signal) => {
    asked.resolve();
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        gaveUp.resolve();
        reject(signal.reason);
      });
    });
  };
  const answer = fetch(url).then(
    () => 'answered',
    () => 'cut',
  );
  await asked.promise;
  await drain(app, 1);
  await gaveUp.promise;
  expect(await answer).toBe('cut');
});
