import type { TransformationKind } from './transformation.ts';

export const convertFrameType: TransformationKind = {
  id: 'convertFrameType',
  title: 'Convert frame type',
  description: 'Reads frames as exemplars, to be drawn as points beside the series.',
  defaults: {},
  apply(frames, options, run) {
    const type = options.choice('targetType', ['exemplar', 'annotation', 'timeRegion'], 'exemplar');
    if (type === 'exemplar') return frames.map((frame) => ({ ...frame, name: 'exemplar', shape: 'exemplars' }));
    run.notice(
      'warning',
      `frames are not read as ${type === 'annotation' ? 'annotations' : 'time regions'} here; make an annotation query instead`,
    );
    return frames;
  },
};
