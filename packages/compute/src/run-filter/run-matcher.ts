import type { CurveSummary } from '@vitrine/model/curve-store.ts';
import { directionOf, type Run } from '@vitrine/model/run.ts';
import { compilePattern } from '../pattern.ts';
import { FilterError } from './filter-error.ts';
import { likeMatcher } from './like.ts';
import type { RunAttribute, RunField } from './run-field.ts';
import type { Comparison, RunFilter, RunValue } from './run-filter.ts';
import { readNumber } from './run-values.ts';

/** A run as a filter sees it. */
export interface RunSubject {
  readonly run: Run;
  /** undefined where the run has not logged it. */
  readonly metric: (name: string) => CurveSummary | undefined;
  /** Severities and detectors of its findings; "ok" alone where there are none. */
  readonly health: readonly string[];
  readonly nowMs: number;
}

/** Patterns are compiled once, for many runs. Throws FilterError for a pattern that is none. */
export function runMatcher(filter: RunFilter): (subject: RunSubject) => boolean {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.parts.map(runMatcher);
      return (subject) => parts.every((matches) => matches(subject));
    }
    case 'or': {
      const parts = filter.parts.map(runMatcher);
      return (subject) => parts.some((matches) => matches(subject));
    }
    case 'not': {
      const matches = runMatcher(filter.part);
      return (subject) => !matches(subject);
    }
    case 'search': {
      const text = filter.text.toLowerCase();
      return ({ run }) => searched(run).includes(text) || searchedEntries(run).includes(text);
    }
    case 'compare':
      return comparison(filter);
  }
}

/** What a field of a run is: a number (times and durations in milliseconds), a text, several texts; undefined where it has none. */
export function runFieldValue(field: RunField, subject: RunSubject): number | string | readonly string[] | undefined {
  switch (field.kind) {
    case 'metric':
      return metricValue(field.name, field.part, subject);
    case 'param':
      return own(subject.run.params, field.name);
    case 'tag':
      return own(subject.run.tags, field.name);
    case 'attribute':
      return attributeValue(field.name, subject);
  }
}

function metricValue(name: string, part: Extract<RunField, { kind: 'metric' }>['part'], subject: RunSubject): number | undefined {
  const summary = subject.metric(name);
  if (summary === undefined || part === 'points') return summary?.points;
  if (part !== 'best') return summary[part]?.value;
  const direction = directionOf(name);
  return direction === undefined ? undefined : summary[direction]?.value;
}

function attributeValue(name: RunAttribute, { run, health, nowMs }: RunSubject): number | string | readonly string[] | undefined {
  switch (name) {
    case 'name':
    case 'id':
    case 'project':
    case 'group':
    case 'status':
    case 'user':
    case 'source':
    case 'notes':
      return run[name];
    case 'parent':
      return run.parentId ?? '';
    case 'host':
      return run.hosts;
    case 'health':
      return health;
    case 'started':
      return run.startedMs;
    case 'ended':
      return run.endedMs;
    case 'heard':
      return run.heartbeatMs;
    case 'duration':
      return Math.max(0, (run.endedMs ?? nowMs) - run.startedMs);
  }
}

function own(entries: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function comparison(it: Comparison): (subject: RunSubject) => boolean {
  const { field, negated } = it;
  if (it.test === 'present') {
    return (subject) => {
      const value = runFieldValue(field, subject);
      // Of texts that every run has, the empty one says that there is none.
      const isPresent = value !== undefined && (typeof value === 'number' || value.length > 0 || field.kind !== 'attribute');
      return isPresent !== negated;
    };
  }
  const matches = valueTest(it);
  return (subject) => {
    const value = runFieldValue(field, subject);
    if (value === undefined) return false;
    if (typeof value === 'number' || typeof value === 'string') return matches(value) !== negated;
    return value.length > 0 && value.some(matches) !== negated;
  };
}

function valueTest(it: Exclude<Comparison, { readonly test: 'present' }>): (value: number | string) => boolean {
  switch (it.test) {
    case 'equal': {
      const tests = it.values.map(equals);
      return (value) => tests.some((isEqual) => isEqual(value));
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(it.test, it.value);
    case 'contains': {
      const text = it.text.toLowerCase();
      return (value) => String(value).toLowerCase().includes(text);
    }
    case 'like': {
      const isLike = likeMatcher(it.text);
      return (value) => isLike(String(value));
    }
    case 'ilike': {
      const isLike = likeMatcher(it.text.toLowerCase());
      return (value) => isLike(String(value).toLowerCase());
    }
    case 'pattern': {
      const pattern = patternOf(it);
      return (value) => pattern.test(String(value));
    }
  }
}

/** It fits the whole text, as in PromQL. */
function patternOf({ text, from, to }: Comparison & { readonly test: 'like' | 'ilike' | 'contains' | 'pattern' }): {
  test(value: string): boolean;
} {
  try {
    // Alone it must be one too: "a)|(b" would close the group around it.
    void new RegExp(text);
    return compilePattern('filter', `(?:${text})`, 'whole');
  } catch (cause) {
    throw new FilterError(`"${text.slice(0, 60)}" is no regular expression that can be answered in bounded time`, from, to, {
      cause,
    });
  }
}

function equals(wanted: RunValue): (value: number | string) => boolean {
  switch (wanted.kind) {
    case 'text':
      return (value) => value === wanted.text;
    case 'number':
      return (value) => {
        if (typeof value === 'string' && value === wanted.text) return true;
        const number = typeof value === 'number' ? value : readNumber(value);
        // NaN is what asks for NaN; 0 and -0 are one number.
        return number === wanted.number || (Number.isNaN(number) && Number.isNaN(wanted.number));
      };
    case 'time':
      return (value) => typeof value === 'number' && value >= wanted.fromMs && value < wanted.toMs;
  }
}

function ordered(test: '<' | '<=' | '>' | '>=', wanted: RunValue): (value: number | string) => boolean {
  switch (wanted.kind) {
    case 'time': {
      const { fromMs, toMs } = wanted;
      return (value) => {
        if (typeof value !== 'number') return false;
        if (test === '<') return value < fromMs;
        if (test === '>=') return value >= fromMs;
        return test === '<=' ? value < toMs : value >= toMs;
      };
    }
    case 'number':
      // A text that is no number is neither above nor below one.
      return (value) => {
        const number = typeof value === 'number' ? value : readNumber(value);
        return number !== undefined && isOrdered(test, number, wanted.number);
      };
    case 'text':
      return (value) => isOrdered(test, String(value), wanted.text);
  }
}

function isOrdered<T extends number | string>(test: '<' | '<=' | '>' | '>=', a: T, b: T): boolean {
  switch (test) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function searched(run: Run): string {
  return `${run.name}\n${run.id}\n${run.project}\n${run.group}`.toLowerCase();
}

/** By the maps themselves: what changes about a run most often are not these. */
const SEARCHED = new WeakMap<Readonly<Record<string, string>>, string>();

function searchedEntries({ tags, params }: Run): string {
  return `${remembered(tags, (name, value) => `${name}\n${value}`)}\n${remembered(params, (_name, value) => value)}`;
}

function remembered(entries: Readonly<Record<string, string>>, write: (name: string, value: string) => string): string {
  let text = SEARCHED.get(entries);
  if (text === undefined) {
    text = Object.entries(entries)
      .map(([name, value]) => write(name, value))
      .join('\n')
      .toLowerCase();
    SEARCHED.set(entries, text);
  }
  return text;
}
