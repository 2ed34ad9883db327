import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../self/version.ts';

const COMMAND = join(ROOT, 'packages/server/bin/vitrine.mjs');

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-plugin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[], folder: string): ChildProcess & { readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return Object.assign(child, { ended });
}

/** A signed-in way to ask a server on the folder's data. */
async function serve(folder: string) {
  const child = start(['serve', '--listen', '127.0.0.1:0'], folder);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const [link] = /http:\/\/\S+\/sign-in\?token=\S+/.exec(line) ?? [];
    if (link === undefined) continue;
    const { origin } = new URL(link);
    const signedIn = await fetch(link, { redirect: 'manual' });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] as string;
    return {
      async ask(path: string, body?: unknown): Promise<unknown> {
        const answer = await fetch(`${origin}${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: { cookie, origin, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        return answer.json();
      },
      async stop(): Promise<void> {
        child.kill('SIGTERM');
        expect((await child.ended).code).toBe(0);
      },
    };
  }
  throw new Error(`the server ended: ${(await child.ended).err}`);
}

/** A web server with one file. */
async function serveCsv(text: string): Promise<string> {
  const server = createServer((request, response) =>
    request.url === '/files/runs-a.csv' ? response.end(text) : response.writeHead(404).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`;
}

/** The columns of the one frame that a query answers. */
async function query(server: Awaited<ReturnType<typeof serve>>, uid: string, spec: object): Promise<unknown> {
  const answer = (await server.ask('/api/ds/query', {
    queries: [{ refId: 'A', datasource: { uid }, ...spec }],
    from: '1700000000000',
    to: '1700000060000',
  })) as { results: { A: { error?: string; frames?: { data: { values: unknown } }[] } } };
  return answer.results.A.error ?? answer.results.A.frames?.[0]?.data.values;
}

test('plugins from outside bring sources, over restarts, until they are removed', { timeout: 120_000 }, async () => {
  const folder = temporary();
  const vitrine = async (...args: string[]): Promise<Ended> => start(['plugin', ...args], folder).ended;
  expect(await vitrine('new', 'my-waves')).toMatchObject({ code: 0, err: '' });
  expect(await vitrine('add', 'my-waves')).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^The plugin my-waves 0\.1\.0 \(My waves\) is installed in .*\. It brings panels: my-waves-panel; data sources: my-waves-source\.\n$/,
    ),
  });
  expect(await vitrine('add', join(ROOT, 'examples/plugin-calibration'))).toMatchObject({ code: 0, err: '' });

  const first = await serve(folder);
  const url = await serveCsv('time,loss,note\n1700000030,0.5,b\n2023-11-14T22:13:35Z,1.5,a\n1700000045,,c\n1700000090,9,d\n');
  await first.ask('/api/datasources', { uid: 'waves', name: 'Waves', type: 'my-waves-source', jsonData: { amplitude: 2 } });
  await first.ask('/api/datasources', { uid: 'files', name: 'Files', type: 'csv-url', url });
  expect(await first.ask('/api/datasources/uid/waves/health')).toMatchObject({ status: 'OK', details: { product: 'my-waves' } });
  // In Grafana's shape a sample that is missing, the third one, is left out.
  expect(await query(first, 'files', { file: 'runs-a.csv', time: 'time' })).toEqual([
    [1_700_000_015_000, 1_700_000_030_000],
    [1.5, 0.5],
  ]);
  expect(await query(first, 'files', { file: 'runs-b.csv' })).toMatch(/^file: there is no "runs-b\.csv" at http/);
  expect(await query(first, 'files', { file: '../secret.csv' })).toMatch(/^file: "\.\.\/secret\.csv" is not below http/);

  const manifest = join(folder, 'my-waves/vitrine-plugin.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"0.1.0"', '"0.2.0"'));
  expect((await vitrine('update', 'my-waves')).out).toMatch(
    /it was 0\.1\.0 before.*\nA server runs on .*: this takes effect at its next start\.\n$/,
  );
  expect(await first.ask('/api/plugins')).toMatchObject({
    plugins: [{ id: 'calibration' }, { id: 'my-waves', version: '0.1.0' }],
  });
  await first.stop();

  const second = await serve(folder);
  expect(await second.ask('/api/plugins')).toMatchObject({
    plugins: [{ id: 'calibration' }, { id: 'my-waves', version: '0.2.0' }],
  });
  expect(await query(second, 'files', { file: 'runs-a.csv', time: 'time' })).toHaveLength(2);
  await second.stop();

  expect((await vitrine('remove', 'my-waves')).out).not.toContain('next start');
  expect(await vitrine('list')).toEqual({
    code: 0,
    out: 'calibration\t1.0.0\tloaded\tCalibration\tpanels: calibration; data sources: csv-url\n',
    err: '',
  });
  writeFileSync(join(folder, 'data/plugins/calibration/1.0.0/csv.js'), '');
  expect(await vitrine('list')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^calibration\t1\.0\.0\trefused\tCalibration\tIts file "csv\.js" is not/),
  });
});

test.each([
  [[], 'vitrine plugin: expected add, list, update, remove, new or hash.'],
  [['add'], 'vitrine plugin add: expected the plugin’s folder or .tgz archive.'],
  [['add', 'nowhere'], 'nowhere is not taken. There is no such folder or file.'],
  [['remove', 'x'], 'No plugin "x" is installed in'],
  [['new', 'Not An Id'], '"Not An Id" cannot be a plugin’s id'],
  [['hash', '.'], 'holds no vitrine-plugin.json'],
])('vitrine plugin %j says what is wrong', async (args, sentence) => {
  const { code, err } = await start(['plugin', ...args], temporary()).ended;
  expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
});
