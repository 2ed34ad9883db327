import { QueryError } from '@vitrine/model/sample-store.ts';

/** Runs work when its turn has come. Throws QueryError where that takes too long, or where the signal gives up before. */
export type Turns = <T>(signal: AbortSignal | undefined, work: () => Promise<T>) => Promise<T>;

export interface TurnsNeeds {
  /** So many at a time. */
  readonly most: number;
  readonly longestWaitMs: number;
  /** What to say to whoever waited for so long. */
  readonly tooLong: string;
}

/** Lets so much work run at a time; further work waits its turn, first come first served. */
export function turns({ most, longestWaitMs, tooLong }: TurnsNeeds): Turns {
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
      const longest = setTimeout(() => leave(new QueryError('timeout', tooLong)), longestWaitMs);
      const forget = (): void => {
        clearTimeout(longest);
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

  return async (signal, work) => {
    await turn(signal);
    try {
      return await work();
    } finally {
      end();
    }
  };
}
