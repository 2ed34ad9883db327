import { Labels } from '@vitrine/model/labels.ts';
import { QueryError, type SampleSource, type SeriesSamples } from '@vitrine/model/sample-store.ts';
import { expect, test } from 'vitest';
import { parse } from '../parse.ts';
import { evaluate, type EvaluationRequest } from './evaluate.ts';
import { evaluatePart, evaluateShared, type PartUnderWay, type Sharing } from './evaluate-shared.ts';

/** Series of one sample each. */
function sourceOf(values: readonly number[], isMine: (i: number) => boolean = () => true, read = { series: 0 }): SampleSource {
  return {
    *select(): Generator<SeriesSamples> {
      for (const [i, value] of values.entries()) {
        if (!isMine(i)) continue;
        read.series++;
        const labels = Labels.from({ __name__: 'x', i: String(i).padStart(3, '0') });
        yield { labels, length: 1, timestampsMs: Float64Array.of(0), values: Float64Array.of(value) };
      }
    },
    *selectLabels() {},
  };
}

const AT: EvaluationRequest = { startMs: 0, endMs: 0, stepMs: 0 };
const STEPS: EvaluationRequest = { startMs: 0, endMs: 60_000, stepMs: 30_000 };

/** What one finds, and what two find who have every other series each. */
async function both(expr: string, values: readonly number[], request = AT): Promise<{ alone: unknown; shared: unknown }> {
  const sharing: Sharing = {
    own: sourceOf(values, (i) => i % 2 === 1),
    ask: (part, sink) => ({
      done: evaluatePart(
        part,
        sourceOf(values, (i) => i % 2 === 0),
        (column) => sink({ ...column, values: column.values.slice(), present: column.present.slice() }),
        () => undefined,
      ),
      cancel: () => undefined,
    }),
  };
  const pointsOf = ({ series }: { series: readonly { labels: Labels; values: Float64Array }[] }): unknown =>
    series.map(({ labels, values: found }) => [labels.toString(), ...found]);
  const alone = await evaluate(parse(expr), request, sourceOf(values));
  const shared = await evaluateShared(parse(expr), request, sourceOf(values), sharing);
  if (!('series' in alone && 'series' in shared) || alone.kind === 'samples' || shared.kind === 'samples') throw new Error();
  return { alone: pointsOf(alone), shared: pointsOf(shared) };
}

const random = Array.from({ length: 301 }, (_, i) => Math.sin(i * 12.9898) * 10 ** ((i % 23) - 11));
const numbers: Record<string, readonly number[]> = {
  'that cancel each other': [1e100, -1e100, 1],
  'whose sum overflows in one order': [1e308, -1e308, 1e308, -1e308],
  'whose sum overflows in every order': [1e308, 1e308, 1e308, 1e308],
  'that are infinite': [Infinity, 1, 2, 3],
  'of either infinity': [Infinity, -Infinity, 2, 3],
  'of many sizes': random,
  'among them nothing': [NaN, 1, 2],
};

for (const [name, values] of Object.entries(numbers)) {
  test(`the sum and the average of numbers ${name} are the same to the last bit, shared or not`, async () => {
    for (const expr of [
      'sum(x)',
      'sum by (i) (x)',
      'sum(-x)',
      'avg(x)',
      'count(x)',
      'sum(x) / count(x)',
      'sum(sum by (i) (x))',
    ]) {
      for (const request of [AT, STEPS]) {
        const { alone, shared } = await both(expr, values, request);
        expect(shared, expr).toEqual(alone);
      }
    }
  });
}

test('what two find of series with equal values is sorted as what one finds', async () => {
  for (const expr of ['sort(x)', 'sort_desc(x)', 'topk(3, x)', 'bottomk(3, x)', 'sort(x or -x)']) {
    const { alone, shared } = await both(expr, [1, 1, 2, 1, 1, 2, 1]);
    expect(shared, expr).toEqual(alone);
  }
});

/** Others who never answer, or fail. */
function others(done: Promise<never>): { ask: () => PartUnderWay; canceled: () => number } {
  let canceled = 0;
  return { ask: () => ({ done, cancel: () => void canceled++ }), canceled: () => canceled };
}

const never = (): Promise<never> => new Promise(() => undefined);

test('waiting for others ends when the query is canceled', async () => {
  const { ask, canceled } = others(never());
  const controller = new AbortController();
  const sharing = { own: sourceOf([1]), ask };
  const waiting = evaluateShared(parse('sum(x)'), AT, sourceOf([1]), sharing, controller.signal);
  setTimeout(() => controller.abort(), 1);
  await expect(waiting).rejects.toThrow('the query was canceled');
  expect(canceled()).toBe(1);
});

test('waiting for others ends when the time is over', async () => {
  const { ask, canceled } = others(never());
  const request = { ...AT, limits: { timeoutMs: 20 } };
  const waiting = evaluateShared(parse('sum(x)'), request, sourceOf([1]), { own: sourceOf([1]), ask });
  await expect(waiting).rejects.toThrow(QueryError);
  expect(canceled()).toBe(1);
});

test('the own part ends where others fail', async () => {
  const { ask } = others(Promise.reject(new Error('gone')));
  const read = { series: 0 };
  const many = Array.from({ length: 1_000_000 }, () => 1);
  const sharing = { own: sourceOf(many, undefined, read), ask };
  await expect(evaluateShared(parse('sum(x)'), AT, sourceOf([1]), sharing)).rejects.toThrow('gone');
  expect(read.series).toBeLessThan(many.length / 2);
});

test('of an answer that cannot be shared is told', async () => {
  let refused = 0;
  const ask = (): PartUnderWay => ({
    done: Promise.resolve({ annotations: [], stats: { seriesRead: 1, samplesRead: 1 } }),
    cancel: () => undefined,
  });
  const values = [1e308, 1e308];
  const sharing = { own: sourceOf(values), ask, onRefused: () => void refused++ };
  await evaluateShared(parse('sum(x)'), AT, sourceOf(values), sharing);
  expect(refused).toBe(1);
});
