import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Contents } from '../contents.ts';

const ROWS_A_SLICE = 1000;
/** A reader that has read a chunk just before it was replaced may ask for its times still. */
const KEPT_MS = 600_000;

/** Deletes the times that chunks shared, once no chunk has pointed to them for a while. */
export class UnusedTimes {
  readonly #contents: Contents;
  readonly #now: () => number;
  /** Since when each has been unused. */
  #since = new Map<number, number>();
  #seenChanges = -1;
  #lookedMs = -Infinity;

  constructor(contents: Contents, now: () => number) {
    this.#contents = contents;
    this.#now = now;
  }

  async sweep(isStopped: () => boolean): Promise<void> {
    const { db, chunkChanges } = this.#contents;
    const nowMs = this.#now();
    if (chunkChanges !== this.#seenChanges && nowMs - this.#lookedMs >= KEPT_MS) {
      const since = new Map<number, number>();
      for (let after = 0; !isStopped();) {
        const rows = db.timesAfter.all(after, ROWS_A_SLICE);
        for (const [id, isUsed] of rows) if (isUsed === 0) since.set(id, this.#since.get(id) ?? nowMs);
        const last = rows.at(-1);
        if (last === undefined) break;
        [after] = last;
        await nextTurn();
      }
      if (isStopped()) return;
      this.#lookedMs = nowMs;
      this.#since = since;
      this.#seenChanges = chunkChanges;
    }
    const due = [...this.#since].filter(([, sinceMs]) => nowMs - sinceMs >= KEPT_MS).map(([id]) => id);
    if (due.length === 0) return;
    db.transaction(() => {
      for (const id of due) db.deleteTimes.run(id);
    });
    for (const id of due) this.#since.delete(id);
  }
}
