import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import { INFLUXQL, isWord, type Token, tokenize } from '../tokens.ts';
import { quoteIdentifier, quoteString } from './quote.ts';

/** Clauses that end WHERE, or stand where it would. */
const BEHIND_WHERE = ['GROUP', 'ORDER', 'LIMIT', 'OFFSET', 'SLIMIT', 'SOFFSET', 'FILL', 'TZ'];
/** Of SHOW …, what a condition on tags narrows. */
const NARROWED = /^SHOW (?:MEASUREMENTS|SERIES|TAG KEYS|TAG VALUES)\b/;

/**
 * Statements without variables as they may be asked, the filters in every SELECT that reads a measurement and in every SHOW that
 * takes a condition. Throws BadRequest for a statement that is neither SELECT nor SHOW nor EXPLAIN, or that writes.
 */
export function prepareStatements(text: string, filters: readonly AdhocFilter[]): string[] {
  const condition = filters
    .filter(({ key }) => key !== '')
    .map(printFilter)
    .join(' AND ');
  return split(tokenize(text, INFLUXQL)).map((tokens) => {
    checkReads(tokens);
    return (condition === '' ? tokens : narrow(tokens, condition))
      .map((token) => token.text)
      .join('')
      .trim();
  });
}

function split(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === ';') statements.push([]);
    else statements.at(-1)!.push(token);
  }
  return statements.filter((statement) => statement.some(isCode));
}

function isCode({ kind }: Token): boolean {
  return kind !== 'space' && kind !== 'comment';
}

/** A value chosen on a dashboard must not make a question into an order. */
function checkReads(tokens: readonly Token[]): void {
  const first = tokens.find(isCode);
  if (!isWord(first, 'SELECT', 'SHOW', 'EXPLAIN'))
    throw new BadRequest('query', `begins with "${first?.text.slice(0, 50)}"; only SELECT, SHOW and EXPLAIN are asked`);
  if (tokens.some((token) => isWord(token, 'INTO')))
    throw new BadRequest('query', 'holds INTO, which writes; put a name that reads so into double quotes');
}

/** `"tag" = 'a'`: the value of a filter is always a text, as tags are. */
function printFilter({ key, operator, value, values }: AdhocFilter): string {
  const name = quoteIdentifier(key);
  const regex = (text: string): string => `/${text.replace(/\\?\//g, String.raw`\/`).replaceAll('\n', String.raw`\n`)}/`;
  switch (operator) {
    case '=':
    case '!=':
      return `${name} ${operator} ${quoteString(value)}`;
    case '=~':
    case '!~':
      return `${name} ${operator} ${regex(value)}`;
    case '=|':
    case '!=|': {
      const [by, joined] = operator === '=|' ? ['=', ' OR '] : ['!=', ' AND '];
      return `(${(values ?? [value]).map((one) => `${name} ${by} ${quoteString(one)}`).join(joined)})`;
    }
    case '<':
    case '>':
      if (value.trim() === '' || !Number.isFinite(Number(value)))
        throw new BadRequest('filters', `"${key} ${operator} ${value}": only numbers are compared by size`);
      return `${name} ${operator} ${Number(value)}`;
  }
}

/** Puts the condition where WHERE stands or would stand, in every SELECT that does not read another SELECT. */
function narrow(tokens: readonly Token[], condition: string): Token[] {
  const words = tokens
    .filter(isCode)
    .slice(0, 3)
    .map(({ text }) => text.toUpperCase())
    .join(' ');
  if (words.startsWith('SHOW')) return NARROWED.test(words) ? narrowClause(tokens, condition) : [...tokens];
  return narrowSelects(tokens, condition);
}

function narrowSelects(tokens: readonly Token[], condition: string): Token[] {
  const out: Token[] = [];
  let readsSelect = false;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.text !== '(' || token.kind !== 'symbol') {
      out.push(token);
      continue;
    }
    const end = closing(tokens, at);
    const inside = tokens.slice(at + 1, end);
    const isSelect = isWord(inside.find(isCode), 'SELECT');
    readsSelect ||= isSelect;
    out.push(token, ...(isSelect ? narrowSelects(inside, condition) : inside));
    if (end < tokens.length) out.push(tokens[end]!);
    at = end;
  }
  return readsSelect ? out : narrowClause(out, condition);
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]!.kind !== 'symbol') continue;
    if (tokens[at]!.text === '(') depth++;
    if (tokens[at]!.text === ')' && --depth === 0) return at;
  }
  throw new BadRequest('query', 'has a bracket that is not closed');
}

const SPACE: Token = { kind: 'space', text: ' ' };

/** One statement without further ones inside, whatever stands in brackets being left as it is. */
function narrowClause(tokens: readonly Token[], condition: string): Token[] {
  let depth = 0;
  let from: number | undefined;
  let to = tokens.length;
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'symbol' && token.text === '(') depth++;
    if (token.kind === 'symbol' && token.text === ')') depth--;
    if (depth < 0) throw new BadRequest('query', 'has a bracket that is not opened');
    if (depth !== 0) continue;
    if (from === undefined && isWord(token, 'WHERE')) from = at;
    // A column may be called as a clause is: before FROM nothing ends a condition that has not begun.
    else if (isWord(token, ...BEHIND_WHERE) && tokens.slice(0, at).some((before) => isWord(before, 'FROM', 'SHOW'))) {
      to = at;
      break;
    }
  }
  const before = tokens.slice(0, from ?? to).map((token) => (token.kind === 'comment' ? SPACE : token));
  // A line comment would swallow what is put behind it.
  const given = from === undefined ? [] : tokens.slice(from + 1, to).filter(({ kind }) => kind !== 'comment');
  const text = given
    .map((token) => token.text)
    .join('')
    .trim();
  const clause = ` WHERE ${text === '' ? condition : `(${text}) AND ${condition}`} `;
  return [...before, { kind: 'symbol', text: clause }, ...tokens.slice(to)];
}
