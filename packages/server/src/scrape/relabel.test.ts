import { Labels } from '@vitrine/model/labels.ts';
import { describe, expect, test } from 'vitest';
import { parseScrapeConfigs } from './parse-scrape-configs.ts';
import { relabel } from './relabel.ts';

/** Relabels with steps written as in prometheus.yml. */
function run(labels: Record<string, string>, ...steps: string[]): string {
  const text = `scrape_configs: [{job_name: a, relabel_configs: [${steps.join(', ')}]}]`;
  const config = parseScrapeConfigs({ file: 'prometheus.yml', text });
  return String(relabel(Labels.from(labels), config.jobs[0]?.relabelSteps ?? []));
}

describe('relabelling', () => {
  test.each([
    ['replace', { a: 'x' }, '{source_labels: [a], target_label: b}', '{a="x", b="x"}'],
    ['replace joins', { a: 'x', c: 'y' }, '{source_labels: [a, c], target_label: b}', '{a="x", b="x;y", c="y"}'],
    [
      'replace with a separator',
      { a: 'x', c: 'y' },
      "{source_labels: [a, c], separator: '-', target_label: b}",
      '{a="x", b="x-y", c="y"}',
    ],
    [
      'replace with groups',
      { a: 'host:80' },
      "{source_labels: [a], regex: '(.+):(\\d+)', target_label: b, replacement: '${2}_$1'}",
      '{a="host:80", b="80_host"}',
    ],
    [
      'a name runs as far as it can',
      { a: 'x' },
      "{source_labels: [a], target_label: b, replacement: '[$1x]${1}x$$1'}",
      '{a="x", b="[]xx$1"}',
    ],
    [
      'named groups',
      { a: 'xy' },
      "{source_labels: [a], regex: '(?P<first>.).*', target_label: b, replacement: '${first}'}",
      '{a="xy", b="x"}',
    ],
    ['replace without a match', { a: 'x' }, '{source_labels: [a], regex: y, target_label: b}', '{a="x"}'],
    ['the regex is anchored', { a: 'xyx' }, '{source_labels: [a], regex: y, target_label: b}', '{a="xyx"}'],
    [
      'a dot matches a newline',
      { a: 'x\ny' },
      '{source_labels: [a], regex: x.y, target_label: b, replacement: ok}',
      '{a="x\\ny", b="ok"}',
    ],
    ['an empty result removes', { a: 'x', b: 'y' }, "{source_labels: [a], target_label: b, replacement: ''}", '{a="x"}'],
    ['a target with groups', { a: 'x' }, "{source_labels: [a], target_label: 'l_$1', replacement: v}", '{a="x", l_x="v"}'],
    ['a constant', {}, '{target_label: b, replacement: v}', '{b="v"}'],
    ['keep', { a: 'x' }, '{source_labels: [a], regex: x|y, action: keep}', '{a="x"}'],
    ['keep drops', { a: 'z' }, '{source_labels: [a], regex: x|y, action: keep}', 'undefined'],
    ['drop', { a: 'x' }, '{source_labels: [a], regex: x, action: drop}', 'undefined'],
    ['drop keeps', { a: 'xx' }, '{source_labels: [a], regex: x, action: drop}', '{a="xx"}'],
    ['keepequal', { a: 'x', b: 'x' }, '{source_labels: [a], target_label: b, action: keepequal}', '{a="x", b="x"}'],
    ['keepequal drops', { a: 'x', b: 'y' }, '{source_labels: [a], target_label: b, action: keepequal}', 'undefined'],
    ['dropequal', { a: 'x', b: 'x' }, '{source_labels: [a], target_label: b, action: dropequal}', 'undefined'],
    ['lowercase', { a: 'XyZ' }, '{source_labels: [a], target_label: b, action: lowercase}', '{a="XyZ", b="xyz"}'],
    ['uppercase', { a: 'XyZ' }, '{source_labels: [a], target_label: a, action: uppercase}', '{a="XYZ"}'],
    ['labelmap', { __meta_x: 'v', other: 'w' }, '{regex: __meta_(.+), action: labelmap}', '{__meta_x="v", other="w", x="v"}'],
    ['labeldrop', { a1: 'v', b: 'w' }, "{regex: 'a.*', action: labeldrop}", '{b="w"}'],
    ['labelkeep', { a1: 'v', b: 'w' }, "{regex: 'a.*', action: labelkeep}", '{a1="v"}'],
    // The numbers of Prometheus' own relabel tests.
    [
      'hashmod',
      { a: 'foo', b: 'bar', c: 'baz' },
      '{source_labels: [c], target_label: d, action: hashmod, modulus: 1000}',
      '{a="foo", b="bar", c="baz", d="976"}',
    ],
    [
      'hashmod of lines',
      { a: 'foo\nbar' },
      '{source_labels: [a], target_label: b, action: hashmod, modulus: 1000}',
      '{a="foo\\nbar", b="734"}',
    ],
  ])('%s', (_, labels, step, want) => {
    expect(run(labels as Record<string, string>, step)).toBe(want);
  });

  test('steps see what the steps before them did', () => {
    expect(
      run(
        { a: 'x' },
        '{source_labels: [a], target_label: b}',
        '{regex: a, action: labeldrop}',
        '{source_labels: [b], regex: x, action: keep}',
      ),
    ).toBe('{b="x"}');
  });

  test('an expression that would take ages elsewhere is answered at once', () => {
    expect(run({ a: `${'a'.repeat(5000)}!` }, "{source_labels: [a], regex: '(a+)+', target_label: b}")).not.toContain('b=');
  });
});
