import { LEVEL_NAME, levelOf, type LogLevel } from '@vitrine/compute/log-lines.ts';
import { volumeFrame, volumeWidthMs } from '@vitrine/compute/log-volume.ts';
import { cellValue } from '@vitrine/compute/field/display.ts';
import { type Frame, isNumbers } from '@vitrine/model/frame.ts';
import type { BoundSql } from './build-sql.ts';
import { quoteName } from './quote-name.ts';
import { QUIET_SQL } from './quiet-sql.ts';

/** A bar for each of so many stretches, at most. */
const BARS = 80;

/** Half-open, unix milliseconds. */
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Counts all lines of a question over time and by level, where `lines` are some of them: its columns tell which are the time and the
 * level. undefined where a limit of the question's own says how many there are.
 */
export function countSql({ text, values }: BoundSql, lines: Frame, { fromMs, toMs }: Range): BoundSql | undefined {
  const time = lines.fields.find(({ type }) => type === 'time');
  if (time === undefined || /\b(?:limit|fetch|offset)\b/i.test(text.replaceAll(QUIET_SQL, ''))) return undefined;
  const level = lines.fields.find(({ name, type }) => type === 'string' && LEVEL_NAME.test(name));
  const width = volumeWidthMs(fromMs, toMs, BARS) / 1_000;
  const seconds = `extract(epoch from ${quoteName(time.name)})`;
  const inside = text.trim().replace(/;\s*$/, '');
  return {
    text: `SELECT floor(${seconds}/${width})*${width} AS at, ${level === undefined ? "''" : quoteName(level.name)}::text AS level, count(*) AS lines
FROM (${inside}
) AS lines
WHERE ${seconds} >= ${fromMs / 1_000} AND ${seconds} < ${toMs / 1_000}
GROUP BY 1, 2
ORDER BY 1`,
    values,
  };
}

/** What countSql asked, over the whole range. */
export function countFrame(refId: string, counted: Frame, { fromMs, toMs }: Range): Frame {
  const widthMs = volumeWidthMs(fromMs, toMs, BARS);
  const startMs = Math.floor(fromMs / widthMs) * widthMs;
  const length = Math.max(0, Math.ceil((toMs - startMs) / widthMs));
  const [at, level, lines] = counted.fields;
  const counts = new Map<LogLevel, Float64Array>();
  for (let row = 0; row < counted.length; row++) {
    const seconds = isNumbers(at) ? (at.values[row] ?? Number.NaN) : Number.NaN;
    const index = Math.round((seconds * 1_000 - startMs) / widthMs);
    if (!(index >= 0 && index < length) || !isNumbers(lines)) continue;
    const word = level === undefined ? '' : cellValue(level, row);
    const known = levelOf(typeof word === 'string' ? word : '');
    let column = counts.get(known);
    if (column === undefined) counts.set(known, (column = new Float64Array(length)));
    column[index] = (column[index] ?? 0) + (lines.values[row] ?? 0);
  }
  return volumeFrame(
    refId,
    Float64Array.from({ length }, (_, index) => startMs + index * widthMs),
    counts,
  );
}
