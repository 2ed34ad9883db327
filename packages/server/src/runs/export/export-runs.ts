import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Run } from '@vitrine/model/run.ts';
import { curveParts, type CurveSource } from './curve-parts.ts';
import { writeParquet } from './write-parquet.ts';
import { writeTableCsv, writeTableJson } from './write-table.ts';
import { writeCsv, writeJson, writeJsonl } from './write-text.ts';

export const EXPORT_FORMATS = ['csv', 'json', 'jsonl', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** points: a row a point of every curve. runs: a row a run. */
export const EXPORT_WHATS = ['points', 'runs'] as const;
export type ExportWhat = (typeof EXPORT_WHATS)[number];

export interface ExportRequest {
  readonly what: ExportWhat;
  readonly format: ExportFormat;
  readonly runs: readonly Run[];
  /** All where undefined. */
  readonly metrics: readonly string[] | undefined;
}

/** The export's bytes, as they are read. Throws BadRequest where there is no such export. */
export function exportRuns(
  source: CurveSource,
  { what, format, runs, metrics }: ExportRequest,
): AsyncGenerator<string | Uint8Array> {
  if (what === 'runs') {
    if (format === 'csv') return writeTableCsv(source, runs, metrics);
    if (format === 'json') return writeTableJson(source, runs, metrics);
    throw new BadRequest('format', `the table of runs is exported as csv or json; ${format} is for points`);
  }
  const parts = curveParts(source, runs, metrics);
  switch (format) {
    case 'csv':
      return writeCsv(parts);
    case 'json':
      return writeJson(parts);
    case 'jsonl':
      return writeJsonl(parts);
    case 'parquet':
      return writeParquet(parts);
  }
}
