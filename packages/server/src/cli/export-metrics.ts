import { join } from 'node:path';
import { Readable } from 'node:stream';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { parseSelector } from '@vitrine/promql/parse.ts';
import { readSamples } from '@vitrine/tsdb/export/read-samples.ts';
import { StoreOpenError } from '@vitrine/tsdb/store-open-error.ts';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import { type ExportCounts, exportMetrics, METRIC_FORMATS } from '../transfer/export-metrics.ts';
import { complain } from './print.ts';
import { oneOf, writeOut } from './write-out.ts';

/** `vitrine export metrics [SELECTOR…]`: reads the data folder, whether or not a server runs on it. */
export async function exportMetricsCommand(line: CommandLine): Promise<number> {
  const { options } = line;
  const format = oneOf('--format', options['format'] ?? 'openmetrics', METRIC_FORMATS);
  if (options['to'] === undefined && format === 'parquet' && process.stdout.isTTY)
    throw new ConfigError('--to: expected a file: Parquet is nothing to show on a terminal.');
  const { settings } = readConfig({ flags: line.settings, env: process.env, file: options['config'], folder: process.cwd() });
  const request = {
    selectors: line.words.slice(1).map(selectorOf),
    fromMs: timeOf('--from', options['from']) ?? -Infinity,
    // The end is not in it, as in other ranges.
    toMs: (timeOf('--until', options['until']) ?? Infinity) - 1,
  };
  const counts: ExportCounts = { series: 0, samples: 0, histogramsLeftOut: 0, staleLeftOut: 0, startsLeftOut: 0 };
  let damaged = false;
  const samples = readSamples(join(settings.data, 'samples'), request, (_level, sentence) => {
    damaged = true;
    complain(sentence);
  });
  try {
    await writeOut(Readable.from(exportMetrics(format, samples, counts), { objectMode: false }), options['to']);
  } catch (error) {
    if (error instanceof StoreOpenError) throw new ConfigError(`${error.message}.`, { cause: error });
    throw error;
  }
  complain(`Exported ${counts.samples.toLocaleString('en')} samples of ${counts.series.toLocaleString('en')} series.`);
  if (counts.histogramsLeftOut > 0)
    complain(`${counts.histogramsLeftOut} native histograms are left out: only --format jsonl has them.`);
  if (counts.staleLeftOut > 0)
    complain(`${counts.staleLeftOut} markers that a series ended are left out: csv, jsonl and parquet have them.`);
  if (counts.startsLeftOut > 0)
    complain(`The start times of ${counts.startsLeftOut} samples are left out: only --format jsonl has them.`);
  return damaged ? 1 : 0;
}

function selectorOf(text: string): ReturnType<typeof parseSelector> {
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new ConfigError(`"${text}" is no selector such as up{job="api"}: ${error.message}.`, { cause: error });
  }
}

/** Unix seconds, or what RFC 3339 writes; a day alone is its first moment in UTC. */
function timeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^-?\d+(?:\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : /^\d{4}-\d\d-\d\d/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new ConfigError(`${flag}: "${text}" is no time such as 2026-03-01, 2026-03-01T12:00:00Z or unix seconds.`);
}
