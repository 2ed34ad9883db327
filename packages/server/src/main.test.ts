import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ROOT, VERSION } from './self/version.ts';

const COMMAND = join(ROOT, 'packages/server/bin/vitrine.mjs');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-main-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function start(args: readonly string[], folder: string, env = process.env): ChildProcess & { ended: Promise<Ended> } {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return Object.assign(child, { ended });
}

function vitrine(args: readonly string[], folder: string = newFolder()): Promise<Ended> {
  return start(args, folder).ended;
}

/** A server that has printed its link. */
async function serve(folder: string, args: readonly string[] = [], env = process.env) {
  const child = start(['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0', ...args], folder, env);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const [link] = /http:\/\/\S+\/sign-in\?token=\S+/.exec(line) ?? [];
    if (link !== undefined) return { child, link, url: new URL(link).origin };
  }
  throw new Error(`the server ended: ${(await child.ended).err}`);
}

async function signIn(link: string): Promise<string> {
  const answer = await fetch(link, { redirect: 'manual' });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] as string;
}

describe('vitrine serve', () => {
  test('keeps its own metrics, keeps a session over a restart, and stops when asked', async () => {
    const folder = newFolder();
    const first = await serve(folder);
    const cookie = await signIn(first.link);
    expect(cookie).toMatch(/^vitrine_\w+=/);
    const query = `${first.url}/api/v1/query?query=${encodeURIComponent('up{job="vitrine"}')}`;
    await expect
      .poll(async () => ((await (await fetch(query)).json()) as { data: { result: unknown[] } }).data.result.length, {
        timeout: 10_000,
      })
      .toBe(1);
    // A page that listens does not keep the server from stopping.
    const live = await fetch(`${first.url}/api/live?dashboard=vitrine`, { headers: { cookie } });
    expect(live.status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.child.ended).toMatchObject({ code: 0 });

    const second = await serve(folder);
    const session = await fetch(`${second.url}/api/session`, { headers: { cookie } });
    expect(await session.json()).toMatchObject({ user: { name: 'owner', role: 'admin' }, version: VERSION });
    second.child.kill('SIGINT');
    expect(await second.child.ended).toMatchObject({ code: 0 });
  });

  test('ends with a sentence where a store dies', async () => {
    // The stores' threads die on SIGUSR2, and whichever is seen first is told of.
    const script = "process.on('worker', (worker) => process.on('SIGUSR2', () => worker.terminate()))";
    const preload = `--import=data:text/javascript,${encodeURIComponent(script)}`;
    const { child } = await serve(newFolder(), [], { ...process.env, NODE_OPTIONS: preload });
    child.kill('SIGUSR2');
    const { code, err } = await child.ended;
    expect(code).toBe(1);
    expect(err.trim().split('\n').at(-1)).toMatch(
      /^Vitrine has stopped: the (sample|curve) store's thread ended: restart the server\.$/,
    );
  });

  test('refuses a data folder that another process has, in one sentence', async () => {
    const folder = newFolder();
    await serve(folder);
    const { code, err } = await vitrine(['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0']);
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain(folder);
  });

  test('is not disturbed by a demo that is started on its data folder and refused', async () => {
    const folder = newFolder();
    await serve(folder);
    const targets = join(folder, 'data/demo/targets.json');
    mkdirSync(join(folder, 'data/demo'));
    writeFileSync(targets, '[{"targets": ["127.0.0.1:1"]}]');
    const { code, err } = await vitrine(['demo', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0']);
    expect([code, err]).toEqual([1, expect.stringMatching(/^the data folder \S+ is in use by another process/)]);
    expect(readFileSync(targets, 'utf8')).toBe('[{"targets": ["127.0.0.1:1"]}]');
  });

  test('refuses a port in use, in one sentence with a way out', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const { code, err } = await vitrine(['serve', '--data', 'data', '--listen', `127.0.0.1:${port}`, '--log.level', 'silent']);
    expect([code, err.trim()]).toEqual([
      1,
      `Port ${port} on 127.0.0.1 is in use, perhaps by another Vitrine. Stop that, or choose another with --listen 127.0.0.1:${port + 1}.`,
    ]);
  });

  test.each<[string, string[], RegExp]>([
    ['an address of another machine', ['--listen', '192.0.2.1:9470'], /^192\.0\.2\.1 is not an address of this machine\./],
    ['an address that is none', ['--listen', 'nonsense'], /^--listen: "nonsense" is not HOST:PORT/],
    ['a file that is not there', ['--config', 'gone.yaml'], /^--config: there is no file \S+gone\.yaml\.$/],
    [
      'a scrape file that is not there',
      ['--scrape.file', 'gone.yml'],
      /^scrape\.file: \S+gone\.yml cannot be read \(ENOENT\)\.$/,
    ],
    [
      'a key file that is not there',
      ['--sources.key-file', 'gone.key'],
      /^sources\.key-file: there is no file \S+gone\.key\. Make one/,
    ],
    ['a folder that cannot be', ['--data', '/dev/null/x'], /\/dev\/null\/x/],
  ])('refuses %s', async (_, args, sentence) => {
    const { code, err } = await vitrine(['serve', '--log.level', 'silent', ...args]);
    expect([code, err.trim()]).toEqual([1, expect.stringMatching(sentence)]);
    expect(err).not.toMatch(/^ +at /m);
  });

  test('refuses a vitrine.yaml with a typing error, with file and line', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'vitrine.yaml'), 'log:\n  levl: info\n');
    const { code, err } = await vitrine(['serve'], folder);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/vitrine\.yaml:2: there is no key log\.levl; did you mean log\.level\?/),
    ]);
  });
});

test('a token may be revoked by a name that only it has', async () => {
  const data = ['--data', join(newFolder(), 'data')];
  for (const name of ['one', 'twin', 'twin']) await vitrine(['token', 'create', '--name', name, ...data]);
  expect(await vitrine(['token', 'revoke', 'one', ...data])).toMatchObject({ code: 0 });
  const twins = await vitrine(['token', 'revoke', 'twin', ...data]);
  expect([twins.code, twins.err]).toEqual([1, expect.stringMatching(/^2 tokens are called twin: give the id of one, /)]);
  expect((await vitrine(['token', 'list', ...data])).out).toMatch(/^\w+\t[^\n]*\ttwin\n\w+\t[^\n]*\ttwin\n$/);
});

test('vitrine token says of which folder it speaks', async () => {
  const data = join(newFolder(), 'data');
  expect((await vitrine(['token', 'list', '--data', data])).err).toBe(`There are no tokens in ${data}.\n`);
  expect((await vitrine(['token', 'create', '--data', data])).err).toContain(`for the server on ${data}.`);
});

test('vitrine token link leads to the server that runs on the folder, wherever it listens', async () => {
  const folder = newFolder();
  const { child, url } = await serve(folder);
  const data = ['--data', join(folder, 'data')];
  const made = await vitrine(['token', 'link', ...data]);
  expect(made).toMatchObject({ code: 0, err: '', out: expect.stringMatching(new RegExp(`^${url}/sign-in\\?token=`)) });
  expect(await signIn(made.out.trim())).toMatch(/^vitrine_\w+=/);
  child.kill('SIGTERM');
  await child.ended;
  const later = await vitrine(['token', 'link', ...data, '--listen', '127.0.0.1:0']);
  expect(later.out).toMatch(/^http:\/\/127\.0\.0\.1:PORT\/sign-in\?token=/);
  expect(later.err).toMatch(/^No server runs on .*\nWrite the port .* in place of PORT\.\n$/);
});

test('vitrine token works beside a running server, on any address', async () => {
  const folder = newFolder();
  const { child, link } = await serve(folder, ['--listen', '0.0.0.0:0']);
  const ask = async (token?: string) =>
    (await fetch(new URL('/metrics', link), token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await ask()).toBe(401);
  const made = await vitrine(['token', 'create', '--name', 'ci', '--scope', 'read', '--data', join(folder, 'data')]);
  expect(made.code).toBe(0);
  expect(await ask(made.out.trim())).toBe(200);
  const list = await vitrine(['token', 'list', '--data', join(folder, 'data')]);
  const [id] = list.out.split('\t');
  expect(list.out).toMatch(/\tread\t.*\tnever expires\tci\n$/);
  expect((await vitrine(['token', 'revoke', String(id), '--data', join(folder, 'data')])).code).toBe(0);
  expect(await ask(made.out.trim())).toBe(401);
  child.kill('SIGTERM');
  await child.ended;
});

describe('vitrine check', () => {
  test('says of each file what it is, and fails where one fails', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.prom'), 'a 1\n');
    const { code, out, err } = await vitrine(['check', 'a.prom', 'gone.json'], folder);
    expect([code, out, err]).toEqual([1, 'a.prom: ok\n', 'gone.json: there is no such file.\n']);
  });
});

test.each<[string[], number, RegExp]>([
  [['--version'], 0, new RegExp(`^${VERSION}\n$`)],
  [['--help'], 0, /vitrine serve \[--data DIR\]/],
  [['check', '--help'], 0, /vitrine check FILE…/],
  [['srve'], 1, /There is no command "srve"; did you mean serve\?/],
  [['token'], 1, /expected create, list, revoke or link/],
  [['token', 'create', '--scope', 'fly'], 1, /^--scope: "fly" is not one of ingest, read, admin/],
  [['serve', 'vitrine.yaml'], 1, /^vitrine serve: "vitrine.yaml" is one word too many; the form is serve \[--data DIR\]/],
  [['demo', '5'], 1, /^vitrine demo: "5" is one word too many/],
  [['token', 'revoke', 'a', 'b'], 1, /^vitrine token: "b" is one word too many/],
])('vitrine %j', async (args, code, text) => {
  const ended = await vitrine(args);
  expect([ended.code, ended.out + ended.err]).toEqual([code, expect.stringMatching(text)]);
});
