import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readCommandLine } from '../config/command-line.ts';
import { ConfigError } from '../config/read-config.ts';
import { startVitrine } from '../testing/start-vitrine.ts';
import { COMMANDS } from './commands.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-transfer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command here, as a process of its own would. */
async function vitrine(folder: string, ...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const outSpy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => (out += String(text)) !== '');
  const errSpy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => (err += String(text)) !== '');
  try {
    const line = readCommandLine([...args, '--data', join(folder, 'data')]);
    const code = (await COMMANDS.get(line.command ?? '')?.run(line)) ?? 0;
    return { code, out, err };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { code: 1, out, err: error.message };
  } finally {
    outSpy.mockRestore();
    errSpy.mockRestore();
  }
}

/** Three samples an hour old, the last of which ends the series. */
function samples(): { readonly jsonl: string; readonly timesMs: readonly number[] } {
  const startMs = Date.now() - 3_600_000;
  const timesMs = [startMs, startMs + 15_000, startMs + 30_000];
  return {
    jsonl: JSON.stringify({ metric: { __name__: 'm', who: 'a' }, timestamps: timesMs, values: [1, -0.5, 'stale'] }),
    timesMs,
  };
}

test('samples go to a server that runs on the folder, and come out of it while it runs', async () => {
  const folder = newFolder();
  const server = await startVitrine(folder, '--scrape.self', 'false');
  const { jsonl, timesMs } = samples();
  writeFileSync(join(folder, 'in.jsonl'), `${jsonl}\n{"metric":{"__name__":"old"},"timestamps":[1000],"values":[1]}\n`);
  const taken = await vitrine(folder, 'import', 'jsonl', join(folder, 'in.jsonl'));
  expect(taken).toMatchObject({ code: 1, out: expect.stringMatching(/^3 samples were taken in .* s; refused: 1 server\.$/m) });
  expect(taken.err).toMatch(/A server runs on .*too old/s);
  const csv = await vitrine(folder, 'export', 'metrics', 'm{who="a"}', '--format', 'csv');
  expect([csv.code, csv.out]).toEqual([
    0,
    `series,timestamp_ms,value\n${[1, -0.5, 'stale'].map((value, i) => `"m{who=""a""}",${timesMs[i]},${value}\n`).join('')}`,
  ]);
  await server.stop();
  // And of the folder that no server has.
  const from = await vitrine(
    folder,
    'export',
    'metrics',
    '--from',
    new Date((timesMs[1] as number) + 1).toISOString(),
    '--format',
    'csv',
  );
  expect(from.out.split('\n')).toHaveLength(3);
}, 60_000);

test('years go into a folder where it keeps them, and are refused with the way out where not', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'old.om'), 'old_total 1 1500000000\nold_total 2 1600000000.25\n# EOF\n');
  expect(await vitrine(folder, 'import', 'openmetrics', join(folder, 'old.om'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('raise retention.time first'),
  });
  expect(await vitrine(folder, 'import', 'openmetrics', join(folder, 'old.om'), '--retention.time', '20y')).toMatchObject({
    code: 0,
  });
  const { out, err } = await vitrine(folder, 'export', 'metrics', '--until', '1600000000', '--format', 'dump');
  expect(out).toBe('{__name__="old_total"} 1 1500000000000\n');
  expect(err).toContain('Exported 1 samples of 1 series.');
}, 60_000);

test.each([
  [['import', 'openmetrics'], 'expected files'],
  [['import', 'csv', 'none.csv'], 'there is no none.csv'],
  [['import', 'csv', '.', '--mapping', 'none.json'], '--mapping: none.json cannot be used'],
  [['export', 'metrics', '{'], '"{" is no selector'],
  [['export', 'metrics', '--from', 'noon'], '--from: "noon" is no time'],
  [['export', 'metrics', '--format', 'xml'], '--format: "xml" is none of'],
  [['export', 'metrics'], 'no Vitrine has kept samples there'],
  [['import', 'openmetrics', tmpdir()], `${tmpdir()} is a folder: name the files in it`],
])('%j says what is wrong', async (args, sentence) => {
  const { code, err } = await vitrine(newFolder(), ...args);
  expect(code).toBe(1);
  expect(err).toContain(sentence);
});
