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

  test.each<[Record<string, string>]>([
    [{}],
    [{ __name__: 'up', path: 'C:\\a "b"\n', é: '\u{1F600}', half: '\ud800' }],
    [JSON.parse('{"__proto__": "a", "constructor": "b"}') as Record<string, string>],
  ])('%j is the same JSON, from an object or at once', (record) => {
    const labels = Labels.from(Object.entries(record));
    expect(labels.toJsonText()).toBe(JSON.stringify(labels.toObject()));
    expect(JSON.parse(labels.toJsonText())).toEqual(JSON.parse(JSON.stringify(record)));
  });

  test('property: JSON gives them back', () => {
    fc.assert(
      fc.property(pairs, (any) => {
        const labels = Labels.from(any);
        expect(Labels.from(JSON.parse(labels.toJsonText()) as Record<string, string>).key).toBe(labels.key);
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
