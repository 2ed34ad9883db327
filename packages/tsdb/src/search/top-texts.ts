import type { FoundText, LabelSearch } from '@vitrine/model/sample-store.ts';

/** From this score on a text has a wanted one as a part of it. */
const PART_SCORE = 0.6;

type Wanted = Pick<LabelSearch, 'texts' | 'leastScore' | 'caseSensitive' | 'order'>;

/** Tells how well a text matches, 0 where it does not. Takes time that is linear in the text's length. */
export function scoring({ texts, leastScore, caseSensitive }: Omit<Wanted, 'order'>): (text: string) => number {
  if (texts.length === 0) return () => 1;
  const needles = texts.map((text) => {
    const needle = caseSensitive ? text : text.toLowerCase();
    return { needle, mayMatch: firstLook(needle, leastScore, caseSensitive) };
  });
  return (text) => {
    let best = 0;
    let hay: string | undefined;
    for (const { needle, mayMatch } of needles) {
      if (!mayMatch(text)) continue;
      best = Math.max(best, scoreOf(needle, (hay ??= caseSensitive ? text : text.toLowerCase())));
    }
    return best < leastScore ? 0 : best;
  };
}

/** A quick test that most texts fail. What passes it may still not match. */
function firstLook(needle: string, leastScore: number, caseSensitive: boolean): (text: string) => boolean {
  const isPart = leastScore >= PART_SCORE;
  if (isPart && caseSensitive) return (text) => text.includes(needle);
  // Beyond ASCII lower case may have another length.
  if (!/^[ -~]*$/.test(needle)) return () => true;
  const flags = caseSensitive ? '' : 'i';
  const letters = Array.from(needle, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`);
  // Each letter is looked for from where the one before was found, and there is one way to do so: nothing is tried twice.
  const pattern = new RegExp(isPart ? letters.join('') : `^${letters.map((letter) => `[^${letter}]*${letter}`).join('')}`, flags);
  return (text) => pattern.test(text);
}

/** 1 for the same, less for a beginning, a part, and least for letters that only come in that order; 0 where they do not. */
function scoreOf(needle: string, hay: string): number {
  if (needle === hay) return 1;
  const share = needle.length / hay.length;
  let at = hay.indexOf(needle);
  if (at === 0) return 0.8 + 0.19 * share;
  if (at > 0) {
    // A later place may be a better one.
    while (at > 0 && !/[_:.\-/]/.test(hay.charAt(at - 1))) at = hay.indexOf(needle, at + 1);
    return (at > 0 ? 0.7 : PART_SCORE) + 0.09 * share;
  }
  let from = 0;
  for (const letter of needle) {
    const next = hay.indexOf(letter, from);
    if (next < 0) return 0;
    from = next + letter.length;
  }
  return 0.01 + 0.5 * share;
}

/** The first so many of the texts that are offered, in order, each once. Holds little more than those. */
export class TopTexts {
  readonly #most: number;
  readonly #compare: (a: FoundText, b: FoundText) => number;
  #found: FoundText[] = [];
  /** What comes behind this is not among the first. */
  #last: FoundText | undefined;

  constructor(most: number, order: LabelSearch['order']) {
    this.#most = most;
    const rising = (a: FoundText, b: FoundText): number => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
    this.#compare =
      order === 'score' ? (a, b) => b.score - a.score || rising(a, b) : order === 'rising' ? rising : (a, b) => rising(b, a);
  }

  /** `counts` is asked only where the text would be among the first. */
  offer(text: string, score: number, counts: () => boolean): void {
    const one = { text, score };
    if ((this.#last !== undefined && this.#compare(one, this.#last) >= 0) || !counts()) return;
    this.#found.push(one);
    if (this.#found.length >= 2 * this.#most + 1000) this.#cut();
  }

  list(): readonly FoundText[] {
    this.#cut();
    return this.#found;
  }

  #cut(): void {
    this.#found.sort(this.#compare);
    this.#found = this.#found.filter(({ text }, i) => i === 0 || text !== this.#found[i - 1]?.text).slice(0, this.#most);
    if (this.#found.length === this.#most) this.#last = this.#found.at(-1);
  }
}
