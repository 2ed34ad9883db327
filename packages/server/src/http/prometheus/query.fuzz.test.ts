import { expect, test } from 'vitest';
import { testApp } from '../../testing/test-app.ts';

const SHAPES: readonly (readonly [shape: string, text: (times: number) => string])[] = [
  ['parentheses', (times) => '('.repeat(times) + 'x' + ')'.repeat(times)],
  ['signs', (times) => `${'-'.repeat(times)}x{a="${'long'.repeat(1_000)}"}`],
  ['sums', (times) => `x${' + x'.repeat(times)}`],
  ['calls', (times) => 'abs('.repeat(times) + 'x' + ')'.repeat(times)],
];

test.each(SHAPES)('10,000 %s are refused in a sentence, 900 are set out and shown as a tree', async (_, text) => {
  const { app } = await testApp();
  const ask = async (url: string, query: string): Promise<readonly [status: number, body: string]> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await app.inject({ method: 'POST', url, headers, payload: new URLSearchParams({ query }).toString() });
    return [answer.statusCode, answer.body];
  };
  for (const url of ['/api/v1/format_query', '/api/v1/parse_query', '/api/v1/query']) {
    expect(await ask(url, text(10_000))).toEqual([400, expect.stringContaining('nests more than 1000 levels deep')]);
  }
  for (const url of ['/api/v1/format_query', '/api/v1/parse_query']) {
    const [status, body] = await ask(url, text(900));
    expect([status, body.slice(0, 20)]).toEqual([200, expect.stringContaining('"status":"success"')]);
    expect(body.length).toBeLessThan(text(900).length * 400);
  }
});
