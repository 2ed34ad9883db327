import { setTimeout as wait } from 'node:timers/promises';
import { type SampleBatch, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { Logger } from 'pino';
import type { Refused } from '../arrivals.ts';
import { type Intake, notStored } from '../intake.ts';
import { type LineLimits, type LineListener, listenLines } from '../lines/listen-lines.ts';
import type { Mappings } from '../lines/mappings.ts';
import { Refusals } from '../lines/refusals.ts';
import { EVERYBODY, type SenderRules } from '../lines/sender-rules.ts';
import type { Sender } from '../sender.ts';
import { GraphiteNames } from './graphite-names.ts';
import { readGraphiteLine } from './read-graphite-line.ts';

export interface GraphiteNeeds {
  readonly address: { readonly host: string; readonly port: number };
  readonly intake: Pick<Intake, 'take' | 'refuse'>;
  readonly mappings: Mappings;
  /** Everybody where absent. */
  readonly senders?: SenderRules;
  readonly log: Logger;
  readonly limits?: Partial<LineLimits>;
  readonly now?: () => number;
}

/** How long the disk is waited for where it is full. */
const READ_ONLY_WAIT_MS = 5_000;

/** Graphite's plaintext protocol over TCP and UDP. Rejects as `listen` and `bind` do. */
export async function listenGraphite({
  address,
  intake,
  mappings,
  senders = EVERYBODY,
  log,
  limits = {},
  now = Date.now,
}: GraphiteNeeds): Promise<LineListener> {
  const names = new GraphiteNames(mappings);
  return listenLines({
    address,
    senders,
    log,
    limits,
    refuse: (sender, refused) => intake.refuse('graphite', sender, refused),
    async take(sender, text, signal) {
      const { batch, refused } = readLines(text, names, now());
      if (batch.values.length > 0 || refused.length > 0) await store(sender, batch, refused, signal);
    },
  });

  /** Tries until the store takes it: meanwhile TCP holds the sender back, and datagrams gather up to their limit. */
  async function store(sender: Sender, batch: SampleBatch, refused: readonly Refused[], signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await intake.take('graphite', sender, batch, refused, { triesAgain: true });
        return;
      } catch (error) {
        if (!(error instanceof StoreBusy || error instanceof StoreReadOnly)) {
          log.error({ err: error }, 'samples that came as Graphite could not be stored');
          const sentence = 'Something went wrong in the server; its log says what.';
          intake.refuse('graphite', sender, { reason: 'failed', count: batch.values.length, sentence });
          return;
        }
        const waitMs = error instanceof StoreBusy ? error.retryAfterSeconds * 1_000 : READ_ONLY_WAIT_MS;
        try {
          await wait(waitMs, undefined, { signal });
        } catch {
          // The server stops: the book of arrivals has it as not stored.
          intake.refuse('graphite', sender, notStored(error, batch));
          return;
        }
      }
    }
  }
}

function readLines(text: string, names: GraphiteNames, nowMs: number): { batch: SampleBatch; refused: Refused[] } {
  const lines = text.split('\n');
  const index = new Map<string, number>();
  const series = new Uint32Array(lines.length);
  const timesMs = new Float64Array(lines.length);
  const values = new Float64Array(lines.length);
  const refusals = new Refusals();
  let count = 0;
  for (const line of lines) {
    if (line === '' || line === '\r') continue;
    const read = readGraphiteLine(line);
    if ('reason' in read) {
      refusals.add(read);
      continue;
    }
    const { path, value, timeMs } = read;
    const found = names.seriesOf(path);
    if ('reason' in found) {
      refusals.add(found);
      continue;
    }
    let at = index.get(found.key);
    if (at === undefined) index.set(found.key, (at = index.size));
    series[count] = at;
    timesMs[count] = timeMs ?? nowMs;
    values[count] = value * found.scale;
    count++;
  }
  return {
    batch: {
      seriesKeys: [...index.keys()],
      seriesIndex: series.slice(0, count),
      timestampsMs: timesMs.slice(0, count),
      values: values.slice(0, count),
    },
    refused: refusals.list(),
  };
}
