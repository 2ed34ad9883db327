import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { parseUploadMapping } from '@vitrine/model/parse/upload-mapping.ts';
import { StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { UploadMapping } from '@vitrine/model/upload.ts';
import { openStore } from '@vitrine/tsdb/open-store.ts';
import { StoreOpenError } from '@vitrine/tsdb/store-open-error.ts';
import type { CommandLine } from '../config/command-line.ts';
import type { Settings } from '../config/keys.ts';
import { ConfigError } from '../config/read-config.ts';
import { IMPORT_KINDS, type ImportCounts, importMetrics } from '../transfer/import-metrics.ts';
import type { LoneNan } from '../transfer/read-lines.ts';
import { type MetricSink, serverSink, storeSink } from '../transfer/metric-sink.ts';
import { serverTarget } from './import-target.ts';
import { complain, print } from './print.ts';

/** How often it says how far it is. */
const SAY_EVERY_MS = 2_000;
/** Refusals that are told one by one; all are counted. */
const MOST_TOLD = 20;

/**
 * `vitrine import openmetrics|prometheus-tsdb-dump|csv|jsonl|parquet FILE… [--mapping FILE] [--nan number|end]`: takes in samples. The exit code is 1
 * where a file could not be read to its end, or something of it was refused; the rest is kept.
 */
export async function importMetricFiles(line: CommandLine): Promise<number> {
  const kind = IMPORT_KINDS.find((each) => each === line.words[0]);
  const paths = line.words.slice(1);
  if (kind === undefined || paths.length === 0)
    throw new ConfigError(`vitrine import ${line.words[0] ?? ''}: expected files, or - for standard input.`);
  const missing = paths.find((path) => path !== '-' && !existsSync(path));
  if (missing !== undefined) throw new ConfigError(`vitrine import ${kind}: there is no ${missing}.`);
  const mapping = mappingOf(line.options['mapping']);
  const folder = paths.find((path) => path !== '-' && statSync(path).isDirectory());
  if (folder !== undefined) throw new ConfigError(`vitrine import ${kind}: ${folder} is a folder: name the files in it.`);
  const loneNan = line.options['nan'] ?? 'number';
  if (loneNan !== 'number' && loneNan !== 'end') throw new ConfigError(`--nan: expected number or end, got ${loneNan}.`);
  const target = await openTarget(line);
  const counts: ImportCounts = { bytes: 0, accepted: 0, refused: new Map(), loneNans: 0 };
  let told = 0;
  const startedMs = performance.now();
  const timer = setInterval(() => complain(`${mebibytes(counts.bytes)} read, ${count(counts.accepted)} samples.`), SAY_EVERY_MS);
  let failed = false;
  try {
    for (const path of paths) {
      const onRefused = ({ sentence }: { readonly sentence: string }): void => {
        if (told++ < MOST_TOLD) complain(`${path}: ${sentence}`);
      };
      try {
        await importMetrics({ kind, path, mapping, loneNan, sink: target.sink, counts, onRefused });
      } catch (error) {
        if (!(error instanceof BadRequest || error instanceof StoreReadOnly || isOfTheFile(error))) throw error;
        failed = true;
        complain(`${path}: ${(error as Error).message.replace(/^file: /, '')}`);
      }
    }
  } finally {
    clearInterval(timer);
    await target.close();
  }
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const refused = [...counts.refused].map(([reason, many]) => `${count(many)} ${reason}`);
  print(
    `${count(counts.accepted)} samples were taken in ${seconds} s${refused.length > 0 ? `; refused: ${refused.join(', ')}` : ''}.`,
  );
  if (counts.loneNans > 0) print(loneNanSentence(counts.loneNans, loneNan));
  return failed || counts.refused.size > 0 ? 1 : 0;
}

function loneNanSentence(many: number, as: LoneNan): string {
  return as === 'end'
    ? `${count(many)} NaNs that stood alone were taken as ends of their series; --nan number keeps them.`
    : `${count(many)} NaNs stand alone and were kept as numbers. In a dump of Prometheus these are mostly ends of series, which it prints so: import it with --nan end.`;
}

/** A server where one runs, else the store in the data folder. */
async function openTarget(line: CommandLine): Promise<{ readonly sink: MetricSink; close(): Promise<void> }> {
  const target = await serverTarget(line, 'ingest');
  if (target.kind === 'server') return { sink: serverSink(target), close: () => target.close() };
  const store = await openSamples(target.settings);
  return { sink: storeSink(store), close: () => store.close() };
}

async function openSamples(settings: Settings): ReturnType<typeof openStore> {
  try {
    return await openStore({
      folder: join(settings.data, 'samples'),
      // As the server has it: what is rolled up must not be dropped here.
      retention: {
        timeMs: settings['retention.time'],
        sizeBytes: settings['retention.size'],
        rollups: settings['retention.rollups'],
      },
      maxSeries: settings['limits.ingest.series'],
      maxExemplars: settings['limits.ingest.exemplars'],
      log: (level, sentence) => {
        if (level !== 'info') complain(sentence);
      },
    });
  } catch (error) {
    if (error instanceof StoreOpenError) throw new ConfigError(`${error.message}.`, { cause: error });
    throw error;
  }
}

function mappingOf(path: string | undefined): UploadMapping | undefined {
  if (path === undefined) return undefined;
  try {
    return parseUploadMapping(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new ConfigError(`--mapping: ${path} cannot be used: ${(error as Error).message}.`, { cause: error });
  }
}

function isOfTheFile(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function count(many: number): string {
  return many.toLocaleString('en');
}
