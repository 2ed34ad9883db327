import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeWriteRequest, packSnappy } from '../../ingest/remote-write/encode-remote-write.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../config/read-config.ts';
import { type RunningServer, startServer } from '../../start-server.ts';

const hasPromtool = (() => {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: promtool is not installed (Debian package prometheus).');
    return false;
  }
})();

describe.skipIf(!hasPromtool)('Debian’s promtool reads Vitrine as it reads Prometheus [needs promtool]', () => {
  let server: RunningServer;
  let folder: string;
  const nowSeconds = Math.floor(Date.now() / 15_000) * 15;
  const promtool = async (...args: string[]): Promise<string> => (await promisify(execFile)('promtool', args)).stdout.trim();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vitrine-promtool-'));
    const flags = { data: join(folder, 'data'), listen: '127.0.0.1:0', 'log.level': 'silent', 'scrape.self': 'false' };
    server = await startServer(readConfig({ flags, env: {}, file: undefined, folder }));
    const times = [60, 45, 30, 15, 0].map((ago) => nowSeconds - ago);
    const series = ['a', 'b'].map((job, factor) => ({
      labels: [
        ['__name__', 'requests_total'],
        ['job', job],
      ] as const,
      samples: times.map((seconds, i) => [i * (factor + 1) * 15, seconds * 1_000] as const),
    }));
    const answer = await fetch(`${server.url}/api/v1/write`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
      body: Buffer.from(packSnappy(encodeWriteRequest(series))),
    });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('query instant', async () => {
    const out = await promtool('query', 'instant', `--time=${nowSeconds}`, server.url, 'sum by (job) (rate(requests_total[1m]))');
    expect(out.split('\n').toSorted()).toEqual([`{job="a"} => 1 @[${nowSeconds}]`, `{job="b"} => 2 @[${nowSeconds}]`]);
  });

  test('query range', async () => {
    const range = [`--start=${nowSeconds - 15}`, `--end=${nowSeconds}`, '--step=15s'];
    const out = await promtool('query', 'range', ...range, server.url, 'requests_total{job="b"}');
    expect(out).toBe(`requests_total{job="b"} =>\n90 @[${nowSeconds - 15}]\n120 @[${nowSeconds}]`);
  });

  test('query series', async () => {
    expect(await promtool('query', 'series', '--match=requests_total', server.url)).toBe(
      '{__name__="requests_total", job="a"}\n{__name__="requests_total", job="b"}',
    );
  });

  test('query labels', async () => {
    expect(await promtool('query', 'labels', server.url, 'job')).toBe('a\nb');
  });

  test('says what is wrong with a query', async () => {
    await expect(promtool('query', 'instant', server.url, 'sum(')).rejects.toThrow(
      /bad_data: .*parse error: unclosed left parenthesis/,
    );
  });

  test('check metrics finds nothing wrong with ours', async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    // The client library's own metrics have names that promtool frowns on.
    const ours = metrics.split('\n').filter((line) => /^(# (HELP|TYPE) )?vitrine_/.test(line));
    const checking = promisify(execFile)('promtool', ['check', 'metrics']);
    checking.child.stdin?.end(`${ours.join('\n')}\n`);
    expect(await checking).toEqual({ stdout: '', stderr: '' });
  });
});
