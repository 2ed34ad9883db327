import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { CurveBatch } from '@vitrine/model/curve-store.ts';
import type { Run } from '@vitrine/model/run.ts';
import { HttpError } from '../../http/errors.ts';
import type { RunEdit, Runs } from '../runs.ts';
import type { Hparams } from './hparams.ts';
import type { FolderMark } from './folder-mark.ts';
import type { FolderRun } from './lay-out-runs.ts';
import type { LogdirSpec } from './logdir.ts';

/** A run whose files have not grown for so long is over. */
const QUIET_MS = 600_000;
/** The same where its files say that it is over: some say so at the start of a training. */
const ENDED_QUIET_MS = 30_000;
const MAX_NAME = 1_000;
const MAX_VALUE = 20_000;

/** What files said of a run just now. */
export interface Heard {
  /** The directory around it. */
  readonly parent: string;
  readonly hosts: readonly string[];
  /** Of the events: NaN where there were none. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly hparams: readonly Hparams[];
  /** When they grew. */
  readonly grewMs: number;
  /** Told how many hyperparameters no run can have. */
  readonly onRefused: (count: number) => void;
}

interface Known {
  readonly id: string;
  /** Undefined before there is such a run. */
  isRunning: boolean | undefined;
  /** Where it is gone by then, it was erased. */
  isMade: boolean;
  grewMs: number;
  lastMs: number;
  end: Hparams['end'];
}

/** The runs of one log directory: made when their files first say something, and over when these have been quiet for long enough. */
export class LogdirRuns {
  readonly #runs: Runs;
  readonly #spec: LogdirSpec;
  readonly #logdir: string;
  readonly #nowMs: () => number;
  /** By directory. */
  readonly #known = new Map<string, Known>();

  constructor(needs: { readonly runs: Runs; readonly id: string; readonly spec: LogdirSpec; readonly nowMs: () => number }) {
    this.#runs = needs.runs;
    this.#logdir = needs.id;
    this.#spec = needs.spec;
    this.#nowMs = needs.nowMs;
  }

  /** How many there are. */
  get size(): number {
    let count = 0;
    for (const { isRunning } of this.#known.values()) if (isRunning !== undefined) count++;
    return count;
  }

  /** The same each time, wherever and whenever it is read. */
  idOf(run: string): string {
    return `tb-${createHash('sha256').update(`${this.#logdir}\0${run}`).digest('hex').slice(0, 20)}`;
  }

  async exists(run: string): Promise<boolean> {
    return (await this.#runs.find(this.idOf(run))) !== undefined;
  }

  /** A run that was read earlier. */
  async recall({ run, lastMs, end, isMade }: FolderMark): Promise<void> {
    const known = this.#of(run);
    const found = await this.#runs.find(known.id);
    known.isMade ||= isMade || found !== undefined;
    known.isRunning = found === undefined ? undefined : found.status === 'running';
    if (!(known.lastMs >= lastMs)) known.lastMs = lastMs;
    known.end ??= end;
  }

  grew(folder: FolderRun | undefined, grewMs: number): void {
    if (folder === undefined) return;
    const known = this.#of(folder.run);
    known.grewMs = Math.max(known.grewMs, grewMs);
  }

  isMade(run: string): boolean {
    return this.#of(run).isMade;
  }

  /** Makes the run where there has been none, and tells it what is new. One that was erased does not come back. */
  async heard(run: string, { parent, hosts, firstMs, lastMs, hparams, grewMs, onRefused }: Heard): Promise<void> {
    const known = this.#of(run);
    if (!(known.lastMs >= lastMs)) known.lastMs = lastMs;
    known.grewMs = Math.max(known.grewMs, grewMs);
    if (known.isMade && !(await this.exists(run))) {
      known.isRunning = undefined;
      return;
    }
    const startedMs = hparams.findLast((part) => part.startedMs !== undefined)?.startedMs ?? firstMs;
    const above = run === '' ? undefined : this.#known.get(parent);
    const where = this.#spec.identity ?? this.#spec.path;
    const made = await this.#runs.ensure({
      id: known.id,
      name: (run === '' ? basename(where) : run).slice(0, MAX_NAME),
      project: this.#spec.project,
      source: 'tensorboard',
      tags: { 'tensorboard.logdir': where.slice(0, MAX_VALUE), 'tensorboard.run': run.slice(0, MAX_VALUE) },
      hosts,
      ...(Number.isNaN(startedMs) ? {} : { startedMs }),
      ...(above?.isRunning === undefined ? {} : { parentId: above.id }),
    });
    known.isMade = true;
    const edit = this.#changes(made, { hosts, startedMs, hparams, onRefused });
    if (edit !== undefined) await this.#edit(made.id, edit, onRefused);
    known.end = hparams.findLast((part) => part.end !== undefined)?.end ?? known.end;
    known.isRunning = true;
    this.#runs.touch(made.id, Math.min(grewMs, this.#nowMs()));
  }

  /** Keeps what belongs to runs that are there: one may be erased while its files are read. */
  async append(batch: CurveBatch): ReturnType<Runs['append']> {
    try {
      return await this.#runs.append(batch);
    } catch (error) {
      if (!isGone(error)) throw error;
      const ids = [...new Set([...batch.curves, ...(batch.items ?? [])].map(({ run }) => run))];
      const there = new Set((await this.#runs.findAll(ids)).map(({ id }) => id));
      return this.append(batchOf(batch, there));
    }
  }

  /** Ends those that have been quiet for long enough; all of them where nobody is going to look again. */
  async settle({ isOver }: { readonly isOver: boolean }): Promise<void> {
    const now = this.#nowMs();
    await Promise.all(
      [...this.#known.values()].map(async (known) => {
        if (known.isRunning !== true) return;
        const quietMs = known.end === undefined || known.end.status === 'running' ? QUIET_MS : ENDED_QUIET_MS;
        if (!isOver && now - known.grewMs < quietMs) return;
        known.isRunning = false;
        const endedMs = known.end?.endedMs ?? known.lastMs;
        const edit: RunEdit = {
          status: known.end?.status === 'failed' ? 'failed' : 'finished',
          ...(Number.isNaN(endedMs) ? {} : { endedMs }),
        };
        await this.#edit(known.id, edit, () => {});
      }),
    );
  }

  /** What a run cannot have is counted: thrown, it would hold up all that was read beside it, for ever. */
  async #edit(id: string, edit: RunEdit, onRefused: Heard['onRefused']): Promise<void> {
    try {
      await this.#runs.edit(id, edit);
    } catch (error) {
      if (isGone(error)) return;
      if (!(error instanceof BadRequest)) throw error;
      const { params, ...rest } = edit;
      onRefused(params === undefined ? 1 : Object.keys(params).length);
      if (params !== undefined) await this.#edit(id, rest, onRefused);
    }
  }

  #changes(
    run: Run,
    { hosts, startedMs, hparams, onRefused }: Pick<Heard, 'hosts' | 'hparams' | 'onRefused'> & { readonly startedMs: number },
  ): RunEdit | undefined {
    const params: Record<string, string> = {};
    let refused = 0;
    for (const [name, value] of hparams.flatMap((part) => Object.entries(part.params))) {
      if (name.trim() === '' || name.length > MAX_NAME || value.length > MAX_VALUE) refused++;
      else params[name] = value;
    }
    if (refused > 0) onRefused(refused);
    const group = hparams.findLast((part) => part.group !== '')?.group.slice(0, MAX_NAME);
    const edit: RunEdit = {
      ...(Object.keys(params).length > 0 ? { params } : {}),
      ...(group !== undefined && run.group === '' ? { group } : {}),
      ...(hosts.every((host) => run.hosts.includes(host)) ? {} : { hosts }),
      ...(startedMs < run.startedMs ? { startedMs } : {}),
      ...(run.status === 'running' ? {} : { status: 'running', endedMs: null }),
    };
    return Object.keys(edit).length === 0 ? undefined : edit;
  }

  #of(run: string): Known {
    const found = this.#known.get(run);
    if (found !== undefined) return found;
    const known: Known = {
      id: this.idOf(run),
      isRunning: undefined,
      isMade: false,
      grewMs: -Infinity,
      lastMs: Number.NaN,
      end: undefined,
    };
    this.#known.set(run, known);
    return known;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof HttpError && error.code === 'no_such_run';
}

/** What of the batch is of those runs; its marks stay. */
function batchOf(batch: CurveBatch, runs: ReadonlySet<string>): CurveBatch {
  const isKept = batch.curves.map(({ run }) => runs.has(run));
  const rows = Uint32Array.from(batch.curveIndex.keys()).filter((row) => isKept[batch.curveIndex[row]!]);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const place = new Map([...batch.curves.keys()].filter((at) => isKept[at]).map((at, index) => [at, index]));
  return {
    ...batch,
    curves: [...place.keys()].map((at) => batch.curves[at]!),
    curveIndex: Uint32Array.from(rows, (row) => place.get(batch.curveIndex[row]!)!),
    steps: pick(batch.steps),
    timesMs: pick(batch.timesMs),
    values: pick(batch.values),
    ...(batch.epochs === undefined ? {} : { epochs: pick(batch.epochs) }),
    ...(batch.items === undefined ? {} : { items: batch.items.filter(({ run }) => runs.has(run)) }),
  };
}
