import { describe, expect, test } from 'vitest';
import { defaultLegends, fillLegend } from './legend.ts';

test.each<[string, Record<string, string>, string]>([
  ['{{run}} {{split}}', { run: 'a', split: 'train' }, 'a train'],
  ['{{ run }}', { run: 'a' }, 'a'],
  ['{{gone}} loss', { run: 'a' }, 'loss'],
  ['{{__name__}}', { __name__: 'up' }, 'up'],
  ['{{toString}}', {}, ''],
  ['$1 {{run}}', { run: '$&' }, '$1 $&'],
  ['plain', {}, 'plain'],
])('"%s" filled', (template, labels, want) => {
  expect(fillLegend(template, labels)).toBe(want);
});

describe('series that nobody named', () => {
  test.each<[string, Record<string, string>[], string[]]>([
    [
      'are called after the one label that differs',
      [
        { __name__: 'loss', split: 'train' },
        { __name__: 'loss', split: 'val' },
      ],
      ['train', 'val'],
    ],
    [
      'after the metric where that differs',
      [
        { __name__: 'a', job: 'x' },
        { __name__: 'b', job: 'x' },
      ],
      ['a', 'b'],
    ],
    [
      'after all that differ',
      [
        { a: '1', b: '1' },
        { a: '2', b: '2' },
      ],
      ['a="1", b="1"', 'a="2", b="2"'],
    ],
    ['after what they have where others lack it', [{ a: '1', b: '1' }, { c: '2' }], ['a="1", b="1"', 'c="2"']],
    ['alone after the metric', [{ __name__: 'up', job: 'x' }], ['up']],
    ['alone after its one label, as if there were more', [{ job: 'x' }], ['x']],
    ['alone after the labels', [{ job: 'x', run: 'y' }], ['{job="x", run="y"}']],
    ['alone without any, after the query', [{}], ['sum(up)']],
    ['none at all', [], []],
  ])('%s', (_, series, want) => {
    expect(defaultLegends(series, 'sum(up)')).toEqual(want);
  });
});
