import type { Field, Frame } from '@vitrine/model/frame.ts';

import { xOf } from './each-curve.ts';
import { parseTime } from './parse-time.ts';
import { splitSeries } from './series.ts';
import type { Run, TransformationKind } from './transformation.ts';

/** Instants before this are seconds: 1e11 ms is 1973, 1e11 s the year 5138. */
const MILLISECONDS_FROM = 1e11;

export const alignRuns: TransformationKind = {
  id: 'alignRuns',
  title: 'Align runs',
  description:
    'Puts the curves of runs that began at different times over each other: x counts from the first point of each, or from a label’s start.',
  defaults: { startLabel: '' },
  apply(frames, options, run) {
    const label = options.text('startLabel');
    return splitSeries(frames).map((frame) => alignOne(frame, label, run));
  },
};

/** x becomes the distance from the start: milliseconds where it was time. */
function alignOne(frame: Frame, label: string, run: Run): Frame {
  const x = xOf(frame);
  if (x === undefined || frame.length === 0) return frame;
  const start = (label === '' ? undefined : startOf(frame, label, x.type === 'time', run)) ?? firstOf(x);
  if (start === undefined) return frame;
  const { present, labels } = x;
  const base = { ...(present !== undefined && { present }), ...(labels !== undefined && { labels }) };
  const values = x.values.map((at) => at - start);
  const elapsed: Field =
    x.type === 'time' ? { ...base, type: 'number', name: 'Elapsed', config: { unit: 'ms' }, values } : { ...x, values };
  return { ...frame, shape: 'series', fields: frame.fields.map((field) => (field === x ? elapsed : field)) };
}

function firstOf({ values, present }: Field): number | undefined {
  for (let row = 0; row < values.length; row++) {
    if (present?.[row] !== 0 && Number.isFinite(values[row])) return values[row] as number;
  }
  return undefined;
}

/** A label's value as an instant (ISO 8601, seconds or milliseconds since 1970), or as a place on an x that is not time. */
function startOf(frame: Frame, label: string, time: boolean, run: Run): number | undefined {
  const text = frame.fields.find(({ labels }) => labels !== undefined && Object.hasOwn(labels, label))?.labels?.[label];
  if (text === undefined) return undefined;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const start = Number.isFinite(number)
    ? time && number < MILLISECONDS_FROM
      ? number * 1_000
      : number
    : time
      ? parseTime(text, '', run.timeZone)
      : undefined;
  if (start === undefined) run.notice('info', `the label ${label} says "${text}", which is no start; the first point is taken`);
  return start;
}
