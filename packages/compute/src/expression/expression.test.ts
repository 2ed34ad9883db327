import type { Frame } from '@vitrine/model/frame.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateExpression } from './evaluate.ts';
import { mathReferences, parseMath } from './math.ts';
import { expressionReferences, parseExpression } from './parse.ts';
import { type ExpressionValue, readFrames, writeFrames } from './values.ts';

type Values = readonly (number | undefined)[];

function series(
  given: readonly (readonly [labels: Record<string, string>, values: Values])[],
  times?: readonly number[],
): ExpressionValue {
  return {
    kind: 'series',
    items: given.map(([labels, values]) => ({
      labels,
      timesMs: Float64Array.from(times ?? values.map((_, i) => i * 10_000)),
      values: Float64Array.from(values, (value) => value ?? 0),
      present: values.includes(undefined) ? Uint8Array.from(values, (value) => Number(value !== undefined)) : undefined,
    })),
  };
}

function numbers(...given: (readonly [labels: Record<string, string>, value: number | undefined])[]): ExpressionValue {
  return { kind: 'numbers', items: given.map(([labels, value]) => ({ labels, value })) };
}

/** As plain values: labels written, missing as undefined. */
function plain(value: ExpressionValue): unknown {
  if (value.kind === 'scalar') return value.value;
  return Object.fromEntries(
    value.items.map((item) => [
      Object.entries(item.labels)
        .map(([k, v]) => `${k}=${v}`)
        .join(),
      'value' in item ? item.value : [...item.values].map((each, i) => (item.present?.[i] === 0 ? undefined : each)),
    ]),
  );
}

function run(spec: object, given: Readonly<Record<string, ExpressionValue>>, toMs = 20_000): unknown {
  const expression = parseExpression(spec);
  return plain(
    evaluateExpression(expression, { valueOf: (refId) => given[refId] ?? expect.fail(`asked for ${refId}`), fromMs: 0, toMs }),
  );
}
const math = (expression: string, given: Readonly<Record<string, ExpressionValue>> = {}): unknown =>
  run({ type: 'math', expression }, given);

describe('a formula', () => {
  test.each<[string, number | undefined]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ** 3 ** 2', 512],
    ['-2 + 5', 3],
    ['7 % 4 - 1', 2],
    ['1 / 0', Infinity],
    ['1 < 2 && 2 <= 2', 1],
    ['1 == 2 || !0', 1],
    ['!5', 0],
    ['abs(-1.5e1)', 15],
    ['round(2.5) + ceil(0.1) + floor(1.9)', 5],
    ['log(1)', 0],
    ['is_nan(nan())', 1],
    ['is_inf(infn()) + is_inf(inf())', 2],
    ['is_null(null())', 1],
    ['is_number(1) + is_number(nan())', 1],
    ['null() + 1', undefined],
  ])('%s is %s', (text, want) => {
    expect(math(text)).toBe(want);
  });

  const byJob = series([
    [{ job: 'a' }, [1, 2, undefined]],
    [{ job: 'b' }, [3, NaN, 5]],
  ]);
  test.each<[string, Readonly<Record<string, ExpressionValue>>, unknown]>([
    ['$A * 2', { A: byJob }, { 'job=a': [2, 4, undefined], 'job=b': [6, NaN, 10] }],
    ['is_null($A)', { A: byJob }, { 'job=a': [0, 0, 1], 'job=b': [0, 0, 0] }],
    ['$A + $B', { A: byJob, B: byJob }, { 'job=a': [2, 4, undefined], 'job=b': [6, NaN, 10] }],
    [
      '$A - ${B}',
      { A: byJob, B: numbers([{ job: 'a' }, 1], [{ job: 'b' }, 2]) },
      { 'job=a': [0, 1, undefined], 'job=b': [1, NaN, 3] },
    ],
    ['$B / $A', { A: series([[{ job: 'a' }, [2]]]), B: numbers([{}, 4]) }, { 'job=a': [2] }],
    [
      '$A > $B',
      { A: numbers([{ job: 'a', i: '1' }, 3], [{ job: 'a', i: '2' }, 1]), B: numbers([{ job: 'a' }, 2], [{ job: 'b' }, 0]) },
      { 'job=a,i=1': 1, 'job=a,i=2': 0 },
    ],
    ['$A + $B', { A: numbers([{ a: '1' }, 1], [{ a: '2' }, 2]), B: numbers([{ b: '1' }, 10]) }, { 'a=1': 11, 'a=2': 12 }],
    ['$A + $B', { A: numbers([{ a: '1' }, 1]), B: numbers() }, {}],
    ['$A + $B', { A: series([[{}, [1, 2, 3]]], [0, 10, 20]), B: series([[{}, [10, 20]]], [10, 30]) }, { '': [12] }],
  ])('%s of %j', (text, given, want) => {
    expect(math(text, given)).toEqual(want);
  });

  test.each<[string, RegExp]>([
    ['', /is empty/],
    ['1 +', /ends too early \(at character 4\)/],
    ['(1', /"\)" is missing/],
    ['1 2', /"2" is not expected here \(at character 3\)/],
    ['foo(1)', /"foo" is no function/],
    ['A + 1', /A query is written \$A/],
    ['1 ^ 2', /"\^" cannot be read \(at character 3\)/],
    ['('.repeat(1_000), /deeper than 200/],
    ['-'.repeat(9_000), /deeper than 200/],
  ])('%s is refused', (text, sentence) => {
    expect(() => parseMath(text)).toThrow(sentence);
  });

  test('of arbitrary text is read or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('$A1+-*/()!<>=&|. abs{}%')) }), (text) => {
        try {
          parseMath(text);
        } catch (error) {
          expect((error as Error).name).toBe('BadRequest');
        }
      }),
    );
  });

  test('names the queries it reads', () => {
    expect(mathReferences(parseMath('$A + ${my query} / abs($A)'))).toEqual(['A', 'my query']);
  });
});

describe('reduce', () => {
  const given = {
    A: series([
      [{ a: '1' }, [1, 5, undefined, 3]],
      [{ a: '2' }, [2, NaN, 4, 6]],
    ]),
  };
  test.each<[string, object | undefined, number, number]>([
    ['last', undefined, 3, 6],
    ['mean', { mode: 'dropNN' }, 3, 4],
    ['mean', undefined, NaN, NaN],
    ['median', { mode: 'dropNN' }, 3, 4],
    ['sum', { mode: 'replaceNN', replaceWithValue: 10 }, 19, 22],
    ['min', { mode: 'dropNN' }, 1, 2],
    ['max', { mode: 'dropNN' }, 5, 6],
    ['count', { mode: 'dropNN' }, 3, 3],
  ])('%s with %j', (reducer, settings, a, b) => {
    expect(run({ type: 'reduce', expression: '$A', reducer, settings }, given)).toEqual({ 'a=1': a, 'a=2': b });
  });

  test('of nothing is not known', () => {
    expect(
      run({ type: 'reduce', expression: 'A', reducer: 'max', settings: { mode: 'dropNN' } }, { A: series([[{}, []]]) }),
    ).toEqual({ '': NaN });
  });
});

describe('resample', () => {
  const A = series([[{}, [1, 2, 3]]], [0, 5_000, 40_000]);
  test.each<[string, string, Values]>([
    ['mean', 'fillna', [1, 2, undefined, undefined, 3]],
    ['sum', 'pad', [1, 2, 2, 2, 3]],
    ['max', 'backfilling', [1, 2, 3, 3, 3]],
  ])('with %s and %s', (downsampler, upsampler, want) => {
    expect(run({ type: 'resample', expression: 'A', window: '10s', downsampler, upsampler }, { A }, 40_000)).toEqual({
      '': want,
    });
  });
  test('to far too many points is refused', () => {
    expect(() => run({ type: 'resample', expression: 'A', window: '1ms', downsampler: 'mean' }, { A }, 1e9)).toThrow(/longer/);
  });
});

describe('threshold', () => {
  const A = numbers([{ a: '1' }, 5], [{ a: '2' }, 15], [{ a: '3' }, undefined]);
  test.each<[string, number[], unknown[]]>([
    ['gt', [10], [0, 1, undefined]],
    ['lt', [10], [1, 0, undefined]],
    ['within_range', [10, 20], [0, 1, undefined]],
    ['outside_range', [20, 10], [1, 0, undefined]],
    ['gte', [15], [0, 1, undefined]],
    ['eq', [5], [1, 0, undefined]],
  ])('%s %j', (type, params, want) => {
    expect(run({ type: 'threshold', expression: 'A', conditions: [{ evaluator: { type, params } }] }, { A })).toEqual(
      Object.fromEntries(want.map((value, i) => [`a=${i + 1}`, value])),
    );
  });
});

describe('classic conditions', () => {
  const given = { A: series([[{}, [1, 2, 9]]]), B: series([[{}, [0]]]) };
  const condition = (refId: string, reducer: string, type: string, param: number, operator = 'and') => ({
    query: { params: [refId] },
    reducer: { type: reducer },
    evaluator: { type, params: [param] },
    operator: { type: operator },
  });
  test.each<[object[], number]>([
    [[condition('A', 'avg', 'gt', 3)], 1],
    [[condition('A', 'avg', 'gt', 3), condition('B', 'last', 'gt', 0)], 0],
    [[condition('A', 'diff', 'gt', 7), condition('B', 'last', 'gt', 0, 'or')], 1],
    [[condition('B', 'last', 'gt', 0), condition('A', 'count', 'gt', 2, 'logic-or')], 1],
    [[condition('A', 'percent_diff', 'gt', 799), condition('A', 'median', 'lt', 3)], 1],
  ])('%#', (conditions, want) => {
    expect(run({ type: 'classic_conditions', conditions }, given)).toBe(want);
  });
});

test.each<[object, RegExp]>([
  [{ type: 'sql', expression: 'select 1' }, /^type: SQL expressions are not run here/],
  [{ type: 'magic' }, /^type: expected one of math/],
  [{ type: 'reduce', expression: '', reducer: 'mean' }, /^expression: names no query/],
  [{ type: 'reduce', expression: 'A', reducer: 'mode' }, /^reducer: expected one of/],
  [{ type: 'resample', expression: 'A', window: 'soon' }, /^window: "soon" is not a duration/],
  [{ type: 'threshold', expression: 'A', conditions: [] }, /^conditions: holds no condition/],
  [{ type: 'threshold', expression: 'A', conditions: [{ evaluator: { type: 'gt', params: [] } }] }, /needs a number/],
])('%j is refused', (spec, sentence) => {
  expect(() => parseExpression(spec)).toThrow(sentence);
});

test('an expression names what it reads', () => {
  expect(expressionReferences(parseExpression({ type: 'reduce', expression: '${A}', reducer: 'mean' }))).toEqual(['A']);
});

describe('frames', () => {
  const table: Frame = {
    refId: 'A',
    shape: 'table',
    length: 2,
    fields: [
      { name: 'Time', type: 'time', values: Float64Array.of(1, 1) },
      { name: 'job', type: 'string', values: ['x', ''] },
      { name: 'Value', type: 'number', values: Float64Array.of(1, 2), present: Uint8Array.of(1, 0) },
    ],
  };
  test('of a table are numbers with labels', () => {
    expect(plain(readFrames([table], false))).toEqual({ 'job=x': 1, '': undefined });
  });

  test('of series go in and come out, grouped by their times', () => {
    const both = series([
      [{ a: '1' }, [1, 2]],
      [{ a: '2' }, [3, undefined]],
    ]);
    const [frame, ...rest] = writeFrames('B', both, 0);
    expect(rest).toEqual([]);
    expect(frame?.fields.map(({ name }) => name)).toEqual(['Time', 'B {a="1"}', 'B {a="2"}']);
    expect(readFrames([frame as Frame], false)).toEqual(both);
    expect(plain(readFrames([frame as Frame], true))).toEqual({ 'a=1': 2, 'a=2': undefined });
  });

  test('of numbers hold one row, and nothing gives no frame', () => {
    expect(writeFrames('C', { kind: 'scalar', value: 4 }, 7)).toMatchObject([
      { length: 1, fields: [{ type: 'time' }, { name: 'C' }] },
    ]);
    expect(writeFrames('C', numbers(), 7)).toEqual([]);
  });
});
