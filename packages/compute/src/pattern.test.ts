import { describe, expect, test } from 'vitest';

import './pattern-engine.ts';
import { compilePattern } from './pattern.ts';

describe('patterns that people type', () => {
  test.each([
    ['/^node_/', 'node_cpu', true],
    ['/cpu/', 'node_CPU', false],
    ['/cpu/i', 'node_CPU', true],
    ['cpu', 'node_cpu', false],
    ['node_.*', 'node_cpu', true],
    ['a|b', 'cab', true],
    ['a|b', 'cabd', false],
    ['/^((?!loss).)*$/', 'val_accuracy', true],
    ['/^((?!loss).)*$/', 'val_loss', false],
    ['/(a+)+$/', 'aaa', true],
    ['/.*a.*b.*c.*d/', 'xaxbxcxd', true],
    ['/(?<run>\\w+)-(?<step>\\d+)-.*-.*/', 'base-12-x-y', true],
  ])('%s on %s is %s', (pattern, text, want) => {
    expect(compilePattern('regex', pattern, 'whole').test(text)).toBe(want);
  });

  test.each([
    ['/(.*)_(.*)/', '$2.$1', 'a_b', 'b.a'],
    ['/a/', 'x', 'aa', 'xa'],
    ['/a/g', 'x', 'aa', 'xx'],
    ['/(a+)+(b*)*c/g', '<$1>', 'aac-ac', '<aa>-<a>'],
    ['/(?<run>.*)-.*-.*-(?<step>.*)/', '$<step>', 'r-1-2-3', '3'],
  ])('%s replaced by %s turns %s into %s', (pattern, replacement, text, want) => {
    expect(compilePattern('regex', pattern, 'part').replace(text, replacement)).toBe(want);
  });

  test('groups come by number and by name, whichever engine runs', () => {
    for (const tail of ['', '(x*)*(y*)*(z*)*']) {
      const found = compilePattern('regex', `/(?<run>\\w+)=(\\d+)${tail}/`, 'part').exec('… loss=12');
      expect(found?.groups.slice(0, 3)).toEqual(['loss=12', 'loss', '12']);
      expect(found?.named).toEqual({ run: 'loss' });
    }
  });

  test.each(['(', '/(/', '/[/'])('refuses %s and names the field', (pattern) => {
    expect(() => compilePattern('options.regex', pattern, 'whole')).toThrow(/^options\.regex: .*not a regular expression/);
  });

  test('catastrophic expressions answer at once, or are refused with a way out', () => {
    const long = `${'a'.repeat(50_000)}!`;
    expect(compilePattern('regex', '/(a+)+$/', 'part').test(long)).toBe(false);
    expect(compilePattern('regex', '/^(a|a)*$/', 'part').test(long)).toBe(false);
    expect(() => compilePattern('regex', '/(?=b)(a+)+$/', 'part')).toThrow(/without lookaround/);
  });

  test.each(['/./g', '/(x*)(x*)(x*)./g', '/(?:)/g'])('%s makes no text that the process could not hold', (pattern) => {
    const text = 'x'.repeat(900);
    expect(compilePattern('regex', pattern, 'part').replace(text, '$&'.repeat(50_000))).toBe(text);
    expect(compilePattern('regex', pattern, 'part').replace('x', '<$&>')).toMatch(/^<x?>/);
  });
});
