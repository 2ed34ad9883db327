/**
 * Runs work once for all who ask for the same at the same time. Each has a signal of its own: who gives up stops
 * waiting, and the work itself is stopped when all have given up.
 */
export type Coalesced = <T>(key: string, signal: AbortSignal, work: (shared: AbortSignal) => Promise<T>) => Promise<T>;

interface Shared {
  readonly answer: Promise<unknown>;
  readonly stop: AbortController;
  waiting: number;
}

export function coalesce(): Coalesced {
  const running = new Map<string, Shared>();
  return async <T>(key: string, signal: AbortSignal, work: (shared: AbortSignal) => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    let shared = running.get(key);
    if (shared === undefined) {
      const stop = new AbortController();
      const answer = work(stop.signal).finally(() => {
        if (running.get(key)?.stop === stop) running.delete(key);
      });
      // Each who waits sees a failure; where all have given up nobody does, and that is no unhandled one.
      answer.catch(() => {});
      shared = { answer, stop, waiting: 0 };
      running.set(key, shared);
    }
    return wait(shared, key, signal, running) as Promise<T>;
  };
}

async function wait(shared: Shared, key: string, signal: AbortSignal, running: Map<string, Shared>): Promise<unknown> {
  shared.waiting++;
  const gaveUp = Promise.withResolvers<never>();
  const onAbort = (): void => gaveUp.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([shared.answer, gaveUp.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    shared.waiting--;
    if (shared.waiting === 0 && signal.aborted) {
      // Nobody who comes later may join work that is being stopped.
      if (running.get(key) === shared) running.delete(key);
      shared.stop.abort(signal.reason);
    }
  }
}
