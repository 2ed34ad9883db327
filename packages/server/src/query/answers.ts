import type { QueryAnswer } from '@vitrine/plugins/contract.ts';
import { framesBytes } from './answer-size.ts';
import { coalesce } from './coalesce.ts';

/**
 * Asks a data source, once for all who ask for the same: those who ask at the same time, and those who come within
 * seconds. Vitrine's own store is always asked: it is fast, and grows by the second. Failures are never kept.
 */
export type Answers = (
  question: Question,
  signal: AbortSignal,
  ask: (shared: AbortSignal) => Promise<QueryAnswer>,
) => Promise<QueryAnswer>;

export interface Question {
  /** All that the answer depends on: who the source is as it is now set up, the query with its variables, the range. */
  readonly key: string;
  readonly ofOwnStore: boolean;
  /** The end of what is asked for, unix milliseconds. */
  readonly toMs: number;
}

/** How long answers are kept: those of a range that is over change only where samples come late. */
const KEEP_MS = { live: 2_000, over: 30_000 } as const;
/** A range that ended so long ago is over. */
const OVER_AFTER_MS = 300_000;
const MOST_BYTES = 128 * 1024 * 1024;
/** Larger ones are not kept: few of them would push out all others. */
const LARGEST_BYTES = MOST_BYTES / 8;

interface Kept {
  readonly answer: QueryAnswer;
  readonly untilMs: number;
  readonly bytes: number;
}

export function createAnswers(now: () => number = Date.now): Answers {
  const coalesced = coalesce();
  /** The oldest first. */
  const kept = new Map<string, Kept>();
  let bytes = 0;
  const forget = (key: string): void => {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, answer: QueryAnswer, untilMs: number): void => {
    const weight = 2 * key.length + framesBytes(answer.frames, LARGEST_BYTES);
    if (weight > LARGEST_BYTES) return;
    forget(key);
    kept.set(key, { answer, untilMs, bytes: weight });
    bytes += weight;
    for (const [oldest, { untilMs: until }] of kept) if (until <= now() || bytes > MOST_BYTES) forget(oldest);
  };

  return async ({ key, ofOwnStore, toMs }, signal, ask) => {
    signal.throwIfAborted();
    if (ofOwnStore) return coalesced(key, signal, ask);
    const known = kept.get(key);
    if (known !== undefined && now() < known.untilMs) return known.answer;
    return coalesced(key, signal, async (shared) => {
      const askedMs = now();
      const answer = await ask(shared);
      const keepMs = toMs < askedMs - OVER_AFTER_MS ? KEEP_MS.over : KEEP_MS.live;
      keep(key, answer, askedMs + keepMs);
      return answer;
    });
  };
}
