import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { QueryContext } from '@vitrine/plugins/contract.ts';
import { describe, expect, test } from 'vitest';
import { type AnswerLimits, checkFrames, checkItems } from './answer-size.ts';
import type { RegisteredSource } from './data-source-registry.ts';
import { type AskedSource, limitSource } from './limit-source.ts';
import { redactor } from './redact.ts';
import type { OpenSource } from './sources.ts';

const REGISTERED: RegisteredSource = {
  uid: 's',
  type: 'prometheus',
  name: 'S',
  url: '',
  settings: {},
  secrets: { token: 'hunter22', short: 'abc' },
  lostSecrets: [],
  isDefault: false,
  byFile: false,
  revision: '1',
};

/** A source that does what a plugin may do wrong, and what was told of its questions. */
function limited(query: OpenSource['query'], timeoutMs = 60_000) {
  const told: AskedSource[] = [];
  const own = { uid: 's', type: 'prometheus', name: 'S', identity: '1', query } as Partial<OpenSource> as OpenSource;
  return { told, source: limitSource(own, REGISTERED, { timeoutMs, onAsked: (asked) => told.push(asked) }) };
}

const context = (signal: AbortSignal = new AbortController().signal) => ({ signal }) as Partial<QueryContext> as QueryContext;
const never = (): Promise<never> => new Promise(() => {});

test('a source that looks at no signal keeps nobody waiting', async () => {
  const { source, told } = limited(never, 20);
  await expect(source.query('A', {}, context())).rejects.toThrow('The data source "S" did not answer within 0.02 s.');
  const page = new AbortController();
  const answer = limited(never).source.query('A', {}, context(page.signal));
  page.abort(new Error('left'));
  await expect(answer).rejects.toThrow('left');
  expect(told).toMatchObject([{ question: 'query', outcome: 'query_timeout', silence: expect.stringMatching(/did not answer/) }]);
});

test('the time limit of whoever asks is a sentence too', async () => {
  const { source, told } = limited(never);
  await expect(source.query('A', {}, context(AbortSignal.timeout(10)))).rejects.toThrow(/did not answer within/);
  expect(told).toMatchObject([{ outcome: 'query_timeout' }]);
});

test('an error that a server repeats a secret in does not', async () => {
  const inner = Object.assign(new Error('sent hunter22'), { cause: new Error('hunter22!') });
  const { source } = limited(() => Promise.reject(new QueryError('execution', 'no: hunter22, abc', undefined, { cause: inner })));
  const error = (await source.query('A', {}, context()).catch((it: unknown) => it)) as QueryError;
  expect(error).toBeInstanceOf(QueryError);
  expect(error.message).toBe('no: …, abc');
  expect([error.stack, inner.message, inner.stack, inner.cause.message].join('\n')).not.toContain('hunter22');
});

test.each([
  ['as it is', 'p&ss"word', 'x p&ss"word y', 'x … y'],
  ['in an address', 'p&ss"word', 'x p%26ss%22word y', 'x … y'],
  ['in JSON', 'p&ss"word', 'x p&ss\\"word y', 'x … y'],
  ['twice', 'word', 'word word', '… …'],
  ['of three letters, which stand anywhere', 'abc', 'abcd', 'abcd'],
])('a secret %s is taken out of a text', (_, secret, text, want) => {
  expect(redactor([secret])(text)).toBe(want);
});

describe('an answer', () => {
  const LIMITS: AnswerLimits = { rows: 10, cells: 30, bytes: 1_000, items: 3 };
  const numbers = (rows: number, columns: number): Frame => ({
    refId: 'A',
    shape: 'table',
    length: rows,
    fields: Array.from({ length: columns }, (_, at) => ({ name: `${at}`, type: 'number', values: new Float64Array(rows) })),
  });
  const texts = (text: unknown, type: 'string' | 'json'): Frame =>
    ({ refId: 'A', shape: 'table', length: 1, fields: [{ name: 'x', type, values: [text] }] }) as Frame;

  test.each<[string, Frame[]]>([
    ['of few rows', [numbers(10, 3)]],
    ['of several frames', [numbers(5, 3), numbers(5, 3)]],
    ['of no rows', [numbers(0, 100)]],
    ['of a short text', [texts('x'.repeat(400), 'string')]],
  ])('%s is taken', (_, frames) => {
    expect(() => checkFrames('S', frames, LIMITS)).not.toThrow();
  });

  test.each<[string, Frame[], RegExp]>([
    ['of too many rows', [numbers(6, 1), numbers(5, 1)], /"S" answers with 11 rows, and the limit is 10; ask for fewer/],
    ['of too many values', [numbers(10, 4)], /40 values, and the limit is 30/],
    ['of a text too long', [texts('x'.repeat(600), 'string')], /more than 0 MiB/],
    ['of a document too large', [texts({ a: [{ b: 'x'.repeat(600) }] }, 'json')], /more than 0 MiB/],
  ])('%s is a sentence', (_, frames, sentence) => {
    expect(() => checkFrames('S', frames, LIMITS)).toThrow(sentence);
    expect(() => checkFrames('S', frames, LIMITS)).toThrow(LimitExceeded);
  });

  test('of too many values to choose from is a sentence', () => {
    expect(() => checkItems('S', 'values', [1, 2, 3, 4], LIMITS)).toThrow(/"S" answers with 4 values, and the limit is 3/);
  });
});
