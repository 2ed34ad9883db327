import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import type { Matcher } from '@vitrine/model/sample-store.ts';
import { compileMatchers } from '@vitrine/promql/match.ts';
import { LabelIndex } from './label-index.ts';

const text = fc.constantFrom('', 'a', 'b', 'ab', 'abc', 'a\u0000b', 'a\u0001', 'é', 'x'.repeat(300));
const labels = fc
  .dictionary(fc.constantFrom('__name__', 'job', 'pod', 'odd\u0002name'), text, { maxKeys: 4 })
  .map((record) => Labels.from(record));
const matcher = fc.record<Matcher>({
  label: fc.constantFrom('__name__', 'job', 'pod', 'absent'),
  op: fc.constantFrom('=', '!=', '=~', '!~'),
  value: fc.constantFrom('', 'a', 'ab', 'a|b', 'a.*', '.*', '.+', '(a|ab)c?', '[ab]+', 'x+', '|a', 'a(b|bc)'),
});

describe('the label index', () => {
  test('property: finds what a scan of all series finds, whichever series came, went and came again', () => {
    const steps = fc.array(fc.record({ ref: fc.nat(30), labels, goes: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.array(fc.array(matcher, { maxLength: 3 }), { maxLength: 8 }), (steps, selectors) => {
        const index = new LabelIndex();
        const there = new Map<number, Labels>();
        for (const { ref, labels, goes } of steps) {
          if (goes) {
            index.remove(new Set([ref, ref + 1]));
            there.delete(ref);
            there.delete(ref + 1);
          } else if (!there.has(ref) && index.refOf(labels.key) === undefined) {
            index.add(ref, labels.key);
            there.set(ref, labels);
          }
          // A memo of an answer must not outlive it.
          for (const selector of selectors) {
            const matches = compileMatchers(selector);
            const want = [...there].filter(([, own]) => matches(own)).map(([ref]) => ref);
            expect(index.match(selector)).toEqual(want.sort((a, b) => a - b));
          }
        }
        expect(index.size).toBe(there.size);
        for (const [ref, own] of there) {
          expect([index.refOf(own.key), index.keyOf(ref), [...index.labelsOf(ref)]]).toEqual([ref, own.key, [...own]]);
          for (const [name, value] of own) expect(index.valueOf(ref, name)).toBe(value);
        }
        const names = new Set([...there.values()].flatMap((own) => own.names));
        expect(index.labelNames().sort()).toEqual([...names].sort());
      }),
    );
  });

  test('tens of thousands of series come and go, and are found by their keys', () => {
    const index = new LabelIndex();
    const key = (i: number): string => Labels.from({ __name__: `m${i % 7}`, pod: `pod-${i}`, zone: `z${i % 3}` }).key;
    for (let i = 0; i < 40_000; i++) index.add(i, key(i));
    index.remove(new Set(Array.from({ length: 30_000 }, (_, i) => i)));
    for (let i = 40_000; i < 45_000; i++) index.add(i - 40_000, key(i));
    expect(index.size).toBe(15_000);
    expect([0, 29_999, 30_000, 39_999, 40_000, 44_999].map((i) => index.refOf(key(i)))).toEqual([
      undefined,
      undefined,
      30_000,
      39_999,
      0,
      4_999,
    ]);
    expect(
      index.match([
        { label: 'zone', op: '=~', value: 'z0|z1' },
        { label: 'pod', op: '!~', value: 'pod-3.*' },
      ]).length,
    ).toBe(3_333);
    expect(index.valueCount('pod')).toBe(15_000);
  });

  test('what is no key is nobody’s, and cannot be added', () => {
    const index = new LabelIndex();
    expect(index.refOf('up')).toBeUndefined();
    expect(() => index.add(0, 'up')).toThrow(/is no key of labels/);
  });
});
