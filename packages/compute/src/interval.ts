const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  M: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

/**
 * Reads the shortest step of a query or a panel as dashboards write it: "30s", "1h30m", ">30s", ".5m", or a bare number of
 * seconds. "" and "0" are no limit, 0. undefined where it is none of these.
 */
export function readIntervalMs(text: string): number | undefined {
  const interval = text.trim().replace(/^>=?\s*/, '');
  if (interval === '') return 0;
  if (/^\d+$/.test(interval)) return Number(interval) * UNIT_MS['s']!;
  if (!/^(?:\d*\.?\d+(?:ms|[smhdwMy]))+$/.test(interval) || interval.length > 50) return undefined;
  let total = 0;
  for (const [, number, unit] of interval.matchAll(/(\d*\.?\d+)(ms|[smhdwMy])/g))
    total += Number(number) * UNIT_MS[unit as string]!;
  const ms = Math.round(total);
  return ms > 0 && Number.isSafeInteger(ms) ? ms : undefined;
}
