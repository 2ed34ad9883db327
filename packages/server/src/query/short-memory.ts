import { createHash } from 'node:crypto';

/**
 * Remembers answers for a few seconds: what twenty panels of one page ask within a moment is worked out once. The weights of keys
 * and answers together stay below `maxWeight`, the oldest go first. Failures are forgotten at once, and what is over is when
 * something new comes. One letter of a key weighs 1, and so is `weigh` to count.
 */
export interface ShortMemory<T> {
  get(key: string, work: () => Promise<T>): Promise<T>;
}

/** Longer keys are known by their digests. */
const LONG_KEY = 200;

export function shortMemory<T>(
  keepMs: number,
  maxWeight: number,
  weigh: (answer: T) => number,
  now: () => number = Date.now,
): ShortMemory<T> {
  const known = new Map<string, { readonly answer: Promise<T>; readonly untilMs: number; weight: number }>();
  let weight = 0;
  const forget = (key: string): void => {
    weight -= known.get(key)?.weight ?? 0;
    known.delete(key);
  };
  const makeRoom = (): void => {
    for (const oldest of known.keys()) {
      if (weight <= maxWeight) break;
      forget(oldest);
    }
  };
  return {
    get(asked, work) {
      const key = asked.length > LONG_KEY ? createHash('sha256').update(asked).digest('base64') : asked;
      const before = known.get(key);
      if (before !== undefined && now() < before.untilMs) return before.answer;
      if (before !== undefined) forget(key);
      // All are kept equally long: the oldest are over first.
      for (const [oldest, { untilMs }] of known) {
        if (now() < untilMs) break;
        forget(oldest);
      }
      const answer = work();
      const entry = { answer, untilMs: now() + keepMs, weight: key.length };
      known.set(key, entry);
      weight += entry.weight;
      makeRoom();
      answer.then(
        (value) => {
          if (known.get(key) !== entry) return;
          const more = weigh(value);
          entry.weight += more;
          weight += more;
          makeRoom();
        },
        () => {
          if (known.get(key) === entry) forget(key);
        },
      );
      return answer;
    },
  };
}
