import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let reachable = true;

/** Whether the server answered the last question. */
export function isReachable(): boolean {
  return reachable;
}

/** Called with the outcome of every question. */
export function noteReachable(answered: boolean): void {
  if (answered === reachable) return;
  reachable = answered;
  for (const listener of listeners) listener();
}

export function onReachable(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useReachable(): boolean {
  return useSyncExternalStore(onReachable, isReachable);
}
