import { setTimeout as wait } from 'node:timers/promises';
import { type MetricMetadata, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { Logger } from 'pino';
import type { Intake } from '../intake.ts';
import { type LineLimits, type LineListener, listenLines } from '../lines/listen-lines.ts';
import type { Mappings } from '../lines/mappings.ts';
import { Refusals } from '../lines/refusals.ts';
import { EVERYBODY, type SenderRules } from '../lines/sender-rules.ts';
import type { Sender } from '../sender.ts';
import { readStatsdLine } from './read-statsd-line.ts';
import { type Flushed, StatsdTotals, type TotalsLimits } from './statsd-totals.ts';

export interface StatsdNeeds {
  readonly address: { readonly host: string; readonly port: number };
  readonly intake: Pick<Intake, 'take' | 'refuse'>;
  readonly mappings: Mappings;
  /** Everybody where absent. */
  readonly senders?: SenderRules;
  readonly onMetadata: (metadata: readonly MetricMetadata[]) => void;
  /** How often totals are stored. */
  readonly intervalMs: number;
  readonly log: Logger;
  readonly limits?: Partial<LineLimits & TotalsLimits>;
  readonly now?: () => number;
}

/** Batches that are handed in at a time. */
const AT_A_TIME = 16;
/** How long a store that is busy is waited for when the server stops. */
const PATIENCE_MS = 2_000;

/** StatsD over UDP and TCP. Rejects as `listen` and `bind` do. */
export async function listenStatsd({
  address,
  intake,
  mappings,
  senders = EVERYBODY,
  onMetadata,
  intervalMs,
  log,
  limits = {},
  now = Date.now,
}: StatsdNeeds): Promise<LineListener> {
  const totals = new StatsdTotals(mappings, onMetadata, now(), limits);
  const listener = await listenLines({
    address,
    senders,
    log,
    limits,
    refuse: (sender, refused) => intake.refuse('statsd', sender, refused),
    take(sender, text) {
      const refusals = addLines(totals, sender, text, now());
      for (const refused of refusals.list()) intake.refuse('statsd', sender, refused);
    },
  });
  let flushing: Promise<void> | undefined;
  const flush = (patienceMs: number): Promise<void> =>
    storeAll(totals.flush(now()), patienceMs).finally(() => (flushing = undefined));
  const timer = setInterval(() => {
    // One that takes longer than the interval makes the next one wait: what rises is told by that one too.
    flushing ??= flush(0);
  }, intervalMs);
  const stop = async (): Promise<void> => {
    await listener.stop();
    clearInterval(timer);
    await flushing;
    await flush(PATIENCE_MS);
  };
  let stopped: Promise<void> | undefined;
  return { port: listener.port, stop: () => (stopped ??= stop()) };

  async function storeAll(flushed: Iterable<Flushed>, patienceMs: number): Promise<void> {
    const waiting = flushed[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (let next = waiting.next(); next.done !== true; next = waiting.next()) await store(next.value, patienceMs);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  }

  /** A flush that cannot be stored is left out: the next one brings newer totals of the same series. */
  async function store({ sender, batch, stored }: Flushed, patienceMs: number): Promise<void> {
    try {
      await intake.take('statsd', sender, batch, [], { triesAgain: patienceMs > 0 });
      stored();
    } catch (error) {
      if (error instanceof StoreBusy && patienceMs > 0) {
        const waitMs = Math.min(patienceMs, error.retryAfterSeconds * 1_000);
        await wait(waitMs);
        await store({ sender, batch, stored }, patienceMs - waitMs);
      } else if (!(error instanceof StoreBusy || error instanceof StoreReadOnly)) {
        log.error({ err: error }, 'what came as StatsD could not be stored');
      }
    }
  }
}

function addLines(totals: StatsdTotals, sender: Sender, text: string, nowMs: number): Refusals {
  const refusals = new Refusals();
  for (const line of text.split('\n')) {
    if (line === '' || line === '\r') continue;
    const read = readStatsdLine(line);
    const refused = 'reason' in read ? read : totals.add(sender, read, nowMs);
    if (refused !== undefined) refusals.add(refused);
  }
  return refusals;
}
