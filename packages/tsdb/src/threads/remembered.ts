const REMEMBERED = 1_000;
const REMEMBERED_MS = 60_000;

/** Queries of which something was found out that it would take long to find out again; for a while, because data change. */
export class Remembered {
  readonly #sinceMs = new Map<string, number>();

  has(query: string): boolean {
    const sinceMs = this.#sinceMs.get(query);
    if (sinceMs !== undefined && performance.now() - sinceMs < REMEMBERED_MS) return true;
    this.#sinceMs.delete(query);
    return false;
  }

  add(query: string): void {
    this.#sinceMs.set(query, performance.now());
    for (const [oldest] of this.#sinceMs) {
      if (this.#sinceMs.size <= REMEMBERED) break;
      this.#sinceMs.delete(oldest);
    }
  }
}

/** What it is remembered by: the times move on with the clock, and tell instants from ranges only. */
export function nameOf({
  expr,
  startMs,
  endMs,
}: {
  readonly expr: string;
  readonly startMs: number;
  readonly endMs: number;
}): string {
  return `${startMs === endMs ? 'at' : 'over'} ${expr}`;
}
