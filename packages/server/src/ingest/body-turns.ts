/** Of large bodies, and of packed ones, so many are unpacked and worked on at a time. */
const AT_A_TIME = 4;
/** A body that is no larger, unpacked, needs no turn. */
export const SMALL_BODY_BYTES = 1024 * 1024;

let running = 0;
const waiting = new Set<() => void>();

/**
 * Waits for a turn, first come first served, and gives the way to end it, which may be called twice. A kilobyte may be a
 * megabyte unpacked, and many of those at a time would fill the memory: meanwhile the others wait as they were sent. Throws
 * what the signal gives up with.
 */
export async function beginTurn(signal: AbortSignal): Promise<() => void> {
  signal.throwIfAborted();
  if (running >= AT_A_TIME) {
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.delete(begin);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.add(begin);
    });
  } else {
    running++;
  }
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    // The turn goes over to the next one as it is, so that no newcomer slips in between.
    const [next] = waiting;
    if (next === undefined) running--;
    else {
      waiting.delete(next);
      next();
    }
  };
}
