import { readFileSync } from 'node:fs';
import { KEY_NAMES } from './config/keys.ts';
import { type Config, ConfigError } from './config/read-config.ts';
import { parseScrapeConfigs } from './scrape/parse-scrape-configs.ts';
import type { ScrapeConfig } from './scrape/scrape-config.ts';

/** Vitrine's own sections of vitrine.yaml, which a reader of scrape_configs leaves alone. */
const OWN_SECTIONS = [...new Set(KEY_NAMES.map((name) => name.split('.')[0] as string))];
const DEFAULT_INTERVAL_MS = 15_000;

/**
 * All jobs to scrape: those of vitrine.yaml itself, of the scrape.file, and of `furtherFiles`.
 * Throws ConfigError, also where two files have a job of one name.
 */
export function readScrapeSetup(
  { settings, file, hasScrapeSections }: Config,
  furtherFiles: readonly string[] = [],
): ScrapeConfig {
  const files = [
    ...(file !== undefined && hasScrapeSections ? [{ path: file, key: '--config', ownSections: OWN_SECTIONS }] : []),
    ...[settings['scrape.file'], ...furtherFiles].flatMap((path) =>
      path === '' ? [] : [{ path, key: 'scrape.file', ownSections: [] }],
    ),
  ];
  const parsed = files.map(({ path, key, ownSections }) => ({
    path,
    config: parseScrapeConfigs({ file: path, text: readText(key, path) }, ownSections),
  }));
  const seen = new Map<string, string>();
  for (const { path, config } of parsed) {
    for (const { name } of config.jobs) {
      const before = seen.get(name);
      if (before !== undefined)
        throw new ConfigError(`${path}: the job "${name}" stands in ${before} already; job_name must be unique.`);
      seen.set(name, path);
    }
  }
  return { jobs: parsed.flatMap(({ config }) => config.jobs), notices: parsed.flatMap(({ config }) => config.notices) };
}

/** The interval that most jobs have; of several the longest, so that no rate is asked over too short a window. */
export function usualIntervalMs({ jobs }: ScrapeConfig): number {
  const counts = new Map<number, number>();
  for (const { intervalMs } of jobs) counts.set(intervalMs, (counts.get(intervalMs) ?? 0) + 1);
  const [usual] = [...counts].toSorted(([aMs, a], [bMs, b]) => b - a || bMs - aMs);
  return usual?.[0] ?? DEFAULT_INTERVAL_MS;
}

function readText(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${key}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, {
      cause: error,
    });
  }
}
