import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readCommandLine } from '../config/command-line.ts';
import { ConfigError } from '../config/read-config.ts';
import { openDocumentStore } from '../documents/open-document-store.ts';
import { openRuns } from '../runs/open-runs.ts';
import { findRunFiles } from './find-run-files.ts';
import { importRuns } from './import.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../../../docs/runs-doors.md', import.meta.url)), 'utf8');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vitrine-import-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), text);
  }
}

/** Runs `vitrine import …` with its files below `home`. */
async function run(...args: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const hear = (text: string | Uint8Array): boolean => (said += String(text)) !== '';
  const spies = [process.stderr, process.stdout].map((stream) => vi.spyOn(stream, 'write').mockImplementation(hear));
  try {
    const line = readCommandLine(['import', ...args, '--data', join(home, 'data')]);
    const [kind = '', ...files] = line.words;
    const code = await importRuns({ ...line, words: [kind, ...files.map((file) => join(home, file))] });
    return { code, said: said.replaceAll(home, '~') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Each run as "project / name", with the last value of each of its curves. */
async function kept(): Promise<Record<string, Record<string, number>>> {
  const data = join(home, 'data');
  const documents = await openDocumentStore(data);
  const curves = await openCurveStore({ folder: join(data, 'runs') });
  const runs = await openRuns({ documents: documents.runs, curves, folder: join(data, 'runs'), log: { error: () => {} } });
  try {
    const found: Record<string, Record<string, number>> = {};
    for (const { id, project, name } of await runs.all()) {
      const summaries = await curves.summaries({ runs: [id] });
      found[`${project} / ${name}`] = Object.fromEntries(summaries.map(({ metric, last }) => [metric, last.value]));
    }
    return found;
  } finally {
    await runs.close();
    await curves.close();
    await documents.close();
  }
}

test('the examples of docs/runs-doors.md make the runs that they say', async () => {
  put({
    'lightning_logs/version_0/metrics.csv': 'step,loss\n1,2.5\n',
    'out/checkpoint-500/trainer_state.json': '{"log_history":[{"step":500,"loss":3}]}',
    'out/checkpoint-1000/trainer_state.json': '{"log_history":[{"step":500,"loss":3},{"step":1000,"loss":2}]}',
    'train.log': 'it 10 | L=2.5\n',
  });
  const examples = [...PAGE.matchAll(/^npx vitrine (import runs .*)$/gm)].map(([, line = '']) =>
    [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word = '']) => quoted ?? word).slice(1),
  );
  expect(examples).toHaveLength(2);
  for (const example of examples) expect((await run(...example)).code).toBe(0);
  expect(await kept()).toEqual({
    'digits / version_0': { loss: 2.5 },
    'digits / out': { 'train/loss': 2 },
    'digits / first try': { loss: 2.5 },
  });
});

test('what is imported again is not doubled, and a bad file costs the others nothing', async () => {
  put({ 'a.csv': 'step,loss\n1,2.5\n', 'b.csv': 'no numbers\nat all\n' });
  expect(await run('runs', 'a.csv', 'b.csv')).toEqual({
    code: 1,
    said: '~/b.csv: has no row with a number in it\n1 of 2 files are runs of the project "Default": 1 points are new.\n',
  });
  put({ 'a.csv': 'step,loss\n1,2.5\n2,2\n' });
  expect(await run('runs', 'a.csv')).toEqual({
    code: 0,
    said: '1 of 1 files are runs of the project "Default": 1 points are new.\n',
  });
  expect(Object.values(await kept())).toEqual([{ loss: 2 }]);
});

test.each([
  [['runs'], /expected files/],
  [['runs', 'gone.csv'], /there is no .*gone\.csv/],
  [['runs', 'a.csv', '--format', 'xml'], /^--format: "xml" is none of trainer-state, csv, jsonl, text/],
  [['runs', 'a.csv', 'a.csv', '--name', 'mine'], /^--name: is for one file, and these are 2/],
])('%j is refused', async (args, sentence) => {
  put({ 'a.csv': 'step,loss\n1,2.5\n' });
  const failed = await run(...args).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ConfigError);
  expect((failed as Error).message).toMatch(sentence);
});

test('takes one file a folder, and the last of the checkpoints', () => {
  put({
    'ray/trial_a/result.json': '',
    'ray/trial_a/progress.csv': '',
    'hf/trainer_state.json': '',
    'hf/checkpoint-9/trainer_state.json': '',
    'hf2/checkpoint-9/trainer_state.json': '',
    'hf2/checkpoint-10/trainer_state.json': '',
    'hf2/checkpoint-11/model.bin': '',
    'notes/train.log': '',
    '.git/metrics.csv': '',
  });
  const found = (logs: boolean) => findRunFiles(home, { logs }).map(({ path, name }) => [path.slice(home.length + 1), name]);
  expect(found(false)).toEqual([
    ['hf/trainer_state.json', 'hf'],
    ['hf2/checkpoint-10/trainer_state.json', 'hf2'],
    ['ray/trial_a/result.json', 'ray/trial_a'],
  ]);
  expect(found(true)).toEqual([['notes/train.log', 'notes/train.log']]);
});
