import { lastingRows } from '@vitrine/compute/curve/restarts.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame } from '@vitrine/model/frame.ts';

import { interpolate } from './annotations.ts';
import type { Crosshair } from './crosshair.ts';

/** Pairs of a time and an x, both rising: the way from one domain to the other. */
export interface TimeMap {
  readonly times: Float64Array;
  readonly xs: Float64Array;
}

/** Columns of a frame of curves: x, value, then the time and the step of each point. */
const X_COLUMN = 0;

/**
 * When a run was at which x: from its longest line among frames of curves (see docs/curves.md), that of any run where `run` is absent.
 * What a restart took back does not count. undefined where there are not two points with a time.
 */
export function timeMapOfCurves(frames: readonly Frame[], run?: string): TimeMap | undefined {
  return mapBetween(frames, 'time', run);
}

/** The same from steps instead of times. */
export function stepMapOfCurves(frames: readonly Frame[], run: string): TimeMap | undefined {
  return mapBetween(frames, 'step', run);
}

function mapBetween(frames: readonly Frame[], column: 'time' | 'step', run: string | undefined): TimeMap | undefined {
  let best: Frame | undefined;
  for (const frame of frames) {
    if (frame.shape !== 'series' || (run !== undefined && frame.fields[1]?.labels?.['run'] !== run)) continue;
    if (frame.length > (best?.length ?? 1) && timesOf(frame, column) !== undefined) best = frame;
  }
  if (best === undefined) return undefined;
  const x = best.fields[X_COLUMN];
  const times = timesOf(best, column);
  if (!isNumbers(x) || times === undefined) return undefined;
  const rows = lastingRows(x.values);
  const xs = rows === undefined ? x.values : Float64Array.from(rows, (row) => x.values[row]!);
  const then = rows === undefined ? times : Float64Array.from(rows, (row) => times[row]!);
  // Both ways need both to rise: clocks that were set back are left out.
  const rising = lastingRows(then);
  if (rising === undefined) return { times: then, xs };
  return { times: Float64Array.from(rising, (row) => then[row]!), xs: Float64Array.from(rising, (row) => xs[row]!) };
}

function timesOf({ fields }: Frame, column: 'time' | 'step'): Float64Array | undefined {
  const field = fields.find((one, index) => index > 1 && one.name === column);
  return isNumbers(field) && field.present === undefined ? field.values : undefined;
}

/** A cursor that goes by time, as one that goes by x: both move together. */
export function mappedCursor(shared: Crosshair, { times, xs }: TimeMap): Crosshair {
  const toX = (time: number | undefined) => (time === undefined ? undefined : interpolate(times, xs, time));
  return {
    get x() {
      return toX(shared.x);
    },
    set: (x, origin) => shared.set(x === undefined ? undefined : interpolate(xs, times, x), origin),
    subscribe: (listener) => shared.subscribe((time, origin) => listener(toX(time), origin)),
  };
}
