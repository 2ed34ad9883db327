import '@vitrine/compute/pattern-engine.ts';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { RUN_FILE_FORMATS, type RunFileAnswer, type RunFileFormat } from '@vitrine/model/run-file.ts';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError } from '../config/read-config.ts';
import { keepRunFile } from '../runs/files/keep-run-file.ts';
import { projectOf } from '../runs/tensorboard/logdir.ts';
import { findRunFiles, type FoundRunFile } from './find-run-files.ts';
import { AskRefused, askServer, importTarget, type ImportTarget } from './import-target.ts';
import { complain, print } from './print.ts';

/** How often it says how far it is. */
const SAY_EVERY_MS = 2_000;
/** A file is read as a whole. */
const MOST_BYTES = 1024 * 1024 * 1024;

interface FileToSend extends FoundRunFile {
  readonly project: string;
}

/**
 * `vitrine import runs FILE… [--project NAME] [--name NAME] [--group GROUP] [--format FORMAT] [--pattern RE2]`: makes a run of each file, or of those
 * found below a folder. The exit code is 1 where a file could not be read; the others are kept.
 */
export async function importRunFiles(line: CommandLine): Promise<number> {
  const paths = line.words.slice(1).map((path) => resolve(path));
  if (paths.length === 0)
    throw new ConfigError(
      'vitrine import runs: expected files (trainer_state.json, CSV, JSON lines, text logs), or folders that have such.',
    );
  const { name, group = '', pattern } = line.options;
  const format = formatOf(line.options['format']);
  const files = paths.flatMap((path) => filesAt(path, line.options['project'], format === 'text' || pattern !== undefined));
  if (name !== undefined && files.length !== 1)
    throw new ConfigError(
      `--name: is for one file, and these are ${files.length}; without it runs are called after their files.`,
    );
  if (files.length === 0) return 1;
  const target = await importTarget(line, 'ingest');
  let kept = 0;
  let points = 0;
  try {
    let saidMs = performance.now();
    for (const [index, { path, project, ...file }] of files.entries()) {
      try {
        const answer = await keep(target, path, { project, name: name ?? file.name, group, format, pattern });
        kept++;
        points += answer.points;
        for (const notice of answer.notices) complain(`${path}: ${notice}`);
      } catch (error) {
        if (!isOfTheFile(error)) throw error;
        complain(`${path}: ${(error as Error).message.replace(/^file: /, '')}`);
      }
      if (performance.now() - saidMs < SAY_EVERY_MS) continue;
      saidMs = performance.now();
      complain(`${count(index + 1)} of ${count(files.length)} files, ${count(points)} points.`);
    }
  } finally {
    await target.close();
  }
  const projects = [...new Set(files.map(({ project }) => `"${project}"`))];
  print(
    `${count(kept)} of ${count(files.length)} files are runs of the ${projects.length === 1 ? 'project' : 'projects'} ${projects.join(', ')}: ${count(points)} points are new.`,
  );
  return kept === files.length ? 0 : 1;
}

function formatOf(given: string | undefined): RunFileFormat | undefined {
  const format = RUN_FILE_FORMATS.find((each) => each === given);
  if (given !== undefined && format === undefined)
    throw new ConfigError(`--format: "${given}" is none of ${RUN_FILE_FORMATS.join(', ')}.`);
  return format;
}

function filesAt(path: string, project: string | undefined, logs: boolean): readonly FileToSend[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ConfigError(`vitrine import runs: there is no ${path}.`);
  if (!found.isDirectory()) return [{ path, name: '', project: project ?? 'Default' }];
  const files = findRunFiles(path, { logs });
  if (files.length === 0)
    complain(
      logs
        ? `There is no *.log or *.txt below ${path}.`
        : `There is no trainer_state.json, result.json, progress.csv, metrics.csv or metrics.jsonl below ${path}; name other files one by one, or give --format text for logs.`,
    );
  return files.map((file) => ({ ...file, project: project ?? projectOf(path) }));
}

async function keep(
  target: ImportTarget,
  path: string,
  asked: {
    readonly project: string;
    readonly name: string;
    readonly group: string;
    readonly format: RunFileFormat | undefined;
    readonly pattern: string | undefined;
  },
): Promise<RunFileAnswer> {
  const { size, mtimeMs } = statSync(path);
  if (size > MOST_BYTES) throw new BadRequest('file', 'is larger than 1 GiB; split it');
  const bytes = await readFile(path);
  const changedMs = Math.floor(mtimeMs);
  if (target.kind === 'folder') {
    const { runs } = target;
    return keepRunFile(runs, { ...asked, file: path, changedMs }, bytes, { labels: Labels.empty }, (batch) => runs.append(batch));
  }
  // Two machines may have files of one path.
  const query = new URLSearchParams({ file: target.isHere ? path : `${hostname()}:${path}`, changedMs: `${changedMs}` });
  for (const [name, value] of Object.entries(asked)) if (value !== undefined && value !== '') query.set(name, value);
  return askServer<RunFileAnswer>(target, `/api/runs/files?${query.toString()}`, bytes);
}

/** Nothing can be read of it, it is too large, gone, or not ours to read: the others may be better. */
function isOfTheFile(error: unknown): boolean {
  if (error instanceof AskRefused) return error.status === 400 || error.status === 413;
  return error instanceof BadRequest || (error instanceof Error && 'syscall' in error && 'path' in error);
}

function count(number: number): string {
  return number.toLocaleString('en');
}
