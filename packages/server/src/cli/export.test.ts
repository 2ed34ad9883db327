import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readCommandLine } from '../config/command-line.ts';
import { openDocumentStore } from '../documents/open-document-store.ts';
import { openRuns } from '../runs/open-runs.ts';
import { exportCommand } from './export.ts';

/** A data folder with a run a name, each with one point, and the store that has it still open, as a server has. */
async function served(names: readonly string[]): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'vitrine-export-'));
  const folder = join(data, 'runs');
  const documents = await openDocumentStore(data);
  const curves = await openCurveStore({ folder });
  const runs = await openRuns({ documents: documents.runs, curves, folder, log: { error: () => {} } });
  onTestFinished(async () => {
    await runs.close();
    await curves.close();
    await documents.close();
    rmSync(data, { recursive: true, force: true });
  });
  for (const [index, name] of names.entries()) {
    await runs.create({ id: name, name, project: name, source: 'api', startedMs: index });
    await curves.append({
      curves: [{ run: name, metric: 'loss' }],
      curveIndex: Uint32Array.of(0),
      steps: Float64Array.of(index),
      timesMs: Float64Array.of(1_000.125),
      values: Float64Array.of(-0),
    });
  }
  return data;
}

async function run(data: string, ...args: string[]): Promise<{ code: number; err: string }> {
  let err = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => (err += String(text)) !== '');
  try {
    return { code: await exportCommand(readCommandLine(['export', ...args, '--data', data])), err };
  } finally {
    spy.mockRestore();
  }
}

test('exports runs while a server has the folder, those named or all, the newest first', async () => {
  const data = await served(['a', 'b', 'c']);
  const file = join(data, 'out');
  const exported = async (...args: string[]) => {
    const { code } = await run(data, 'runs', ...args, '--to', file);
    expect(code).toBe(0);
    return readFileSync(file, 'utf8');
  };
  const [header, ...rows] = (await exported()).trimEnd().split('\n');
  expect(header).toBe('run,run_name,project,metric,step,epoch,time,value');
  expect(rows).toEqual(['c,c,c,loss,2,,1000.125,-0', 'b,b,b,loss,1,,1000.125,-0', 'a,a,a,loss,0,,1000.125,-0']);
  expect((await exported('a', '--format', 'jsonl')).split('\n')).toHaveLength(2);
  expect(await exported('--project', 'b', '--format', 'parquet')).toMatch(/^PAR1[^]*PAR1$/);
  expect(JSON.parse(await exported('a', '--project', 'b', '--what', 'runs', '--format', 'json'))).toMatchObject([
    { run: 'a' },
    { run: 'b' },
  ]);
  expect((await exported('--metrics', 'none')).split('\n')).toHaveLength(2);
});

test.each([
  [['runs', 'none'], /^There is no run "none"/],
  [['runs', '--project', 'none'], /^--project: there is no project "none"/],
  [['runs', '--format', 'xlsx'], /^--format: "xlsx" is none of csv, json, jsonl, parquet/],
  [['runs', '--what', 'runs', '--format', 'parquet'], /^format: the table of runs/],
  [['runs', '--to', '/nowhere/at/all'], /^--to: \/nowhere\/at\/all cannot be written \(ENOENT\)/],
])('refuses %j with a sentence, and leaves the file that was there', async (args, sentence) => {
  const data = await served(['a']);
  const file = join(data, 'out');
  writeFileSync(file, 'before');
  await expect(run(data, ...(args.includes('--to') ? args : [...args, '--to', file]))).rejects.toThrow(sentence);
  expect(readFileSync(file, 'utf8')).toBe('before');
  expect(readdirSync(data).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('nobody else’s file is written over on the way', async () => {
  const data = await served(['a']);
  const file = join(data, 'out');
  writeFileSync(`${file}.part`, 'mine');
  expect((await run(data, 'runs', '--to', file)).code).toBe(0);
  expect(readFileSync(`${file}.part`, 'utf8')).toBe('mine');
  expect(readFileSync(file, 'utf8')).toMatch(/^run,/);
  expect(readdirSync(data).filter((name) => name.endsWith('.part'))).toEqual(['out.part']);
});

test('a folder without data is named, and stays without', async () => {
  const data = mkdtempSync(join(tmpdir(), 'vitrine-export-'));
  onTestFinished(() => rmSync(data, { recursive: true }));
  await expect(run(data, 'runs', '--project', 'a')).rejects.toThrow(`--data: no Vitrine has kept anything in ${data}:`);
  expect(readdirSync(data)).toEqual([]);
});

test('what is exported is asked for', async () => {
  expect(await run('.', 'dashboards')).toEqual({ code: 1, err: expect.stringMatching(/^vitrine export: expected runs/) });
});
