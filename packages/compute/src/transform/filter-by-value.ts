import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { compilePattern } from '../pattern.ts';
import { cellAt, numberOf, takeFrameRows, textOf, type Cell } from './column.ts';
import { findField } from './fields.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

export const filterByValue: TransformationKind = {
  id: 'filterByValue',
  title: 'Filter data by values',
  description: 'Keeps or drops rows by what stands in them.',
  defaults: { filters: [], type: 'include', match: 'any' },
  apply(frames, options, run) {
    const filters = options.list('filters').map((filter) => ({
      field: filter.text('fieldName'),
      test: valueTest(filter.inner('config').text('id'), filter.inner('config').inner('options')),
    }));
    if (filters.length === 0) return frames;
    const keep = options.choice('type', ['include', 'exclude'], 'include') === 'include';
    const all = options.choice('match', ['any', 'all'], 'any') === 'all';
    for (const { field } of filters) {
      if (frames.some(({ length }) => length > 0) && !frames.some((frame) => findField(field, frame, frames)))
        run.notice('info', `no frame has a field "${field}"`);
    }
    return frames.map((frame) => filterFrame(frame, frames, filters, keep, all));
  },
};

interface Filter {
  readonly field: string;
  readonly test: ValueTest;
}

/** A frame without any of the fields has no row that matches. */
function filterFrame(frame: Frame, frames: readonly Frame[], filters: readonly Filter[], keep: boolean, all: boolean): Frame {
  const { length } = frame;
  const passed = new Int32Array(length);
  let asked = 0;
  for (const { field: name, test } of filters) {
    const field = findField(name, frame, frames);
    if (field === undefined) continue;
    asked++;
    for (let row = 0; row < length; row++) if (test(field, row)) passed[row]!++;
  }
  const needed = all ? Math.max(1, asked) : 1;
  const rows = new Int32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) if (passed[row]! >= needed === keep) rows[count++] = row;
  return count === length ? frame : takeFrameRows(frame, rows.subarray(0, count));
}

type ValueTest = (field: Field, row: number) => boolean;

/** regex, isNull, isNotNull, greater, greaterOrEqual, lower, lowerOrEqual, equal, notEqual, substring, notSubstring, between. */
function valueTest(id: string, options: Options): ValueTest {
  switch (id) {
    case 'isNull':
      return (field, row) => cellAt(field, row) === undefined;
    case 'isNotNull':
      return (field, row) => cellAt(field, row) !== undefined;
    case 'greater':
      return compare(options, (a, b) => a > b);
    case 'greaterOrEqual':
      return compare(options, (a, b) => a >= b);
    case 'lower':
      return compare(options, (a, b) => a < b);
    case 'lowerOrEqual':
      return compare(options, (a, b) => a <= b);
    case 'between': {
      const from = options.number('from', Number.NaN);
      const to = options.number('to', Number.NaN);
      return onNumbers((value) => value > from && value < to);
    }
    case 'equal':
      return isEqualTo(options.get('value'));
    case 'notEqual': {
      const equal = isEqualTo(options.get('value'));
      return (field, row) => !equal(field, row);
    }
    case 'regex': {
      const pattern = compilePattern('filters.config.options.value', options.text('value'), 'part');
      return onTexts((text) => pattern.test(text));
    }
    case 'substring':
    case 'notSubstring': {
      const wanted = options.text('value').toLowerCase();
      return onTexts((text) => text.toLowerCase().includes(wanted) === (id === 'substring'));
    }
    default:
      throw new BadRequest('filters.config.id', `"${id}" is no condition that is known here`);
  }
}

function compare(options: Options, holds: (a: number, b: number) => boolean): ValueTest {
  const limit = options.number('value', Number.NaN);
  return onNumbers((value) => holds(value, limit));
}

function onNumbers(holds: (value: number) => boolean): ValueTest {
  return (field, row) => {
    const value = cellAt(field, row);
    return typeof value === 'number' && holds(value);
  };
}

function onTexts(holds: (text: string) => boolean): ValueTest {
  return (field, row) => {
    const value = cellAt(field, row);
    return value !== undefined && holds(textOf(value));
  };
}

/** As loosely as people type: "3" is 3, "true" is true. */
function isEqualTo(wanted: unknown): ValueTest {
  const number = numberOf(wanted as Cell);
  const text = wanted === undefined || wanted === null ? undefined : textOf(wanted);
  return (field, row) => {
    const value = cellAt(field, row);
    if (value === undefined || text === undefined) return value === undefined && text === undefined;
    return typeof value === 'number' ? value === number : textOf(value) === text;
  };
}
