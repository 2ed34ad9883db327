import { CURVE_LIMITS } from '@vitrine/model/curve-store.ts';

export interface LoggedImage {
  readonly tag: string;
  readonly step: number;
  readonly timeMs: number;
}

/** `log_image` puts "+" between the parts, and older clients "%". A smaller copy, for MLflow's own page, ends in "+compressed.webp". */
const IMAGE = /^images\/(?<key>[^+%]+)([+%])step\2(?<step>-?\d{1,16})\2timestamp\2(?<time>\d{1,16})\2[0-9a-f-]{36}\.png$/;

/** What the name of a run's file says of an image that was logged at a step; undefined where it is none, or of a step beyond those kept. */
export function loggedImage(path: string): LoggedImage | undefined {
  const { key, step, time } = IMAGE.exec(path)?.groups ?? {};
  if (key === undefined || Math.abs(Number(step)) > CURVE_LIMITS.step || Number(time) > CURVE_LIMITS.timeMs) return undefined;
  // A name has no "/", in whose place clients write one of these, which keys cannot have.
  return { tag: key.replaceAll(/[~#]/g, '/'), step: Number(step), timeMs: Number(time) };
}
