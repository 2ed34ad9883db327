import type { Field, Frame } from '@vitrine/model/frame.ts';

import { findField } from './fields.ts';
import { joinFrames } from './join.ts';
import type { Options } from './options.ts';
import type { Run, TransformationKind } from './transformation.ts';

export const joinByField: TransformationKind = {
  id: 'joinByField',
  title: 'Join by field',
  description: 'Puts frames side by side where a field has the same value in them.',
  defaults: { mode: 'outer' },
  apply: join,
};

/** What it was called before Grafana 9. */
export const seriesToColumns: TransformationKind = { ...joinByField, id: 'seriesToColumns', title: 'Series to columns' };

function join(frames: readonly Frame[], options: Options, run: Run): readonly Frame[] {
  if (frames.length < 2) return frames;
  const byField = options.text('byField');
  const keyOf = (frame: Frame): Field | undefined =>
    byField === '' ? frame.fields.find(({ type }) => type === 'time') : findField(byField, frame, frames);
  if (byField !== '' && frames.some(({ length }) => length > 0) && !frames.some((frame) => keyOf(frame) !== undefined))
    run.notice('info', `no frame has a field "${byField}"`);
  return [joinFrames(frames, keyOf, options.choice('mode', ['outer', 'inner', 'outerTabular'], 'outer'), run)];
}
