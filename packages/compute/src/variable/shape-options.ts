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
  const { pattern } = compile(regex);
  return found.filter(({ text }) => pattern.matcher(text).find());
}

/**
 * Keeps what matches, and of that the named groups `value` and `text`, else the first group, else all of it. With the
 * flag g and one group each match gives an option.
 */
function takeParts(found: readonly VariableOption[], regex: string, applyTo: 'value' | 'text'): VariableOption[] {
  const { pattern, all } = compile(regex);
  const groups = pattern.namedGroups();
  const hasValue = Object.hasOwn(groups, 'value');
  const hasText = Object.hasOwn(groups, 'text');
  const groupCount = pattern.groupCount();
  const kept: VariableOption[] = [];
  for (const option of found) {
    const matcher = pattern.matcher(applyTo === 'text' ? option.text : option.value);
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

/** `/pattern/flags`, or a bare pattern, which must match the whole text. */
function compile(regex: string): { readonly pattern: RE2JS; readonly all: boolean } {
  const [, body, flags] = /^\/(.*)\/([a-z]*)$/s.exec(regex.trim()) ?? [];
  const source = body ?? `^(?:${regex})$`;
  let bits = 0;
  if (flags?.includes('i') === true) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags?.includes('s') === true) bits |= RE2JS.DOTALL;
  if (flags?.includes('m') === true) bits |= RE2JS.MULTILINE;
  try {
    return { pattern: RE2JS.compile(source, bits), all: flags?.includes('g') ?? false };
  } catch (cause) {
    const why = cause instanceof RE2JSSyntaxException ? cause.message : 'it cannot be read';
    throw new BadRequest('regex', `"${regex.slice(0, 200)}" is not a regular expression as RE2 reads them: ${why}`, { cause });
  }
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
