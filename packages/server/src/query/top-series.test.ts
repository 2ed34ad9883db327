import type { Frame } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';
import { topSeries } from './top-series.ts';

const column = (name: string, labels: Readonly<Record<string, string>> | undefined, values: readonly number[]) => ({
  name,
  type: 'number' as const,
  ...(labels === undefined ? {} : { labels }),
  values: Float64Array.from(values),
});

/** One line over steps, as the source of runs answers it: with the time and the step of each point. */
function curve(run: string, part: string): Frame {
  const fields = [
    column('step', undefined, [1, 2]),
    column('loss', { run, metric: 'loss', part }, [1, 0.5]),
    { ...column('time', undefined, [1e12, 1e12 + 1]), type: 'time' as const },
    column('step', undefined, [1, 2]),
  ];
  return { refId: 'A', shape: 'series', length: 2, fields };
}

test('curves of runs stay whole, however many they are', () => {
  const frames = ['smooth', 'raw', 'low', 'high'].flatMap((part) => [curve('a', part), curve('b', part)]);
  expect(topSeries(frames, { limit: 1, by: 'last', envelope: true })).toEqual({ frames, notices: [], isCut: false });
});

test('series with labels of those names that mean something else are ranked like others', () => {
  const frames: Frame[] = ['1', '2', '3'].map((part) => ({
    refId: 'A',
    shape: 'series',
    length: 1,
    fields: [column('x', undefined, [1]), column('parts', { metric: 'weight', part }, [Number(part)])],
  }));
  expect(topSeries(frames, { limit: 1, by: 'last', envelope: false }).frames).toEqual([frames[2]]);
});
