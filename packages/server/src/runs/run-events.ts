import type { RunEvents } from './runs.ts';

/** What happens within this time is told at once: a logger that sets 50 tags is one change. */
const GATHER_MS = 20;

export interface RunEventGatherer {
  changed(ids: readonly string[]): void;
  findings(run: string): void;
  /** Returns the way to stop. */
  listen(listener: (events: RunEvents) => void): () => void;
  stop(): void;
}

export function gatherRunEvents(onError: (error: unknown) => void): RunEventGatherer {
  const listeners = new Set<(events: RunEvents) => void>();
  let changed = new Set<string>();
  let findings = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    const events: RunEvents = { changed: [...changed], findings: [...findings] };
    changed = new Set();
    findings = new Set();
    for (const listener of listeners) {
      try {
        listener(events);
      } catch (error) {
        onError(error);
      }
    }
  };
  const soon = (): void => void (timer ??= setTimeout(tell, GATHER_MS).unref());
  return {
    changed(ids) {
      for (const id of ids) changed.add(id);
      soon();
    },
    findings(run) {
      findings.add(run);
      soon();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
