import type { SharedCursor } from '@vitrine/plugins/contract.ts';

type Listener = (x: number | undefined, origin: object | undefined) => void;

/** The page's crosshair. Listeners are told at once, and only of changes. */
export function createSharedCursor(): SharedCursor {
  const listeners = new Set<Listener>();
  let x: number | undefined;
  return {
    get x() {
      return x;
    },
    set(next, origin) {
      if (next === x) return;
      x = next;
      for (const listener of listeners) listener(next, origin);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
