import { expect, test } from 'vitest';
import { applyCompletion, beganValue, completeFilter } from './complete-filter.ts';
import type { ValuesOf } from './complete-filter.ts';
import { knownValues } from './known-values.ts';

const NAMES = { metrics: ['loss', 'val/loss', 'accuracy'], params: ['lr', 'layers', 'batch size'], tags: ['team'] };

/** What the server knows. */
const ASKED: Readonly<Record<string, string>> = { optimizer: 'adamw', lr: '0.1', model: 'res net', project: 'cifar 10' };
const VALUES: ValuesOf = (field) => {
  const known = knownValues(field);
  return (known === 'asked' ? [ASKED[field.name] ?? ''] : known).map((value) => ({ value, about: '' }));
};

test.each<[string, string, readonly string[]]>([
  ['a name of ours, then of theirs', 'l', ['params.lr', 'params.layers', 'metrics.loss', 'metrics.`val/loss`']],
  ['those that begin with it first', 'metrics.l', ['metrics.loss', 'metrics.`val/loss`']],
  ['names that need quotes get them', 'params.ba', ['params.`batch size`']],
  ['also while the quotes are being typed', 'params.`batch s', ['params.`batch size`']],
  ['what is before does not count', 'params.lr > 0.1 and tags.', ['tags.team']],
  ['what a status can be', 'status = "f', ['finished', 'failed']],
  ['and without its quote', 'not (status=f', ['finished', 'failed']],
  ['what health can be', 'health != ov', ['overfit']],
  ['in a list too', 'source IN (mlflow, te', ['tensorboard']],
  ['a project that is there', 'project = ci', ['"cifar 10"']],
  ['a value that a parameter has', 'params.optimizer LIKE ', ['adamw']],
  ['quoted where it has to be', 'params.`model` = "res', ['res net']],
  ['no fields behind what compares', 'metrics.loss > ', []],
  ['nor for a time', 'started > n', []],
  ['nor behind what is no field', 'nonsense = l', []],
  ['nothing where a text has just ended', 'name =~ "("', []],
  ['nothing in a text', 'name = "lo', []],
  ['nothing like the number', 'params.lr > 0.05', []],
  ['nothing like it', 'metrics.zzz', []],
])('%s', (_, text, want) => {
  expect(completeFilter(text, text.length, NAMES, VALUES).options.map((option) => option.text)).toEqual(want);
});

test('what is chosen takes the place of what was typed, wherever the caret is', () => {
  const text = 'metrics.val and group = "a"';
  const found = completeFilter(text, 'metrics.val'.length, NAMES, VALUES);
  expect(applyCompletion(text, found, found.options[0]!)).toEqual({
    text: 'metrics.`val/loss` and group = "a"',
    caret: 'metrics.`val/loss`'.length,
  });
});

test('a space stands behind it where none does', () => {
  const found = completeFilter('stat', 4, NAMES, VALUES);
  expect(applyCompletion('stat', found, found.options[0]!)).toEqual({ text: 'status ', caret: 7 });
});

test.each<[string, object | undefined]>([
  ['params.lr', undefined],
  ['params.lr = ', { fieldText: 'params.lr', typed: '', quote: undefined }],
  ['status = ok and user = "an', { fieldText: 'user', typed: 'an', quote: '"' }],
  ['nonsense = l', undefined],
])('behind %s a value is typed: %j', (text, want) => {
  const began = beganValue(text, text.length);
  if (want === undefined) expect(began).toBeUndefined();
  else expect(began).toMatchObject(want);
});
