/** One crosshair for all charts of a page: charts publish where the pointer is, and follow where it is elsewhere. */
export interface Crosshair {
  readonly x: number | undefined;
  set(x: number | undefined, origin: object): void;
  /** Listeners hear every change, their own too; `origin` tells them apart. Answers how to stop. */
  subscribe(listener: (x: number | undefined, origin: object | undefined) => void): () => void;
}

export function createCrosshair(): Crosshair {
  const listeners = new Set<(x: number | undefined, origin: object | undefined) => void>();
  let current: number | undefined;
  return {
    get x() {
      return current;
    },
    set(x, origin) {
      if (x === current) return;
      current = x;
      for (const listener of listeners) listener(x, origin);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
