import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let lostMs: number | undefined;

/** Since when the server does not answer, in unix milliseconds; undefined while it does. */
export function unreachableSince(): number | undefined {
  return lostMs;
}

/** Called with the outcome of every question. */
export function noteReachable(answered: boolean): void {
  if (answered === (lostMs === undefined)) return;
  lostMs = answered ? undefined : Date.now();
  for (const listener of listeners) listener();
}

export function onReachable(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useUnreachableSince(): number | undefined {
  return useSyncExternalStore(onReachable, unreachableSince);
}
