import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Run } from '@vitrine/model/run.ts';
import { openCurveReader } from '@vitrine/tsdb/curves/curve-reader.ts';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import { openDocumentStore } from '../documents/open-document-store.ts';
import type { CurveSource } from '../runs/export/curve-parts.ts';
import { EXPORT_FORMATS, EXPORT_WHATS, exportRuns } from '../runs/export/export-runs.ts';
import { complain } from './print.ts';
import { oneOf, writeOut } from './write-out.ts';

/** `vitrine export runs …`: reads the data folder, whether or not a server runs on it. */
export async function exportCommand(line: CommandLine): Promise<number> {
  const [kind, ...ids] = line.words;
  if (kind === 'metrics') return (await import('./export-metrics.ts')).exportMetricsCommand(line);
  if (kind !== 'runs') {
    complain(
      'vitrine export: expected runs or metrics, such as "vitrine export runs --project Default --format parquet --to runs.parquet".',
    );
    return 1;
  }
  const { options } = line;
  const format = oneOf('--format', options['format'] ?? 'csv', EXPORT_FORMATS);
  const what = oneOf('--what', options['what'] ?? 'points', EXPORT_WHATS);
  if (options['to'] === undefined && format === 'parquet' && process.stdout.isTTY)
    throw new ConfigError('--to: expected a file: Parquet is nothing to show on a terminal.');
  const { settings } = readConfig({
    flags: line.settings,
    env: process.env,
    file: options['config'],
    folder: process.cwd(),
  });
  // To read is not to make: opening the documents would.
  if (!existsSync(join(settings.data, 'documents.sqlite')))
    throw new ConfigError(`--data: no Vitrine has kept anything in ${resolve(settings.data)}: there is no documents.sqlite.`);
  const documents = await openDocumentStore(settings.data, settings['sources.key-file']);
  const reader = openCurveReader(join(settings.data, 'runs'), (_level, sentence) => complain(sentence));
  try {
    const runs = chosen(await documents.runs.runs(), ids, options['project']);
    const source: CurveSource = {
      summaries: (request) => reader.summaries(request),
      pointsFrom: (curve, from) => reader.readFrom(curve, from),
    };
    const metrics = options['metrics']?.split(',').map((name) => name.trim());
    const pieces = Readable.from(exportRuns(source, { what, format, runs, metrics }), { objectMode: false });
    await writeOut(pieces, options['to']);
    complain(`Exported ${runs.length === 1 ? '1 run' : `${runs.length} runs`} of ${settings.data}.`);
    return 0;
  } finally {
    reader.close();
    await documents.close();
  }
}

/** Those of the ids, as named; those of the project, or all, the newest first. Throws ConfigError. */
function chosen(all: readonly Run[], ids: readonly string[], project: string | undefined): readonly Run[] {
  const byId = new Map(all.map((run) => [run.id, run]));
  const named = ids.map((id) => {
    const run = byId.get(id);
    if (run === undefined) throw new ConfigError(`There is no run "${id}".`);
    return run;
  });
  if (project !== undefined && !all.some((run) => run.project === project))
    throw new ConfigError(`--project: there is no project "${project}" with runs in it.`);
  if (ids.length > 0 && project === undefined) return named;
  const others = all
    .filter((run) => run.deletedMs === undefined && (project === undefined || run.project === project) && !named.includes(run))
    .toSorted((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? -1 : 1));
  return [...named, ...others];
}
