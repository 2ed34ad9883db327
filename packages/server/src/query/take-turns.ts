import { QueryError, type SampleStore } from '@vitrine/model/sample-store.ts';

/**
 * The store with at most `most` evaluations under way: each may hold as many samples as one query's limit allows, so
 * their number bounds the memory of all. Further ones wait their turn, first come first served, for as long as a query may run.
 */
export function takeTurns(store: SampleStore, most: number, longestWaitMs: number): SampleStore {
  let running = 0;
  const waiting: (() => void)[] = [];

  function start(): void {
    running++;
  }
  function end(): void {
    running--;
    waiting.shift()?.();
  }
  async function turn(signal: AbortSignal | undefined): Promise<void> {
    if (running < most) return start();
    await new Promise<void>((resolve, reject) => {
      const leave = (error: QueryError): void => {
        const at = waiting.indexOf(begin);
        if (at === -1) return;
        waiting.splice(at, 1);
        forget();
        reject(error);
      };
      const onAbort = (): void => leave(new QueryError('canceled', 'The query was given up before its turn came.'));
      const tooLong = setTimeout(
        () =>
          leave(
            new QueryError(
              'timeout',
              `The query waited ${longestWaitMs / 1_000} s for one of ${most} places (limits.query.concurrent). Ask again when less is asked.`,
            ),
          ),
        longestWaitMs,
      );
      const forget = (): void => {
        clearTimeout(tooLong);
        signal?.removeEventListener('abort', onAbort);
      };
      const begin = (): void => {
        forget();
        // Taken here and not after the await: otherwise a newcomer could slip in between.
        start();
        resolve();
      };
      if (signal?.aborted === true) {
        forget();
        return reject(new QueryError('canceled', 'The query was given up before its turn came.'));
      }
      signal?.addEventListener('abort', onAbort);
      waiting.push(begin);
    });
  }

  return {
    async evaluate(request, signal) {
      await turn(signal);
      try {
        return await store.evaluate(request, signal);
      } finally {
        end();
      }
    },
    append: (batch) => store.append(batch),
    series: (request, signal) => store.series(request, signal),
    labelNames: (request, signal) => store.labelNames(request, signal),
    labelValues: (label, request, signal) => store.labelValues(label, request, signal),
    watch: (selectors, onGrowth) => store.watch(selectors, onGrowth),
    stats: () => store.stats(),
    close: () => store.close(),
  };
}
