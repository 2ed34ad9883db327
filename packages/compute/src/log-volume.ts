import type { Frame } from '@vitrine/model/frame.ts';
import { type LogLevel, logLines } from './log-lines.ts';

/** The gravest below: stacked, they are what stands on the axis. */
const LEVELS: readonly LogLevel[] = ['critical', 'error', 'warning', 'info', 'debug', 'trace', 'unknown'];

const COLORS: Readonly<Record<LogLevel, string>> = {
  critical: 'purple',
  error: 'red',
  warning: 'orange',
  info: 'green',
  debug: 'blue',
  trace: 'light-blue',
  unknown: 'gray',
};

/** Widths of a bucket that people can read off an axis, in milliseconds. */
const WIDTHS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
  1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000,
];

/** What a source calls the frame in which it says how many lines there are, by level. */
export const VOLUME_FRAME = 'log volume';

/** How wide a stretch is, so that a range has no more than about `most`. */
export function volumeWidthMs(fromMs: number, toMs: number, most: number): number {
  return WIDTHS_MS.find((width) => (toMs - fromMs) / width <= most) ?? (toMs - fromMs) / most;
}

/** Counts of lines as series, a column a level, the gravest below. */
export function volumeFrame(refId: string, times: Float64Array, counts: ReadonlyMap<LogLevel, Float64Array>): Frame {
  return {
    refId,
    name: VOLUME_FRAME,
    shape: 'series',
    length: times.length,
    fields: [
      { name: 'time', type: 'time', values: times },
      ...LEVELS.flatMap((level) => {
        const values = counts.get(level);
        if (values === undefined) return [];
        const config = { color: { mode: 'fixed', fixedColor: COLORS[level] } } as const;
        return [{ name: level, type: 'number', values, config } as const];
      }),
    ],
  };
}

/**
 * How many lines of logs fall into each stretch of [fromMs, toMs), a column a level, in no more than about `most` stretches.
 * Before the oldest line nothing is said: a limit may have cut the lines there. undefined where no line is in the range.
 */
export function logVolume(frames: readonly Frame[], fromMs: number, toMs: number, most: number): Frame | undefined {
  const lines = logLines(frames);
  const widthMs = volumeWidthMs(fromMs, toMs, most);
  const startMs = Math.floor(fromMs / widthMs) * widthMs;
  const length = Math.ceil((toMs - startMs) / widthMs);
  if (!(length > 0)) return undefined;
  const counts = new Map<LogLevel, Float64Array>();
  let oldest = length;
  for (let line = 0; line < lines.length; line++) {
    const at = Math.floor((lines.times[line]! - startMs) / widthMs);
    if (!(at >= 0 && at < length)) continue;
    const level = lines.levelAt(line);
    let column = counts.get(level);
    if (column === undefined) counts.set(level, (column = new Float64Array(length)));
    column[at]! += 1;
    oldest = Math.min(oldest, at);
  }
  if (counts.size === 0) return undefined;
  const kept = length - oldest;
  const times = Float64Array.from({ length: kept }, (_, at) => startMs + (oldest + at) * widthMs);
  return volumeFrame('lines', times, new Map([...counts].map(([level, column]) => [level, column.slice(oldest)])));
}
