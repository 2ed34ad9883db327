import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { checkDashboards } from './check-dashboards.ts';

const graph = { id: 4, type: 'graph', title: 'GPU', gridPos: { x: 0, y: 0, w: 6, h: 6 }, nullPointMode: 'null as zero' };
const dashboard = { title: 'GPUs', uid: 'gpus', schemaVersion: 27, panels: [graph] };
const configMap = `kind: ConfigMap\ndata:\n  a.json: '${JSON.stringify({ ...dashboard, uid: 'in-yaml' })}'\n`;

/** What is said of files in a folder: the exit code, and the lines of both outputs. */
function check(files: Readonly<Record<string, string>>, names?: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'inner'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const lines: string[] = [];
  const record = (text: string | Uint8Array): boolean =>
    lines.push(...String(text).replaceAll(`${folder}/`, '').trimEnd().split('\n')) > 0;
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(record);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(record);
  const code = checkDashboards(names?.map((name) => join(folder, name)) ?? [folder]);
  out.mockRestore();
  err.mockRestore();
  return { code, lines };
}

test('tells panel by panel what an import would make of a dashboard', () => {
  const { code, lines } = check({ 'gpu.json': JSON.stringify(dashboard) }, ['gpu.json']);
  expect(code).toBe(0);
  expect(lines).toEqual([
    'gpu.json: "GPUs" (gpus), Grafana v1, schema 27: panels: 1, variables: 0; 1 migrated, 1 approximated, 0 unsupported, 0 repaired',
    '  panel 4 "GPU" (graph)',
    '    approximated panels[0].nullPointMode: Missing values were drawn as zero; here they stay missing, as a gap.',
    '    migrated     panels[0].type: The graph became a timeseries panel that looks as its options said.',
    '1 file, 0 errors, 1 warning',
  ]);
});

test('reads folders, and YAML that holds dashboards', () => {
  const { code, lines } = check({
    'a.json': JSON.stringify(dashboard),
    'inner/b.yaml': configMap,
    'values.yaml': 'replicas: 2\n',
    'README.md': '#',
  });
  expect(code).toBe(0);
  expect(lines.filter((line) => !line.startsWith(' ')).map((line) => line.split(',')[0])).toEqual([
    'a.json: "GPUs" (gpus)',
    'inner/b.yaml: "GPUs" (in-yaml)',
    '2 files',
  ]);
});

test('sums up what became of a folder', () => {
  const { code, lines } = check({ 'a.json': JSON.stringify(dashboard), 'bad.json': '{', 'inner/b.yaml': configMap });
  expect([code, lines.at(-1)]).toEqual([1, '3 files, 1 error, 2 warnings']);
});

test.each([
  [{ 'bad.json': '{"panels": [' }, ['bad.json'], /^bad\.json: text: is not JSON/],
  [{}, ['gone.json'], /^gone\.json: there is no such file\.$/],
  [{}, [], /expected files or folders/],
])('says what cannot be read and answers 1: %j', (files, names, sentence) => {
  const { code, lines } = check(files, names);
  expect(code).toBe(1);
  expect(lines[0]).toMatch(sentence);
});

test('a folder without dashboards is an error: a mistyped path must not pass', () => {
  const { code, lines } = check({ 'README.md': '#' });
  expect(code).toBe(1);
  expect(lines[0]).toMatch(/holds no dashboards/);
  expect(lines.at(-1)).toBe('0 files, 1 error, 0 warnings');
});
