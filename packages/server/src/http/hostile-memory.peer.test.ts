import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningVitrine, startVitrine } from '../testing/start-vitrine.ts';

const GIB = 1024 ** 3;
/** What the server may grow by, whatever comes: a good part of it is what the engine has not yet given back. */
const MOST_GROWTH_BYTES = GIB;
const AT_A_TIME = 40;
const LARGE_AT_A_TIME = 24;

/** A gibibyte of zeros in a megabyte. */
const BOMB = Buffer.concat(Array.from({ length: 64 }, () => gzipSync(Buffer.alloc(GIB / 64))));

const folder = mkdtempSync(join(tmpdir(), 'vitrine-hostile-'));
let vitrine: RunningVitrine;
let startBytes = 0;

beforeAll(async () => {
  vitrine = await startVitrine(
    folder,
    '--ingest.graphite',
    '127.0.0.1:0',
    '--ingest.statsd',
    '127.0.0.1:0',
    '--limits.ingest.upload',
    '64MiB',
  );
  startBytes = peakBytes();
});

afterAll(async () => {
  await vitrine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The most that the server ever had in memory, as Linux counts it. */
function peakBytes(): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${vitrine.pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

async function expectCalm(): Promise<void> {
  expect(peakBytes() - startBytes).toBeLessThan(MOST_GROWTH_BYTES);
  expect((await fetch(`${vitrine.url}/-/ready`)).status).toBe(200);
}

const CUT_OFF = 0;

interface Sent {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends pieces until they end, or an answer comes; resolves with its status, or CUT_OFF. */
function stream({ method, path, headers = {} }: Sent, pieces: Iterable<Buffer>): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = false;
    const sending = request(`${vitrine.url}${path}`, { method, headers }, (answer) => {
      answered = true;
      answer.resume();
      answer.once('end', () => {
        sending.destroy();
        resolve(answer.statusCode ?? 0);
      });
    });
    // Whoever is answered early is cut off while it sends, at times before it has read the answer.
    sending.on('error', (error: NodeJS.ErrnoException) => {
      if (answered) return;
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') resolve(CUT_OFF);
      else reject(error);
    });
    const waiting = pieces[Symbol.iterator]();
    const push = (): void => {
      for (;;) {
        if (answered) return;
        const next = waiting.next();
        if (next.done === true) {
          sending.end();
          return;
        }
        if (!sending.write(next.value)) {
          sending.once('drain', push);
          return;
        }
      }
    };
    push();
  });
}

function* repeated(line: string, bytes: number): Generator<Buffer> {
  const piece = Buffer.from(line.repeat(Math.ceil(65_536 / line.length)));
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const SNAPPY = { ...PROTOBUF, 'content-encoding': 'snappy' };
const DOORS: readonly (readonly [string, Sent, string])[] = [
  ['OTLP', { method: 'POST', path: '/v1/metrics', headers: { 'content-type': 'application/json' } }, '{"resourceMetrics":[]},\n'],
  ['line protocol', { method: 'POST', path: '/write?db=a' }, 'm,host=a v=1\n'],
  ['Pushgateway', { method: 'PUT', path: '/metrics/job/a' }, 'm{host="a"} 1\n'],
  ['remote write', { method: 'POST', path: '/api/v1/write', headers: SNAPPY }, '\u0001\u0000a'],
];

describe('the server’s memory stays bounded', { timeout: 120_000 }, () => {
  test.each(DOORS.slice(0, 3))(
    `when ${AT_A_TIME} bodies at a time unpack to a gibibyte each, as %s`,
    async (_, { method, path }) => {
      const headers = { ...(path === '/v1/metrics' ? PROTOBUF : {}), 'content-encoding': 'gzip' };
      const statuses = await Promise.all(Array.from({ length: AT_A_TIME }, () => stream({ method, path, headers }, [BOMB])));
      expect(statuses.filter((status) => status !== 413)).toEqual([]);
      await expectCalm();
    },
  );

  test.each(DOORS)('when a gibibyte of lines comes as one body, as %s', async (_, sent, line) => {
    expect([413, CUT_OFF]).toContain(await stream(sent, repeated(line, GIB)));
    await expectCalm();
  });

  test.each(DOORS)(`when ${LARGE_AT_A_TIME} bodies of 30 MB come at a time, as %s`, async (_, sent, line) => {
    const statuses = await Promise.all(Array.from({ length: LARGE_AT_A_TIME }, () => stream(sent, repeated(line, 30_000_000))));
    // What is read says what is wrong with it; what is not is asked to come again.
    const expected = [200, 204, 400, 413, 429, CUT_OFF];
    expect(statuses.filter((status) => !expected.includes(status))).toEqual([]);
    await expectCalm();
  });

  test.each([
    ['JSONL', 'jsonl', '{"time":"2026-01-01T00:00:00Z","loss":0.5}\n', 'application/x-ndjson'],
    ['CSV', 'csv', '2026-01-01T00:00:00Z,0.5\n', 'text/csv'],
    ['CSV that is one line', 'csv', 'x,', 'text/csv'],
  ])('when a gibibyte of %s is uploaded', async (_, format, line, type) => {
    const boundary = 'x0x0x';
    const mapping = JSON.stringify({ format, name: { kind: 'column', prefix: '' }, columns: [] });
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="mapping"\r\n\r\n${mapping}\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.${format}"\r\ncontent-type: ${type}\r\n\r\n`;
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const pieces = function* (): Generator<Buffer> {
      yield Buffer.from(head);
      yield* repeated(line, GIB);
    };
    expect([400, 413, CUT_OFF]).toContain(await stream({ method: 'POST', path: '/api/ingest/upload', headers }, pieces()));
    await expectCalm();
  });

  test.each([
    ['Graphite', /Graphite over TCP and UDP at 127\.0\.0\.1:(\d+)/],
    ['StatsD', /StatsD over TCP and UDP at 127\.0\.0\.1:(\d+)/],
  ])('when a line of %s has no end', async (_, pattern) => {
    const socket = connect(Number(vitrine.said(pattern)), '127.0.0.1');
    socket.on('error', () => {});
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
    });
    const piece = Buffer.alloc(65_536, 'x');
    let sent = 0;
    while (!socket.destroyed && sent < GIB) {
      sent += piece.length;
      if (!socket.write(piece)) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
    }
    socket.destroy();
    await closed;
    expect(sent).toBeLessThan(GIB);
    await expectCalm();
  });

  test('when 10 MB of new names come to StatsD', async () => {
    const socket = connect(Number(vitrine.said(/StatsD over TCP and UDP at 127\.0\.0\.1:(\d+)/)), '127.0.0.1');
    socket.on('error', () => {});
    let name = 0;
    for (let sent = 0; sent < 10_000_000;) {
      const piece = Array.from({ length: 500 }, () => `${'n'.repeat(100)}${name++}:1|ms|#a:${'v'.repeat(100)}${name}\n`).join('');
      sent += piece.length;
      if (!socket.write(piece)) await new Promise((resolve) => socket.once('drain', resolve));
    }
    socket.end();
    await new Promise((resolve) => socket.once('close', resolve));
    await expectCalm();
  });
});
