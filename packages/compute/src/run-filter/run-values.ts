import { readDurationMs } from '@vitrine/model/duration.ts';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_DURATION = /^(\d+\.\d+)(ms|s|m|h|d|w)$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?$/;
const AGO = /^(?:now)?-(.+)$/;
const DAY_MS = 86_400_000;

/** "0.1", "1e-3", "-inf" or "nan", as programs write numbers; undefined for what is none, also for "" and hexadecimal. */
export function readNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}

/** "90s", "1h30m" or "1.5h" in milliseconds. */
export function readDuration(text: string): number | undefined {
  const [, count, unit] = DECIMAL_DURATION.exec(text) ?? [];
  return count === undefined ? readDurationMs(text) : Number(count) * UNIT_MS[unit!]!;
}

/** A day (UTC) as [its start, its end), an instant as its millisecond: unix milliseconds, ISO 8601, "now", "now-7d" or "-7d". */
export function readTime(text: string, nowMs: number): { readonly fromMs: number; readonly toMs: number } | undefined {
  const instant = (ms: number): { fromMs: number; toMs: number } | undefined =>
    Number.isFinite(ms) ? { fromMs: ms, toMs: ms + 1 } : undefined;
  if (DAY.test(text)) {
    const fromMs = Date.parse(`${text}T00:00:00Z`);
    return Number.isNaN(fromMs) ? undefined : { fromMs, toMs: fromMs + DAY_MS };
  }
  const [, day, time, zone] = MOMENT.exec(text) ?? [];
  if (day !== undefined) return instant(Date.parse(`${day}T${time}${zone ?? 'Z'}`));
  if (/^\d+$/.test(text)) return instant(Number(text));
  if (text.toLowerCase() === 'now') return instant(nowMs);
  const ago = AGO.exec(text.toLowerCase())?.[1];
  const agoMs = ago === undefined ? undefined : readDuration(ago);
  return agoMs === undefined ? undefined : instant(nowMs - agoMs);
}
