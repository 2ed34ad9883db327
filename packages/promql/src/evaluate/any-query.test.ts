import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { QueryError, type QueryResult, type SampleSource } from '@vitrine/model/sample-store.ts';
import type { ValueType } from '../ast.ts';
import { functionSignatures } from '../functions-signatures.ts';
import { AGGREGATORS } from '../lex.ts';
import { EVERY_SYNTAX, parse } from '../parse.ts';
import { loadSeries } from '../promqltest/load-series.ts';
import { MemorySource } from '../promqltest/memory-source.ts';
import { parseScript } from '../promqltest/script.ts';
import { evaluatePart, evaluateShared, type Sharing } from './evaluate-shared.ts';
import { evaluateText } from './evaluate.ts';

const MINUTE_MS = 60_000;
const FEATURES = { extendedRangeSelectors: true, binaryFill: true, startTimestamps: true };

const DATA = `load 1m
  requests_total{job="a", pod="1"} 0+5x9 2 7 9
  requests_total{job="a", pod="2"} 1 _ NaN Inf -Inf 5 stale 7 0.1 _ 3 3
  requests_total{job="b"}@st _ -30s-1mx10
  requests_total{job="b"} 0+1x11
  h{job="a", pod="1"} {{schema:1 sum:4 count:4 z_bucket:1 z_bucket_w:0.01 buckets:[1 2 1]}}+{{schema:1 sum:2 count:3 buckets:[1 1 1] n_buckets:[2]}}x11
  h{job="a", pod="2"} {{schema:3 count:5 sum:NaN buckets:[2 2]}} {{schema:0 count:9 sum:4 buckets:[1]}} 5 stale {{schema:-53 custom_values:[1 2] count:3 sum:3 buckets:[1 1 1]}}x6
  h{job="b"} {{schema:-53 custom_values:[1 2] count:3 sum:3 buckets:[1 1 1]}}+{{schema:-53 custom_values:[1 5] count:3 sum:3 buckets:[0 1 2]}}x11
  h{job="c"} {{count:1 counter_reset_hint:gauge}} {{count:5 sum:-2 z_bucket:5 z_bucket_w:1 counter_reset_hint:gauge}}x8
  le_bucket{job="a", le="1"} 0+1x11
  le_bucket{job="a", le="5"} 0+2x11
  le_bucket{job="a", le="+Inf"} 0+4x11
  target_info{job="a", instance="x", data="y"} 1x11
`;

function dataSource(): MemorySource {
  const source = new MemorySource();
  for (const command of parseScript(DATA)) if (command.kind === 'load') loadSeries(command, source);
  return source;
}

const selector = fc.constantFrom(
  'requests_total',
  'h',
  'h{job="a"}',
  '{job=~"a|b"}',
  'le_bucket',
  'nothing',
  'h @ 300',
  'h offset 2m',
);
const number = fc.constantFrom('0', '1', '0.5', '-1', '2', 'NaN', 'Inf', '3', 'time()', 'scalar(requests_total{job="b"})');
const text = fc.constantFrom('"job"', '"pod"', '"q"', '"x$1"', '"(.*)"', '"="', '""');
const grouping = fc.constantFrom('', ' by (job)', ' without (pod)');
const aggregator = fc.constantFrom(...AGGREGATORS);
const OPERATORS =
  '+; -; *; /; %; ^; ==; !=; > bool; <; and; or; unless; atan2; </; >/; + on (job); - ignoring (pod) group_left; * fill(1); == bool';
const operator = fc.constantFrom(...OPERATORS.split('; '));
/** What these give depends on the range that is asked for, or on its order. */
const byRange = new Set(['start', 'end', 'step', 'range']);
const signatures = [...functionSignatures.values()].filter(({ name }) => !byRange.has(name));

const expressions = fc.letrec<{ vector: string; matrix: string; scalar: string; string: string }>((tie) => ({
  string: text,
  scalar: number,
  matrix: fc.oneof(
    selector.map((one) => `${one.split(' ')[0]!}[5m]`),
    fc.tuple(selector, fc.constantFrom('anchored', 'smoothed')).map(([one, how]) => `${one.split(' ')[0]!}[3m] ${how}`),
    tie('vector').map((inner) => `(${inner})[4m:1m]`),
  ),
  vector: fc.oneof(
    { depthSize: 'small' },
    selector,
    fc.tuple(aggregator, grouping, number, tie('vector')).map(([op, by, param, inner]) => {
      if (op === 'count_values') return `${op}${by} ("v", ${inner})`;
      return /k$|quantile|ratio/.test(op) ? `${op}${by} (${param}, ${inner})` : `${op}${by} (${inner})`;
    }),
    fc
      .tuple(tie('vector'), operator, fc.oneof(tie('vector'), tie('scalar')))
      .map(([left, op, right]) => `(${left}) ${op} (${right})`),
    fc.constantFrom(...signatures.filter(({ returns }) => returns === 'vector')).chain((signature) => {
      const args = signature.args.map((type: ValueType) =>
        signature.name === 'info' && signature.args.length === 2 ? tie('vector') : tie(type),
      );
      if (signature.name === 'info') return tie('vector').map((inner) => `info(${inner})`);
      return fc.tuple(...args).map((list) => `${signature.name}(${list.join(', ')})`);
    }),
    tie('vector').map((inner) => `-(${inner})`),
  ),
}));

/** The answer at a time, by labels, numbers to nine digits: windows that slide round otherwise than one alone. */
function answerAt(result: QueryResult, timeMs: number): ReadonlyMap<string, unknown> {
  if (result.kind !== 'matrix' && result.kind !== 'vector') throw new Error(`an answer of kind ${result.kind}`);
  const at = result.timesMs.indexOf(timeMs);
  return new Map(
    result.series
      .filter(({ present }) => present === undefined || present[at] === 1)
      .map(({ labels, values, histograms }) => [labels.key, rounded(histograms?.[at] ?? values[at]!)]),
  );
}

function rounded(value: number | NativeHistogram): unknown {
  const round = (one: number): number => Number(one.toPrecision(9)) + 0;
  if (typeof value === 'number') return round(value);
  const { positiveBuckets, negativeBuckets, customValues, count, sum, zeroCount, ...rest } = value;
  return [
    rest,
    round(count),
    round(sum),
    round(zeroCount),
    ...[positiveBuckets, negativeBuckets, customValues].map((list) => [...list].map(round)),
  ];
}

async function askOrRefuse(query: string, startMs: number, endMs: number, stepMs: number): Promise<QueryResult | undefined> {
  return orRefused(query, () => evaluateText(query, { startMs, endMs, stepMs, features: FEATURES }, dataSource()));
}

async function orRefused(query: string, ask: () => Promise<QueryResult>): Promise<QueryResult | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw new Error(`${query} crashed`, { cause: error });
  }
}

test('any query is answered or refused, and a step of a range is what an instant is', async () => {
  await fc.assert(
    fc.asyncProperty(expressions.vector, fc.integer({ min: 0, max: 13 }), async (query, minute) => {
      const timeMs = minute * MINUTE_MS;
      const instant = await askOrRefuse(query, timeMs, timeMs, 0);
      const range = await askOrRefuse(query, timeMs - 2 * MINUTE_MS, timeMs + 2 * MINUTE_MS, MINUTE_MS);
      // The other steps may have something wrong with them.
      if (range === undefined) return;
      expect(instant, query).toBeDefined();
      expect(answerAt(range, timeMs), query).toEqual(answerAt(instant!, timeMs));
    }),
    { numRuns: 600 },
  );
}, 60_000);

test('the label of histogram_quantiles() follows its quantile', async () => {
  const query = 'histogram_quantiles(h{job="b"}, "q", time() / 600)';
  const result = await askOrRefuse(query, 60_000, 120_000, 60_000);
  expect([...answerAt(result!, 60_000).keys()]).toEqual([expect.stringContaining('0.1')]);
  expect([...answerAt(result!, 120_000).keys()]).toEqual([expect.stringContaining('0.2')]);
  const twice = evaluateText('histogram_quantiles(h{job="b"}, "q", 0.5, 0.5)', { startMs: 0, endMs: 0, stepMs: 0 }, dataSource());
  await expect(twice).rejects.toThrow('vector cannot contain metrics with the same labelset');
});

/** One half of the series. */
function half(source: SampleSource, index: 0 | 1): SampleSource {
  const isMine = ({ key }: { readonly key: string }): boolean => (key.includes('1') ? 0 : 1) === index;
  return {
    *select(request) {
      for (const series of source.select(request)) if (isMine(series.labels)) yield series;
    },
    *selectLabels(request) {
      for (const labels of source.selectLabels(request)) if (isMine(labels)) yield labels;
    },
  };
}

test('two who have half of the series each answer as one does, with the same notes', async () => {
  const endMs = 6 * MINUTE_MS;
  await fc.assert(
    fc.asyncProperty(expressions.vector, async (query) => {
      const source = dataSource();
      const sharing: Sharing = {
        own: half(source, 0),
        ask: (request, sink) => ({
          done: new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() =>
            evaluatePart(request, half(source, 1), sink, () => undefined),
          ),
          cancel: () => undefined,
        }),
      };
      const request = { startMs: 0, endMs, stepMs: MINUTE_MS, features: FEATURES, text: query };
      const alone = await askOrRefuse(query, 0, endMs, MINUTE_MS);
      const together = await orRefused(query, () => evaluateShared(parse(query, EVERY_SYNTAX), request, source, sharing));
      expect(together === undefined, query).toBe(alone === undefined);
      if (alone === undefined || together === undefined) return;
      for (let at = 0; at <= endMs; at += MINUTE_MS) expect(answerAt(together, at), query).toEqual(answerAt(alone, at));
      const notes = ({ annotations }: QueryResult): string[] => annotations.map(({ text: note }) => note).toSorted();
      expect(notes(together), query).toEqual(notes(alone));
    }),
    { numRuns: 400 },
  );
}, 60_000);
