import { expect, test } from 'vitest';
import { applyCompletion, completeFilter } from './complete-filter.ts';

const NAMES = { metrics: ['loss', 'val/loss', 'accuracy'], params: ['lr', 'layers', 'batch size'], tags: ['team'] };

test.each<[string, string, readonly string[]]>([
  ['a name of ours, then of theirs', 'l', ['params.lr', 'params.layers', 'metrics.loss', 'metrics.`val/loss`']],
  ['those that begin with it first', 'metrics.l', ['metrics.loss', 'metrics.`val/loss`']],
  ['names that need quotes get them', 'params.ba', ['params.`batch size`']],
  ['also while the quotes are being typed', 'params.`batch s', ['params.`batch size`']],
  ['what is before does not count', 'params.lr > 0.1 and tags.', ['tags.team']],
  ['what a status can be', 'status = "f', ['finished', 'failed']],
  ['nothing in a text', 'name = "lo', []],
  ['nothing in a number', 'params.lr > 0.0', []],
  ['nothing like it', 'metrics.zzz', []],
])('%s', (_, text, want) => {
  expect(completeFilter(text, text.length, NAMES).options.map((option) => option.text)).toEqual(want);
});

test('what is chosen takes the place of what was typed, wherever the caret is', () => {
  const text = 'metrics.val and group = "a"';
  const found = completeFilter(text, 'metrics.val'.length, NAMES);
  expect(applyCompletion(text, found, found.options[0]!)).toEqual({
    text: 'metrics.`val/loss` and group = "a"',
    caret: 'metrics.`val/loss`'.length,
  });
});

test('a space stands behind it where none does', () => {
  const found = completeFilter('stat', 4, NAMES);
  expect(applyCompletion('stat', found, found.options[0]!)).toEqual({ text: 'status ', caret: 7 });
});
