import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../config/read-config.ts';
import { startServer } from '../../start-server.ts';

async function ask(features: string, query: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-features-'));
  const flags = { data: join(folder, 'data'), listen: '127.0.0.1:0', 'log.level': 'silent', 'query.features': features };
  const server = await startServer(readConfig({ flags, env: {}, file: undefined, folder }));
  onTestFinished(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const answer = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query, time: '60' }).toString()}`);
  return answer.json();
}

test('experimental syntax is answered where it is turned on, and refused where it is not', async () => {
  const query = 'vector(1) + on(a) fill_right(3) label_replace(vector(2), "a", "b", "", "")';
  expect(await ask('promql-binop-fill-modifiers', query)).toMatchObject({
    status: 'success',
    data: { result: [{ metric: {}, value: [60, '4'] }] },
  });
  expect(await ask('', query)).toEqual({
    status: 'error',
    errorType: 'bad_data',
    error: 'invalid parameter "query": 1:1: parse error: binop fill modifiers are experimental and not enabled',
  });
});
