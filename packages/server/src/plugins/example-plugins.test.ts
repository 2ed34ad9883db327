import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Datasource, QueryContext } from '@vitrine/plugins/contract.ts';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../self/version.ts';
import { writeFiles } from '../testing/plugin-for-tests.ts';
import { addPlugin, hashPlugin, pluginsFolder } from './install-plugin.ts';
import { openPlugins } from './installed-plugins.ts';
import { newPlugin } from './new-plugin.ts';

const PATIENT = { timeout: 60_000 };
const no = (): Promise<never> => Promise.reject(new Error('is not asked'));
const samples = { evaluate: no, series: no, labelNames: no, labelValues: no, exemplars: no, watch: () => () => {} };

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-examples-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A source of that kind of a plugin that was just installed. `answer` is what its fetch finds. */
async function installed(
  plugin: string,
  kind: string,
  settings: object,
  answer: (url: string) => Response = () => new Response(),
): Promise<Datasource<unknown>> {
  const data = join(temporary(), 'data');
  await addPlugin(data, plugin);
  const plugins = await openPlugins(pluginsFolder(data), { warn: (sentence) => expect.fail(sentence) });
  onTestFinished(() => plugins.stop());
  const fetchHere: typeof fetch = async (input) => answer(input instanceof Request ? input.url : String(input));
  return plugins.sources.get(kind)!.connect({ name: 'Mine', secrets: {}, ...settings }, { samples, dial: no, fetch: fetchHere });
}

const context: QueryContext = {
  fromMs: 0,
  toMs: 60_000,
  stepMs: 15_000,
  shown: { fromMs: 0, toMs: 60_000 },
  maxPoints: 100,
  limits: { maxSamples: 1_000, maxSeries: 10, timeoutMs: 10_000 },
  signal: new AbortController().signal,
  replace: (text) => text.replaceAll('$model', 'a'),
  filters: [],
};

/** The fenced block of a language that stands after a heading of docs/plugins.md. */
function block(heading: string, language: string): string {
  const page = readFileSync(join(ROOT, 'docs/plugins.md'), 'utf8');
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page.slice(page.indexOf(heading)))?.[1] ?? '';
}

test('the plugin of docs/plugins.md does what the page says', PATIENT, async () => {
  const folder = writeFiles(temporary(), {
    'vitrine-plugin.json': block('### The manifest', 'json'),
    'server.js': block('### The server', 'js'),
    'web.js': 'export default () => ({});\n',
  });
  expect(await hashPlugin(folder)).toBe(2);
  const source = await installed(folder, 'dice', { jsonData: { sides: 20 } });
  const { frames, trace } = await source.query('A', { dice: 2 }, context);
  expect(frames).toMatchObject([
    { shape: 'series', length: 5, fields: [{ type: 'time' }, { name: 'throw', labels: { dice: '2' } }] },
  ]);
  expect(trace).toMatchObject({ source: 'Mine', executed: '2d20', stepMs: 15_000, elapsedMs: 0 });
  await expect(source.query('A', { dice: 200 }, context)).rejects.toThrow('No hand holds more than 100 dice.');
  expect(await source.options!({ query: '1,2' }, context)).toEqual([
    { value: '1', text: '1 dice' },
    { value: '2', text: '2 dice' },
  ]);
  expect(await source.annotations!({ query: 'x' }, context)).toMatchObject([{ timeMs: 0, title: 'New dice', text: 'x' }]);
  expect(await source.check(context.signal)).toEqual({ product: 'Dice', version: '20', notes: [] });
  expect(await source.suggest!('/sides', new URLSearchParams(), context.signal)).toContain(20);
  await expect(source.suggest!('/x', new URLSearchParams(), context.signal)).rejects.toThrow('path: is /sides');
});

test('what "vitrine plugin new" makes can be installed, and answers', PATIENT, async () => {
  const source = await installed(await newPlugin(join(temporary(), 'my-waves')), 'my-waves-source', {});
  const { frames } = await source.query('A', { minutes: 1 }, context);
  expect(Math.max(...(frames[0]!.fields[1]!.values as Float64Array))).toBeCloseTo(1);
});

const FILES: Readonly<Record<string, string>> = {
  'https://files.example/p/a.csv': '\ufefflabel,score\r\n1,0.9\r\n0,\r\n"say ""no"", twice",0.5\r\n',
  'https://files.example/p/events.csv': 'time;text;tags\n1970-01-01T00:00:30Z;deployed;prod eu\n90;late;\nno time;x;\n',
};
const csv = (settings: object = {}): Promise<Datasource<unknown>> =>
  installed(join(ROOT, 'examples/plugin-calibration'), 'csv-url', { url: 'https://files.example/p', ...settings }, (url) =>
    url in FILES ? new Response(FILES[url]) : new Response('', { status: 404 }),
  );

test('the example reads CSV as columns, in which an empty cell is missing', PATIENT, async () => {
  const { frames } = await (await csv()).query('A', { file: '$model.csv' }, context);
  expect(frames[0]).toMatchObject({
    shape: 'table',
    length: 3,
    fields: [
      { name: 'label', type: 'string', values: ['1', '0', 'say "no", twice'] },
      { name: 'score', type: 'number', present: new Uint8Array([1, 0, 1]) },
    ],
  });
});

test('the example finds values of variables, marks and names of columns', PATIENT, async () => {
  const source = await csv();
  expect(await source.options!({ query: '$model.csv#score' }, context)).toEqual([
    { value: '0.9', text: '0.9' },
    { value: '0.5', text: '0.5' },
  ]);
  expect(await source.suggest!('/columns', new URLSearchParams('file=a.csv'), context.signal)).toEqual(['label', 'score']);
  const semicolons = await csv({ jsonData: { delimiter: ';' } });
  expect(await semicolons.annotations!({ query: 'events.csv' }, context)).toEqual([
    { timeMs: 30_000, endMs: 30_000, title: '', text: 'deployed', tags: ['prod', 'eu'] },
  ]);
});

test.each([
  [{}, { file: '' }, 'file: is empty: name a CSV file'],
  [{}, { file: 'b.csv' }, 'file: there is no "b.csv" at https://files.example/p/'],
  [{}, { file: 'https://evil.example/a.csv' }, 'is not below https://files.example/p/'],
  [{}, { file: 'a.csv', time: 'when' }, 'time: "a.csv" has no column "when"; it has label, score'],
  [{ url: 'files' }, { file: 'a.csv' }, 'url: expected the address of the folder'],
])('the example, set up as %j, says what is wrong with %j', PATIENT, async (settings, spec, sentence) => {
  await expect((await csv(settings)).query('A', spec, context)).rejects.toThrow(sentence);
});
