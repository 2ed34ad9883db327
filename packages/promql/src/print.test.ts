import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Expr, ParseOptions } from './ast.ts';
import { parse } from './parse.ts';
import { printPretty } from './print-pretty.ts';
import { print } from './print.ts';

const EVERYTHING: ParseOptions = {
  experimentalFunctions: true,
  durationExpressions: true,
  extendedRangeSelectors: true,
  binaryFill: true,
};

test.each([
  ['SUM(x)by(a)', 'sum by (a) (x)'],
  ['{__name__="up",job=~"a"}', '{__name__="up",job=~"a"}'],
  ['up{job="b",instance="a"}', 'up{instance="a",job="b"}'],
  ['{"a.b", c="d"}', '{__name__="a.b",c="d"}'],
  ['x[90s:15s]@1.5 offset -1h', 'x[1m30s:15s] @ 1.500 offset -1h'],
  ['a+on(b)group_left(c)d', 'a + on (b) group_left (c) d'],
  ['1e21', '1000000000000000000000'],
  ['1e-9', '0.000000001'],
  ['0x10', '16'],
  ['"tab\there"', String.raw`"tab\there"`],
  ['5m', '5m'],
  ['7d', '1w'],
  ['a </ 5', 'a </ 5'],
  ['inf ^ 2 + Inf', 'Inf ^ 2 + +Inf'],
])('%s is printed as %s', (text, want) => {
  expect(print(parse(text))).toBe(want);
});

test('a long expression is printed over several lines', () => {
  const text = 'sum by (job) (rate(http_requests_total{code="500"}[5m])) / sum by (job) (rate(http_requests_total[5m])) > 0.01';
  expect(printPretty(parse(text))).toBe(
    [
      '    sum by (job) (rate(http_requests_total{code="500"}[5m]))',
      '  /',
      '    sum by (job) (rate(http_requests_total[5m]))',
      '>',
      '  0.01',
    ].join('\n'),
  );
});

test('what is printed parses to the same tree', () => {
  fc.assert(
    fc.property(expressions, (text) => {
      const expr = parse(text, EVERYTHING);
      expect(bare(parse(print(expr), EVERYTHING))).toEqual(bare(expr));
      expect(bare(parse(printPretty(expr, 10), EVERYTHING))).toEqual(bare(expr));
    }),
    { numRuns: 1000 },
  );
});

/** A tree without its positions, matchers in order: printing moves both. */
function bare(expr: Expr): unknown {
  return JSON.parse(
    JSON.stringify(expr, (key, value: unknown) => {
      if (key === 'span') return undefined;
      if (key === 'matchers') return (value as unknown[]).toSorted(order);
      // JSON has no words for these.
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
    }),
  );
}

function order(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

const word = fc.constantFrom('up', 'job:x:rate5m', 'sum', 'by', 'a_b', 'start');
const quoted = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.string())
  .map((text) => JSON.stringify(text.replaceAll('\uFFFD', '')));
const matcher = fc
  .tuple(fc.constantFrom('a', 'b', '"c.d"'), fc.constantFrom('=', '!='), quoted)
  .map(([label, op, value]) => `${label}${op}${value}`);
const duration = fc.constantFrom('5m', '90', '1h30m', '(5m + step())', 'max_of(10s, range() * 2)', '2 ^ 3');
const offset = fc.constantFrom('', ' offset 5m', ' offset -90', ' offset -(step() + 1)', ' offset min_of(1s, 2s)');
const at = fc.constantFrom('', ' @ 12.5', ' @ start()', ' @ end()', ' @ -3');
const selector = fc
  .tuple(word, fc.array(matcher, { maxLength: 3 }))
  .map(([name, matchers]) => (matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`));
const number = fc.oneof(
  fc.double({ noNaN: true }).map((value) => (Number.isFinite(value) ? String(value) : value > 0 ? 'Inf' : '-Inf')),
  fc.constantFrom('NaN', '0x1f', '0755', '5m', '1_000'),
);

const { vector: expressions } = fc.letrec<{ vector: string; scalar: string; range: string }>((tie) => ({
  scalar: fc.oneof(
    { depthSize: 'small' },
    number,
    fc.constantFrom('time()', 'pi()'),
    tie('vector').map((text) => `scalar(${text})`),
    fc.tuple(tie('scalar'), fc.constantFrom('+', '^', '== bool'), tie('scalar')).map((parts) => `(${parts.join(' ')})`),
  ),
  range: fc.oneof(
    { depthSize: 'small' },
    fc
      .tuple(selector, duration, fc.constantFrom('', ' anchored', ' smoothed'), at, offset)
      .map(([name, range, extension, time, by]) => `${name}[${range}]${extension}${time}${by}`),
    fc
      .tuple(tie('vector'), duration, fc.constantFrom('', '30s', 'step()'), at, offset)
      .map(([of, range, step, time, by]) => `(${of})[${range}:${step}]${time}${by}`),
  ),
  vector: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(selector, at, offset).map((parts) => parts.join('')),
    tie('range').map((text) => `rate(${text})`),
    tie('vector').map((text) => `-${text}`),
    tie('vector').map((text) => `(${text})`),
    fc.tuple(fc.constantFrom('sum', 'avg by (a, "b c")', 'max without ()'), tie('vector')).map(([op, of]) => `${op} (${of})`),
    fc.tuple(tie('scalar'), tie('vector')).map(([k, of]) => `topk(${k}, ${of})`),
    fc.tuple(tie('vector'), fc.constantFrom('+', '*', '>', '^', '%', '!= bool'), tie('vector')).map((parts) => parts.join(' ')),
    // In brackets: an operator that only vectors may stand at must not get hold of a scalar beside it.
    fc
      .tuple(
        tie('vector'),
        fc.constantFrom('* on(a) group_left(b)', 'and ignoring(a)', 'or', '- fill_left(2)', '/ on() fill(-1)'),
        tie('vector'),
      )
      .map(([left, op, right]) => `((${left}) ${op} (${right}))`),
    fc.tuple(tie('vector'), fc.constantFrom('+', '<', 'atan2'), tie('scalar')).map((parts) => parts.join(' ')),
    fc.tuple(tie('vector'), quoted).map(([of, text]) => `label_replace(${of}, "a", ${text}, "b", "(.*)")`),
  ),
}));
