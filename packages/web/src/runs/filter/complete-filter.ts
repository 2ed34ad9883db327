import { FilterError } from '@vitrine/compute/run-filter/filter-error.ts';
import { parseRunField } from '@vitrine/compute/run-filter/parse-run-filter.ts';
import { RUN_ATTRIBUTES } from '@vitrine/compute/run-filter/run-field.ts';
import type { RunField } from '@vitrine/compute/run-filter/run-field.ts';
import { readNumber } from '@vitrine/compute/run-filter/run-values.ts';
import type { FilterNamesAnswer } from '@vitrine/model/run-api.ts';
import { fieldText } from './field-text.ts';

/** What may be put in place of what is being typed. */
export interface Completion {
  readonly text: string;
  readonly kind: 'metric' | 'parameter' | 'tag' | 'fact' | 'value';
  /** What it means, for what is no name of the user's. */
  readonly about: string;
}

export interface Completions {
  /** The part of the text that one of them takes the place of. */
  readonly from: number;
  readonly to: number;
  readonly options: readonly Completion[];
}

/** Options that are offered together. */
export const MOST_OPTIONS = 60;
/** What is looked at before the caret. */
const LONGEST = 1_000;

/** A value that a field may be compared with, as it is, and a word on it. */
export interface FilterValue {
  readonly value: string;
  readonly about: string;
}

export type ValuesOf = (field: RunField) => readonly FilterValue[];

/** A field, what compares it, and the beginning of a value: with a quote before it, or without. */
const COMPARED =
  /((?:[\w./-]|`[^`]*`|\."[^"]*")+)\s*(?:==?|!=|<>|<=?|>=?|=~|!~|\s(?:not\s+)?(?:like|ilike|contains)\s|\s(?:not\s+)?in\s*\((?:[^()]*,)?)\s*(?:(["'])([^"']*)|([^\s"'`(),=!<>~]*))$/i;

/** A field that is being compared, and the beginning of the value. */
export interface BeganValue {
  readonly field: RunField;
  /** As it is written. */
  readonly fieldText: string;
  readonly typed: string;
  /** The quote before it. */
  readonly quote: string | undefined;
}

/** The value that is being typed where the caret stands; undefined where something else is. */
export function beganValue(text: string, caret: number): BeganValue | undefined {
  const [, written, quote, quoted, bare] = COMPARED.exec(text.slice(0, caret).slice(-LONGEST)) ?? [];
  if (written === undefined) return undefined;
  const field = readField(written);
  return field === undefined ? undefined : { field, fieldText: written, typed: quoted ?? bare ?? '', quote };
}

/** What can follow where the caret stands. Names that begin with what is typed come first. */
export function completeFilter(text: string, caret: number, names: FilterNamesAnswer, valuesOf: ValuesOf): Completions {
  const before = text.slice(0, caret);
  if (COMPARED.test(before.slice(-LONGEST))) {
    const began = beganValue(text, caret);
    if (began === undefined) return none(caret);
    const { field, typed, quote } = began;
    const options = matching(valuesOf(field), typed, ({ value }) => value).map(({ value, about }): Completion => ({
      text: valueText(value, quote),
      kind: 'value',
      about,
    }));
    return { from: caret - typed.length, to: caret, options };
  }
  // Behind a value something begins with a space.
  if (/["')]$/.test(before)) return none(caret);
  // Inside quotes anything may be meant.
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1 || (before.match(/'/g)?.length ?? 0) % 2 === 1) return none(caret);
  const [typed = ''] = /(?:[\w./-]|`[^`]*`?)*$/.exec(before) ?? [];
  const from = caret - typed.length;
  if (/^(?:\d|$)/.test(typed) && typed !== '') return none(caret);
  const [, kind, part] = /^(metrics?|params?|parameters?|tags?)\.`?([^`]*)$/i.exec(typed) ?? [];
  if (kind !== undefined && part !== undefined) {
    const [word, list] = kind.toLowerCase().startsWith('m')
      ? (['metrics', names.metrics] as const)
      : kind.toLowerCase().startsWith('p')
        ? (['params', names.params] as const)
        : (['tags', names.tags] as const);
    return { from, to: caret, options: matching(list, part, itself).map((name) => optionOf(word, name)) };
  }
  const facts = RUN_ATTRIBUTES.filter(({ name }) => name.startsWith(typed.toLowerCase())).map(({ name, says }): Completion => ({
    text: name,
    kind: 'fact',
    about: says,
  }));
  const own = (['params', 'metrics', 'tags'] as const).flatMap((word) =>
    matching(names[word], typed, itself).map((name) => optionOf(word, name)),
  );
  return { from, to: caret, options: [...facts, ...own].slice(0, MOST_OPTIONS) };
}

function readField(text: string): RunField | undefined {
  try {
    return parseRunField(text);
  } catch (error) {
    if (error instanceof FilterError) return undefined;
    throw error;
  }
}

/** As it stands in a filter: with quotes where it is not a number or a single word, behind a quote without. */
function valueText(value: string, quote: string | undefined): string {
  if (quote !== undefined) return value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return /^[A-Za-z][\w-]*$/.test(value) || readNumber(value) !== undefined ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

function none(caret: number): Completions {
  return { from: caret, to: caret, options: [] };
}

const KINDS = { metrics: 'metric', params: 'parameter', tags: 'tag' } as const;

function optionOf(word: keyof typeof KINDS, name: string): Completion {
  return { text: fieldText(word, name), kind: KINDS[word], about: '' };
}

/** Those that begin with the part come first. */
function matching<T>(items: readonly T[], part: string, nameOf: (item: T) => string): readonly T[] {
  const wanted = part.toLowerCase();
  const begins = (item: T): number => Number(nameOf(item).toLowerCase().startsWith(wanted));
  const found = items.filter((item) => nameOf(item).toLowerCase().includes(wanted));
  return found.toSorted((a, b) => begins(b) - begins(a)).slice(0, MOST_OPTIONS);
}

const itself = (name: string): string => name;

/** The text with one of them in place, and where the caret then stands. */
export function applyCompletion(text: string, { from, to }: Completions, { text: put, kind }: Completion) {
  const after = text.slice(to);
  const space = kind !== 'value' && !after.startsWith(' ') ? ' ' : '';
  return { text: text.slice(0, from) + put + space + after, caret: from + put.length + space.length };
}
