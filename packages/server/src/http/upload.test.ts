import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { UploadAnswer, UploadPreview, UploadRunning } from '@vitrine/model/upload.ts';
import { describe, expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';
import { CSV, listed, MAPPING } from '../testing/uploaded-csv.ts';

function formOf(
  file: string | Uint8Array,
  mapping?: unknown,
): { readonly payload: Buffer; readonly headers: Record<string, string> } {
  const before =
    mapping === undefined
      ? ''
      : `--b0und\r\ncontent-disposition: form-data; name="mapping"\r\n\r\n${JSON.stringify(mapping)}\r\n`;
  return {
    payload: Buffer.concat([
      Buffer.from(`${before}--b0und\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`),
      Buffer.from(file),
      Buffer.from('\r\n--b0und--\r\n'),
    ]),
    headers: { 'content-type': 'multipart/form-data; boundary=b0und' },
  };
}

async function upload(
  file: string | Uint8Array,
  mapping: unknown = MAPPING,
  query = '',
  at?: Awaited<ReturnType<typeof testApp>>,
) {
  const started = at ?? (await testApp());
  const { payload, headers } = formOf(file, mapping);
  const { app, browser, store } = started;
  const response = await app.inject({
    method: 'POST',
    url: `/api/ingest/upload${query}`,
    payload,
    headers: { ...browser, ...headers },
  });
  return {
    ...started,
    status: response.statusCode,
    answer: response.json<UploadAnswer & { error?: { code: string; message: string } }>(),
    store,
  };
}

describe('a file of samples', () => {
  test('becomes one sample a row and value column, and says what it refused', async () => {
    const { status, answer, store, needs } = await upload(CSV);
    expect(status).toBe(200);
    expect(listed(store.appended)).toEqual([
      'fit_learning_rate{job="train", run="a"} 1767225600000 0.1',
      'fit_learning_rate{job="train", run="a"} 1767225610000 0.1',
      'fit_loss{job="train", run="a"} 1767225600000 0.5',
      'fit_loss{job="train", run="b"} 1767225620000 NaN',
    ]);
    expect(answer).toEqual({
      format: 'csv',
      bytes: CSV.length,
      dryRun: false,
      rows: 3,
      accepted: 4,
      refused: 1,
      metrics: ['fit_loss', 'fit_learning_rate'],
      series: 3,
      fromMs: 1767225600000,
      toMs: 1767225620000,
      reasons: [{ reason: 'not a number', count: 1, sentence: 'Row 4, column lr: "x" is not a number.' }],
      rowsRefused: [{ row: 4, column: 'lr', reason: 'not a number', sentence: '"x" is not a number' }],
    });
    expect(needs.intake.arrivals()).toMatchObject([{ door: 'upload', accepted: 4, refused: 1 }]);
  });

  test('is only counted in a dry run, by what the store keeps', async () => {
    const nowMs = Date.now();
    const rows = [nowMs - 40 * 86_400_000, nowMs - 60_000, nowMs + 86_400_000].map((ms) => `${ms},1`).join('\n');
    const at = await testApp({ uploads: { folder: '', limitBytes: 1_000, keepsMs: 30 * 86_400_000 } });
    const { answer } = await upload(
      `time,loss\n${rows}\n`,
      { time: { column: 'time', format: 'unix-ms' }, values: ['loss'] },
      '?dryRun=true',
      at,
    );
    expect(answer).toMatchObject({ dryRun: true, rows: 3, accepted: 1, refused: 2 });
    expect(answer.reasons.map(({ reason }) => reason)).toEqual(['too old', 'too far in the future']);
    expect(at.store.appended).toEqual([]);
    expect(at.needs.intake.arrivals()).toEqual([]);
  });

  test.each(['true', 'false'])('counts rows of one time in one series once, dryRun=%s', async (dryRun) => {
    const at = await testApp({ uploads: { folder: '', limitBytes: 1_000, keepsMs: Infinity } });
    const file = 'day,clock,loss\n2026-03-01,10:00,1\n2026-03-01,11:00,2\n2026-03-01,12:00,1\n2026-03-02,10:00,4\n';
    at.store.append = () =>
      Promise.resolve({
        accepted: 3,
        rejected: [{ reason: 'duplicate', series: 'loss', timestampMs: 1_772_323_200_000, count: 1 }],
        rejectedCount: 1,
      });
    const mapping = { time: { column: 'day', format: 'date' }, values: ['loss'] };
    const { status, answer } = await upload(file, mapping, `?dryRun=${dryRun}`, at);
    expect(status).toBe(200);
    expect(answer).toMatchObject({ rows: 4, accepted: 3, refused: 1 });
    expect(answer.reasons).toMatchObject([
      { reason: 'duplicate', count: 1, sentence: expect.stringMatching(/^Several rows have the same time in one series/) },
    ]);
  });

  test('of which nothing is stored is an error, with all that an answer tells', async () => {
    const at = await testApp();
    at.store.append = ({ values }) =>
      Promise.resolve({
        accepted: 0,
        rejected: [{ reason: 'too old', series: 'loss', timestampMs: 1_767_225_600_000, count: 2 }],
        rejectedCount: values.length,
      });
    const mapping = { time: { column: 'time', format: 'unix-s' }, values: ['loss'] };
    const { status, answer } = await upload('time,loss\n1767225600,1\n1767225601,2\n', mapping, '', at);
    expect(status).toBe(422);
    expect(answer).toMatchObject({
      accepted: 0,
      refused: 2,
      rowsRefused: [
        {
          column: '',
          reason: 'too old',
          sentence: 'loss at 2026-01-01T00:00:00.000Z is too old, and 1 more of the series',
        },
      ],
      error: { code: 'nothing_stored', message: expect.stringMatching(/^Nothing was stored\. Samples are older/) },
    });
    expect((await upload('time,loss\nnever,1\n', mapping, '?dryRun=true', at)).status).toBe(200);
    expect((await upload('time,loss\nnever,1\n', mapping, '', at)).status).toBe(422);
    expect((await upload('time,loss\n1767225600,\n', mapping, '', at)).status).toBe(200);
  });

  test('waits for a store that is behind, and stops at one that is full', async () => {
    const at = await testApp();
    let calls = 0;
    at.store.append = (batch) => {
      calls++;
      if (calls === 1) throw new StoreBusy('wait', 0.01);
      return Promise.resolve({
        accepted: batch.values.length,
        rejected: [{ reason: 'too old', series: '', timestampMs: 0, count: 1 }],
        rejectedCount: 1,
      });
    };
    expect((await upload(CSV, MAPPING, '', at)).answer).toMatchObject({ accepted: 4, refused: 2 });
    // What was stored in the end was not refused on the way.
    expect(at.needs.intake.arrivals()).toMatchObject([{ accepted: 4, refused: 2 }]);
    at.store.append = () => {
      throw new StoreReadOnly('The disk is full.');
    };
    expect((await upload(CSV, MAPPING, '', at)).answer.error).toEqual({ code: 'read_only', message: 'The disk is full.' });
  });

  test('is taken from a token that may ingest, and from no viewer and no page of another site', async () => {
    const at = await testApp({ loopback: false });
    const { payload, headers } = formOf(CSV, MAPPING);
    const statusWith = async (own: Record<string, string>): Promise<number> =>
      (await at.app.inject({ method: 'POST', url: '/api/ingest/upload', payload, headers: { ...headers, ...own } })).statusCode;
    const loader = await at.needs.tokens.create({ name: 'loader', scopes: ['ingest'], expiresMs: undefined });
    const reader = await at.needs.tokens.create({ name: 'reader', scopes: ['read'], expiresMs: undefined });
    expect(await statusWith({ authorization: `Bearer ${loader.token}` })).toBe(200);
    expect(at.needs.intake.arrivals()).toMatchObject([{ name: 'loader', accepted: 4 }]);
    expect(await statusWith({ authorization: `Bearer ${reader.token}` })).toBe(403);
    expect(await statusWith({})).toBe(401);
    expect(await statusWith({ ...at.browser, origin: 'http://elsewhere.example' })).toBe(403);
  });
});

describe('the bounds of an upload', () => {
  test('gzip may not unpack without end', async () => {
    const at = await testApp({ uploads: { folder: '', limitBytes: 50_000, keepsMs: Infinity } });
    const bomb = gzipSync(`time,run,loss,lr\n${'1767225600,a,1,1\n'.repeat(400_000)}`);
    expect(bomb.length).toBeLessThan(50_000);
    const { answer } = await upload(bomb, MAPPING, '', at);
    expect(answer.stopped).toBe('file: unpacks to more than 0.954 MiB, which is the limit; split it');
  });

  test('a file over the limit is refused by its name', async () => {
    const at = await testApp({ uploads: { folder: '', limitBytes: 1_000, keepsMs: Infinity } });
    const { status, answer } = await upload(CSV.repeat(100), MAPPING, '', at);
    expect(status).toBe(413);
    expect(answer.error?.message).toMatch(/^The file has more than .*limits\.ingest\.upload/);
  });

  test('a body that is no form says how to send one', async () => {
    const { app, browser } = await testApp();
    const response = await app.inject({
      method: 'POST',
      url: '/api/ingest/upload',
      payload: CSV,
      headers: { ...browser, 'content-type': 'text/csv' },
    });
    expect(response.statusCode).toBe(415);
    expect(response.json()).toMatchObject({ error: { code: 'media_type' } });
  });

  test('whoever goes away stops it, and what came is kept', async () => {
    const at = await testApp();
    await at.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = at.app.server.address() as { port: number };
    const stored = Promise.withResolvers<void>();
    const append = at.store.append.bind(at.store);
    at.store.append = (batch) => {
      stored.resolve();
      return append(batch);
    };
    const socket = connect(port, '127.0.0.1');
    const part = (name: string): string => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n`;
    socket.write(
      'POST /api/ingest/upload?id=mine HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 999999999\r\n\r\n',
    );
    socket.write(
      `${part('mapping')}${JSON.stringify(MAPPING)}\r\n${part('file')}time,run,loss,lr\n${'1767225600,a,1,1\n'.repeat(40_000)}`,
    );
    await stored.promise;
    const progress = async () =>
      (await at.app.inject({ url: '/api/ingest/uploads/mine', headers: { host: 'localhost' } })).json<UploadRunning>().progress;
    expect(await progress()).toMatchObject({ refused: 0 });
    socket.destroy();
    await expect.poll(progress).toBeNull();
    expect(at.store.appended.length).toBeGreaterThan(0);
  });
});

test('a preview tells an editor what the columns may mean', async () => {
  const { app, browser } = await testApp();
  const { payload, headers } = formOf(CSV);
  const url = '/api/ingest/preview?head=true';
  const response = await app.inject({ method: 'POST', url, payload, headers: { ...browser, ...headers } });
  const { columns, rows } = response.json<UploadPreview>();
  expect(columns.map(({ role }) => role)).toEqual(['time', 'label', 'value', 'value']);
  expect(rows).toHaveLength(3);
  expect((await app.inject({ method: 'POST', url, payload, headers: { ...headers, host: 'localhost' } })).statusCode).toBe(401);
});

const DOCS = readFileSync(new URL('../../../../docs/ingest-upload.md', import.meta.url), 'utf8');
const blocks = (language: string): string[] =>
  Array.from(DOCS.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')), ([, text = '']) => text);

test.skipIf(spawnSync('curl', ['--version']).error !== undefined)(
  'the curl of docs/ingest-upload.md does what it says',
  async () => {
    const at = await testApp({ loopback: false });
    await at.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = at.app.server.address() as AddressInfo;
    const { token } = await at.needs.tokens.create({ name: 'script', scopes: ['ingest'], expiresMs: undefined });
    const commands = blocks('bash').join('').replace('localhost:9470', `127.0.0.1:${port}`).replace('TOKEN', token);
    const beganMs = Date.now();
    const { stdout } = await promisify(execFile)('bash', ['-c', commands.replace('curl', 'curl -sS')], { cwd: at.folder });
    const answer = JSON.parse(stdout) as UploadAnswer;
    const { fromMs = 0, toMs = 0 } = answer;
    // Of just now, on whichever day somebody copies it: older than the retention nothing would be stored.
    expect(toMs).toBeGreaterThan(beganMs - 1_000);
    const shown = JSON.parse(blocks('json').join('')) as UploadAnswer;
    expect(toMs - fromMs).toBe((shown.toMs ?? 0) - (shown.fromMs ?? 0));
    expect(answer).toEqual({ ...shown, fromMs, toMs });
    expect(listed(at.store.appended)).toContain(`train_loss{cluster="a", run="baseline"} ${fromMs} 0.91`);
  },
);
