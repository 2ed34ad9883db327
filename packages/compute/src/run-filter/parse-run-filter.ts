import { RUN_STATUSES } from '@vitrine/model/run.ts';
import { healthNamed, HEALTH_WORDS } from './health-words.ts';
import { FilterError } from './filter-error.ts';
import { attributeType, type AttributeType, isFieldPrefix, readField, type RunField } from './run-field.ts';
import type { Comparison, RunFilter, RunValue } from './run-filter.ts';
import { readDuration, readNumber, readTime } from './run-values.ts';
import { type Token, tokensOf } from './tokens.ts';

const LONGEST = 20_000;
const DEEPEST = 50;

/** Reads a filter; docs/runs.md tells the language. Nothing lets all runs through. From `nowMs` "-7d" is reckoned. Throws FilterError. */
export function parseRunFilter(text: string, { nowMs }: { readonly nowMs: number }): RunFilter {
  if (text.length > LONGEST)
    throw new FilterError(`has ${text.length} characters, and the limit is ${LONGEST}`, LONGEST, text.length);
  return new Parser(tokensOf(text), nowMs).whole();
}

/** A field alone, as sorting and grouping name it: "metrics.loss.best", "params.lr", "started". Throws FilterError. */
export function parseRunField(text: string): RunField {
  const [first, second] = tokensOf(text.slice(0, LONGEST));
  if (first?.kind !== 'word' || second?.kind !== 'end')
    throw new FilterError(`"${text.slice(0, 60)}" is no field such as params.lr or started`, 0, text.length);
  return readField(first.field);
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #nowMs: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], nowMs: number) {
    this.#tokens = tokens;
    this.#nowMs = nowMs;
  }

  whole(): RunFilter {
    if (this.#peek().kind === 'end') return { kind: 'and', parts: [] };
    const filter = this.#either();
    const rest = this.#peek();
    if (rest.kind === 'end') return filter;
    throw fail(rest.kind === ')' ? 'there is no "(" for this ")"' : `${shown(rest)} is not expected here`, rest);
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #either(): RunFilter {
    const parts = [this.#both()];
    while (isWord(this.#peek(), 'or', '||')) {
      this.#at++;
      parts.push(this.#both());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  /** Words that stand side by side are all looked for. */
  #both(): RunFilter {
    const parts = [this.#one()];
    for (;;) {
      const next = this.#peek();
      if (isWord(next, 'and', '&&')) this.#at++;
      else if (next.kind === 'end' || next.kind === ')' || next.kind === ',' || isWord(next, 'or', '||')) break;
      parts.push(this.#one());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #one(): RunFilter {
    const token = this.#next();
    switch (token.kind) {
      case '(':
        return this.#deeper(token, () => {
          const inside = this.#either();
          const close = this.#next();
          if (close.kind !== ')') throw fail(`expected ")" for the "(" at character ${token.from + 1}`, close);
          return inside;
        });
      case 'quoted':
        if (this.#isOperator()) throw fail(`a quoted text is no field: write params.${quoted(token.text)} or the like`, token);
        return { kind: 'search', text: token.text };
      case 'word':
        break;
      default:
        throw fail(`expected a field such as params.lr, or text to search for, and found ${shown(token)}`, token);
    }
    if (this.#isOperator()) return this.#comparison(readField(token.field), token);
    if (isWord(token, 'not')) return this.#deeper(token, () => ({ kind: 'not', part: this.#one() }));
    if (isWord(token, 'and', 'or', '&&', '||')) throw fail(`something is missing beside ${shown(token)}`, token);
    if (isFieldPrefix(token.field.prefix))
      throw fail(`expected <, =, IS NOT NULL or another comparison behind ${shown(token)}`, this.#peek());
    return { kind: 'search', text: token.text };
  }

  #deeper<T>(token: Token, read: () => T): T {
    if (++this.#depth > DEEPEST) throw fail(`conditions lie more than ${DEEPEST} deep`, token);
    const result = read();
    this.#depth--;
    return result;
  }

  /** Whether what comes next compares what came last. */
  #isOperator(): boolean {
    const next = this.#peek();
    if (next.kind === 'operator') return true;
    if (isWord(next, 'in')) return this.#peek(1).kind === '(';
    if (isWord(next, 'not')) {
      const behind = this.#peek(1);
      return isWord(behind, 'like', 'ilike', 'contains') || (isWord(behind, 'in') && this.#peek(2).kind === '(');
    }
    if (isWord(next, 'is')) return isWord(this.#peek(1), 'null', 'not');
    return isWord(next, 'like', 'ilike', 'contains');
  }

  #comparison(field: RunField, written: Token): Comparison {
    const token = this.#next();
    const negated = isWord(token, 'not');
    const operator = negated ? this.#next() : token;
    const place = (): { kind: 'compare'; field: RunField; from: number; to: number } => ({
      kind: 'compare',
      field,
      from: written.from,
      to: this.#tokens[this.#at - 1]!.to,
    });
    const name = operator.kind === 'operator' ? operator.text : operator.kind === 'word' ? operator.text.toLowerCase() : '';
    switch (name) {
      case 'is': {
        const isNot = isWord(this.#peek(), 'not');
        if (isNot) this.#at++;
        const end = this.#next();
        if (!isWord(end, 'null')) throw fail(`expected NULL behind IS${isNot ? ' NOT' : ''}`, end);
        return { ...place(), negated: !isNot, test: 'present' };
      }
      case 'in': {
        const values = this.#list(field);
        return { ...place(), negated, test: 'equal', values };
      }
      case '=':
      case '==':
      case '!=':
      case '<>': {
        const value = this.#value(field, name);
        return { ...place(), negated: name === '!=' || name === '<>', test: 'equal', values: [value] };
      }
      case '<':
      case '<=':
      case '>':
      case '>=': {
        const type = typeOf(field);
        if (type === 'texts' || type === 'status' || type === 'health')
          throw fail(
            `${shown(written)} is text: it has no order, so = != IN LIKE CONTAINS and =~ are what compares it`,
            operator,
          );
        const value = this.#value(field, name);
        return { ...place(), negated: false, test: name, value };
      }
      default: {
        const type = typeOf(field);
        if (type === 'number' || type === 'time' || type === 'duration')
          throw fail(
            `${shown(operator)} compares text, and ${shown(written)} is ${type === 'number' ? 'a number' : `a ${type}`}`,
            operator,
          );
        const { text } = this.#literal(name);
        if (name === '=~' || name === '!~') return { ...place(), negated: name === '!~', test: 'pattern', text };
        if (name !== 'like' && name !== 'ilike' && name !== 'contains')
          throw fail(`${shown(operator)} is no comparison`, operator);
        return { ...place(), negated, test: name, text };
      }
    }
  }

  #list(field: RunField): readonly RunValue[] {
    // #isOperator() has seen it.
    this.#at++;
    const values: RunValue[] = [];
    for (;;) {
      values.push(this.#value(field, 'in'));
      const next = this.#next();
      if (next.kind === ')') return values;
      if (next.kind !== ',') throw fail('expected "," or ")" in the list', next);
    }
  }

  #literal(operator: string): Extract<Token, { readonly text: string; readonly kind: 'word' | 'quoted' }> {
    const token = this.#next();
    if (token.kind === 'word' || token.kind === 'quoted') return token;
    throw fail(`expected a value behind ${operator.toUpperCase()}, and found ${shown(token)}`, token);
  }

  #value(field: RunField, operator: string): RunValue {
    const token = this.#literal(operator);
    const { text } = token;
    switch (typeOf(field)) {
      case 'number': {
        const number = readNumber(text);
        if (number === undefined) throw fail(`metrics are numbers, and ${shown(token)} is none`, token);
        return { kind: 'number', number, text };
      }
      case 'time': {
        const time = readTime(text, this.#nowMs);
        if (time === undefined)
          throw fail(`${shown(token)} is no time such as 2026-05-01, "2026-05-01 14:30", now-7d or unix milliseconds`, token);
        return { kind: 'time', ...time };
      }
      case 'duration': {
        const ms = readDuration(text);
        if (ms === undefined) throw fail(`${shown(token)} is no duration such as 90s, 2h or 1h30m`, token);
        return { kind: 'number', number: ms, text };
      }
      case 'status': {
        const status = RUN_STATUSES.find((known) => known === text.toLowerCase());
        if (status === undefined) throw fail(`${shown(token)} is no status; there are ${RUN_STATUSES.join(', ')}`, token);
        return { kind: 'text', text: status };
      }
      case 'health': {
        const word = healthNamed(text);
        if (word === undefined)
          throw fail(`${shown(token)} is nothing that a run’s health can be; there are ${HEALTH_WORDS.join(', ')}`, token);
        return { kind: 'text', text: word };
      }
      case 'text':
      case 'texts': {
        // What is quoted is text, also where it reads as a number.
        const number = token.kind === 'word' ? readNumber(text) : undefined;
        return number === undefined ? { kind: 'text', text } : { kind: 'number', number, text };
      }
    }
  }
}

function typeOf(field: RunField): 'number' | AttributeType {
  if (field.kind === 'metric') return 'number';
  return field.kind === 'attribute' ? attributeType(field.name) : 'text';
}

function isWord(token: Token, ...words: readonly string[]): boolean {
  return token.kind === 'word' && words.includes(token.text.toLowerCase());
}

function fail(problem: string, { from, to }: Token): FilterError {
  return new FilterError(problem, from, to);
}

function shown(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'quoted':
    case 'word':
    case 'operator':
      return quoted(token.text);
    default:
      return `"${token.kind}"`;
  }
}

function quoted(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}
