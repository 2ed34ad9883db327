import { describe, expect, test } from 'vitest';
import { scorer, searchable } from './search-dashboards.ts';

const card = (title: string, more: { tags?: string[]; folderPath?: string[]; description?: string; uid?: string } = {}) =>
  searchable({ uid: title.slice(0, 3), title, description: '', tags: [], folderPath: [], ...more });

const CARDS = [
  card('vLLM inference latency', { tags: ['gpu', 'serving'] }),
  card('Inference cost'),
  card('Node exporter full', { folderPath: ['Infrastructure'] }),
  card('Training', { description: 'Loss and accuracy of the running model' }),
  card('Prédiction drift 100 %'),
];

const best = (query: string): string[] =>
  CARDS.map((it) => ({ it, score: scorer(query)(it) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ it }) => it.title);

describe('a search', () => {
  test.each<[string, string, string[]]>([
    ['nothing finds all', '', CARDS.map(({ title }) => title)],
    ['a word, the start of a title first', 'inference', ['inference cost', 'vllm inference latency']],
    ['words in any order', 'latency vllm', ['vllm inference latency']],
    ['how a word begins', 'infer lat', ['vllm inference latency']],
    ['a tag', 'gpu', ['vllm inference latency']],
    ['a folder', 'infrastruct', ['node exporter full']],
    ['a description', 'accuracy', ['training']],
    ['a swapped letter', 'infernece latency', ['vllm inference latency']],
    ['a missing letter', 'exportr', ['node exporter full']],
    ['a typing error while typing on', 'infernc', ['inference cost', 'vllm inference latency']],
    ['without accents', 'prediction', ['prediction drift 100 %']],
    ['signs', '%', ['prediction drift 100 %']],
    ['what is not there', 'kubernetes', []],
    ['words of which one is not there', 'inference kubernetes', []],
    ['short words with an error', 'gqu', []],
  ])('%s', (_, query, titles) => {
    expect(best(query)).toEqual(titles);
  });
});

test('a text without end is searched by its beginning', () => {
  const long = card('x'.repeat(1_000_000));
  expect(scorer('y'.repeat(1_000_000))(long)).toBe(0);
  expect(scorer('xxx')(long)).toBeGreaterThan(0);
});
