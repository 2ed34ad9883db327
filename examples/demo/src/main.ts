import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import type { ChildMessage } from './child.ts';
import { leave, pause, run, stopSignal } from './child.ts';
import { writeScrapeConfig, writeTargets } from './scrape-files.ts';
import type { Job, Target } from './scrape-files.ts';

const KILL_AFTER_MS = 2_000;
const PARENT_CHECK_MS = 1_000;

interface Role {
  /** The file beside this one that is the process. */
  readonly script: 'host' | 'train' | 'serve' | 'load';
  /** What it is called in sentences. */
  readonly title: string;
  /** Undefined for one that serves no metrics. */
  readonly target?: Omit<Target, 'port'>;
  readonly arguments: readonly string[];
  onMessage?(message: ChildMessage): void;
  /** However it went. */
  onEnd?(): void;
}

/** The demo's processes, and the target file that says which of them can be scraped. */
class Processes {
  readonly #folder: string;
  readonly #running = new Map<ChildProcess, Target | undefined>();
  #stopping = false;
  // Writes follow each other, so that the last one says how things are.
  #written: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Answers how to end it again. */
  start(role: Role): () => void {
    if (this.#stopping) return () => {};
    const child = spawn(process.execPath, [join(import.meta.dirname, `${role.script}.ts`), ...role.arguments], {
      // stdout is the parent's: it says "ready" there and nothing else.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.#running.set(child, undefined);
    let finished = false;
    child.on('message', (sent) => {
      const message = sent as ChildMessage;
      if (message.kind === 'listening' && role.target !== undefined) {
        this.#running.set(child, { ...role.target, port: message.port });
        this.publish();
      }
      if (message.kind === 'finished') finished = true;
      role.onMessage?.(message);
    });
    child.once('error', (error) => say(`${role.title} could not start: ${error.message}.`));
    child.once('close', (code, killedBy) => {
      this.#running.delete(child);
      this.publish();
      role.onEnd?.();
      if (this.#stopping || finished) return;
      say(`${role.title} ended ${killedBy === null ? `with exit code ${code}` : `by ${killedBy}`}; the demo goes on without it.`);
    });
    return () => {
      finished = true;
      child.kill('SIGTERM');
    };
  }

  publish(): void {
    const targets = [...this.#running.values()].filter((target) => target !== undefined);
    this.#written = this.#written
      .then(() => writeTargets(this.#folder, targets))
      .catch((error: unknown) => say(`The target file could not be written: ${(error as Error).message}.`));
  }

  /** Ends all of them; those that do not go by themselves are killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const ends = [...this.#running.keys()].map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      await gone;
      clearTimeout(timer);
    });
    await Promise.all(ends);
    this.#running.clear();
    this.publish();
    await this.#written;
  }
}

/** How many trainings this folder has seen, this one included. Their runs and models are named after it. */
async function countTraining(folder: string): Promise<number> {
  const path = join(folder, 'trainings.json');
  const before = await readFile(path, 'utf8').then(
    (text) => (JSON.parse(text) as { trainings: number }).trainings,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return 0;
      throw error;
    },
  );
  await writeFile(path, `${JSON.stringify({ trainings: before + 1 })}\n`);
  return before + 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      minutes: { type: 'string', default: '6' },
      // With six minutes each, the 15 minutes of the Training dashboard always hold a whole training.
      'rest-minutes': { type: 'string', default: '6' },
      'scrape-interval': { type: 'string', default: '1s' },
      seed: { type: 'string' },
      'logs-to': { type: 'string' },
    },
  });
  if (values.folder === undefined) leave(2, '--folder: expected the folder that the demo may write to.');
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) leave(2, `--minutes: "${values.minutes}" is not a positive number of minutes.`);
  const restMinutes = Number(values['rest-minutes']);
  if (!(restMinutes >= 0)) leave(2, `--rest-minutes: "${values['rest-minutes']}" is not a number of minutes.`);
  const interval = values['scrape-interval'];
  const [, seconds] = /^([1-9]\d*)s$/.exec(interval) ?? [];
  if (seconds === undefined) leave(2, `--scrape-interval: "${interval}" is not a number of seconds such as 1s.`);

  const signal = AbortSignal.any([stopSignal(), parentGone()]);
  const folder = resolve(values.folder);
  await mkdir(folder, { recursive: true });
  const processes = new Processes(folder);
  await writeScrapeConfig(folder, interval);
  await writeTargets(folder, []);

  processes.start({ script: 'host', title: 'The host exporter', target: target('host', hostname()), arguments: [] });
  // One training after the other, each with runs of its own: there is always a last one to look at, and soon another.
  const trainings = trainAgainAndAgain(
    processes,
    { folder, minutes, restMinutes, lingerSeconds: 3 * Number(seconds), seed: values.seed, logsTo: values['logs-to'] },
    signal,
  );
  process.stdout.write('ready\n');

  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done());
  });
  await trainings;
  await processes.stop();
  leave(0);
}

interface TrainingPlan {
  readonly folder: string;
  readonly minutes: number;
  /** Between two trainings. */
  readonly restMinutes: number;
  readonly lingerSeconds: number;
  readonly seed: string | undefined;
  /** Where the model server logs its requests. */
  readonly logsTo: string | undefined;
}

async function trainAgainAndAgain(processes: Processes, plan: TrainingPlan, signal: AbortSignal): Promise<void> {
  const { folder, minutes, restMinutes, logsTo } = plan;
  let stopServing = (): void => {};
  while (!signal.aborted) {
    const training = await countTraining(folder);
    await trainOnce(processes, { ...plan, training }, signal, (path) => {
      // A new version takes the place of the one before.
      stopServing();
      stopServing = serve(processes, path, { training, minutes, logsTo });
    });
    await pause(restMinutes * 60_000, signal);
  }
}

/** Resolves when the training has ended, however it did. */
async function trainOnce(
  processes: Processes,
  { folder, minutes, lingerSeconds, seed, training }: TrainingPlan & { readonly training: number },
  signal: AbortSignal,
  onModel: (path: string) => void,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  processes.start({
    script: 'train',
    title: 'The training',
    target: target('training', 'digits-train'),
    arguments: [
      `--folder=${folder}`,
      `--minutes=${minutes}`,
      `--linger-seconds=${lingerSeconds}`,
      // The runs of a further training on the same data are other runs, and so have other names.
      `--suffix=${training === 1 ? '' : `-${training}`}`,
      ...(seed === undefined ? [] : [`--seed=${seed}`]),
    ],
    onMessage: (message) => {
      if (message.kind === 'run-finished') say(`The run ${message.run} has finished after ${message.steps} steps.`);
      if (message.kind === 'finished') say('All three trainings have finished.');
      if (message.kind !== 'model-saved') return;
      say(
        `The healthy model is right on ${(100 * message.validationAccuracy).toFixed(1)} % of the validation digits, and is served now.`,
      );
      onModel(message.path);
    },
    onEnd: ended.resolve,
  });
  signal.addEventListener('abort', () => ended.resolve());
  await ended.promise;
}

/** Aborts when the process that started this one is no more: killed, it could not say so. */
function parentGone(): AbortSignal {
  const controller = new AbortController();
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) controller.abort();
  }, PARENT_CHECK_MS).unref();
  return controller.signal;
}

/** Serves the model, and once it listens, sends it traffic. Answers how to end both. */
function serve(
  processes: Processes,
  modelPath: string,
  { training, minutes, logsTo }: Pick<TrainingPlan, 'minutes' | 'logsTo'> & { readonly training: number },
): () => void {
  let stopLoad = (): void => {};
  const stopServer = processes.start({
    script: 'serve',
    title: 'The model server',
    target: target('inference', 'digits-serve'),
    arguments: [`--model=${modelPath}`, `--version=${training}`, ...(logsTo === undefined ? [] : [`--logs-to=${logsTo}`])],
    onMessage: (message) => {
      if (message.kind !== 'listening') return;
      // A short demo has short days, so that its page sees a whole one.
      const daySeconds = Math.min(600, Math.max(120, minutes * 100));
      stopLoad = processes.start({
        script: 'load',
        title: 'The load generator',
        arguments: [
          `--url=http://127.0.0.1:${message.port}/v1/models/digits:predict`,
          `--day-seconds=${daySeconds}`,
          `--cycle-seconds=${Math.max(120, daySeconds / 2)}`,
        ],
      });
    },
  });
  return () => {
    stopLoad();
    stopServer();
  };
}

function target(job: Job, instance: string): Omit<Target, 'port'> {
  return { job, instance };
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

if (import.meta.main) await run(main);
