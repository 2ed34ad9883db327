import type { Sender } from '../../ingest/sender.ts';
import type { Runs } from '../runs.ts';
import { type Bucket, bucketId, type BucketPlace } from './read-bucket.ts';
import { type FileStream, readLines } from './read-file-stream.ts';

/** Runs of W&B's clients. */
export interface WandbRuns {
  /** Makes the run or changes it; answers whether it is new. */
  upsert(
    bucket: Bucket,
    sender: Sender,
  ): Promise<{ readonly id: string; readonly isNew: boolean; readonly historyLines: number }>;
  /** Keeps what the stream brings; answers how many points that were. */
  take(place: BucketPlace, stream: FileStream, sender: Sender): Promise<number>;
}

const ENDED: Readonly<Record<string, 'finished' | 'failed' | 'killed'>> = {
  finished: 'finished',
  failed: 'failed',
  crashed: 'failed',
  killed: 'killed',
};

export function wandbRuns(runs: Runs, now: () => number = Date.now): WandbRuns {
  const linesKnown = async (id: string, file: string): Promise<number> =>
    Number((await runs.curves.mark(`wandb ${id} ${file}`)) ?? 0);

  return {
    async upsert(bucket, sender) {
      const id = bucketId(bucket);
      const isNew = (await runs.find(id)) === undefined;
      const labels = Object.fromEntries(sender.labels);
      const project = bucket.project;
      const run = await runs.ensure({
        id,
        name: bucket.displayName || bucket.name,
        project,
        source: 'wandb',
        labels,
        startedMs: now(),
      });
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

    async take(place, { history, events, isComplete, exitCode }, sender) {
      const id = bucketId(place);
      const labels = Object.fromEntries(sender.labels);
      await runs.ensure({ id, name: place.name, project: place.project, source: 'wandb', labels, startedMs: now() });
      let points = 0;
      if (history !== undefined) {
        const known = await linesKnown(id, 'history');
        const { batch, items, end } = readLines(history, known, { run: id, field: 'wandb-history.jsonl', step: undefined });
        points += (await runs.curves.append({ ...batch, items, marks: { [`wandb ${id} history`]: String(end) } })).points;
      }
      if (events !== undefined) {
        const known = await linesKnown(id, 'events');
        // System metrics know no step: they stand at the newest one.
        const step = (await runs.curves.summaries({ runs: [id] })).reduce((most, { maxStep }) => Math.max(most, maxStep), 0);
        const { batch, end } = readLines(events, known, { run: id, field: 'wandb-events.jsonl', step });
        const curves = batch.curves.map(({ run, metric }) => ({ run, metric: metric.replace(/^system\./, 'system/') }));
        points += (await runs.curves.append({ ...batch, curves, marks: { [`wandb ${id} events`]: String(end) } })).points;
      }
      runs.touch(id, now());
      if (isComplete) await runs.edit(id, { status: exitCode === 0 ? 'finished' : 'failed', endedMs: now() });
      return points;
    },
  };
}
