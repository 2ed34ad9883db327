import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Expr, ParseOptions } from './ast.ts';
import { describeParseError, MAX_NESTING, parse, parseSelector } from './parse.ts';

const EVERYTHING: ParseOptions = {
  experimentalFunctions: true,
  durationExpressions: true,
  extendedRangeSelectors: true,
  binaryFill: true,
};

function failure(text: string, options?: ParseOptions): QueryError {
  try {
    parse(text, options);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error(`"${text}" parses`);
}

/** An expression as nested brackets, to see what binds to what. */
function shape(expr: Expr): string {
  switch (expr.kind) {
    case 'binary':
      return `(${shape(expr.left)} ${expr.op} ${shape(expr.right)})`;
    case 'unary':
      return `(${expr.op}${shape(expr.expr)})`;
    case 'paren':
      return shape(expr.expr);
    case 'number':
      return String(expr.value);
    case 'vectorSelector':
      return `${expr.name}${expr.offset === 0 ? '' : `~${JSON.stringify(expr.offset)}`}`;
    default:
      return expr.kind;
  }
}

test.each([
  ['a or b and c', '(a or (b and c))'],
  ['a and b unless c or d', '(((a and b) unless c) or d)'],
  ['a + b * c ^ d', '(a + (b * (c ^ d)))'],
  ['a ^ b ^ c', '(a ^ (b ^ c))'],
  ['a - b - c', '((a - b) - c)'],
  ['a == b + c', '(a == (b + c))'],
  ['-a ^ b', '(-(a ^ b))'],
  ['-a * b', '((-a) * b)'],
  ['a ^ -b * c', '((a ^ (-b)) * c)'],
  ['a atan2 b / c', '((a atan2 b) / c)'],
  ['--1', '1'],
  ['a offset 5m + 1', '(a~300000 + 1)'],
  ['a offset -1 ^ 2', '(a~-1000 ^ 2)'],
])('%s is %s', (text, want) => {
  expect(shape(parse(text))).toBe(want);
});

test.each([
  ['0755', 493],
  ['0x1F', 31],
  ['1_000.5', 1000.5],
  ['.5e-1', 0.05],
  ['Inf', Infinity],
  ['1h30m', 5400],
  ['100ms', 0.1],
  ['0089', 89],
])('the number %s is %d', (text, want) => {
  expect(parse(text)).toMatchObject({ kind: 'number', value: want });
});

test.each([
  [String.raw`"a\n\"\x41\101\u00e9\U0001F600"`, 'a\n"AAé😀'],
  [String.raw`'it\'s'`, "it's"],
  ['`raw \\n`', 'raw \\n'],
  [String.raw`"\xe4\xb8\x96"`, '世'],
])('the text %s is read', (text, want) => {
  expect(parse(text)).toMatchObject({ kind: 'string', value: want });
});

test.each(['sum', 'by', 'offset', 'start', 'step', 'and', 'bool_x', 'fill', 'anchored', 'min_of', 'limitk'])(
  'a metric may be called %s',
  (name) => {
    expect(parse(`${name}{on="x"}`)).toMatchObject({ kind: 'vectorSelector', name });
  },
);

test('names that are not ASCII words stand in quotes', () => {
  expect(parse('{"http.requests", "service.name"=~"a|b"}')).toMatchObject({
    name: '',
    matchers: [
      { label: '__name__', op: '=', value: 'http.requests' },
      { label: 'service.name', op: '=~', value: 'a|b' },
    ],
  });
  expect(parse('sum by ("service.name", job) (x)')).toMatchObject({ grouping: { kind: 'by', labels: ['service.name', 'job'] } });
});

test('comments and line breaks are space', () => {
  expect(shape(parse('a # first\n  + # then\n b'))).toBe('(a + b)');
});

test('every node knows where it stands', () => {
  const text = 'sum(rate(x{a="b"}[5m] offset 1m)) by (c) / 2';
  const expr = parse(text);
  const at = ({ span }: Expr): string => text.slice(span.from, span.to);
  if (expr.kind !== 'binary' || expr.left.kind !== 'aggregation' || expr.left.expr.kind !== 'call') throw new Error('other tree');
  expect([expr, expr.left, expr.left.expr, expr.left.expr.args[0]!, expr.right].map(at)).toEqual([
    text,
    'sum(rate(x{a="b"}[5m] offset 1m)) by (c)',
    'rate(x{a="b"}[5m] offset 1m)',
    'x{a="b"}[5m] offset 1m',
    '2',
  ]);
});

describe('what is wrong is said as Prometheus says it', () => {
  test.each([
    ['rate(x)', 5, 6, 'expected type range vector in call to function "rate", got instant vector'],
    ['sum(x', 5, 5, 'unclosed left parenthesis'],
    ['x{a="b"', 7, 7, 'unexpected end of input inside braces'],
    ['x{a=~"("}', 2, 8, 'error parsing regexp: missing closing ): `(`'],
    ['foo bar', 4, 7, 'unexpected identifier "bar"'],
    ['sum(foo bar)', 8, 11, 'unexpected identifier "bar" in aggregation'],
    ['nope(x)', 0, 4, 'unknown function with name "nope"'],
    ['sum by (a b) (x)', 10, 11, 'unexpected identifier "b" in grouping opts, expected "," or ")"'],
    ['x[5m:1m', 7, 7, 'unclosed left bracket'],
    ['x[5m offset 1m]', 5, 15, "unexpected character: 'o', expected ':'"],
    ['x offset foo', 9, 12, 'unexpected identifier "foo" in offset, expected number, duration, step(), or range()'],
    ['x @ foo', 4, 7, 'unexpected identifier "foo" in @, expected timestamp'],
    ['"a" + 1', 0, 3, 'binary expression must contain only scalar and instant vector types'],
    ['{job=~".*"}', 0, 11, 'vector selector must contain at least one non-empty matcher'],
    ['x @ 1 @ 2', 0, 5, '@ <timestamp> may not be set multiple times'],
    ['label_replace(x, "a")', 0, 21, 'expected 5 argument(s) in call to "label_replace", got 2'],
  ])('%s', (text, from, to, message) => {
    expect(failure(text)).toMatchObject({ code: 'bad_data', from, to, message });
  });

  test('with line and column', () => {
    const text = 'sum(x)\n  / rate(y)';
    expect(describeParseError(text, failure(text))).toBe(
      '2:10: parse error: expected type range vector in call to function "rate", got instant vector',
    );
  });
});

test.each([
  ['limitk(1, x)', 'limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions'],
  ['mad_over_time(x[5m])', 'function "mad_over_time" is not enabled'],
  ['x[5m+1m]', 'experimental duration expression is not enabled'],
  ['x[step()]', 'experimental duration expression is not enabled'],
  ['x offset (5m)', 'experimental duration expression is not enabled'],
  ['x[5m] anchored', 'anchored modifier is experimental and not enabled'],
  ['x + fill(0) y', 'binop fill modifiers are experimental and not enabled'],
])('%s needs its flag', (text, message) => {
  expect(failure(text, { experimentalFunctions: false, durationExpressions: false })).toMatchObject({ message });
  expect(parse(text, EVERYTHING)).toBeDefined();
});

test.each(['limitk(1, x)', 'sort_by_label(x, "a")', 'mad_over_time(x[5m])'])('%s needs no flag', (text) => {
  expect(parse(text)).toBeDefined();
});

test.each([
  ['sum(label_move(rate(x[5m]), "a", "b"))', 4, "MetricsQL's function label_move() is not PromQL"],
  ['WITH (f(x) = sum(x)) f(up)', 0, "MetricsQL's WITH templates are not PromQL"],
  ['rate(x[5m]) + with (a = 1) a', 14, "MetricsQL's WITH templates are not PromQL"],
  ['sum(x) default 0', 7, 'MetricsQL\'s "default" is not PromQL'],
  ['max(x keep_metric_names)', 6, 'MetricsQL\'s "keep_metric_names" is not PromQL'],
  ['median(x)', 0, "MetricsQL's function median() is not PromQL"],
])('%s says whose language it is', (text, from, message) => {
  expect(failure(text)).toMatchObject({ from, message: `${message}: ask a data source that is a VictoriaMetrics` });
});

test.each(['default', 'if', 'with', 'limit', 'histogram', 'any'])('%s still names a metric', (name) => {
  expect(parse(`${name} or ${name}{a="b"}`)).toMatchObject({ kind: 'binary' });
});

test.each([
  ['parentheses', `${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
  ['signs', `${'-'.repeat(10_000)}x`],
  ['calls', `${'abs('.repeat(10_000)}x${')'.repeat(10_000)}`],
  ['subqueries', `x${'[5m:]'.repeat(10_000)}`],
  ['operators', `x${'+x'.repeat(10_000)}`],
  ['powers', `2${'^2'.repeat(10_000)}`],
  ['durations', `x[${'('.repeat(10_000)}5m${')'.repeat(10_000)}]`],
  ['sums of durations', `x[5m${'+5m'.repeat(10_000)}]`],
])('ten thousand nested %s are refused with the limit', (_, text) => {
  expect(failure(text, EVERYTHING).message).toBe(
    `expression nests more than ${MAX_NESTING} levels deep, chained operators included; split it into several queries`,
  );
});

test('width has no limit', () => {
  expect(parse(`label_join(x, "a", ","${', "b"'.repeat(200_000)})`)).toMatchObject({ kind: 'call', name: 'label_join' });
});

test('nesting under the limit is fine', () => {
  const deep = MAX_NESTING - 10;
  expect(parse(`${'('.repeat(deep)}x${')'.repeat(deep)}`)).toMatchObject({ kind: 'paren' });
  expect(parse(`x${'+x'.repeat(deep)}`)).toMatchObject({ kind: 'binary' });
});

test('a selector alone, as match[] has it', () => {
  expect(parseSelector('up{job!="a"}')).toEqual([
    { label: 'job', op: '!=', value: 'a' },
    { label: '__name__', op: '=', value: 'up' },
  ]);
  expect(() => parseSelector('rate(x[5m])')).toThrow('unexpected "("');
});

test('no text makes the parser fail otherwise than with a message and a place in the text', () => {
  const pieces = fc.constantFrom(
    ...'x sum by ( ) { } [ ] , = =~ != "a" 5m 1 : offset @ start() -1 + ^ and on bool fill( step() # \n ` \\ . é \uFFFD 😀 rate topk </'.split(
      ' ',
    ),
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parse(text, EVERYTHING);
      } catch (error) {
        expect(error).toBeInstanceOf(QueryError);
        const { from, to, message } = error as QueryError;
        expect(message).not.toBe('');
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 2000 },
  );
});
