import type { FoundLabels, LabelSearch } from '@vitrine/model/sample-store.ts';
import type { Contents } from '../contents.ts';
import { scoring, TopTexts } from './top-texts.ts';
import { Turns } from './turns.ts';

/** The last millisecond that a Date can hold: who asks for all time says so. */
const LAST_MS = 8.64e15;

/**
 * Names of labels, or values of one, that a text is in, with `more` beside those of the store. Others get their turn
 * meanwhile; what comes or goes then may or may not be found.
 */
export async function searchLabels(
  { index, series }: Contents,
  more: Iterable<string>,
  search: LabelSearch,
  signal?: AbortSignal,
): Promise<FoundLabels> {
  const { label, selectors, fromMs, toMs, limit, offset } = search;
  const isAllTime = fromMs <= -LAST_MS && toMs >= LAST_MS;
  let total = 0;
  const most = limit === 0 ? Infinity : offset + limit + 1;
  const top = new TopTexts(most, search.order);
  const scoreOf = scoring(search);
  const turns = new Turns(signal);
  const overlaps = (ref: number): boolean => index.has(ref) && series.overlaps(ref, fromMs, toMs);
  const offer = (text: string, counts: () => boolean): void => {
    const score = scoreOf(text);
    if (score === 0) return;
    total++;
    top.offer(text, score, counts);
  };
  const others = new Set(more);
  others.delete('');
  for (const text of others) offer(text, () => true);
  if (selectors.length > 0) {
    const seen = others;
    for (const selector of selectors) {
      for (const ref of index.match(selector)) {
        if (turns.step()) await turns.giveWay();
        if (!overlaps(ref)) continue;
        const note = (text: string): void => {
          if (seen.has(text)) return;
          seen.add(text);
          offer(text, () => true);
        };
        if (label === undefined) index.eachLabel(ref, note);
        else {
          const value = index.valueOf(ref, label);
          if (value !== undefined) note(value);
        }
      }
    }
  } else if (label === undefined) {
    for (const name of index.labelNames()) if (!others.has(name)) offer(name, () => true);
  } else {
    for (const value of index.values(label)) {
      if (turns.step()) await turns.giveWay();
      if (others.size > 0 && others.has(value)) continue;
      offer(value, () => {
        const postings = index.postings(label, value);
        return typeof postings === 'number' ? overlaps(postings) : (postings?.some(overlaps) ?? false);
      });
    }
  }
  const found = top.list();
  const isCounted = isAllTime || selectors.length > 0;
  return { found: found.slice(offset, most - 1), hasMore: found.length === most, ...(isCounted ? { total } : {}) };
}
