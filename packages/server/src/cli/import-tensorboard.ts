import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LogdirState } from '@vitrine/model/logdir-state.ts';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError } from '../config/read-config.ts';
import { eventThread } from '../runs/tensorboard/ask-event-thread.ts';
import { Logdir, projectOf } from '../runs/tensorboard/logdir.ts';
import { LogdirScanner } from '../runs/tensorboard/scan-logdir.ts';
import { askServer, importTarget, type ImportTarget } from './import-target.ts';
import { complain, print } from './print.ts';

type Progress = Omit<LogdirState, 'byConfig'>;

/** How often it says how far it is. */
const SAY_EVERY_MS = 2_000;
const ASK_EVERY_MS = 250;
/** A file is sent in pieces that every server takes. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** `vitrine import tensorboard DIR [--project NAME]`: reads all event files below a directory, those that were not read before. */
export async function importTensorboard(line: CommandLine): Promise<number> {
  const [, directory] = line.words;
  if (directory === undefined) throw new ConfigError('vitrine import tensorboard: expected a directory of event files.');
  const path = resolve(directory);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new ConfigError(`vitrine import tensorboard: there is no directory ${path}.`);
  const project = line.options['project'] ?? projectOf(path);
  const target = await importTarget(line, 'admin');
  const say = progress(performance.now());
  try {
    const state = target.kind === 'server' ? overServer(target, path, project, say) : intoFolder(target, path, project, say);
    return tell(path, await state);
  } finally {
    await target.close();
  }
}

async function intoFolder(
  { runs }: Extract<ImportTarget, { readonly kind: 'folder' }>,
  path: string,
  project: string,
  say: (state: Progress) => void,
): Promise<Progress> {
  const thread = eventThread();
  const logdir = new Logdir({ path, project, revive: true }, { runs, thread, log: { warn: complain } });
  const saying = setInterval(() => say(logdir.state()), SAY_EVERY_MS);
  try {
    await logdir.readOnce();
    return logdir.state();
  } finally {
    clearInterval(saying);
    await thread.stop();
  }
}

async function overServer(
  server: Extract<ImportTarget, { readonly kind: 'server' }>,
  path: string,
  project: string,
  say: (state: Progress) => void,
): Promise<Progress> {
  const { logdir } = server.isHere
    ? await askServer<{ readonly logdir: Progress }>(server, '/api/runs/logdirs', { path, project, follow: false })
    : await sent(server, path, project);
  for (let asked = 0, said = performance.now(); ; asked++) {
    const { logdirs } = await askServer<{ readonly logdirs: readonly Progress[] }>(server, '/api/runs/logdirs');
    const state = logdirs.find(({ id }) => id === logdir.id);
    if (state === undefined) throw new ConfigError(`${server.url} has stopped reading ${path}.`);
    if (state.state === 'done' || (state.state === 'following' && asked > 0)) return state;
    if (performance.now() - said > SAY_EVERY_MS) {
      said = performance.now();
      say(state);
    }
    await wait(ASK_EVERY_MS);
  }
}

/** Sends all event files below the directory and has them read. */
async function sent(
  server: Extract<ImportTarget, { readonly kind: 'server' }>,
  path: string,
  project: string,
): Promise<{ readonly logdir: Progress }> {
  const logdir = `${hostname()}:${path}`;
  const { files } = new LogdirScanner(path).scan();
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const block = Buffer.alloc(PIECE_BYTES);
  let done = 0;
  let said = performance.now();
  for (const { folder, name, size } of files) {
    const file = folder === '' ? name : `${folder}/${name}`;
    const handle = await open(join(path, file));
    try {
      // As long as it was when we looked: what is written meanwhile is for the next time.
      for (let offset = 0; offset < size;) {
        const { bytesRead } = await handle.read(block, 0, Math.min(block.length, size - offset), offset);
        if (bytesRead === 0) break;
        const query = new URLSearchParams({ logdir, project, file, offset: `${offset}` }).toString();
        await askServer(server, `/api/runs/logdirs/uploads?${query}`, Uint8Array.from(block.subarray(0, bytesRead)));
        offset += bytesRead;
        done += bytesRead;
        if (performance.now() - said > SAY_EVERY_MS) {
          said = performance.now();
          complain(`Sent ${megabytes(done)} of ${megabytes(bytes)} MB.`);
        }
      }
    } finally {
      await handle.close();
    }
  }
  return askServer(server, '/api/runs/logdirs/uploads/read', { logdir, project });
}

/** "12 s: 310 of 674 MB, 4,300,000 points (358,000 a second)". */
function progress(sinceMs: number): (state: Progress) => void {
  return ({ bytes, bytesRead, points, items, trouble }) => {
    const seconds = (performance.now() - sinceMs) / 1_000;
    complain(
      `${seconds.toFixed(0)} s: ${megabytes(bytesRead)} of ${megabytes(bytes)} MB, ${count(points)} points (${count(Math.round(points / seconds))} a second)${items === 0 ? '' : `, ${count(items)} items`}${trouble === '' ? '' : `; ${trouble}`}`,
    );
  };
}

/** Says what came of it; the exit code is 1 where files could not be read. */
function tell(path: string, { project, files, runs, points, items, skipped, problems, trouble }: Progress): number {
  print(
    `${count(files)} event files of ${count(runs)} runs below ${path} are in the project "${project}": ${count(points)} points and ${count(items)} images, texts and histograms are new.`,
  );
  if (skipped !== '') complain(`Left out: ${skipped}.`);
  for (const { file, sentence } of problems) complain(file === '' ? sentence : `${file}: ${sentence}.`);
  if (trouble !== '') complain(trouble);
  if (files === 0) complain(`There are no event files (with "tfevents" in their names) below ${path}.`);
  return problems.length === 0 && trouble === '' && files > 0 ? 0 : 1;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

function count(number: number): string {
  return number.toLocaleString('en');
}
