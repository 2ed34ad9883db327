import type { Frame, FrameShape } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';
import { partsOf } from './answer-parts.ts';

const frame = (shape: FrameShape): Frame => ({ refId: 'A', shape, length: 0, fields: [] });

test.each([
  [[], []],
  [['series', 'exemplars'], ['timeseries']],
  [['exemplars', 'buckets'], ['heatmap']],
  [['exemplars'], ['timeseries']],
  [['table'], ['table']],
  [
    ['logs', 'series'],
    ['timeseries', 'logs'],
  ],
  [
    ['nodes', 'edges', 'trace'],
    ['traces', 'nodeGraph'],
  ],
] as const)('frames of %j are drawn by %j', (shapes, kinds) => {
  const parts = partsOf(shapes.map(frame));
  expect(parts.map(({ kind }) => kind)).toEqual(kinds);
  expect(parts.flatMap(({ frames }) => frames)).toHaveLength(shapes.length);
});
