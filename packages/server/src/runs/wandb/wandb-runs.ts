import { Labels } from '@vitrine/model/labels.ts';
import type { Sender } from '../../ingest/sender.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import { InTurn } from '../in-turn.ts';
import { checkRunOwner } from '../run-owner.ts';
import type { WritableRuns } from '../writable-runs.ts';
import { type Bucket, bucketId, type BucketPlace } from './read-bucket.ts';
import { type FileStream, readLines } from './read-file-stream.ts';

/** Runs of W&B's clients. */
export interface WandbRuns {
  /** Makes the run or changes it; answers whether it is new. Throws HttpError where it is another's. */
  upsert(
    bucket: Bucket,
    sender: Sender,
  ): Promise<{ readonly id: string; readonly isNew: boolean; readonly historyLines: number }>;
  /** Keeps what the stream brings; answers how many points that were. Throws HttpError where the run is another's. */
  take(place: BucketPlace, stream: FileStream, sender: Sender): Promise<number>;
}

const ENDED: Readonly<Record<string, 'finished' | 'failed' | 'killed'>> = {
  finished: 'finished',
  failed: 'failed',
  crashed: 'failed',
  killed: 'killed',
};

export function wandbRuns(runs: WritableRuns, now: () => number = Date.now): WandbRuns {
  const byRun = new InTurn();
  const linesKnown = async (id: string, file: string): Promise<number> =>
    Number((await runs.curves.mark(`wandb ${id} ${file}`)) ?? 0);

  return {
    async upsert(bucket, sender) {
      const id = bucketId(bucket, sender.labels);
      const isNew = (await runs.find(id)) === undefined;
      const labels = sender.labels.toObject();
      const project = bucket.project;
      const run = await runs.ensure({
        id,
        name: bucket.displayName || bucket.name,
        project,
        source: 'wandb',
        labels,
        startedMs: now(),
      });
      checkRunOwner(run, sender);
      const ended = ENDED[bucket.state];
      await runs.edit(id, {
        ...(bucket.displayName === '' ? {} : { name: bucket.displayName }),
        ...(bucket.group === '' ? {} : { group: bucket.group }),
        ...(bucket.notes === undefined ? {} : { notes: bucket.notes }),
        ...(bucket.host === '' ? {} : { hosts: [bucket.host] }),
        ...(ended === undefined
          ? run.status === 'running'
            ? {}
            : { status: 'running', endedMs: null }
          : { status: ended, endedMs: now() }),
        params: bucket.params,
        tags: {
          'wandb.entity': bucket.entity,
          'wandb.id': bucket.name,
          ...Object.fromEntries(bucket.tags.map((tag) => [tag, 'true'])),
        },
      });
      return { id, isNew, historyLines: await linesKnown(id, 'history') };
    },

    async take(place, stream, sender) {
      const id = bucketId(place, sender.labels);
      const labels = sender.labels.toObject();
      const { name, project } = place;
      checkRunOwner(await runs.ensure({ id, name, project, source: 'wandb', labels, startedMs: now() }), sender);
      // A client that hears nothing sends again while its first message is at work: the second one is to know what that kept.
      return byRun.do(id, () => keep(id, stream));
    },
  };

  async function keep(id: string, { history, events, isComplete, exitCode }: FileStream): Promise<number> {
    let points = 0;
    if (history !== undefined) {
      const known = await linesKnown(id, 'history');
      const { batch, items, end } = readLines(history, known, { run: id, field: 'wandb-history.jsonl', step: undefined });
      points += (await runs.append({ ...batch, items, marks: { [`wandb ${id} history`]: String(end) } })).points;
    }
    if (events !== undefined) {
      const known = await linesKnown(id, 'events');
      // System metrics know no step: they stand at the newest one.
      const step = (await runs.curves.summaries({ runs: [id] })).reduce((most, { maxStep }) => Math.max(most, maxStep), 0);
      const { batch, end } = readLines(events, known, { run: id, field: 'wandb-events.jsonl', step });
      const curves = batch.curves.map(({ run, metric }) => ({ run, metric: metric.replace(/^system\./, 'system/') }));
      points += (await runs.append({ ...batch, curves, marks: { [`wandb ${id} events`]: String(end) } })).points;
    }
    runs.touch(id, now());
    if (isComplete) await runs.edit(id, { status: exitCode === 0 ? 'finished' : 'failed', endedMs: now() });
    return points;
  }
}

/** The id of the run that is called so: of those of several senders, the newest one's. */
export async function idOfBucket(place: BucketPlace, runs: Pick<OwnRuns, 'all'>): Promise<string> {
  const { entity, project, name } = place;
  const known = (await runs.all()).find(
    ({ source, tags, project: of }) =>
      source === 'wandb' && of === project && tags['wandb.id'] === name && tags['wandb.entity'] === entity,
  );
  return known?.id ?? bucketId(place, Labels.empty);
}
