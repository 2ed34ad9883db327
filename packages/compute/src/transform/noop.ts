import type { TransformationKind } from './transformation.ts';

export const noop: TransformationKind = {
  id: 'noop',
  title: 'Nothing',
  description: 'Leaves the data as they are.',
  defaults: {},
  apply: (frames) => frames,
};
