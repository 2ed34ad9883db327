import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { sourceFetch } from '../query/source-fetch.ts';
import { fetchForPlugin, FetchRoom } from './fetch-for-plugin.ts';

const never = new AbortController().signal;

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const ask = (url: string, mayBePrivate = true, room = new FetchRoom()) =>
  fetchForPlugin(
    { url, method: 'GET', headers: [['x-of', 'plugin']], body: undefined },
    sourceFetch({ settings: {}, secrets: {} }, { mayBePrivate }),
    never,
    room,
  );

test('hands on what answers: status, headers and bytes', async () => {
  const url = await serve((request, response) =>
    response.writeHead(203, { 'x-seen': String(request.headers['x-of']) }).end('body'),
  );
  const outcome = await ask(url);
  expect(outcome).toMatchObject({ ok: true, status: 203, headers: expect.arrayContaining([['x-seen', 'plugin']]) });
  expect(outcome.ok && Buffer.from(outcome.body).toString()).toBe('body');
});

test('answers a redirect, and does not follow it', async () => {
  const url = await serve((_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end());
  expect(await ask(url)).toMatchObject({
    ok: true,
    status: 302,
    headers: expect.arrayContaining([['location', 'http://169.254.169.254/']]),
  });
});

test('what one process waits for has so much room together, and leaves it', async () => {
  const url = await serve((_, response) => response.end(Buffer.alloc(1_000)));
  const room = new FetchRoom();
  const all = room.bytes;
  room.bytes = 500;
  expect(await ask(url, true, room)).toMatchObject({ ok: false, message: expect.stringContaining('128 MiB together') });
  expect(room.bytes).toBe(500);
  room.bytes = all;
  expect(await ask(url, true, room)).toMatchObject({ ok: true });
  expect(room.bytes).toBe(all);
});

test('stops reading past 64 MiB', async () => {
  const url = await serve((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024)));
    };
    response.on('drain', more);
    more();
  });
  expect(await ask(url)).toMatchObject({ ok: false, message: expect.stringContaining('answers more than 64 MiB') });
});

test.each([
  ['http://127.0.0.1:1/', false, /is an address of this machine or of a private network/],
  ['http://169.254.169.254/latest/meta-data', true, /is no address that a data source may have/],
  ['http://[::ffff:169.254.169.254]/', true, /is no address that a data source may have/],
  ['file:///etc/passwd', true, /is no address of the web/],
  ['data:text/plain,x', true, /is no address of the web/],
  ['blob:nodedata:x', true, /is no address of the web/],
  ['nonsense', true, /is no address of the web/],
])('%s is not reached, private ones allowed: %s', async (url, mayBePrivate, sentence) => {
  expect(await ask(url, mayBePrivate)).toMatchObject({ ok: false, message: expect.stringMatching(sentence) });
});
