import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { compareLabels, Labels } from './labels.ts';

const pairs = fc.array(
  fc.tuple(fc.string(), fc.string({ unit: fc.constantFrom('a', '\u0000', '\u0001', '\u0002', '0', '1', 'é') })),
);

describe('labels', () => {
  test('are equal by key whatever the order they came in', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (record) => {
        const entries = Object.entries(record);
        expect(Labels.from(entries.toReversed()).key).toBe(Labels.from(entries).key);
      }),
    );
  });

  test('come back from their key, and different labels have different keys', () => {
    fc.assert(
      fc.property(pairs, pairs, (left, right) => {
        const a = Labels.from(left);
        const b = Labels.from(right);
        expect([...Labels.fromKey(a.key)]).toEqual([...a]);
        expect(a.key === b.key).toBe(compareLabels(a, b) === 0);
      }),
    );
  });

  test('an empty value means absent', () => {
    expect(Labels.from({ __name__: 'up', job: '' }).toString()).toBe('up');
    expect(Labels.from({ a: '1', b: '2' }).with('a', '').toObject()).toEqual({ b: '2' });
  });

  test.each([
    [{ __name__: 'up' }, 'up'],
    [{ __name__: 'loss', run: 'a"b' }, 'loss{run="a\\"b"}'],
    [{ run: 'a' }, '{run="a"}'],
    [{}, '{}'],
  ])('%j reads %s', (record: Record<string, string>, text) => {
    expect(Labels.from(record).toString()).toBe(text);
  });
});

test.each(['up', 'm{l="a"}', 'a\u0001b'])('%j is no key, and reading it ends', (text) => {
  expect(() => Labels.fromKey(text)).toThrow(/is no key of labels/);
});
