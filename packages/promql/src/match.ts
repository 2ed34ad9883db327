import { RE2JS } from 're2js';
import type { Labels } from '@vitrine/model/labels.ts';
import type { Matcher, Selector } from '@vitrine/model/sample-store.ts';

/** Tells whether a label's value ("" where the label is absent) satisfies one matcher. */
export type ValueTest = (value: string) => boolean;

/** An alternation longer than this is looked up in a set. */
const SET_THRESHOLD = 4;
/** Answers of one regular expression kept for values seen before: label values repeat across series and queries. */
const MEMO_LIMIT = 10_000;
const CACHE_LIMIT = 1_000;

const META = /[\\.+*?()|[\]{}^$]/;
const compiled = new Map<string, ValueTest>();

/** Whether the labels satisfy every matcher. Throws RE2JSSyntaxException where an expression does not compile. */
export function compileMatchers(matchers: Selector): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => ({ label: matcher.label, test: compileMatcher(matcher) }));
  const [only] = tests;
  if (only !== undefined && tests.length === 1) {
    const { label, test } = only;
    return (labels) => test(labels.get(label));
  }
  return (labels) => {
    for (const { label, test } of tests) if (!test(labels.get(label))) return false;
    return true;
  };
}

/** The test of one matcher on the label's value. */
export function compileMatcher({ op, value }: Matcher): ValueTest {
  switch (op) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case '=~':
      return compileRegex(value);
    case '!~': {
      const test = compileRegex(value);
      return (text) => !test(text);
    }
  }
}

/**
 * The values that alone can satisfy the matcher, where they can be listed ("a", "a|b|c"): an index looks them up instead
 * of trying every value. undefined where they cannot.
 */
export function literalValues({ op, value }: Matcher): readonly string[] | undefined {
  if (op === '=') return [value];
  return op === '=~' ? alternatives(value) : undefined;
}

/** An RE2 expression anchored at both ends, in which `.` matches a newline too. Cached. */
export function compileRegex(expression: string): ValueTest {
  const known = compiled.get(expression);
  if (known !== undefined) return known;
  const test = fastTest(expression) ?? slowTest(expression);
  if (compiled.size >= CACHE_LIMIT) compiled.delete(compiled.keys().next().value as string);
  compiled.set(expression, test);
  return test;
}

/** Tests for the shapes that people write most, none of which needs a regular expression. */
function fastTest(expression: string): ValueTest | undefined {
  if (expression === '.*') return () => true;
  if (expression === '.+') return (text) => text !== '';
  const literals = alternatives(expression);
  if (literals !== undefined) {
    if (literals.length === 1) return (text) => text === literals[0];
    if (literals.length <= SET_THRESHOLD) return (text) => literals.includes(text);
    const set = new Set(literals);
    return (text) => set.has(text);
  }
  // As the editor searches. Both compare by Unicode's simple folding, and a literal is found in linear time.
  const folded = /^\(\?i\)\.\*(.+)\.\*$/su.exec(expression)?.[1]?.replaceAll(/\\([\\^$.*+?()[\]{}|])/g, '$1');
  if (folded !== undefined && expression === `(?i).*${escapeMeta(folded)}.*`) {
    const part = new RegExp(escapeMeta(folded), 'iu');
    return (text) => part.test(text);
  }
  const [, head, middle, tail] = /^(\.[*+])?(.*?)(\.[*+])?$/su.exec(expression) ?? [];
  if (middle === undefined || middle === '' || META.test(middle)) return undefined;
  const before = head === undefined ? undefined : head === '.+' ? 1 : 0;
  const after = tail === undefined ? undefined : tail === '.+' ? 1 : 0;
  if (before === undefined && after !== undefined) {
    return (text) => text.startsWith(middle) && text.length >= middle.length + after;
  }
  if (before !== undefined && after === undefined) {
    return (text) => text.endsWith(middle) && text.length >= middle.length + before;
  }
  if (before !== undefined && after !== undefined) {
    return (text) => {
      const at = text.indexOf(middle, before);
      return at !== -1 && at + middle.length + after <= text.length;
    };
  }
  return undefined;
}

/** "a|b|c", also in one pair of brackets with literals around them, as its literals; undefined where a part is not literal. */
function alternatives(expression: string): readonly string[] | undefined {
  const [, before = '', bare = expression, after = ''] = /^([^()|]*)\((?:\?:)?([^()]*)\)([^()|]*)$/s.exec(expression) ?? [];
  const parts = bare.split('|');
  if (META.test(before) || META.test(after) || parts.some((part) => META.test(part))) return undefined;
  return before === '' && after === '' ? parts : parts.map((part) => before + part + after);
}

function escapeMeta(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** What every match begins with; "" where that is not plain to see. */
function literalPrefix(expression: string): string {
  const end = expression.search(META);
  if (end <= 0 || hasOuterAlternative(expression)) return '';
  // The last letter may be repeated, or absent.
  return Array.from(expression.slice(0, end)).slice(0, -1).join('');
}

/** Whether a "|" may stand outside of all brackets. */
function hasOuterAlternative(expression: string): boolean {
  let depth = 0;
  for (let i = 0; i < expression.length; i++) {
    const letter = expression[i];
    // What is quoted or in a class is not looked into: an expression that has both is not taken apart.
    if (letter === '\\' || letter === '[') return expression.includes('|');
    if (letter === '(') depth++;
    else if (letter === ')') depth--;
    else if (letter === '|' && depth === 0) return true;
  }
  return false;
}

function slowTest(expression: string): ValueTest {
  // Compiled by itself first, so that an unbalanced ")" is an error and does not escape the anchors.
  const regex = RE2JS.compile(expression, RE2JS.DOTALL);
  const memo = new Map<string, boolean>();
  const prefix = literalPrefix(expression);
  return (text) => {
    if (!text.startsWith(prefix)) return false;
    let answer = memo.get(text);
    if (answer === undefined) {
      answer = regex.matches(text);
      if (memo.size >= MEMO_LIMIT) memo.clear();
      memo.set(text, answer);
    }
    return answer;
  };
}
