import { formatDurationMs } from '@vitrine/model/duration.ts';
import { formatValue } from './format.ts';

/** What the `$__…` of a text stand for. What is undefined leaves its references as they stand. */
export interface Builtins {
  /** The range that the page or the panel shows. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The step of a query; a text outside of queries has none. */
  readonly stepMs?: number;
  /** How often samples come in. */
  readonly scrapeIntervalMs?: number;
  /** An IANA zone, "browser" or "UTC". */
  readonly timeZone: string;
  readonly user?: { readonly login: string; readonly email?: string; readonly id?: string };
  readonly dashboard?: { readonly uid: string; readonly title: string };
  /** The page's address, as far as the page tells it. */
  readonly url?: { readonly path: string; readonly params: string };
  /** `var-a=1&var-b=2` of all variables. */
  readonly allVariables?: () => string;
}

/**
 * The shortest window over which rate() has samples at every step: the step plus one scrape, and never less than four
 * scrapes. As Grafana reckons it.
 */
export function rateIntervalMs(stepMs: number, scrapeIntervalMs: number): number {
  return Math.max(stepMs + scrapeIntervalMs, 4 * scrapeIntervalMs);
}

/** What a built-in name stands for, or undefined where it is not known here. See VariableScope. */
export function builtinValue(
  builtins: Builtins,
  name: string,
  path: string | undefined,
  format: string | undefined,
): string | undefined {
  const { fromMs, toMs, stepMs, timeZone, user, dashboard, url } = builtins;
  const scrapeMs = builtins.scrapeIntervalMs ?? 15_000;
  const rangeMs = toMs - fromMs;
  const formatted = (value: string): string =>
    format === undefined || format === '' ? value : formatValue({ name, value, text: value, timeZone }, format);
  switch (name) {
    case '__interval':
    case '__auto':
      return stepMs === undefined ? undefined : formatDurationMs(stepMs);
    case '__interval_ms':
      return stepMs === undefined ? undefined : String(stepMs);
    case '__rate_interval':
      return stepMs === undefined ? undefined : formatDurationMs(rateIntervalMs(stepMs, scrapeMs));
    case '__rate_interval_ms':
      return stepMs === undefined ? undefined : String(rateIntervalMs(stepMs, scrapeMs));
    case '__range':
      return formatDurationMs(Math.max(1_000, Math.ceil(rangeMs / 1_000) * 1_000));
    case '__range_s':
      return String(Math.max(1, Math.ceil(rangeMs / 1_000)));
    case '__range_ms':
      return String(Math.max(1, rangeMs));
    case '__from':
      return formatted(String(fromMs));
    case '__to':
      return formatted(String(toMs));
    case '__timezone':
    case '__timeZone':
      return formatted(timeZone);
    case '__org':
      // There is one organisation, and imported links may name it.
      return formatted(path === 'name' ? 'Main' : '1');
    case '__user':
      if (user === undefined) return undefined;
      if (path === 'login' || path === undefined) return formatted(user.login);
      return path === 'email' ? formatted(user.email ?? '') : path === 'id' ? formatted(user.id ?? user.login) : undefined;
    case '__dashboard':
      if (dashboard === undefined) return undefined;
      if (path === undefined || path === 'title') return formatted(dashboard.title);
      return path === 'uid' ? formatted(dashboard.uid) : path === 'url' ? `/d/${encodeURIComponent(dashboard.uid)}` : undefined;
    case '__url':
      if (url === undefined) return undefined;
      return path === undefined ? url.path + url.params : path === 'path' ? url.path : path === 'params' ? url.params : undefined;
    case '__url_time_range':
      return `from=${fromMs}&to=${toMs}`;
    case '__all_variables':
      return builtins.allVariables?.();
    default:
      return undefined;
  }
}
