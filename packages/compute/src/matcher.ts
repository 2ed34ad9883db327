/** Which fields and frames something applies to: overrides, transformations, filters. The ids and options are Grafana's. */
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from './field-name.ts';
import { compilePattern, isSlashed } from './pattern.ts';
import { findReducer } from './reducers.ts';

/** `frames` are all frames of the panel: by them a field's name is told. */
export type FieldMatcher = (field: Field, frame: Frame, frames: readonly Frame[]) => boolean;
/** `index` is the frame's place among `frames`. */
export type FrameMatcher = (frame: Frame, index: number) => boolean;

/** How deep matchers of matchers may go. */
const DEEPEST = 8;

/**
 * byName, byNames, byRegexp, byRegexpOrNames, byType, byTypes, numeric, time, first, firstTimeField, byFrameRefID, byValue, and the
 * combining anyMatch, allMatch, noneMatch, invertMatch, alwaysMatch, neverMatch. Throws BadRequest for an id that is none of these,
 * and for options that cannot be read.
 */
export function fieldMatcher(id: string, options?: unknown): FieldMatcher {
  return buildFieldMatcher(id, options, 0);
}

/** byName, byRefId ("A", "A|B" or "/…/"), byIndex, and the combining ones. Throws BadRequest as `fieldMatcher` does. */
export function frameMatcher(id: string, options?: unknown): FrameMatcher {
  return buildFrameMatcher(id, options, 0);
}

function buildFieldMatcher(id: string, options: unknown, depth: number): FieldMatcher {
  switch (id) {
    case 'byName':
      return byNames([text(options)], false);
    case 'byNames': {
      const { names, mode } = record(options);
      return byNames(strings(names), mode === 'exclude');
    }
    case 'byRegexp':
    case 'byRegex':
      return byPattern(text(options));
    case 'byRegexpOrNames': {
      const { pattern, names } = record(options);
      const named = byNames(strings(names), false);
      if (typeof pattern !== 'string' || pattern === '') return named;
      const fitting = byPattern(pattern);
      return (...args) => named(...args) || fitting(...args);
    }
    case 'byType':
      return byTypes([text(options)]);
    case 'byTypes':
      return byTypes(strings(options));
    case 'numeric':
      return byTypes(['number']);
    case 'time':
      return byTypes(['time']);
    case 'first':
      return (field, frame) => frame.fields[0] === field;
    case 'firstTimeField':
      return (field, frame) => frame.fields.find(({ type }) => type === 'time') === field;
    case 'byFrameRefID': {
      const refId = text(options);
      return (_field, frame) => refId !== '' && frame.refId === refId;
    }
    case 'byValue':
      return byValue(options);
    default:
      return combine('field', id, options, depth, buildFieldMatcher);
  }
}

function buildFrameMatcher(id: string, options: unknown, depth: number): FrameMatcher {
  switch (id) {
    case 'byName': {
      const name = text(options);
      if (!isSlashed(name)) return (frame) => frame.name === name;
      const pattern = compilePattern('matcher.options', name, 'whole');
      return (frame) => pattern.test(frame.name ?? '');
    }
    case 'byRefId': {
      const wanted = text(options);
      if (!isSlashed(wanted)) {
        const refIds = new Set(wanted.split('|'));
        return ({ refId }) => refIds.has(refId);
      }
      const pattern = compilePattern('matcher.options', wanted, 'whole');
      return ({ refId }) => pattern.test(refId);
    }
    case 'byIndex':
      return (_frame, index) => index === Number(options);
    default:
      return combine('frame', id, options, depth, buildFrameMatcher);
  }
}

function byNames(names: readonly string[], exclude: boolean): FieldMatcher {
  const wanted = new Set(names);
  return (field, frame, frames) => (wanted.has(field.name) || wanted.has(fieldName(field, frame, frames))) !== exclude;
}

function byPattern(source: string): FieldMatcher {
  // An empty expression would fit every field; it is one that nobody has written yet.
  if (source === '') return () => false;
  const pattern = compilePattern('matcher.options', source, 'whole');
  return (field, frame, frames) => pattern.test(fieldName(field, frame, frames));
}

/** Grafana's names of types, where they are not ours. */
const TYPES: Readonly<Record<string, Field['type']>> = { other: 'json', enum: 'string', nestedFrames: 'frame' };

function byTypes(types: readonly string[]): FieldMatcher {
  const wanted = new Set(types.map((type) => (Object.hasOwn(TYPES, type) ? TYPES[type]! : type)));
  return ({ type }) => wanted.has(type);
}

type Compare = (a: number, b: number) => boolean;
const COMPARISONS: Readonly<Record<string, Compare>> = {
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
};
const SYMBOLS: Readonly<Record<string, string>> = {
  '=': 'eq',
  '==': 'eq',
  '!=': 'neq',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
};

/** By a number reduced from the field. Fields that reduce to nothing do not match. */
function byValue(options: unknown): FieldMatcher {
  const { reducer: id, op, value } = record(options);
  const reducer = findReducer(text(id));
  if (reducer === undefined) throw new BadRequest('matcher.options.reducer', `"${text(id)}" is no reducer that is known here`);
  const sign = text(op) === '' ? 'gte' : text(op);
  const compare = COMPARISONS[SYMBOLS[sign] ?? sign];
  if (compare === undefined)
    throw new BadRequest('matcher.options.op', `"${sign}" is none of ${Object.keys(COMPARISONS).join(', ')}`);
  const limit = Number(value ?? 0);
  return (field) => {
    const found = reducer.reduce(field);
    if (typeof found === 'boolean') return compare(Number(found), limit);
    return typeof found === 'number' && compare(found, limit);
  };
}

/** What matchers of fields and of frames have in common: all, none, and what is put together of others. */
function combine<Args extends readonly unknown[]>(
  kind: 'field' | 'frame',
  id: string,
  options: unknown,
  depth: number,
  build: (id: string, options: unknown, depth: number) => (...args: Args) => boolean,
): (...args: Args) => boolean {
  switch (id) {
    case 'alwaysMatch':
      return () => true;
    case 'neverMatch':
      return () => false;
    case 'anyMatch':
    case 'noneMatch': {
      const some = children(options, depth, build);
      return (...args) => some.some((matches) => matches(...args)) === (id === 'anyMatch');
    }
    case 'allMatch': {
      const every = children(options, depth, build);
      return (...args) => every.every((matches) => matches(...args));
    }
    case 'invertMatch': {
      const [one] = children([options], depth, build);
      return (...args) => !one!(...args);
    }
    default:
      throw new BadRequest('matcher.id', `"${id}" is no ${kind} matcher that is known here`);
  }
}

function children<T>(options: unknown, depth: number, build: (id: string, options: unknown, depth: number) => T): T[] {
  if (depth >= DEEPEST) throw new BadRequest('matcher.options', `matchers lie more than ${DEEPEST} deep`);
  if (!Array.isArray(options)) throw new BadRequest('matcher.options', 'expected a list of matchers');
  return options.map((child: unknown) => {
    const { id, options: own } = record(child);
    return build(text(id), own, depth + 1);
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : typeof value === 'string' ? [value] : [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
