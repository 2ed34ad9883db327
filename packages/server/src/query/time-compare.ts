import { BadRequest } from '@vitrine/model/bad-request.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { type Field, type Frame, isNumbers } from '@vitrine/model/frame.ts';

/** How far back "1d" lies, in whole steps, so that both ranges share their grid times. Throws BadRequest. */
export function compareOffsetMs(text: string, stepMs: number): number {
  const ms = readDurationMs(text.replace(/^-/, ''));
  if (ms === undefined || !(ms > 0)) {
    throw new BadRequest('queryOptions.timeCompare', `"${text.slice(0, 100)}" is not a duration such as 1d or 1w`);
  }
  return Math.max(1, Math.round(ms / stepMs)) * stepMs;
}

/** Frames of an earlier range laid over the present one: their times moved, their series called "… (1d earlier)". */
export function earlierFrames(frames: readonly Frame[], earlierMs: number, text: string): Frame[] {
  const suffix = ` (${text.replace(/^-/, '')} earlier)`;
  return frames.map((frame) => ({
    ...frame,
    refId: `${frame.refId}-compare`,
    fields: frame.fields.map((field): Field => {
      if (isNumbers(field) && field.type === 'time')
        return { ...field, values: field.values.map((timeMs) => timeMs + earlierMs) };
      if (field.type !== 'number') return field;
      const named = field.config?.displayNameFromSource;
      return {
        ...field,
        name: field.name + suffix,
        ...(named === undefined ? {} : { config: { ...field.config, displayNameFromSource: named + suffix } }),
      };
    }),
  }));
}
