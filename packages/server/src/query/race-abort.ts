/** The answer, or what the signal gives up with, whichever comes first: also of work that does not look at its signal. */
export async function raceAbort<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  // Where nobody waits for it any longer its failure is no unhandled one.
  answer.catch(() => {});
  signal.throwIfAborted();
  const gaveUp = Promise.withResolvers<never>();
  const onAbort = (): void => gaveUp.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([answer, gaveUp.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
