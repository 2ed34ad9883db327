const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** The longest duration that fits the 64 bits of nanoseconds Prometheus holds it in, in seconds. */
export const MAX_DURATION_SECONDS = 2 ** 63 / 1e9;

/**
 * Reads "1h30m" (units y w d h m s ms, each once and in this order, or a bare "0") as milliseconds. Throws an Error with
 * Prometheus' sentence.
 */
export function parseDurationMs(text: string): number {
  if (text === '0') return 0;
  if (text === '') throw new Error('empty duration string');
  let total = 0;
  let last = -1;
  const part = /(\d+)([a-zA-Zµ]+)/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) throw new Error(`not a valid duration string: ${JSON.stringify(text)}`);
    const [, digits, unit] = match;
    const at = UNITS.findIndex(([name]) => name === unit);
    if (at === -1) throw new Error(`unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    if (at <= last) throw new Error(`not a valid duration string: ${JSON.stringify(text)}`);
    last = at;
    total += Number(digits) * UNITS[at]![1];
  }
  if (total / 1000 > MAX_DURATION_SECONDS) throw new Error('duration out of range');
  return total;
}

/** The same, or undefined where the text is not such a duration. */
export function readDurationMs(text: string): number | undefined {
  try {
    return parseDurationMs(text);
  } catch {
    return undefined;
  }
}

/** Writes milliseconds as Prometheus does, rounded to whole ones: 90_000 is "1m30s". Weeks and years only where nothing is left over. */
export function formatDurationMs(ms: number): string {
  if (ms < 0) return `-${formatDurationMs(-ms)}`;
  let text = '';
  let rest = Math.round(ms);
  if (rest === 0) return '0s';
  for (const [unit, length] of UNITS) {
    if ((unit === 'y' || unit === 'w') && rest % length !== 0) continue;
    const count = Math.floor(rest / length);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * length;
  }
  return text;
}

/** Whole milliseconds of a number of seconds, as Prometheus gets them: nanoseconds rounded, then cut. */
export function secondsToMs(seconds: number): number {
  return Math.trunc(Math.round(seconds * 1e9) / 1e6);
}
