/** Which of the page's panels have nothing to show in its range. */
export interface Emptiness {
  /** undefined: it has not answered, or is not there any more. */
  readonly report: (panelKey: string, isEmpty: boolean | undefined) => void;
  /** Hears whenever something of it may have changed. */
  readonly subscribe: (listener: () => void) => () => void;
  /** All panels that have answered are empty, and there are some. */
  readonly isAll: () => boolean;
}

export function createEmptiness(): Emptiness {
  const known = new Map<string, boolean>();
  const listeners = new Set<() => void>();
  return {
    report(panelKey, isEmpty) {
      if (known.get(panelKey) === isEmpty) return;
      if (isEmpty === undefined) known.delete(panelKey);
      else known.set(panelKey, isEmpty);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isAll: () => known.size > 0 && ![...known.values()].includes(false),
  };
}
