/** How the demo's processes talk to the one that started them. Run by hand, without a parent, they only print. */

/** What a child tells its parent over Node's message channel. */
export type ChildMessage =
  | { readonly kind: 'listening'; readonly port: number }
  /** The file holds a whole model: it appears by renaming. */
  | { readonly kind: 'model-saved'; readonly path: string; readonly validationAccuracy: number }
  | { readonly kind: 'run-finished'; readonly run: string; readonly steps: number }
  | { readonly kind: 'finished' };

/** Tells the parent, or, without one, the person at the terminal. */
export function tellParent(message: ChildMessage): void {
  if (process.send !== undefined && process.connected) process.send(message);
  else process.stderr.write(`${JSON.stringify(message)}\n`);
}

/**
 * Aborts on SIGTERM, on SIGINT, and when the parent is gone, however it went, so that no child outlives it.
 * What waits on the signal then ends by itself.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  return controller.signal;
}

/** Resolves after this many milliseconds, or at once when told to stop. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** Ends this process with a sentence. The message channel is closed, or it would keep the process up. */
export function leave(code: number, sentence?: string): never {
  if (sentence !== undefined) process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

/** Runs a process' main function. A flag that is wrong is its user's to mend: one sentence, exit code 2. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const { code, message, stack } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') === true) leave(2, message.replaceAll('\n', ' '));
    leave(1, stack ?? message);
  }
}
