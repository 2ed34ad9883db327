/**
 * Remembers answers for a few seconds: what twenty panels of one page ask within a moment is worked out once. The answers'
 * weights together stay below `maxWeight`, the oldest go first. Failures are forgotten at once.
 */
export interface ShortMemory<T> {
  get(key: string, work: () => Promise<T>): Promise<T>;
}

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
  return {
    get(key, work) {
      const before = known.get(key);
      if (before !== undefined && now() < before.untilMs) return before.answer;
      if (before !== undefined) forget(key);
      const answer = work();
      const entry = { answer, untilMs: now() + keepMs, weight: 1 };
      known.set(key, entry);
      weight += 1;
      answer.then(
        (value) => {
          if (known.get(key) !== entry) return;
          const more = weigh(value);
          entry.weight += more;
          weight += more;
          for (const oldest of known.keys()) {
            if (weight <= maxWeight) break;
            forget(oldest);
          }
        },
        () => {
          if (known.get(key) === entry) forget(key);
        },
      );
      return answer;
    },
  };
}
