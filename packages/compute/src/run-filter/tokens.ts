import { FilterError } from './filter-error.ts';
import type { WrittenField } from './run-field.ts';

export const OPERATORS = ['=', '==', '!=', '<>', '<', '<=', '>', '>=', '=~', '!~'] as const;

interface Place {
  readonly from: number;
  readonly to: number;
}

export type Token = Place &
  (
    | { readonly kind: 'word'; readonly text: string; readonly field: WrittenField }
    | { readonly kind: 'quoted'; readonly text: string }
    | { readonly kind: 'operator'; readonly text: (typeof OPERATORS)[number] }
    | { readonly kind: '(' | ')' | ',' }
    | { readonly kind: 'end' }
  );

const QUOTES = new Set(['"', "'", '`']);
const SPACE = /\s/;
const ENDS_WORD = /[\s()"'`,=!<>]/;
const OPERATOR = /==|=~|!=|!~|<>|<=|>=|=|<|>/y;

/** The filter's text in pieces, the end as the last. Throws FilterError. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (SPACE.test(char)) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.to;
  }
  tokens.push({ kind: 'end', from: text.length, to: text.length });
  return tokens;
}

function tokenAt(text: string, from: number): Token {
  const char = text[from]!;
  if (char === '(' || char === ')' || char === ',') return { kind: char, from, to: from + 1 };
  if (QUOTES.has(char)) {
    const { value, to } = quotedAt(text, from);
    return { kind: 'quoted', text: value, from, to };
  }
  OPERATOR.lastIndex = from;
  const operator = OPERATOR.exec(text)?.[0] as (typeof OPERATORS)[number] | undefined;
  if (operator !== undefined) return { kind: 'operator', text: operator, from, to: from + operator.length };
  if (char === '!') throw new FilterError('"!" is no operator by itself; write NOT', from, from + 1);
  return wordAt(text, from);
}

/** A word; `prefix."a name"` and what follows it without a space is one too. */
function wordAt(text: string, from: number): Token {
  let to = wordEnd(text, from);
  const written = text.slice(from, to);
  const quote = text[to];
  if (written.endsWith('.') && written.indexOf('.') === written.length - 1 && quote !== undefined && QUOTES.has(quote)) {
    const { value, to: behind } = quotedAt(text, to);
    to = wordEnd(text, behind);
    const field = { prefix: written.slice(0, -1), name: value, isQuoted: true, suffix: text.slice(behind, to), from, to };
    return { kind: 'word', text: text.slice(from, to), field, from, to };
  }
  const dot = written.indexOf('.');
  const field =
    dot === -1
      ? { prefix: undefined, name: written, isQuoted: false, suffix: '', from, to }
      : { prefix: written.slice(0, dot), name: written.slice(dot + 1), isQuoted: false, suffix: '', from, to };
  return { kind: 'word', text: written, field, from, to };
}

function wordEnd(text: string, from: number): number {
  let to = from;
  while (to < text.length && !ENDS_WORD.test(text[to]!)) to++;
  return to;
}

/** A backslash makes the quote, or a backslash, stand for itself; before anything else it is a backslash. Backticks know no such thing. */
function quotedAt(text: string, from: number): { readonly value: string; readonly to: number } {
  const quote = text[from]!;
  let value = '';
  let at = from + 1;
  let plain = at;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (char === quote) return { value: value + text.slice(plain, at), to: at + 1 };
    const next = text[at + 1];
    if (char === '\\' && quote !== '`' && (next === quote || next === '\\')) {
      value += text.slice(plain, at);
      plain = at + 1;
      at++;
    }
  }
  throw new FilterError(`the quote ${quote} is never closed`, from, text.length);
}
