import { MOST_ROWS_TOLD, type RefusedRow, type ToldRefusal } from '@vitrine/model/upload.ts';
import type { Refused } from '../arrivals.ts';

/** What was refused of a file: all of it counted, the first rows told. */
export class Refusals {
  readonly rows: ToldRefusal[] = [];
  readonly #reasons = new Map<string, { count: number; readonly sentence: string }>();
  /** Since they were last handed on. */
  readonly #fresh = new Map<string, { count: number; readonly sentence: string }>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  row(refused: RefusedRow): void {
    this.tell(refused);
    const { row, column, reason, sentence } = refused;
    const where = column === '' ? `Row ${row}` : `Row ${row}, column ${column}:`;
    add(this.#fresh, reason, 1, `${where} ${sentence}.`);
    this.add({ reason, count: 1, sentence: `${where} ${sentence}.` });
  }

  /** Counted elsewhere. */
  tell(refused: ToldRefusal): void {
    if (this.rows.length < MOST_ROWS_TOLD) this.rows.push(refused);
  }

  add({ reason, count, sentence }: Refused): void {
    this.#count += count;
    add(this.#reasons, reason, count, sentence);
  }

  /** What a row's refusals added since the last call. */
  takeFresh(): Refused[] {
    const fresh = listed(this.#fresh);
    this.#fresh.clear();
    return fresh;
  }

  /** The most frequent first. */
  reasons(): Refused[] {
    return listed(this.#reasons).toSorted((a, b) => b.count - a.count);
  }
}

function add(
  to: Map<string, { count: number; readonly sentence: string }>,
  reason: string,
  count: number,
  sentence: string,
): void {
  const known = to.get(reason);
  if (known === undefined) to.set(reason, { count, sentence });
  else known.count += count;
}

function listed(reasons: ReadonlyMap<string, { readonly count: number; readonly sentence: string }>): Refused[] {
  return [...reasons].map(([reason, { count, sentence }]) => ({ reason, count, sentence }));
}
