import { INFLUXQL, isWord, type Token, tokenize } from '../tokens.ts';

/** Stand in the text where the macros did, so that they are found again. */
export const MARKS = { timeFilter: 'VITRINE_TIME_FILTER', interval: 'VITRINE_STEP', __interval: 'VITRINE_STEP' } as const;

/** What they make of a group depends on no other group. COUNT is not among them: it says 0 where there is nothing, and is asked for by name. */
const OF_ONE_GROUP = new Set(
  'MEAN SUM MIN MAX FIRST LAST MEDIAN PERCENTILE STDDEV SPREAD MODE ABS ROUND FLOOR CEIL SQRT POW LN LOG LOG2 LOG10 EXP'.split(
    ' ',
  ),
);
const OF_ALL = ['LIMIT', 'OFFSET', 'SLIMIT', 'SOFFSET', 'INTO', 'TZ', 'EXPLAIN'];

/**
 * Whether groups that are older than the newest stay as they are, whatever newer part is asked, so that only that needs to be: one SELECT
 * over the range and the step, grouped by time, of functions that look at one group each. `text` has MARKS in the place of its macros.
 */
export function canGrow(text: string): boolean {
  const code = tokenize(text, INFLUXQL).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
  const words = code.filter(({ kind }) => kind === 'word');
  const times = (wanted: string): number => words.filter((word) => isWord(word, wanted)).length;
  if (!isWord(code[0], 'SELECT') || times('SELECT') !== 1) return false;
  if (times(MARKS.timeFilter) !== 1 || words.some((word) => isWord(word, ...OF_ALL))) return false;
  // A second statement, and a condition on time besides the range.
  if (code.some(({ kind, text: piece }, at) => kind === 'symbol' && piece === ';' && at < code.length - 1)) return false;
  if (!isNarrowed(code)) return false;
  let groups = 0;
  for (const [at, token] of code.entries()) {
    if (token.kind !== 'word') continue;
    const isCall = code[at + 1]?.text === '(';
    if (isWord(token, 'TIME')) {
      const isStep = isCall && isWord(code[at + 2], MARKS.interval) && code[at + 3]?.text === ')';
      if (isStep) groups++;
      else if (!isWord(code[at - 1], 'BY')) return false;
    } else if (isWord(token, 'FILL')) {
      // Zeros and what was before are filled in for series that the newest part may not have.
      if (!isWord(code[at + 2], 'NULL', 'NONE')) return false;
    } else if (isWord(token, 'COUNT')) {
      if (!/fill\s*\(\s*none\s*\)/i.test(text)) return false;
    } else if (
      isCall &&
      !isWord(token, 'BY', 'AND', 'OR', 'WHERE', 'FROM', 'SELECT') &&
      !OF_ONE_GROUP.has(token.text.toUpperCase())
    )
      return false;
  }
  return groups === 1;
}

/** Whether the range holds for all that is found: it stands outside of brackets, and beside no OR. */
function isNarrowed(code: readonly Token[]): boolean {
  let depth = 0;
  for (const [at, token] of code.entries()) {
    if (token.kind === 'symbol' && token.text === '(') depth++;
    if (token.kind === 'symbol' && token.text === ')') depth--;
    if (depth === 0 && isWord(token, 'OR')) return false;
    if (isWord(token, MARKS.timeFilter)) {
      if (depth !== 0 || !isWord(code[at - 1], 'WHERE', 'AND')) return false;
    }
  }
  return true;
}
