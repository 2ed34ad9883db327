import { takeFrameRows } from './column.ts';
import type { TransformationKind } from './transformation.ts';

export const limit: TransformationKind = {
  id: 'limit',
  title: 'Limit',
  description: 'Keeps the first rows of each frame, or the last where the number is negative.',
  defaults: { limitField: 10 },
  apply(frames, options) {
    const most = Math.trunc(options.number('limitField', 10));
    return frames.map((frame) => {
      const count = Math.min(Math.abs(most), frame.length);
      if (count === frame.length) return frame;
      const from = most < 0 ? frame.length - count : 0;
      return takeFrameRows(
        frame,
        Int32Array.from({ length: count }, (_, index) => from + index),
      );
    });
  },
};
