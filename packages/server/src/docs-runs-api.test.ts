import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { testApp } from './testing/test-app.ts';

const PAGE = fileURLToPath(new URL('../../../docs/runs-api.md', import.meta.url));

test('the commands of docs/runs-api.md work as they stand there, one after the other', { timeout: 60_000 }, async () => {
  const { app, needs } = await testApp();
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-docs-runs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const blocks = [...readFileSync(PAGE, 'utf8').matchAll(/^```bash\n([\s\S]*?)^```/gm)].map(([, text]) => text);
  const script = `set -e\n${blocks.join('\n').replaceAll('http://127.0.0.1:9470', url)}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: folder });
  expect([...stdout.matchAll(/\{"points":(\d+)\}/g)].map(([, points]) => Number(points))).toEqual([3, 2, 3, 8]);

  const { curves } = needs.runs;
  expect((await needs.runs.find('digits-1'))?.status).toBe('finished');
  const read = async (run: string) => {
    const summaries = await curves.summaries({ runs: [run] });
    return Promise.all(summaries.map(async ({ metric }) => ({ ...(await curves.pointsFrom({ run, metric }, 0)), metric })));
  };
  const logged = await read('digits-1');
  expect(logged.map(({ metric }) => metric).toSorted()).toEqual(['acc', 'lr', 'train/loss']);
  const byName = (some: typeof logged) => some.toSorted((a, b) => (a.metric < b.metric ? -1 : 1));
  expect(byName(await read('digits-copy'))).toEqual(byName(logged));
  expect(readFileSync(join(folder, 'digits.csv'), 'utf8').split('\n')).toHaveLength(10);
  expect(readFileSync(join(folder, 'digits.parquet'), 'latin1')).toMatch(/^PAR1[^]*PAR1$/);
  expect(readFileSync(join(folder, 'runs.csv'), 'utf8')).toMatch(/params\.layers,params\.lr,tags\.owner,metrics\.acc\.points/);
});
