import { createRequire } from 'node:module';
import type { CompletionResult } from '@codemirror/autocomplete';
import { LanguageType, promQLLanguage } from '@prometheus-io/codemirror-promql';
import { describe, expect, test } from 'vitest';
import { completeNames } from './complete-names.ts';
import { listedNames, rankedNames, type SearchNames } from './search-names.ts';

// Outside of a bundle the completion of PromQL is CommonJS, and an editor's state has to be of the same making.
const require = createRequire(import.meta.url);
const { CompletionContext } = require('@codemirror/autocomplete') as typeof import('@codemirror/autocomplete');
const { EditorState } = require('@codemirror/state') as typeof import('@codemirror/state');

/** What is completed where `|` stands. */
async function complete(query: string, search: SearchNames): Promise<CompletionResult | null> {
  const pos = query.indexOf('|');
  const state = EditorState.create({
    doc: query.replace('|', ''),
    extensions: [promQLLanguage(LanguageType.PromQL).extension],
  });
  return completeNames(search).promQL(new CompletionContext(state, pos, true));
}

/** A source that answers the same to every question, and what it was asked. */
function source(answer: unknown) {
  const asked: string[] = [];
  const ask = async (path: string): Promise<unknown> => {
    asked.push(decodeURIComponent(path.replaceAll('+', ' ')));
    return answer;
  };
  return { asked, ask };
}

const MANY = [
  { results: [{ name: 'http_requests_total', type: 'counter', help: 'Requests.' }] },
  { status: 'success', has_more: true, total: 12_345 },
];

describe('completion asks a search for what is being written', () => {
  test.each<[query: string, asked: string]>([
    ['http_re|', '/api/v1/search/metric_names?…&include_metadata=true&search[]=http_re'],
    ['rate(|', '/api/v1/search/metric_names?…&include_metadata=true'],
    ['http_requests_total{ro|}', '/api/v1/search/label_names?…&search[]=ro&match[]=http_requests_total{}'],
    ['sum by (ro|) (up)', '/api/v1/search/label_names?…&search[]=ro'],
    ['up{job="a",route="/ap|"}', '/api/v1/search/label_values?…&label=route&search[]=/ap&match[]=up{job="a"}'],
    ['up{job="$job",route=~"|"}', '/api/v1/search/label_values?…&label=route&match[]=up{}'],
  ])('%s', async (query, want) => {
    const { asked, ask } = source(MANY);
    await complete(query, rankedNames(ask));
    const common = 'limit=100&batch_size=100&sort_by=score&case_sensitive=false';
    expect(asked.map((path) => path.replace(common, '…'))).toEqual([want]);
  });
});

test('where more was found than is shown it says how many, and asks again with the next letter', async () => {
  const result = await complete('http|', rankedNames(source(MANY).ask));
  expect(result?.validFor).toBeUndefined();
  expect(result?.options.find(({ label }) => label === 'http_requests_total')).toMatchObject({
    section: { name: 'First 1 of 12,345 metrics' },
    detail: 'counter',
    info: 'Requests.',
  });
  expect(result?.options.find(({ label }) => label === 'histogram_quantile')?.section).toBeUndefined();
});

test('what was found whole is not asked for again', async () => {
  const whole = [{ results: [{ name: 'job' }] }, { status: 'success', has_more: false, total: 1 }];
  const result = await complete('up{j|}', rankedNames(source(whole).ask));
  expect(result?.validFor).toBeDefined();
  expect(result?.options.map(({ label, section }) => [label, section])).toEqual([['job', undefined]]);
});

test('a source that only lists is asked with a pattern', async () => {
  const { asked, ask } = source({ data: Array.from({ length: 101 }, (_, i) => `a${i}`) });
  const result = await complete('up{route="a.|"}', listedNames(ask));
  expect(asked).toEqual(['/api/v1/label/route/values?limit=101&match[]=up{route=~"(?i).*a\\\\..*"}']);
  expect(result?.options[0]?.section).toMatchObject({ name: 'The first 100 values of route: type on for others' });
  expect(result?.options).toHaveLength(100);
});

test('a question that fails completes what needs none', async () => {
  const result = await complete(
    'ra|',
    rankedNames(() => Promise.reject(new Error('gone'))),
  );
  expect(result?.options.map(({ label }) => label)).toContain('rate');
});

test('typing on gives up what was asked', async () => {
  const given: (AbortSignal | undefined)[] = [];
  const waiting = Promise.withResolvers<unknown>();
  const search = rankedNames((_, signal) => {
    given.push(signal);
    return waiting.promise;
  });
  const state = EditorState.create({ doc: 'ht', extensions: [promQLLanguage(LanguageType.PromQL).extension] });
  const context = new CompletionContext(state, 2, false);
  const listeners: (() => void)[] = [];
  context.addEventListener = (_, listener, options) => {
    expect(options).toEqual({ onDocChange: true });
    listeners.push(listener);
  };
  const result = completeNames(search).promQL(context);
  await Promise.resolve();
  for (const listener of listeners) listener();
  waiting.resolve(MANY);
  expect(await result).toBeNull();
  expect(given.map((signal) => signal?.aborted)).toEqual([true]);
});
