import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { connect, isIP } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { dialWithin, guardedLookup, refusedAddress, type ResolveName } from './reach.ts';
import { sourceFetch } from './source-fetch.ts';

const OUTSIDE = { mayBePrivate: false };
const INSIDE = { mayBePrivate: true };

test.each([
  ['127.0.0.1', 'private'],
  ['127.255.255.254', 'private'],
  ['::1', 'private'],
  ['0:0:0:0:0:0:0:1', 'private'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['198.18.0.1', 'private'],
  ['fd12:3456::1', 'private'],
  ['fec0::1', 'private'],
  ['::ffff:127.0.0.1', 'private'],
  ['::ffff:7f00:1', 'private'],
  ['::FFFF:0A00:0001', 'private'],
  ['0:0:0:0:0:ffff:c0a8:0101', 'private'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b::7f00:1', 'private'],
  ['2002:7f00:1::', 'private'],
  ['2002:c0a8:101::5', 'private'],
  ['::127.0.0.1', 'private'],
  ['169.254.169.254', 'never'],
  ['169.254.0.1', 'never'],
  ['::ffff:169.254.169.254', 'never'],
  ['::ffff:a9fe:a9fe', 'never'],
  ['64:ff9b::a9fe:a9fe', 'never'],
  ['2002:a9fe:a9fe::1', 'never'],
  ['fe80::1', 'never'],
  ['fe80::1%eth0', 'never'],
  ['fd00:ec2::254', 'never'],
  ['100.100.100.200', 'never'],
  ['192.0.0.192', 'never'],
  ['168.63.129.16', 'never'],
  ['0.0.0.0', 'never'],
  ['0.1.2.3', 'never'],
  ['::', 'never'],
  ['::ffff:0.0.0.0', 'never'],
  ['224.0.0.1', 'never'],
  ['255.255.255.255', 'never'],
  ['ff02::1', 'never'],
  ['93.184.216.34', 'public'],
  ['::ffff:93.184.216.34', 'public'],
  ['64:ff9b::5db8:d822', 'public'],
  ['2606:2800:220:1:248:1893:25c8:1946', 'public'],
])('%s is %s', (address, kind) => {
  expect(isIP(address)).not.toBe(0);
  expect([refusedAddress(address, OUTSIDE) === undefined, refusedAddress(address, INSIDE) === undefined]).toEqual([
    kind === 'public',
    kind !== 'never',
  ]);
});

/** A real server, and what it was asked. */
async function server(
  listener: RequestListener = (_, response) => void response.end('hello'),
): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const http = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { port: (http.address() as AddressInfo).port, asked };
}

const bare = { settings: {}, secrets: {} };

test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '127。0。0。1',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
])('http://%s is this machine, however it is written', async (host) => {
  const { port, asked } = await server();
  await expect(sourceFetch(bare, OUTSIDE)(`http://${host}:${port}/`)).rejects.toThrow(/private network/);
  expect(asked).toEqual([]);
});

test.each(['localhost', 'LOCALHOST'])('the name %s is judged by where it leads', async (host) => {
  const { port, asked } = await server();
  const refusal = await sourceFetch(bare, OUTSIDE)(`http://${host}:${port}/`).catch((error: Error) => error);
  expect(String((refusal as Error).cause)).toMatch(/private network.*sources\.private/);
  expect(asked).toEqual([]);
});

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://0.0.0.0/',
  'http://0/',
  'http://[fd00:ec2::254]/',
  'http://2852039166/',
])('%s is reached by nobody', async (url) => {
  await expect(sourceFetch(bare, INSIDE)(url)).rejects.toThrow(/is no address that a data source may have/);
});

test('what may be reached is', async () => {
  const { port } = await server();
  expect(await (await sourceFetch(bare, INSIDE)(`http://localhost:${port}/`)).text()).toBe('hello');
});

test('a server that sends on elsewhere is not followed there', async () => {
  const inner = await server();
  const { port } = await server((_, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/secret` }).end();
  });
  const answer = await sourceFetch(bare, INSIDE)(`http://127.0.0.1:${port}/`, { redirect: 'manual' });
  expect([answer.status, inner.asked]).toEqual([307, []]);
});

test('no cookie of a server comes back to it', async () => {
  const cookies: unknown[] = [];
  const { port } = await server((request, response) => {
    cookies.push(request.headers.cookie);
    response.setHeader('set-cookie', 'a=b').end();
  });
  const ask = sourceFetch(bare, INSIDE);
  for (let i = 0; i < 2; i++) await (await ask(`http://127.0.0.1:${port}/`)).text();
  expect(cookies).toEqual([undefined, undefined]);
});

/** Answers as a name server would that says something else each time. */
function names(...answers: string[][]): ResolveName {
  let at = 0;
  return (_host, _options, done) =>
    done(
      null,
      (answers[at++] ?? []).map((address) => ({ address, family: isIP(address) })),
    );
}

/** Connects as a data source does, and says where it came out or why it did not. */
function reached(port: number, lookup: LookupFunction): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: 'metrics.example', port, lookup });
    socket.once('connect', () => {
      resolve(socket.remoteAddress);
      socket.destroy();
    });
    socket.once('error', ({ message }) => resolve(message));
  });
}

test('of a name that leads to both, only what is allowed is connected to', async () => {
  const { port } = await server();
  expect(await reached(port, guardedLookup(INSIDE, names(['169.254.169.254', '127.0.0.1'])))).toBe('127.0.0.1');
  expect(await reached(port, guardedLookup(OUTSIDE, names(['127.0.0.1', '::1'])))).toMatch(
    /127\.0\.0\.1 is an address of this machine/,
  );
  expect(await reached(port, guardedLookup(INSIDE, names([])))).toMatch(/no address is known/);
});

test('a name that leads elsewhere a moment later is judged again', async () => {
  const { port } = await server();
  const lookup = guardedLookup(INSIDE, names(['127.0.0.1'], ['169.254.169.254']));
  expect(await reached(port, lookup)).toBe('127.0.0.1');
  expect(await reached(port, lookup)).toMatch(/169\.254\.169\.254 is no address/);
});

test.each([
  ['127.0.0.1', /private network/],
  ['::1', /private network/],
  ['[::1]', /private network/],
  ['localhost', /private network/],
  // The system reads these as addresses, though they are written as no address is.
  ['2130706433', /private network|no address is known/],
  ['0x7f.1', /private network|no address is known/],
  ['', /private network/],
])('a connection without HTTP to "%s" is judged too', async (host, sentence) => {
  const { port } = await server();
  await expect(dialWithin(OUTSIDE, host, port, AbortSignal.timeout(5_000))).rejects.toThrow(sentence);
});

test('a connection without HTTP is made, given up, and refused with a sentence', async () => {
  const { port } = await server();
  const socket = await dialWithin(INSIDE, 'localhost', port, AbortSignal.timeout(5_000));
  expect(socket.remotePort).toBe(port);
  socket.destroy();
  await expect(dialWithin(INSIDE, 'localhost', port, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  await expect(dialWithin(INSIDE, '127.0.0.1', 1, AbortSignal.timeout(5_000))).rejects.toThrow(
    /nothing listens at 127\.0\.0\.1:1/,
  );
});
