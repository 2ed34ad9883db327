import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { fieldMatcher } from '../matcher.ts';
import { cellAt, columnOf, numberColumn, numberOf, type Cell, type Header } from './column.ts';
import { joinSeries } from './ensure-columns.ts';
import { findField, renamed, requireReducer } from './fields.ts';
import { movingWindow, runningTotal } from './moving-window.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

const MODES = ['reduceRow', 'binary', 'unary', 'cumulativeFunctions', 'windowFunctions', 'index'] as const;

/** A value that is missing makes what is calculated from it missing: it is not taken for zero. */
export const calculateField: TransformationKind = {
  id: 'calculateField',
  title: 'Add field from calculation',
  description: 'Calculates a field from the others of a row, or from the rows before and around it.',
  defaults: { mode: 'reduceRow', reduce: { reducer: 'sum' } },
  apply(frames, options, run) {
    const mode = options.choice('mode', MODES, 'reduceRow');
    const binary = mode === 'binary' ? readBinary(options.inner('binary')) : undefined;
    // Rows of one series have nothing to be calculated from but themselves: series go side by side first.
    const joins = options.flag('timeSeries', true) && binary?.left.kind !== 'type';
    const given = joins ? joinSeries(frames, run) : frames;
    const replace = options.flag('replaceFields', false);
    const alias = options.text('alias');
    const unit = mode === 'index' && options.inner('index').flag('asPercentile', false);
    return given.map((frame) => {
      if (binary?.left.kind === 'type') return calculateAll(frame, given, binary, replace);
      const made = calculate(frame, given, options, mode, binary);
      if (made === undefined) return frame;
      const named = alias === '' ? made : { ...renamed(made, alias), name: alias };
      const field = unit ? { ...named, config: { ...named.config, unit: 'percentunit' } } : named;
      if (!replace) return { ...frame, fields: [...frame.fields, field] };
      const time = mode === 'index' ? undefined : frame.fields.find(({ type }) => type === 'time');
      return { ...frame, fields: time === undefined ? [field] : [time, field] };
    });
  },
};

/** Undefined where the fields that it needs are not there. */
function calculate(
  frame: Frame,
  frames: readonly Frame[],
  options: Options,
  mode: (typeof MODES)[number],
  binary: Binary | undefined,
): Field | undefined {
  switch (mode) {
    case 'reduceRow':
      return reduceRows(frame, frames, options.inner('reduce'));
    case 'binary':
      return calculateOne(frame, frames, binary!);
    case 'unary':
      return applyUnary(frame, frames, options.inner('unary'));
    case 'cumulativeFunctions':
      return accumulate(frame, frames, options.inner('cumulative'));
    case 'windowFunctions':
      return slide(frame, frames, options.inner('window'));
    case 'index': {
      const share = options.inner('index').flag('asPercentile', false) ? frame.length : 1;
      return numberColumn(
        { name: 'Row' },
        Float64Array.from({ length: frame.length }, (_, row) => row / share),
      );
    }
  }
}

function reduceRows(frame: Frame, frames: readonly Frame[], options: Options): Field {
  const reducer = requireReducer('reduce.reducer', options.text('reducer', 'sum'));
  const include = options.texts('include');
  const wanted = fieldMatcher('byNames', { names: include });
  const fields = frame.fields.filter((field) => (include.length === 0 ? field.type === 'number' : wanted(field, frame, frames)));
  // One scratch field stands for every row.
  const values = new Float64Array(fields.length);
  const present = new Uint8Array(fields.length);
  const row: Field = { type: 'number', name: '', values, present };
  const zero = options.text('nullValueMode') === 'null as zero';
  const cells: Cell[] = Array.from({ length: frame.length });
  for (let at = 0; at < frame.length; at++) {
    for (let index = 0; index < fields.length; index++) {
      const number = numberAt(fields[index]!, at) ?? (zero ? 0 : undefined);
      values[index] = number ?? 0;
      present[index] = number === undefined ? 0 : 1;
    }
    cells[at] = reducer.reduce(row);
  }
  return columnOf(
    { name: reducer.title },
    cells,
    reducer.id === 'allValues' || reducer.id === 'uniqueValues' ? 'json' : 'number',
  );
}

function numberAt(field: Field, row: number): number | undefined {
  return numberOf(cellAt(field, row));
}

type Operand =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'fixed'; readonly text: string };

interface Binary {
  readonly left: Operand;
  readonly right: Operand;
  readonly operator: string;
  readonly operate: (a: number, b: number) => number;
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  '**': (a, b) => a ** b,
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '=': (a, b) => Number(a === b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
};

function readBinary(options: Options): Binary {
  const operator = options.text('operator', '+');
  const operate = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (operate === undefined)
    throw new BadRequest('binary.operator', `"${operator}" is none of ${Object.keys(OPERATORS).join(' ')}`);
  return { left: readOperand(options, 'left'), right: readOperand(options, 'right'), operator, operate };
}

/** Old documents say a name or a number as plain text. */
function readOperand(options: Options, key: string): Operand {
  const value = options.get(key);
  if (typeof value === 'string' || typeof value === 'number') return { kind: 'name', name: String(value) };
  const operand = options.inner(key);
  if (operand.has('fixed')) return { kind: 'fixed', text: operand.text('fixed') };
  const matcher = operand.inner('matcher');
  if (matcher.text('id') === 'byType') return { kind: 'type', type: matcher.text('options') };
  return { kind: 'name', name: matcher.text('options') };
}

type Read = (row: number) => number | undefined;

/** Undefined where there is no such field and it isn't a number either. */
function readerOf(operand: Operand, frame: Frame, frames: readonly Frame[]): Read | undefined {
  if (operand.kind === 'name') {
    const field = findField(operand.name, frame, frames);
    if (field !== undefined) return (row) => numberAt(field, row);
  }
  const fixed = numberOf(operand.kind === 'fixed' ? operand.text : operand.kind === 'name' ? operand.name : undefined);
  return fixed === undefined ? undefined : () => fixed;
}

function operandName(operand: Operand): string {
  return operand.kind === 'name' ? operand.name : operand.kind === 'fixed' ? operand.text : operand.type;
}

function calculateOne(frame: Frame, frames: readonly Frame[], binary: Binary): Field | undefined {
  const left = readerOf(binary.left, frame, frames);
  const right = readerOf(binary.right, frame, frames);
  if (left === undefined || right === undefined) return undefined;
  const name = `${operandName(binary.left)} ${binary.operator} ${operandName(binary.right)}`;
  return fill({ name }, frame.length, (row) => {
    const a = left(row);
    const b = right(row);
    return a === undefined || b === undefined ? undefined : binary.operate(a, b);
  });
}

/** Each field of a type with the other side, its result behind it. */
function calculateAll(frame: Frame, frames: readonly Frame[], binary: Binary, replace: boolean): Frame {
  const right = readerOf(binary.right, frame, frames);
  if (right === undefined || binary.left.kind !== 'type') return frame;
  const matches = fieldMatcher('byType', binary.left.type);
  const fields: Field[] = [];
  for (const field of frame.fields) {
    if (!matches(field, frame, frames)) {
      if (!replace || field.type === 'time') fields.push(field);
      continue;
    }
    if (!replace) fields.push(field);
    const name = `${field.name} ${binary.operator} ${operandName(binary.right)}`;
    const { displayName: _, displayNameFromSource: __, ...config } = field.config ?? {};
    const made = fill(
      { name, ...(field.labels && { labels: field.labels }), ...(field.config && { config }) },
      frame.length,
      (row) => {
        const a = numberAt(field, row);
        const b = right(row);
        return a === undefined || b === undefined ? undefined : binary.operate(a, b);
      },
    );
    fields.push(made);
  }
  return { ...frame, fields };
}

const UNARY: Readonly<Record<string, (value: number, total: number) => number>> = {
  abs: (value) => Math.abs(value),
  exp: (value) => Math.exp(value),
  ln: (value) => Math.log(value),
  round: (value) => Math.round(value),
  floor: (value) => Math.floor(value),
  ceil: (value) => Math.ceil(value),
  percent: (value, total) => value / total,
};

function applyUnary(frame: Frame, frames: readonly Frame[], options: Options): Field | undefined {
  const operator = options.text('operator', 'abs');
  const operate = Object.hasOwn(UNARY, operator) ? UNARY[operator] : undefined;
  if (operate === undefined) throw new BadRequest('unary.operator', `"${operator}" is none of ${Object.keys(UNARY).join(', ')}`);
  const name = options.text('fieldName');
  const field = findField(name, frame, frames);
  if (field === undefined) return undefined;
  let total = 0;
  for (let row = 0; row < frame.length; row++) {
    const value = numberAt(field, row);
    if (value !== undefined && !Number.isNaN(value)) total += value;
  }
  return fill({ name: `${operator}(${name})` }, frame.length, (row) => {
    const value = numberAt(field, row);
    return value === undefined ? undefined : operate(value, total);
  });
}

/** The field that a function runs over: the first of numbers where none is named. */
function subject(frame: Frame, frames: readonly Frame[], name: string): Field | undefined {
  return name === '' ? frame.fields.find(({ type }) => type === 'number') : findField(name, frame, frames);
}

function accumulate(frame: Frame, frames: readonly Frame[], options: Options): Field | undefined {
  const reducer = options.choice('reducer', ['sum', 'mean'], 'sum');
  const name = options.text('field');
  const field = subject(frame, frames, name);
  if (field === undefined) return undefined;
  const { values, present } = runningTotal(numbersOf(field, frame.length), reducer === 'mean');
  return numberColumn({ name: `cumulative ${reducer}${name === '' ? '' : `(${name})`}` }, values, present);
}

function slide(frame: Frame, frames: readonly Frame[], options: Options): Field | undefined {
  const reducer = options.choice('reducer', ['mean', 'stdDev', 'variance'], 'mean');
  const alignment = options.choice('windowAlignment', ['trailing', 'centered'], 'trailing');
  const share = options.choice('windowSizeMode', ['percentage', 'fixed'], 'percentage') === 'percentage';
  const size = options.number('windowSize', 0.1);
  if (size <= 0) throw new BadRequest('window.windowSize', `a window of ${size} holds nothing; it must be above 0`);
  const name = options.text('field');
  const field = subject(frame, frames, name);
  if (field === undefined) return undefined;
  const rows = Math.max(1, Math.ceil(share ? size * frame.length : size));
  const before = alignment === 'trailing' ? rows - 1 : Math.floor(rows / 2);
  const { values, present } = movingWindow(numbersOf(field, frame.length), before, rows - 1 - before, reducer);
  return numberColumn(
    { name: `${alignment} moving ${reducer}${name === '' ? '' : `(${fieldName(field, frame, frames)})`}` },
    values,
    present,
  );
}

function numbersOf(field: Field, length: number): { values: Float64Array; present: Uint8Array } {
  const values = new Float64Array(length);
  const present = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const value = numberAt(field, row);
    if (value === undefined) continue;
    values[row] = value;
    present[row] = 1;
  }
  return { values, present };
}

function fill(header: Header, length: number, read: Read): Field {
  const values = new Float64Array(length);
  const present = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const value = read(row);
    if (value === undefined) continue;
    values[row] = value;
    present[row] = 1;
  }
  return numberColumn(header, values, present);
}
