/** Tells panels that there is something to ask for. */
export interface Pulse {
  /** `id` is the panel's. `whole` asks for everything again instead of the new part. */
  subscribe(id: number, listener: (whole: boolean) => void): () => void;
  /** The answers of these panels have grown. */
  grow(ids: readonly number[]): void;
  /** All panels ask again. */
  all(whole: boolean): void;
}

export function createPulse(): Pulse {
  const listeners = new Map<number, Set<(whole: boolean) => void>>();
  return {
    subscribe(id, listener) {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    grow(ids) {
      for (const id of ids) for (const listener of listeners.get(id) ?? []) listener(false);
    },
    all(whole) {
      for (const set of listeners.values()) for (const listener of set) listener(whole);
    },
  };
}
