import type { Refused } from '../arrivals.ts';

const MOST_SHOWN = 100;

/** Why something was not taken; the sentence is made only where it is told. */
export interface Refusal {
  readonly reason: string;
  readonly sentence: () => string;
}

/** What of a message was refused, added up by reason. */
export class Refusals {
  readonly #byReason = new Map<string, { readonly sentence: string; count: number }>();

  add({ reason, sentence }: Refusal): void {
    const known = this.#byReason.get(reason);
    if (known === undefined) this.#byReason.set(reason, { sentence: sentence(), count: 1 });
    else known.count++;
  }

  list(): Refused[] {
    return [...this.#byReason].map(([reason, { sentence, count }]) => ({ reason, sentence, count }));
  }
}

/** A piece of a line for a sentence: short, and without what a terminal or a page would not show. */
export function shown(text: string): string {
  const plain = text.slice(0, MOST_SHOWN).replaceAll(/\p{Cc}/gu, '�');
  return JSON.stringify(text.length > MOST_SHOWN ? `${plain}…` : plain);
}
