import { createHash } from 'node:crypto';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import type { Sender } from '../ingest/sender.ts';
import type { OwnRuns } from '../own/own-runs.ts';
import { batchOf, readWord } from './files/log-rows.ts';
import { checkRunOwner } from './run-owner.ts';
import type { WritableRuns } from './writable-runs.ts';

/** Runs that Keras's RemoteMonitor tells of: a message at the end of each epoch, without a name of its run. */
export interface KerasMonitor {
  /** `data` as RemoteMonitor sends it: {epoch, loss, …}. Where no run is named, a sender's epoch that is not ahead begins a new one. */
  take(
    data: unknown,
    sender: Sender,
    named: { readonly project: string; readonly run: string } | undefined,
    own: SendersRuns,
  ): Promise<number>;
}

/** The runs that are the sender's own, or some of them. */
type SendersRuns = Pick<OwnRuns, 'all'>;

/** What the sender is known by among the run's tags. */
const SENDER_TAG = 'keras.sender';
/** A run of which nothing was heard for so long has ended. */
const ENDED_MS = 24 * 3_600_000;

export function kerasMonitor(runs: WritableRuns, now: () => number = Date.now): KerasMonitor {
  return {
    async take(data, sender, named, own) {
      const { epoch, values } = readMessage(data);
      const labels = sender.labels.toObject();
      const goesOn = named === undefined ? await runOf(sender, epoch, own) : undefined;
      const made = { source: 'keras', labels, startedMs: now() } as const;
      const run =
        named === undefined
          ? (goesOn ?? (await runs.create({ ...made, project: 'Default', tags: { [SENDER_TAG]: sender.id } })))
          : checkRunOwner(
              await runs.ensure({ ...made, id: idOf(named, sender.labels), name: named.run, project: named.project }),
              sender,
            );
      const batch = batchOf([{ step: epoch, epoch, timeMs: now(), values }], run.id, now());
      const { points } = await runs.append({ ...batch, once: false });
      runs.touch(run.id, now());
      return points;
    },
  };

  async function runOf(sender: Sender, epoch: number, own: SendersRuns) {
    const known = (await own.all()).find(
      ({ source, status, tags, heartbeatMs }) =>
        source === 'keras' && status === 'running' && tags[SENDER_TAG] === sender.id && now() - heartbeatMs < ENDED_MS,
    );
    if (known === undefined) return undefined;
    const last = Math.max(-1, ...(await runs.curves.summaries({ runs: [known.id] })).map(({ maxStep }) => maxStep));
    if (epoch > last) return known;
    await runs.edit(known.id, { status: 'finished', endedMs: known.heartbeatMs });
    return undefined;
  }
}

/** Senders with other labels have a run of the same name each. */
function idOf({ project, run }: { readonly project: string; readonly run: string }, labels: Labels): string {
  return `keras-${createHash('sha256')
    .update(JSON.stringify([project, run, ...labels]))
    .digest('hex')
    .slice(0, 20)}`;
}

function readMessage(data: unknown): { epoch: number; values: [string, number][] } {
  const { epoch, ...rest } = (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>;
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 0)
    throw new BadRequest('epoch', 'is missing or no whole number; RemoteMonitor sends {"epoch": 0, "loss": 1.5, …}');
  const values: [string, number][] = [];
  for (const [metric, given] of Object.entries(rest)) {
    const value = typeof given === 'number' ? given : typeof given === 'string' ? readNumber(given) : undefined;
    if (value === undefined) throw new BadRequest(metric.slice(0, 100), 'is no number');
    values.push([metric, value]);
  }
  return { epoch, values };
}

/** undefined where the text is none: a blank one is no 0. */
function readNumber(text: string): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? readWord(text) : number;
}
