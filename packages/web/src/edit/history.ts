/** What was done to a document, and the way back and forth through it. Documents are never changed, so that steps share what is the same. */
export interface History<Document> {
  /** As it is on the server. */
  readonly saved: Document;
  readonly now: Document;
  readonly past: readonly Document[];
  readonly future: readonly Document[];
  /** What the last step was part of: typing one title is one step, however many letters it has. */
  readonly step: string | undefined;
}

const MOST_STEPS = 200;

export function openHistory<Document>(saved: Document): History<Document> {
  return { saved, now: saved, past: [], future: [], step: undefined };
}

/** Steps of the same name in a row are one; without a name each stands alone. */
export function change<Document>(history: History<Document>, next: Document, step?: string): History<Document> {
  if (next === history.now) return history;
  if (step !== undefined && step === history.step) return { ...history, now: next, future: [] };
  return { ...history, now: next, past: [...history.past, history.now].slice(-MOST_STEPS), future: [], step };
}

export function undo<Document>(history: History<Document>): History<Document> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { ...history, now: before, past: history.past.slice(0, -1), future: [history.now, ...history.future], step: undefined };
}

export function redo<Document>(history: History<Document>): History<Document> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { ...history, now: next, past: [...history.past, history.now], future, step: undefined };
}

/** The server has `saved` now; what was done meanwhile stays a change. */
export function markSaved<Document>(history: History<Document>, saved: Document): History<Document> {
  return { ...history, saved, step: undefined };
}

export function isChanged<Document>({ saved, now }: History<Document>): boolean {
  return saved !== now;
}
