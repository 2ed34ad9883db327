import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { QueryVariable, VariableOption, VariableSort } from '@vitrine/model/variable.ts';
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { replaceVariables, type VariableScope } from './replace.ts';

/** What a query variable makes of what its source found: its regular expression, its static options, its order. */
export function shapeOptions(
  found: readonly VariableOption[],
  variable: Pick<QueryVariable, 'regex' | 'regexApplyTo' | 'sort' | 'staticOptions'>,
  scope: VariableScope,
): VariableOption[] {
  const regex = replaceVariables(variable.regex, scope, 'regex');
  const kept = regex === '' ? distinct(found) : distinct(takeParts(found, regex, variable.regexApplyTo));
  return [...variable.staticOptions, ...sortOptions(kept, variable.sort)];
}

/** Those whose text or value matches; for data source variables, whose expression takes no parts. */
export function filterOptions(found: readonly VariableOption[], regex: string): VariableOption[] {
  if (regex === '') return [...found];
  const { pattern, looksAhead } = compile(regex);
  return found.filter(({ text }) => looksAhead(text) && pattern.matcher(text).find());
}

/**
 * Keeps what matches, and of that the named groups `value` and `text`, else the first group, else all of it. With the
 * flag g and one group each match gives an option.
 */
function takeParts(found: readonly VariableOption[], regex: string, applyTo: 'value' | 'text'): VariableOption[] {
  const { pattern, all, looksAhead } = compile(regex);
  const groups = pattern.namedGroups();
  const hasValue = Object.hasOwn(groups, 'value');
  const hasText = Object.hasOwn(groups, 'text');
  const groupCount = pattern.groupCount();
  const kept: VariableOption[] = [];
  for (const option of found) {
    const whole = applyTo === 'text' ? option.text : option.value;
    if (!looksAhead(whole)) continue;
    const matcher = pattern.matcher(whole);
    let value: string | undefined;
    let text: string | undefined;
    const firsts: string[] = [];
    let matched = false;
    while (matcher.find()) {
      matched = true;
      if (hasValue) value ??= matcher.group('value') ?? undefined;
      if (hasText) text ??= matcher.group('text') ?? undefined;
      if (groupCount > 0) firsts.push(matcher.group(1) ?? '');
      if (!all) break;
    }
    if (!matched) continue;
    if (hasValue || hasText) {
      const either = value ?? text;
      if (either !== undefined) kept.push({ value: either, text: text ?? either });
    } else if (groupCount > 0) {
      for (const first of firsts) if (first !== '') kept.push({ value: first, text: first });
    } else {
      kept.push(option);
    }
  }
  return kept;
}

interface Compiled {
  readonly pattern: RE2JS;
  readonly all: boolean;
  /** Whether what the expression demands of the text ahead of it holds. */
  readonly looksAhead: (text: string) => boolean;
}

/**
 * `/pattern/flags`, or a bare pattern, which must match the whole text. RE2 cannot look ahead; where an expression does so from the
 * text's start, as in `^(?!test).+`, that is an expression of its own; there may be several in a row.
 */
function compile(regex: string): Compiled {
  const [, body, flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(regex.trim()) ?? [];
  let bits = 0;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  const fromStart = body === undefined || (body.startsWith('^') && !flags.includes('m'));
  const { ahead, rest } = fromStart ? lookaheadsOf((body ?? regex).replace(/^\^/, '')) : { ahead: [], rest: '' };
  const source = body === undefined ? `^(?:${ahead.length === 0 ? regex : rest})$` : ahead.length === 0 ? body : `^${rest}`;
  try {
    const looked = ahead.map(({ inside, isNegative }) => ({ first: RE2JS.compile(`^(?:${inside})`, bits), isNegative }));
    return {
      pattern: RE2JS.compile(source, bits),
      all: flags.includes('g'),
      looksAhead: (text) => looked.every(({ first, isNegative }) => first.matcher(text).find() !== isNegative),
    };
  } catch (cause) {
    const why = cause instanceof RE2JSSyntaxException ? cause.message : 'it cannot be read';
    throw new BadRequest('regex', `"${regex.slice(0, 200)}" is not a regular expression as RE2 reads them: ${why}`, { cause });
  }
}

interface Lookahead {
  readonly isNegative: boolean;
  readonly inside: string;
  readonly rest: string;
}

/** More than anybody writes; each is tried at each option. */
const MOST_LOOKAHEADS = 20;

/** All that an expression begins with, one behind the other, and what is left of it. */
function lookaheadsOf(source: string): { readonly ahead: readonly Lookahead[]; readonly rest: string } {
  const ahead: Lookahead[] = [];
  let rest = source;
  while (ahead.length < MOST_LOOKAHEADS) {
    const next = lookaheadOf(rest);
    if (next === undefined) break;
    ahead.push(next);
    ({ rest } = next);
  }
  return { ahead, rest };
}

/** The `(?!…)` or `(?=…)` that an expression begins with; undefined where it has none, or only one of its alternatives does. */
function lookaheadOf(source: string): Lookahead | undefined {
  if (!/^\(\?[!=]/.test(source)) return undefined;
  let depth = 0;
  let end = 0;
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (char === '[') at = endOfClass(source, at);
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) end ||= at;
    else if (char === '|' && depth === 0) return undefined;
  }
  return { isNegative: source[2] === '!', inside: source.slice(3, end), rest: source.slice(end + 1) };
}

function endOfClass(source: string, from: number): number {
  // A bracket right behind the opening one is a letter.
  for (let at = from + (source[from + 1] === ']' ? 2 : 1); at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === ']') return at;
  }
  return source.length;
}

function distinct(options: readonly VariableOption[]): VariableOption[] {
  const seen = new Set<string>();
  return options.filter(({ value }) => {
    if (seen.has(value)) return false;
    seen.add(value);
    return true;
  });
}

/** Sorts by the text. Options without a number count as -1 where numbers decide, as in Grafana. */
export function sortOptions(options: readonly VariableOption[], sort: VariableSort): VariableOption[] {
  const descending = sort.endsWith('-desc');
  const by = (compare: (a: VariableOption, b: VariableOption) => number): VariableOption[] =>
    descending ? options.toSorted((a, b) => compare(b, a)) : options.toSorted(compare);
  switch (sort) {
    case 'none':
      return [...options];
    case 'alphabetical':
    case 'alphabetical-desc':
      return by((a, b) => byCodeUnit(a.text, b.text));
    case 'alphabetical-ci':
    case 'alphabetical-ci-desc':
      return by((a, b) => byCodeUnit(a.text.toLowerCase(), b.text.toLowerCase()));
    case 'numerical':
    case 'numerical-desc':
      return by((a, b) => firstNumber(a.text) - firstNumber(b.text));
    case 'natural':
    case 'natural-desc':
      return by((a, b) => NATURAL.compare(a.text, b.text));
  }
}

const NATURAL = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function firstNumber(text: string): number {
  const digits = /\d+/.exec(text)?.[0];
  return digits === undefined ? -1 : Number(digits);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
