import { createHash } from 'node:crypto';
import type { CurveBatch } from '@vitrine/model/curve-store.ts';
import type { RunFileAnswer, RunFileFormat, RunFilePreview } from '@vitrine/model/run-file.ts';
import type { Sender } from '../../ingest/sender.ts';
import { checkRunOwner } from '../run-owner.ts';
import type { WritableRuns } from '../writable-runs.ts';
import { batchOf, stepsOf } from './log-rows.ts';
import { readRunFile, runFileFormat } from './read-run-file.ts';

/** A file that a training left behind, and what its run is to be. */
export interface RunFileAsked {
  /** Its name or path: with the project and the run's name it tells which run it is. */
  readonly file: string;
  readonly project: string;
  /** "" takes the end of the path. */
  readonly name: string;
  readonly group: string;
  /** undefined goes by the file's name and beginning. */
  readonly format: RunFileFormat | undefined;
  /** RE2 for a text log. */
  readonly pattern: string | undefined;
  /** Unix milliseconds: when it first comes, the time of what has none itself. */
  readonly changedMs: number;
}

const ROWS_SHOWN = 20;

/** Keeps a file as a run; given again, it adds what is new to the same. `append` writes its points. Throws BadRequest, and HttpError
 * where the run is another's. */
export async function keepRunFile(
  runs: Pick<WritableRuns, 'ensure' | 'edit'>,
  asked: RunFileAsked,
  bytes: Uint8Array,
  sender: Pick<Sender, 'labels'>,
  append: (batch: CurveBatch) => Promise<{ readonly points: number }>,
): Promise<RunFileAnswer> {
  const { file, project, name, group, changedMs } = asked;
  const format = formatOf(asked, bytes);
  const { rows, params, tags, notices } = await readRunFile(bytes, { format, pattern: asked.pattern });
  const times = rows.flatMap(({ timeMs }) => (timeMs === undefined ? [] : [timeMs]));
  const labels = sender.labels.toObject();
  const run = await runs.ensure({
    // One file is one run, however often it is sent.
    id: `file-${createHash('sha256')
      .update(JSON.stringify([project, name, file, labels]))
      .digest('hex')
      .slice(0, 20)}`,
    name: name === '' ? nameOf(file) : name,
    project,
    group,
    source: format === 'trainer-state' ? 'huggingface' : 'file',
    status: 'finished',
    startedMs: times.reduce((least, timeMs) => Math.min(least, timeMs), changedMs),
    tags: { ...tags, file },
    params,
    labels,
  });
  const { id, startedMs } = checkRunOwner(run, sender);
  // A file that has grown since tells its points without times as it did before: the same as they are there already.
  const { points } = await append(batchOf(rows, id, startedMs));
  await runs.edit(id, {
    params,
    tags,
    endedMs: times.reduce((latest, timeMs) => Math.max(latest, timeMs), times.length === 0 ? changedMs : 0),
  });
  return { run: id, points, notices };
}

/** What keepRunFile would make of it; keeps nothing. Throws BadRequest. */
export async function previewRunFile(asked: RunFileAsked, bytes: Uint8Array): Promise<RunFilePreview> {
  const format = formatOf(asked, bytes);
  const { rows, params, notices } = await readRunFile(bytes, { format, pattern: asked.pattern });
  const metrics = new Set<string>();
  let points = 0;
  for (const { values } of rows) {
    points += values.length;
    for (const [metric] of values) metrics.add(metric);
  }
  const steps = stepsOf(rows);
  return {
    format,
    name: asked.name === '' ? nameOf(asked.file) : asked.name,
    rows: rows.length,
    points,
    metrics: [...metrics],
    params,
    notices,
    firstRows: rows.slice(0, ROWS_SHOWN).map(({ epoch = null, timeMs = null, values }, index) => ({
      step: steps[index]!,
      epoch,
      timeMs,
      values,
    })),
  };
}

function formatOf({ format, pattern, file }: RunFileAsked, bytes: Uint8Array): RunFileFormat {
  return format ?? (pattern === undefined ? runFileFormat(file, bytes) : 'text');
}

/** The folder says more than "metrics.csv". */
function nameOf(file: string): string {
  const parts = file.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.slice(-2).join('/');
}
