import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../self/version.ts';

/** What `vitrine check metrics` says, and its exit code. */
async function check(folder: string, places: readonly string[], input = ''): Promise<[code: number | null, said: string]> {
  const child = spawn(process.execPath, [join(ROOT, 'packages/server/bin/vitrine.mjs'), 'check', 'metrics', ...places], {
    cwd: folder,
  });
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.stdin.end(input);
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return [await code, said + complained];
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const GOOD = '# TYPE a counter\na_total 1\n# EOF\n';

test('files and standard input are checked strictly where they are OpenMetrics', async () => {
  const folder = newFolder();
  const texts = {
    'good.om': GOOD,
    'falls.txt': '# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\n# EOF\n',
    'cut.om': '# TYPE a counter\na_total 1\n',
    // Prometheus' text format lets a counter be called anything.
    'plain.prom': '# TYPE a counter\na 1\n',
    'wrong.prom': 'a 1\nb\n',
  };
  for (const [name, content] of Object.entries(texts)) writeFileSync(join(folder, name), content);
  expect(await check(folder, [...Object.keys(texts), 'gone.om', '-'], GOOD)).toEqual([
    1,
    [
      'good.om: ok, 1 sample of 1 described metric (OpenMetrics)',
      'plain.prom: ok, 1 sample of 1 described metric (Prometheus text, which has fewer rules than OpenMetrics)',
      '-: ok, 1 sample of 1 described metric (OpenMetrics)',
      'falls.txt:3: the buckets of h fall from le="1" to le="+Inf".',
      'cut.om:3: expected "# EOF" as the last line of OpenMetrics text, found the end of the line.',
      'wrong.prom:2: expected a value such as 1.5, NaN or +Inf, found the end of the line.',
      'gone.om: there is no such file.',
      '',
    ].join('\n'),
  ]);
});

test('an address is asked as a scrape asks it', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    else if (request.url === '/bad') {
      response.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0' }).end('a 1\na 2\n# EOF\n');
    } else {
      const isAsked = request.headers.accept?.startsWith('application/openmetrics-text;version=1.0.0') === true;
      response.writeHead(isAsked ? 200 : 406, { 'content-type': 'application/openmetrics-text; version=1.0.0' }).end(GOOD);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [code, said] = await check(newFolder(), [`${url}/metrics`, `${url}/bad`, `${url}/page`]);
  expect([code, said.split('\n')]).toEqual([
    1,
    [
      `${url}/metrics: ok, 1 sample of 1 described metric (OpenMetrics)`,
      `${url}/bad:2: a stands twice without a timestamp.`,
      expect.stringMatching(/\/page: the answer's Content-Type is "text\/html", which is not metrics/),
      '',
    ],
  ]);
});

test('nothing to check is no success', async () => {
  expect(await check(newFolder(), [])).toEqual([1, expect.stringContaining('expected files')]);
});
