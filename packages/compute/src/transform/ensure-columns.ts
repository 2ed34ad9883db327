import type { Frame } from '@vitrine/model/frame.ts';

import { isTimeSeries } from './fields.ts';
import { joinByTime } from './join.ts';
import type { Run, TransformationKind } from './transformation.ts';

export const ensureColumns: TransformationKind = {
  id: 'ensureColumns',
  title: 'Ensure columns',
  description: 'Joins series on their times; other frames stay as they are.',
  defaults: {},
  apply: (frames, _options, run) => joinSeries(frames, run),
};

/** Several frames of series become one. */
export function joinSeries(frames: readonly Frame[], run: Pick<Run, 'allow'>): readonly Frame[] {
  return frames.length > 1 && frames.every(isTimeSeries) ? [joinByTime(frames, run)] : frames;
}
