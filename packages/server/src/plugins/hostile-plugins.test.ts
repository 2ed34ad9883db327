import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNumbers } from '@vitrine/model/frame.ts';
import { CONTRACT_VERSION, type Datasource, type QueryContext } from '@vitrine/plugins/contract.ts';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { answerOf, ANSWERS, pluginFiles, serverModule, writeFiles } from '../testing/plugin-for-tests.ts';
import { addPlugin, pluginsFolder } from './install-plugin.ts';
import { openPlugins } from './installed-plugins.ts';
import { sha256 } from './plugin-folder.ts';
import { PluginProcess, PROCESS_LIMITS, type ProcessLimits } from './process/plugin-process.ts';

const SECOND = 1_000;
const PATIENT = { timeout: 60 * SECOND };

type Until = (end: () => Promise<void> | void) => void;

function temporary(until: Until): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-plugins-'));
  until(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A connected source of a plugin whose methods and module begin with the given text. */
async function connectPlugin(
  methods: string,
  before = '',
  limits: Partial<ProcessLimits> = {},
  until: Until = onTestFinished,
): Promise<Datasource<unknown>> {
  const folder = temporary(until);
  const data = join(folder, 'data');
  await addPlugin(
    data,
    writeFiles(join(folder, 'own'), pluginFiles({}, { 'server.js': serverModule('demo-source', methods, before) })),
  );
  const plugins = await openPlugins(pluginsFolder(data), {
    warn: (sentence) => expect.fail(sentence),
    limits: { ...PROCESS_LIMITS, ...limits },
  });
  until(() => plugins.stop());
  return plugins.sources.get('demo-source')!.connect(
    { name: 'Mine', secrets: {} },
    {
      fetch,
      samples: { evaluate: no, series: no, labelNames: no, labelValues: no, exemplars: no, watch: () => () => {} },
      dial: no,
    },
  );
}

const no = (): Promise<never> => Promise.reject(new Error('is not asked'));

function contextFor(signal: AbortSignal = AbortSignal.timeout(50 * SECOND)): QueryContext {
  return {
    fromMs: 0,
    toMs: 60_000,
    stepMs: 15_000,
    shown: { fromMs: 0, toMs: 60_000 },
    maxPoints: 100,
    limits: { maxSamples: 1_000, maxSeries: 10, timeoutMs: 10_000 },
    signal,
    replace: (text, format) =>
      text.replaceAll('$model', () =>
        typeof format === 'function' ? format(['a', 'b'], { name: 'model', multi: true }) : `<${format ?? 'plain'}>`,
      ),
    filters: [],
  };
}

/** The one number of an answer. */
async function askFor(source: Datasource<unknown>, spec: Readonly<Record<string, unknown>> = {}): Promise<number | undefined> {
  const { frames } = await source.query('A', spec, contextFor());
  const field = frames[0]?.fields[0];
  return isNumbers(field) ? field.values[0] : undefined;
}

/** Does it where a query says so, else answers. */
const where = (word: string, what: string): string => `
  async query(refId, { value = 1, does }, context) { if (does === '${word}') { ${what} } return ${answerOf('value')}; },`;

const WRONG: readonly (readonly [what: string, does: string, sentence: RegExp])[] = [
  [
    'throws',
    `throw new TypeError('x is undefined')`,
    /The plugin demo failed on a question to the data source "Mine": TypeError: x is undefined/,
  ],
  ['throws what is no error', `throw { message: 5 }`, /The plugin demo failed .*Error: it threw what says nothing/],
  ['throws a megabyte', `throw new Error('x'.repeat(1e6))`, /^The plugin demo failed .{2000,2300}$/],
  [
    'fills in ten megabytes',
    `context.replace('x'.repeat(1e7))`,
    /The plugin demo failed .*replace\(\) takes and gives at most 1048576 characters/,
  ],
  ['says what is wrong with a query', `throw new BadRequest('expr', 'is empty')`, /^expr: is empty$/],
  ['says what is wrong with a server', `throw new QueryError('execution', 'The disk is full.')`, /^The disk is full\.$/],
  [
    'answers nothing',
    `return undefined`,
    /answered the data source "Mine" with what cannot be shown: answer: expected an object, found nothing/,
  ],
  ['answers a function', `return { frames: [], notices: [], trace: {}, f() {} }`, /The plugin demo failed .*could not be cloned/],
  [
    'answers columns of two lengths',
    `return { frames: [{ shape: 'table', length: 2, fields: [{ name: 'v', type: 'number', values: Float64Array.of(1) }] }] }`,
    /answer\.frames\[0\]\.fields\[0\]\.values: has 1 values, and its frame has the length 2/,
  ],
  [
    'answers a field of no type',
    `return { frames: [{ shape: 'table', length: 0, fields: [{ name: 'v', type: 'date', values: [] }] }] }`,
    /fields\[0\]\.type: expected one of number, time/,
  ],
  [
    'answers numbers as a list',
    `return { frames: [{ shape: 'table', length: 1, fields: [{ name: 'v', type: 'number', values: [1] }] }] }`,
    /values: is no Float64Array/,
  ],
  [
    'answers a length that is no number',
    `return { frames: [{ shape: 'table', length: NaN, fields: [] }] }`,
    /length: expected a number/,
  ],
  [
    'answers a frame in itself',
    `const f = { shape: 'table', length: 1, fields: [{ name: 'v', type: 'frame', values: [] }] }; f.fields[0].values = [[f]]; return { frames: [f] }`,
    /is nested more than 4 deep/,
  ],
  [
    'answers JSON in itself',
    `const o = {}; o.o = [o, o]; return { frames: [{ shape: 'table', length: 1, fields: [{ name: 'v', type: 'json', values: [o] }] }] }`,
    /is nested too deep, or holds too much/,
  ],
  [
    'answers big integers',
    `return { frames: [{ shape: 'table', length: 1, fields: [{ name: 'v', type: 'json', values: [1n] }] }] }`,
    /holds what JSON cannot say/,
  ],
  [
    'reaches for what all objects share',
    `return { frames: [{ shape: 'table', length: 1, fields: [{ name: 'v', type: 'json', values: [JSON.parse('{"__proto__":{"owned":true}}')] }] }] }`,
    /has a member "__proto__", which is not allowed/,
  ],
  [
    'labels reach for what all objects share',
    `return { frames: [{ shape: 'table', length: 0, fields: [{ name: 'v', type: 'string', values: [], labels: JSON.parse('{"__proto__":"x"}') }] }] }`,
    /has a label "__proto__"/,
  ],
  [
    'fetches from nowhere',
    `await fetch('http://127.0.0.1:1/')`,
    /The data source "Mine" of the plugin demo: http:\/\/127\.0\.0\.1:1 cannot be reached/,
  ],
  ['fetches a file', `await fetch('file:///etc/passwd')`, /"file:\/\/\/etc\/passwd" is no address of the web/],
  [
    'fetches by itself',
    `await globalThis.fetch('http://127.0.0.1:1/')`,
    /reaches the network only by the fetch that is handed to connect/,
  ],
  ['imports what reaches the system', `await import('node:fs')`, /"node:fs" cannot be imported/],
  ['imports another folder', `await import('../../../../etc/passwd')`, /cannot be imported/],
  ['reaches for the server’s process', `process.kill(process.ppid, 0)`, /process\.kill is not a function/],
];

// One process for all of them: none may cost the next.
const shared = connectPlugin(
  `async query(refId, { value = 1, does }, context) {
    ${WRONG.map(([what, does]) => `if (does === '${what}') { ${does} }`).join('\n')}
    return ${answerOf('value')};
  },`,
  '',
  {},
  afterAll,
);

test.each(WRONG)('one that %s costs that query, and is named', PATIENT, async (what, _, sentence) => {
  const source = await shared;
  await expect(askFor(source, { does: what })).rejects.toThrow(sentence);
  expect(await askFor(source, { value: 7 })).toBe(7);
  expect(({} as { owned?: boolean }).owned).toBeUndefined();
});

test.each([
  [
    'ends its process',
    `process.exit(3)`,
    /The plugin demo did not answer the data source "Mine": it ended by itself with the exit code 3/,
  ],
  [
    'throws when nobody listens',
    `setTimeout(() => { throw new RangeError('late') }); await new Promise(() => {})`,
    /it ended by itself with the exit code 1: RangeError: late/,
  ],
  ['does not stop computing', `for (;;) {}`, /it was busy for 4 s without a break/],
  ['grows a list without end', `const a = []; for (;;) a.push(Math.random())`, /it used more/],
  ['makes a list of 1e9', `Array.from({ length: 1e9 }, () => 1)`, /it used more/],
  ['doubles a list', `let a = [1]; for (;;) a = [...a, ...a]`, /it used more/],
  // What typed arrays take is known on Linux only.
  [
    'answers a billion rows',
    `const values = new Float64Array(${process.platform === 'linux' ? '1e9' : '2e8'}).fill(1); return { frames: [{ shape: 'table', length: 1e9, fields: [{ name: 'v', type: 'number', values }] }] }`,
    process.platform === 'linux' ? /it used more than 400 MiB of memory/ : /./,
  ],
  [
    'answers more than may be at once',
    `const values = new Float64Array(3e6); return { frames: [{ shape: 'table', length: 3e6, fields: [{ name: 'v', type: 'number', values }] }] }`,
    /it answered more than 16 MiB at once/,
  ],
  [
    'asks for no address that could be one',
    `globalThis.Request = class { url = 5; method = 'GET'; headers = []; body = null; signal = context.signal; }; await fetch('');`,
    /it asked for what is no request/,
  ],
])('one that %s costs that query, and the next starts anew', PATIENT, async (_, what, sentence) => {
  const limits = {
    // Whoever fills the memory is busy as well, and to start takes its time on a machine that does much else.
    busyMs: what === 'for (;;) {}' ? 4 * SECOND : 60 * SECOND,
    heapBytes: 64 * 1024 * 1024,
    residentBytes: 400 * 1024 * 1024,
    messageBytes: 16 * 1024 * 1024,
  };
  const source = await connectPlugin(where('wrong', what), '', limits);
  expect(await askFor(source, { value: 5 })).toBe(5);
  await expect(askFor(source, { does: 'wrong' })).rejects.toThrow(sentence);
  expect(await askFor(source, { value: 7 })).toBe(7);
});

test('what is kept of an answer keeps nothing else of it', PATIENT, async () => {
  const source = await connectPlugin(
    `async query(refId) { return { ...${answerOf('1')}, more: new Uint8Array(1e7), frames: [{ shape: 'table', length: 1, fields: [
      { name: 'v', type: 'number', values: Float64Array.of(1), present: Uint8Array.of(1) },
      { name: 'is', type: 'boolean', values: Uint8Array.of(1) },
    ] }] }; },`,
  );
  const { frames } = await source.query('A', {}, contextFor());
  const columns = frames[0]!.fields.flatMap((field) => [field.values, ...(field.present === undefined ? [] : [field.present])]);
  expect(columns.map((column) => ArrayBuffer.isView(column) && column.buffer.byteLength)).toEqual([8, 1, 1]);
});

test.runIf(process.platform === 'linux')('one that fills the memory when nobody asks is ended too', PATIENT, async () => {
  const files = pluginFiles(
    {},
    {
      'server.js': serverModule(
        'demo-source',
        where('wrong', 'setTimeout(() => { globalThis.kept = new Uint8Array(4e8).fill(1); });'),
      ),
    },
  );
  const running = new PluginProcess({
    load: {
      type: 'load',
      contract: CONTRACT_VERSION,
      folder: writeFiles(join(temporary(onTestFinished), 'own'), files),
      module: 'server.js',
      files: new Map(Object.entries(files).map(([path, text]) => [path, sha256(Buffer.from(text))])),
      kind: 'demo-source',
      settings: {},
    },
    limits: { ...PROCESS_LIMITS, residentBytes: 300 * 1024 * 1024 },
    replace: () => expect.fail('nothing is filled in'),
    fetch: no,
    said: () => {},
  });
  onTestFinished(() => running.stop());
  const { signal } = contextFor();
  await running.ask(() => ({ method: 'query', refId: 'A', spec: { does: 'wrong' }, context: {} }), signal);
  await vi.waitUntil(() => running.isOver, { timeout: 40 * SECOND });
});

test('queries beside one that ends the process are answered all the same', PATIENT, async () => {
  const slow = `if (does !== 'wrong') await new Promise((go) => setTimeout(go, 50)); else process.exit(1);`;
  const source = await connectPlugin(`async query(refId, { value, does }) { ${slow} return ${answerOf('value')}; },`);
  const asked = await Promise.allSettled(
    [1, 2, 3, 0, 5].map((value) => askFor(source, value === 0 ? { does: 'wrong' } : { value })),
  );
  expect(asked.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([1, 2, 3, 'failed', 5]);
});

test('one that never answers is given up by whoever asked, and the others are answered', PATIENT, async () => {
  const source = await connectPlugin(
    where('wrong', 'context.signal.onabort = () => { globalThis.stopped = 1 }; await new Promise(() => {})') +
      `
    async suggest() { return globalThis.stopped ?? 0; },`,
  );
  const stop = new AbortController();
  const never = source.query('A', { does: 'wrong' }, contextFor(stop.signal));
  expect(await askFor(source, { value: 2 })).toBe(2);
  stop.abort(new Error('gone'));
  await expect(never).rejects.toThrow('gone');
  expect(await source.suggest!('/stopped', new URLSearchParams(), contextFor().signal)).toBe(1);
});

test.each([
  ['throws at import', ANSWERS, `throw new Error('no');`, /The plugin demo failed .*Error: no$/],
  ['exports nothing', ANSWERS, `/*`, /SyntaxError|exports no function/],
  [
    'pollutes what all objects share',
    ANSWERS,
    `Object.prototype.frames = []; Object.prototype.ok = true; Array.prototype.push = () => 0;`,
    undefined,
  ],
  ['throws at connect', `...(() => { throw new Error('no connection'); })()`, '', /Error: no connection/],
  ['has no queries', `async check() { return { product: 'x' }; }`, '', /source: data sources of this kind have no queries/],
])('one that %s', PATIENT, async (_, methods, before, sentence) => {
  const source = await connectPlugin(methods, before);
  const asked = askFor(source, { value: 1 });
  if (sentence === undefined) await asked.catch(() => {});
  else await expect(asked).rejects.toThrow(sentence);
  expect(({} as { ok?: boolean }).ok).toBeUndefined();
});

test('variables are filled in while the plugin waits, with formats of its own too', PATIENT, async () => {
  const source = await connectPlugin(`async query(refId, _, { replace }) {
    const texts = [replace('is $model'), replace('is $model', 'regex'), replace('$model or $model', (value, { name }) => name + ':' + value.join('+'))];
    return { frames: [{ shape: 'table', length: 3, fields: [{ name: 'v', type: 'string', values: texts }] }] };
  },`);
  const { frames } = await source.query('A', {}, contextFor());
  expect(frames[0]!.fields[0]!.values).toEqual(['is <plain>', 'is <regex>', 'model:a+b or model:a+b']);
});

test('what it asks of others, options, marks and help are handed on as the contract has them', PATIENT, async () => {
  const server = createServer((request, response) =>
    response.setHeader('x-seen', request.headers.authorization ?? '').end(`got ${request.method}`),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const source = await connectPlugin(`
    async suggest(path, parameters, signal) {
      const response = await fetch('${url}', { method: 'POST', body: 'x', headers: { authorization: 'Bearer t' }, signal });
      return [path, parameters.get('q'), response.status, response.headers.get('x-seen'), await response.text()];
    },
    async options() { return [{ value: 'a' }, { value: 'b', text: 'B' }]; },
    async annotations(_, { shown }) { return [{ timeMs: shown.fromMs, title: 't', evil: 1 }]; },
    async check() { return { product: 'Demo', version: '1', notes: ['x'.repeat(1e6)] }; },`);
  const { signal } = contextFor();
  expect(await source.suggest!('/names', new URLSearchParams('q=1'), signal)).toEqual([
    '/names',
    '1',
    200,
    'Bearer t',
    'got POST',
  ]);
  expect(await source.options!({}, contextFor())).toEqual([
    { value: 'a', text: 'a' },
    { value: 'b', text: 'B' },
  ]);
  expect(await source.annotations!({}, contextFor())).toEqual([{ timeMs: 0, endMs: 0, title: 't', text: '', tags: [] }]);
  expect((await source.check(signal)).notes[0]!.length).toBeLessThan(3_000);
});

test('one that never ends loading is given up at the time limit, and its process with it', PATIENT, async () => {
  const source = await connectPlugin(ANSWERS, 'await new Promise(() => {});');
  const asked = (): Promise<unknown> => source.query('A', {}, contextFor(AbortSignal.timeout(500)));
  await expect(asked()).rejects.toThrow(/timeout/);
  await expect(asked()).rejects.toThrow(/timeout/);
});
