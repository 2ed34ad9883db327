/** What a search looks through, made once for each change of a dashboard. */
export interface Searchable {
  readonly title: string;
  readonly titleWords: readonly string[];
  readonly tags: readonly string[];
  readonly folderWords: readonly string[];
  readonly description: string;
  readonly uid: string;
}

/** More of a text than anybody searches for. */
const MAX_TEXT = 2_000;
const MAX_WORDS = 10;

/** Lower case, without accents: "Prédiction" is found by "prediction". */
function plain(text: string): string {
  return text.slice(0, MAX_TEXT).normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

export function searchable(of: {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly folderPath: readonly string[];
}): Searchable {
  const title = plain(of.title);
  return {
    title,
    titleWords: wordsOf(title),
    tags: of.tags.slice(0, 100).map(plain),
    folderWords: wordsOf(plain(of.folderPath.join(' '))),
    description: plain(of.description),
    uid: of.uid.toLowerCase(),
  };
}

/**
 * How well dashboards fit what somebody types: 0 is not at all. Every word has to be found somewhere, in any order, at the
 * start of a word before its middle, in the title before tags, folder and description. A word that is nowhere may have a
 * typing error: one edit from 4 letters on, two from 8.
 */
export function scorer(query: string): (of: Searchable) => number {
  const text = plain(query).trim();
  const words = wordsOf(text).slice(0, MAX_WORDS);
  return (of) => {
    if (text === '') return 1;
    // Signs alone, such as "%", or a uid.
    if (of.title === text || of.uid === text) return 1_000;
    if (words.length === 0) return of.title.includes(text) ? 100 : 0;
    let score = of.title.startsWith(text) ? 200 : of.title.includes(text) ? 100 : 0;
    for (const word of words) {
      const found = wordScore(word, of) || typoScore(word, of);
      if (found === 0) return 0;
      score += found;
    }
    // Of two that hold the same words the shorter title says them more exactly.
    return score - Math.min(of.titleWords.length, 20) / 100;
  };
}

function wordScore(word: string, of: Searchable): number {
  if (of.titleWords.includes(word)) return 100;
  if (of.titleWords.some((it) => it.startsWith(word))) return 80;
  if (of.title.includes(word)) return 60;
  if (of.tags.includes(word)) return 55;
  if (of.tags.some((tag) => tag.startsWith(word))) return 45;
  if (of.folderWords.some((it) => it.startsWith(word))) return 35;
  if (of.tags.some((tag) => tag.includes(word))) return 30;
  return of.description.includes(word) ? 20 : 0;
}

function typoScore(word: string, of: Searchable): number {
  const edits = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
  if (edits === 0) return 0;
  if (of.titleWords.some((it) => isNear(word, it, edits))) return 15;
  return of.tags.some((it) => isNear(word, it, edits)) || of.folderWords.some((it) => isNear(word, it, edits)) ? 5 : 0;
}

/** Whether so many edits (a letter more, less, other, or two swapped) make `word` into `other` or into how it begins. */
function isNear(word: string, other: string, edits: number): boolean {
  // The first letter is hardly ever wrong, and this is what keeps 5,000 titles quick.
  if (word[0] !== other[0] || other.length < word.length - edits) return false;
  const columns = Math.min(other.length, word.length + edits);
  let before: number[] = [];
  let last = Array.from({ length: columns + 1 }, (_, j) => j);
  for (let i = 1; i <= word.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= columns; j++) {
      let cost = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (word[i - 1] === other[j - 1] ? 0 : 1),
      );
      if (i > 1 && j > 1 && word[i - 1] === other[j - 2] && word[i - 2] === other[j - 1]) {
        cost = Math.min(cost, (before[j - 2] as number) + 1);
      }
      row.push(cost);
      best = Math.min(best, cost);
    }
    if (best > edits) return false;
    before = last;
    last = row;
  }
  // Any column of the last row is a beginning of the other word.
  return last.some((cost) => cost <= edits);
}
