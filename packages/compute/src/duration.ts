const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const UNIT_MS: Readonly<Record<string, number>> = { ...Object.fromEntries(UNITS), y: 31_536_000_000 };

/** Milliseconds as PromQL writes a duration: 90,000 is "1m30s". Whole milliseconds of at least 0. */
export function formatDurationMs(ms: number): string {
  let rest = Math.round(ms);
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}

/** Reads "90s", "1h30m", "15d" as Prometheus does (units falling, each once), or undefined where it is not a duration. */
export function readDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  const parts = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (parts === null || text === '') return undefined;
  const units = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];
  return units.reduce((sum, unit, i) => sum + Number(parts[i + 1] ?? 0) * (UNIT_MS[unit] as number), 0);
}
