import { QueryError } from '@vitrine/model/sample-store.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expr } from './ast.ts';
import { explain, type Explanation } from './explain.ts';
import { EVERY_SYNTAX, parse, parseSelector } from './parse.ts';
import { printPretty } from './print-pretty.ts';
import { print } from './print.ts';

/** More for a longer search: `VITRINE_FUZZ_RUNS=100000 npx vitest run fuzz`. */
const RUNS = Number(process.env['VITRINE_FUZZ_RUNS'] ?? 700);
/** Indents and spaces make a pretty query longer, but by no more than this. */
const MOST_GROWTH = 100;

/** Queries such as dashboards have, one for each thing that a query can be made of. */
const QUERIES = [
  'up',
  '{"http.requests", "error.message"=~"a|b.*", job!~`x+`}',
  'sum by (job, instance) (rate(http_requests_total{code=~"5..", method!="GET"}[5m])) / sum without () (rate(x[1h30m])) > 0.01',
  'histogram_quantile(0.95, sum by (le) (rate(step_seconds_bucket[5m] offset -1w)))',
  'topk(5, max_over_time((loss - loss offset 1h)[1d:5m] @ 1700000000.123 offset 30s))',
  'label_replace(a * on (x) group_left (y) b, "dst", "$1-\\u00e9", "src", "(.*)")',
  'count_values("v\\"\\n", -x ^ 2 ^ -3) or absent(y) unless vector(1) and ignoring (a) z',
  'avg(x) + fill_left (1) fill_right (-0x1F) y - fill (NaN) z',
  'rate(a[step() * 2 + max_of(10s, range() / 3)] anchored) + b smoothed @ end()',
  '(1 == bool 2) % 3 atan2 4e-3 + Inf - 0755 * 1_000',
  'a </ 5 >/ 7 # the end',
  'limit_ratio(-0.5, sort_by_label(x{a=\'\\x41\\101\'}, "b"))',
];
const PIECES = `( ) [ ] { } , : " ' \` \\ = =~ ! - + ^ @ # 0 1e 0x 5m 1e308 Inf -NaN sum start() on() é 🙂 \\u \\777 __proto__
  constructor toString( =~"(" =~"(?i)[\\d" group_left anchored info(`
  .split(/\s+/)
  .concat('\n', '\uD800', '\uFFFD', '9'.repeat(40), ' offset ', ' bool ', ' fill(', ' by (');

const position = fc.nat({ max: 200 });
const edit = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), at: position, piece: fc.constantFrom(...PIECES) }),
  fc.record({
    kind: fc.constant('replace' as const),
    at: position,
    piece: fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  }),
  fc.record({ kind: fc.constant('drop' as const), at: position, length: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: position, length: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: position }),
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(text: string, change: Edit): string {
  const at = change.at % (text.length + 1);
  switch (change.kind) {
    case 'put':
      return text.slice(0, at) + change.piece + text.slice(at);
    case 'replace':
      return text.slice(0, at) + change.piece + text.slice(at + 1);
    case 'drop':
      return text.slice(0, at) + text.slice(at + change.length);
    case 'repeat':
      return text.slice(0, at + change.length) + text.slice(at);
    case 'cut':
      return text.slice(0, at);
  }
}

const mutated = fc
  .tuple(fc.constantFrom(...QUERIES), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([query, edits]) => edits.reduce(edited, query));
/** A part of one query where another has something else. */
const spliced = fc
  .tuple(fc.constantFrom(...QUERIES), fc.constantFrom(...QUERIES), position, position, position)
  .map(
    ([into, from, at, start, length]) => into.slice(0, at % into.length) + from.slice(start % from.length).slice(0, length % 40),
  );

/** The expression, or undefined where it is refused as the parser says that it refuses. */
function parsed(text: string): Expr | undefined {
  try {
    return parse(text, EVERY_SYNTAX);
  } catch (error) {
    expectRefusal(error, text);
    return undefined;
  }
}

function expectRefusal(error: unknown, text: string): void {
  if (!(error instanceof QueryError)) throw error;
  expect(error.code).toBe('bad_data');
  expect(error.message).not.toBe('');
  expect(error.message.length).toBeLessThan(text.length * 8 + 300);
  expect(error.from).toBeGreaterThanOrEqual(0);
  expect(error.from).toBeLessThanOrEqual(text.length + 1);
}

/** A tree without its positions, matchers in order: printing moves both. */
function bare(expr: Expr): string {
  return JSON.stringify(expr, (key, value: unknown) => {
    if (key === 'span') return undefined;
    if (key === 'matchers') return (value as unknown[]).map((one) => JSON.stringify(one)).toSorted();
    return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? String(value) : value;
  });
}

function countParts({ parts }: Explanation): number {
  return parts.reduce((sum, part) => sum + countParts(part), 1);
}

function expectPrintsBack(text: string): void {
  const expr = parsed(text);
  if (expr === undefined) return;
  const wanted = bare(expr);
  for (const written of [print(expr), printPretty(expr), printPretty(expr, 10)]) {
    expect(bare(parse(written, EVERY_SYNTAX)), written).toBe(wanted);
  }
  expect(print(parse(print(expr), EVERY_SYNTAX))).toBe(print(expr));
  expect(countParts(explain(expr))).toBeLessThanOrEqual(text.length);
}

test.each(QUERIES)('%s is valid', (query) => {
  expect(parse(query, EVERY_SYNTAX).kind).toBeDefined();
  expectPrintsBack(query);
});

test('a query with mistakes put into it is refused in a sentence, or means what it prints', () => {
  fc.assert(fc.property(fc.oneof(mutated, spliced), expectPrintsBack), { numRuns: RUNS });
});

test('text of any kind is refused as a query and as a selector in a sentence', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...PIECES, ' ', 'x', '{a', '"b"}'), { maxLength: 20 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (query) => {
      expectPrintsBack(query);
      try {
        parseSelector(query);
      } catch (error) {
        expectRefusal(error, query);
      }
    }),
    { numRuns: RUNS },
  );
});

test('a part under many others is written once', () => {
  let reads = 0;
  const leaf = parse('x{a="b"}', EVERY_SYNTAX);
  let expr: Expr = new Proxy(leaf, {
    get(target, name) {
      if (name === 'matchers') reads++;
      return Reflect.get(target, name);
    },
  });
  for (let i = 0; i < 900; i++) expr = { kind: 'unary', span: leaf.span, op: '-', expr };
  expect(printPretty(expr)).toHaveLength(908);
  expect(explain(expr).text).toHaveLength(908);
  // Once for the text of each, and once for what explain() says of the selector.
  expect(reads).toBe(3);
});

/** What is there so many times. */
const many = (of: (i: number) => string, times: number): string => Array.from({ length: times }, (_, i) => of(i)).join(',');
const around = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times);
const DEEP: readonly (readonly [shape: string, text: (times: number) => string])[] = [
  ['parentheses', (times) => around('(', 'x', ')', times)],
  ['signs', (times) => `${'-'.repeat(times)}x`],
  ['sums', (times) => `x${' + x'.repeat(times)}`],
  ['powers', (times) => `x${' ^ x'.repeat(times)}`],
  ['comparisons of numbers', (times) => `1${' > bool 1'.repeat(times)}`],
  ['set operators', (times) => `x${' or on (a) x'.repeat(times)}`],
  ['fills', (times) => `x${' + fill (0) x'.repeat(times)}`],
  ['calls', (times) => around('abs(', 'x', ')', times)],
  ['aggregations', (times) => around('topk(1, ', 'x', ')', times)],
  ['parameters', (times) => around('topk(scalar(', 'x', '), y)', times / 2)],
  ['subqueries', (times) => around('max_over_time(', 'x', '[5m:])', times / 2)],
  ['sums of durations', (times) => `x[5m${' + 1m'.repeat(times)}]`],
  ['duration parentheses', (times) => `x[${around('(', '5m', ')', times)}]`],
  ['duration signs', (times) => `x[${'-'.repeat(times)}step()]`],
  ['duration calls', (times) => `x offset ${around('min_of(1m, ', '5m', ')', times)}`],
];

describe.each(DEEP)('%s', (_, text) => {
  test('10,000 deep are refused in a sentence', () => {
    expect(() => parse(text(10_000), EVERY_SYNTAX)).toThrow(
      'expression nests more than 1000 levels deep, chained operators included; split it into several queries',
    );
  });

  test('as deep as is allowed are printed, set out and explained', () => {
    const query = text(900);
    const expr = parse(query, EVERY_SYNTAX);
    expect(bare(parse(print(expr), EVERY_SYNTAX))).toBe(bare(expr));
    const pretty = printPretty(expr);
    expect(pretty.length).toBeLessThanOrEqual(query.length * MOST_GROWTH);
    expect(bare(parse(pretty, EVERY_SYNTAX))).toBe(bare(expr));
    expect(countParts(explain(expr))).toBeLessThanOrEqual(query.length);
  });
});

test.each<[what: string, query: string]>([
  ['matchers', `x{${many((i) => `l${i}="v"`, 10_000)}}`],
  ['labels', `sum by (${many((i) => `l${i}`, 10_000)}) (x)`],
  ['arguments', `label_join(x, "a", "b", ${many((i) => `"c${i}"`, 10_000)})`],
  ['offsets of nothing', `x${' offset 0s'.repeat(10_000)}`],
  ['comments', `x${' # y\n'.repeat(10_000)}`],
  ['alternatives', `x{a=~"${many((i) => `v${i}`, 10_000).replaceAll(',', '|')}"}`],
])('10,000 %s are printed and parsed again', (_, query) => {
  const expr = parse(query, EVERY_SYNTAX);
  const pretty = printPretty(expr);
  expect(pretty.length).toBeLessThanOrEqual(query.length * 3);
  expect(bare(parse(pretty, EVERY_SYNTAX))).toBe(bare(expr));
  expect(explain(expr).text.length).toBeLessThanOrEqual(query.length * 2);
});

test.each<[what: string, query: string, sentence: RegExp]>([
  ['subqueries of subqueries', `x${'[5m:1m]'.repeat(10_000)}`, /nests more than 1000 levels/],
  ['@ modifiers', `x${' @ 1'.repeat(10_000)}`, /may not be set multiple times/],
  ['open parentheses', '('.repeat(10_000), /nests more than 1000 levels/],
  ['groups of a regular expression', `x{a=~"${around('(', '', ')', 10_000)}"}`, /nests too deeply/],
  ['repeated repeats', 'x{a=~"(((a{1000}){1000}){1000})"}', /invalid repeat/],
])('10,000 %s are refused in a sentence', (_, query, sentence) => {
  expect(() => parse(query, EVERY_SYNTAX)).toThrow(sentence);
});
