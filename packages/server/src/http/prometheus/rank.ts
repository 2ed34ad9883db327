/** How texts are looked for and in which order they come. */
export interface Ranking {
  /** One of them must be in a text; with none every text counts. */
  readonly texts: readonly string[];
  /** 0 to 1; 0 takes every text that has the letters in their order. */
  readonly leastScore: number;
  readonly caseSensitive: boolean;
  /** score: the best first. */
  readonly order: 'rising' | 'falling' | 'score';
}

export interface Ranked {
  readonly text: string;
  /** 0 to 1, and 1 for the text itself. */
  readonly score: number;
}

/** The texts that match, each once, with how well. */
export function rank(texts: readonly string[], { texts: wanted, leastScore, caseSensitive, order }: Ranking): Ranked[] {
  const folded = (text: string): string => (caseSensitive ? text : text.toLowerCase());
  const needles = wanted.map(folded);
  const found: Ranked[] = [];
  for (const text of texts) {
    const hay = folded(text);
    const score = needles.length === 0 ? 1 : Math.max(...needles.map((needle) => scoreOf(needle, hay)));
    if (score > 0 && score >= leastScore) found.push({ text, score });
  }
  const rising = (a: Ranked, b: Ranked): number => (a.text < b.text ? -1 : 1);
  if (order === 'score') return found.toSorted((a, b) => b.score - a.score || rising(a, b));
  return found.toSorted(order === 'rising' ? rising : (a, b) => rising(b, a));
}

/** 1 for the same, less for a beginning, a part, and least for letters that only come in that order; 0 where they do not. */
function scoreOf(needle: string, hay: string): number {
  if (needle === hay) return 1;
  const share = needle.length / hay.length;
  const at = hay.indexOf(needle);
  if (at === 0) return 0.8 + 0.19 * share;
  if (at > 0) return (/[_:.\-/]/.test(hay.charAt(at - 1)) ? 0.7 : 0.6) + 0.09 * share;
  let from = 0;
  for (const letter of needle) {
    const next = hay.indexOf(letter, from);
    if (next < 0) return 0;
    from = next + letter.length;
  }
  return 0.01 + 0.5 * share;
}
