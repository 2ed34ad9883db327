import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { openRequestLog } from './request-log.ts';
import type { LoggedRequest } from './request-log.ts';

function requestAt(second: number): LoggedRequest {
  return {
    '@timestamp': new Date(second * 1000).toISOString(),
    level: 'info',
    message: 'Taken for 7.',
    model: 'digits',
    version: '1',
    code: 200,
    duration_seconds: 0.0021,
    predicted: [7],
    confidence: [0.99],
  };
}

const unsaid = (sentence: string): never => expect.fail(sentence);

test('writes a JSON line for each request behind those that are there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'new', 'requests.jsonl');
  for (const seconds of [[1, 2], [3]]) {
    const log = openRequestLog(path, unsaid);
    for (const second of seconds) log.write(requestAt(second));
    await log.close();
  }
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([1, 2, 3].map(requestAt));
});

interface Index {
  readonly url: string;
  readonly documents: Map<string, LoggedRequest>;
  /** What it says to the next bulks; then it takes them. */
  readonly moods: ('down' | 'busy' | 'lost' | 'refuses')[];
}

/** An index as OpenSearch has it, as far as a log needs one. */
async function indexServer(isThere: boolean): Promise<Index> {
  const documents = new Map<string, LoggedRequest>();
  const moods: Index['moods'] = [];
  const take = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const answer = (status: number, json: object) => response.writeHead(status).end(JSON.stringify(json));
    if (request.method === 'PUT' && request.url === '/requests') {
      if (isThere) answer(400, { error: { type: 'resource_already_exists_exception' } });
      else answer(200, { acknowledged: true });
      return;
    }
    const mood = moods.shift();
    if (mood === 'down') return void answer(503, { error: 'no node' });
    const lines = body.trimEnd().split('\n');
    const items = Array.from({ length: lines.length / 2 }, (_, i) => {
      if (mood === 'busy') return { index: { status: 429, error: { reason: 'the queue is full' } } };
      if (mood === 'refuses') return { index: { status: 400, error: { reason: 'no such field' } } };
      const { index } = JSON.parse(lines[2 * i]!) as { index: { _id: string } };
      documents.set(index._id, JSON.parse(lines[2 * i + 1]!) as LoggedRequest);
      return { index: { status: 201 } };
    });
    if (mood === 'lost') response.destroy();
    else answer(200, { items });
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.once('end', () => take(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/requests`, documents, moods };
}

test.each<[string, boolean, Index['moods'], RegExp[]]>([
  ['at once', false, [], []],
  ['into an index that is there', true, [], []],
  ['later, where the server is down', false, ['down', 'down'], [/HTTP 503: .*no node.*they wait/]],
  ['later, where the server is busy', false, ['busy'], [/the queue is full; they wait/]],
  ['once, where an answer was lost', false, ['lost'], [/cannot be logged/]],
])('sends documents %s', async (_, isThere, moods, sentences) => {
  const index = await indexServer(isThere);
  index.moods.push(...moods);
  const said: string[] = [];
  const log = openRequestLog(index.url, (sentence) => said.push(sentence));
  const requests = Array.from({ length: 1_500 }, (_, second) => requestAt(second));
  for (const request of requests) log.write(request);
  await expect.poll(() => index.documents.size, { timeout: 10_000 }).toBe(requests.length);
  await log.close();
  expect([...index.documents.values()]).toEqual(requests);
  expect(said).toEqual(sentences.map((sentence) => expect.stringMatching(sentence) as unknown));
});

test('what is refused for good holds up nothing', async () => {
  const index = await indexServer(false);
  index.moods.push('refuses');
  const said: string[] = [];
  const log = openRequestLog(index.url, (sentence) => said.push(sentence));
  log.write(requestAt(1));
  await expect.poll(() => said).toEqual([expect.stringMatching(/^1 requests were refused by http.*: no such field\.$/)]);
  log.write(requestAt(2));
  await log.close();
  expect([...index.documents.values()]).toEqual([requestAt(2)]);
});
