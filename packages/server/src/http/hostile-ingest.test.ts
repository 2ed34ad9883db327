import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { constants, deflateSync, gzipSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listenOtlpGrpc } from '../ingest/otlp/otlp-grpc.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

/** What testApp() takes, unpacked. */
const LIMIT_BYTES = 1_000_000;
const GIB = 1024 ** 3;
const PART = Buffer.alloc(GIB / 64);

/** A gibibyte of zeros in a megabyte: gzip reads members one after the other as one. */
const GZIP_BOMB = repeat(gzipSync(PART));
/** The same as blocks that know nothing of each other. What comes at the end is wrong, and nobody may come that far. */
const DEFLATE_BOMB = Buffer.concat([
  deflateSync(PART, { finishFlush: constants.Z_FULL_FLUSH }),
  repeat(deflateSync(PART, { finishFlush: constants.Z_FULL_FLUSH }).subarray(2)),
]);

function repeat(part: Buffer): Buffer {
  return Buffer.concat(Array.from({ length: 64 }, () => part));
}

/** A block of Snappy that says how long it is, and repeats one byte as often. */
function snappyBomb(saysBytes: number, copies: number): Buffer {
  const length: number[] = [];
  let rest = saysBytes;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
  length.push(rest);
  // A literal of one byte, then copies of 64 bytes from one byte before.
  const copy = Buffer.from([(63 << 2) | 2, 1, 0]);
  return Buffer.concat([Buffer.from([...length, 0, 0x61]), ...Array.from({ length: copies }, () => copy)]);
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const REMOTE_WRITE = { ...PROTOBUF, 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' };

interface Door {
  readonly door: string;
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Every door through which bodies come in. */
const DOORS: readonly Door[] = [
  { door: 'otlp', method: 'POST', url: '/v1/metrics', headers: PROTOBUF },
  { door: 'otlp', method: 'POST', url: '/v1/logs', headers: { 'content-type': 'application/json' } },
  { door: 'otlp', method: 'POST', url: '/api/v1/otlp/v1/metrics', headers: PROTOBUF },
  { door: 'line protocol', method: 'POST', url: '/write?db=a', headers: {} },
  { door: 'line protocol', method: 'POST', url: '/api/v2/write?bucket=a', headers: {} },
  { door: 'pushgateway', method: 'PUT', url: '/metrics/job/a', headers: {} },
  { door: 'pushgateway', method: 'POST', url: '/metrics/job@base64/YQ', headers: {} },
  { door: 'remote write', method: 'POST', url: '/api/v1/write', headers: REMOTE_WRITE },
];
const UNPACKING = DOORS.filter(({ door }) => door !== 'remote write');

let t: TestApp;
let port = 0;
/** Of a server that waits for nobody. */
let hastyPort = 0;
const ends: (() => Promise<void>)[] = [];

async function listen(changes: Parameters<typeof testApp>[0]): Promise<[TestApp, number]> {
  const made = await testApp({ ...changes, until: (end) => ends.push(end) });
  await made.app.listen({ host: '127.0.0.1', port: 0 });
  return [made, (made.app.server.address() as AddressInfo).port];
}

beforeAll(async () => {
  [t, port] = await listen({ bodyRoomBytes: 8 * LIMIT_BYTES });
  [, hastyPort] = await listen({ waitMs: { headers: 300, body: 300 } });
});

afterAll(async () => {
  for (const end of ends) await end();
});

async function send({ method, url, headers }: Door, body: Buffer, more: Readonly<Record<string, string>> = {}) {
  const answer = await t.app.inject({ method, url, headers: { host: 'localhost', ...headers, ...more }, payload: body });
  return { status: answer.statusCode, text: answer.body };
}

function refusedAt(door: string): readonly string[] {
  return t.needs.intake
    .arrivals()
    .flatMap((arrival) => (arrival.door === door ? arrival.reasons.map(({ reason }) => reason) : []));
}

describe('a body that unpacks to a gibibyte', () => {
  test.each(UNPACKING.flatMap((door) => [['gzip', door] as const, ['deflate', door] as const]))(
    'in %s is refused at $url',
    async (encoding, door) => {
      const { status, text } = await send(
        door,
        encoding === 'gzip' ? GZIP_BOMB.subarray(0, LIMIT_BYTES) : DEFLATE_BOMB.subarray(0, LIMIT_BYTES),
        { 'content-encoding': encoding },
      );
      expect([status, text]).toEqual([413, expect.stringContaining(`more than ${LIMIT_BYTES} bytes unpacked`)]);
      expect(refusedAt(door.door)).toContain('too large');
      expect(t.store.appended).toEqual([]);
    },
  );

  test.each([
    ['by what it says', snappyBomb(GIB, 1)],
    ['by what it is', snappyBomb(LIMIT_BYTES, 100_000)],
    ['by what both say', snappyBomb(64 * 100_000 + 1, 100_000)],
  ])('in Snappy, %s, is refused at /api/v1/write', async (_, body) => {
    const { status } = await send(DOORS.at(-1)!, body);
    expect([400, 413]).toContain(status);
    expect(t.store.appended).toEqual([]);
  });

  test('is refused over gRPC', async () => {
    const { needs } = t;
    const grpc = await listenOtlpGrpc({
      otlp: needs.otlp,
      intake: needs.intake,
      tokens: needs.tokens,
      limits: { bodyBytes: 2 * LIMIT_BYTES },
      log: needs.log,
      address: { host: '127.0.0.1', port: 0 },
      loopback: true,
    });
    const client = connectHttp2(`http://127.0.0.1:${grpc.port}`);
    onTestFinished(async () => {
      client.destroy();
      await grpc.stop();
    });
    const header = Buffer.from([1, 0, 0, 0, 0]);
    header.writeUInt32BE(GZIP_BOMB.length, 1);
    const stream = client.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      'content-type': 'application/grpc',
      'grpc-encoding': 'gzip',
    });
    const status = new Promise<unknown>((resolve, reject) => {
      stream.once('response', (headers) => resolve(headers['grpc-status']));
      stream.once('error', reject);
    });
    stream.end(Buffer.concat([header, GZIP_BOMB]));
    expect(await status).toBe('8');
  });
});

/** A length as protobuf has it, and the bytes. */
function framed(tag: number, ...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  const length: number[] = [tag];
  let rest = bytes.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** As often as fits. */
function often(...bytes: readonly number[]): Buffer {
  return Buffer.alloc(Math.floor((LIMIT_BYTES - 100) / bytes.length) * bytes.length, Buffer.from(bytes));
}

describe('a small body that stands for much', () => {
  const name = framed(0x0a, framed(0x0a, Buffer.from('__name__')), framed(0x12, Buffer.from('a')));
  const V2 = { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };
  const symbols = ['', '__name__', 'a', 'b'.repeat(15_000)].map((text) => framed(0x22, Buffer.from(text)));
  const others = Array.from({ length: 5000 }, (_, i) => framed(0x22, Buffer.from(`c${i}`)));
  const wide = others.map((_, i) =>
    framed(
      0x2a,
      framed(0x0a, Buffer.from([1, 2, 2, 3, ((i + 4) % 128) | 128, Math.floor((i + 4) / 128), 2])),
      framed(0x12, Buffer.from([0x10, 1])),
    ),
  );

  test.each([
    [413, 'histograms', {}, framed(0x0a, name, often(0x22, 0))],
    [413, 'exemplars', {}, framed(0x0a, name, often(0x1a, 2, 0x18, 1))],
    [413, 'metadata', {}, often(0x1a, 0)],
    [400, 'labels', {}, framed(0x0a, often(0x0a, 0), Buffer.from([0x12, 0]))],
    [400, 'labels behind a sample', {}, framed(0x0a, Buffer.from([0x12, 0]), often(0x0a, 0))],
    [413, 'symbols', V2, often(0x22, 0)],
    [400, 'references', V2, Buffer.concat([symbols[0]!, framed(0x2a, framed(0x0a, often(0)))])],
    [400, 'references one by one', V2, Buffer.concat([symbols[0]!, framed(0x2a, often(0x08, 0))])],
    [
      413,
      'references of an exemplar',
      V2,
      Buffer.concat([
        ...symbols,
        framed(
          0x2a,
          framed(0x0a, Buffer.from([1, 2])),
          framed(0x22, framed(0x0a, Buffer.alloc(6000, 3)), Buffer.from([0x18, 1])),
        ),
      ]),
    ],
    [
      400,
      'long texts',
      V2,
      Buffer.concat([...symbols, framed(0x2a, framed(0x0a, Buffer.from([1, 3, 2, 3])), framed(0x12, Buffer.from([0x10, 1])))]),
    ],
    [413, 'long texts of many series', V2, Buffer.concat([...symbols, ...others, ...wide])],
  ])('is answered %i for its %s', async (want, _, headers, body) => {
    const { status, text } = await send(DOORS.at(-1)!, compressSync(body), headers);
    expect([status, text.slice(0, 300)]).toEqual([want, expect.stringMatching(/room for|stored/)]);
    expect(t.store.appended.splice(0).filter(({ seriesIndex }) => seriesIndex.length > 0)).toEqual([]);
  });
});

describe('a body that is larger than may be', () => {
  test.each(DOORS)('is refused at $url, as it is', async (door) => {
    const { status } = await send(door, Buffer.alloc(LIMIT_BYTES + 1, '\n'));
    expect(status).toBe(413);
    expect(t.store.appended).toEqual([]);
  });

  test.each(DOORS)('is refused at $url before its end, which never comes', async ({ method, url, headers }) => {
    const socket = dial();
    socket.write(head(method, url, { ...headers, 'transfer-encoding': 'chunked' }));
    const block = `10000\r\n${'\n'.repeat(65_536)}\r\n`;
    let sent = 0;
    // It goes on as long as it is let.
    while (!socket.answered() && !socket.destroyed && sent < 64 * LIMIT_BYTES) {
      socket.write(block);
      sent += block.length;
      await new Promise(setImmediate);
    }
    expect(await socket.status()).toBe(413);
  });
});

describe('bodies that are all not yet there', () => {
  test('have so much room together, and leave it', async () => {
    const sockets = Array.from({ length: 12 }, () => dial());
    for (const socket of sockets) {
      socket.write(head('POST', '/api/v2/write?bucket=a', { 'content-length': String(LIMIT_BYTES) }));
      socket.write('\n'.repeat(LIMIT_BYTES - 1));
    }
    // Eight of the largest are waited for.
    await expect
      .poll(() => sockets.filter((socket) => socket.text().startsWith('HTTP/1.1 429 ')).length, { timeout: 15_000 })
      .toBe(4);
    const refused = sockets.find((socket) => socket.text() !== '');
    expect(refused?.text()).toMatch(/\r\nretry-after: 1\r\n[^]*More requests are being read than memory is set aside for/);
    for (const socket of sockets) if (socket.text() === '') socket.write('\n');
    await expect
      .poll(() => sockets.filter((socket) => socket.text().startsWith('HTTP/1.1 204 ')).length, { timeout: 15_000 })
      .toBe(8);
    const { status } = await send(DOORS[4]!, Buffer.alloc(LIMIT_BYTES, '\n'));
    expect(status).toBe(204);
  });
});

describe('a sender that drips', () => {
  test.each(DOORS)('its body to $url is answered and closed', async ({ method, url, headers }) => {
    const socket = dial(hastyPort);
    socket.write(head(method, url, { ...headers, 'content-length': '1000' }));
    const drip = setInterval(() => socket.write('x'), 20);
    onTestFinished(() => clearInterval(drip));
    await socket.gone;
    expect(await socket.status()).toBe(408);
  });

  test.each([
    ['its headers', 'POST /write?db=a HTTP/1.1\r\nhost: localhost\r\n', 'x-a: b\r\n'],
    ['one header', 'POST /write?db=a HTTP/1.1\r\nhost: localhost\r\nx-a: ', 'b'],
    ['its address', 'POST /', 'a'],
  ])('%s is closed', async (_, first, more) => {
    const socket = dial(hastyPort);
    socket.write(first);
    const drip = setInterval(() => socket.write(more), 20);
    onTestFinished(() => clearInterval(drip));
    await socket.gone;
    expect([408, undefined]).toContain(await socket.status());
  });

  test('nothing at all is closed', async () => {
    const socket = dial(hastyPort);
    await socket.gone;
  });
});

/** What is done to an address so that some part of a server takes it for another. */
const TRICKS: readonly (readonly [what: string, change: (path: string) => string])[] = [
  ['a slash twice', (path) => `/${path}`],
  ['a slash twice within', (path) => path.replace(/(?<=.)\//, '//').replace(/^\/([^/]+)$/, '//$1')],
  ['a folder and back', (path) => `/api/..${path}`],
  ['a folder and back, coded', (path) => `/api/%2e%2e${path}`],
  ['a folder and back, half coded', (path) => `/api/.%2e${path}`],
  ['a folder and back behind a file', (path) => `/index.html/..${path}`],
  ['itself in a dot', (path) => `/.${path}`],
  ['a coded slash at its start', (path) => `/%2f${path.slice(1)}`],
  ['a coded slash at its end', (path) => `${path}%2f`],
  ['a parameter', (path) => `${path};a=b`],
  ['a coded parameter', (path) => `${path}%3ba=b`],
  ['a coded question', (path) => `${path}%3fa=b`],
  ['a zero', (path) => `${path}%00`],
  ['a zero and an ending', (path) => `${path}%00.html`],
  ['a backslash at its start', (path) => `/\\${path.slice(1)}`],
  ['backslashes', (path) => path.replaceAll('/', '\\')],
  ['a coded backslash', (path) => `${path}%5c..`],
  ['coded twice', (path) => `/%252e%252e${path}`],
  ['a line’s end', (path) => `${path}%0d%0a`],
  ['a broken code', (path) => `${path}%zz`],
  ['a code that is no text', (path) => `${path}%ff`],
  ['too long a code', (path) => path.replace('/', '/%c0%af')],
  ['capitals', (path) => path.toUpperCase().replace(/^\/API\/V/, '/Api/v')],
  ['a tail of 20,000 characters', (path) => `${path}${'a'.repeat(20_000)}`],
  ['20,000 folders and back', (path) => `${'/..'.repeat(6_000)}${path}`],
];

describe('an address that is written to be mistaken', () => {
  // Pushgateway takes groups of any name: what its addresses may hold is its own tests' matter.
  const paths = ['/v1/metrics', '/write', '/api/v2/write', '/api/v1/write', '/api/ingest/upload', '/api/ingest/preview'];

  test.each(TRICKS)('by %s leads to no door', async (_, change) => {
    for (const path of paths) {
      const socket = dial();
      socket.write(`${head('POST', change(path), { 'content-length': '6', connection: 'close' })}m v=1\n`);
      const status = (await socket.status()) ?? 400;
      expect([path, status, status >= 400 && status < 500]).toEqual([path, status, true]);
      // It is refused because it is not there, and not because of what it brought.
      expect([400, 403, 404, 414, 431]).toContain(status);
    }
    expect(t.store.appended).toEqual([]);
  });

  test.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/../../package.json',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/assets/..%5c..%5cpackage.json',
    '/..%00/package.json',
    '//etc/passwd',
    '/%2fetc/passwd',
    '/file:///etc/passwd',
    '/./data/vitrine.db',
    '/data/vitrine.db',
    '/plugins/../data/vitrine.db',
    '/plugins/a/1.0.0/%2e%2e/%2e%2e/%2e%2e/data/vitrine.db',
    '/metrics/job/../../data/vitrine.db',
  ])('%s is no file', async (target) => {
    const socket = dial();
    socket.write(head('GET', target, { connection: 'close' }));
    expect([400, 404, 405]).toContain(await socket.status());
    await socket.gone;
    expect(socket.text()).not.toMatch(/root:|SQLite format|"workspaces"/);
  });

  test('two lengths, or a length and pieces, are no two requests', async () => {
    for (const lengths of ['content-length: 3\r\ncontent-length: 6', 'content-length: 3\r\ntransfer-encoding: chunked']) {
      const socket = dial();
      socket.write(
        `POST /write?db=a HTTP/1.1\r\nhost: localhost\r\n${lengths}\r\n\r\n0\r\n\r\nPOST /write?db=a HTTP/1.1\r\nhost: localhost\r\ncontent-length: 6\r\n\r\nm v=1\n`,
      );
      expect(await socket.status()).toBe(400);
      await socket.gone;
      expect(socket.text().match(/HTTP\/1\.1/g)).toHaveLength(1);
    }
    expect(t.store.appended).toEqual([]);
  });
});

/** A connection as it is, and what was answered over it. */
function dial(to = port) {
  const socket = connect(to, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  socket.on('error', () => {});
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  return Object.assign(socket, {
    gone,
    answered: () => text.includes('\r\n\r\n'),
    text: () => text,
    /** undefined where it was closed without an answer. */
    async status(): Promise<number | undefined> {
      await Promise.race([gone, expect.poll(() => text, { timeout: 15_000 }).toContain('\r\n\r\n')]);
      const [, status] = /^HTTP\/1\.1 (\d+)/.exec(text) ?? [];
      return status === undefined ? undefined : Number(status);
    },
  });
}

function head(method: string, target: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
