import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import type { Reducer } from '../reducers.ts';
import { columnOf, sliceRows, tableOf, takeRows, type FieldType } from './column.ts';
import { requireReducer } from './fields.ts';
import { groupRows, type Groups } from './groups.ts';
import { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

export const groupBy: TransformationKind = {
  id: 'groupBy',
  title: 'Group by',
  description: 'Makes one row of all rows with the same values, and calculates the other fields of it.',
  defaults: { fields: {} },
  apply(frames, options) {
    const rules = readRules(options);
    if (!rules.some(({ operation }) => operation === 'groupby')) return frames;
    return frames.flatMap((frame) => {
      const { keys, aggregates } = assign(frame, frames, rules);
      if (keys.length === 0) return [];
      const groups = groupRows(keys, frame.length);
      return [tableOf(frame.refId, [...groupKeys(keys, groups), ...aggregate(aggregates, groups, frame, frames)])];
    });
  },
};

export interface GroupRule {
  readonly operation: 'groupby' | 'aggregate';
  readonly reducers: readonly Reducer[];
  matches(field: Field, frame: Frame, frames: readonly Frame[]): boolean;
}

/** Rules by the names of fields: `{ fields: { pod: { operation, aggregations } } }`. */
export function readRules(options: Options): GroupRule[] {
  return Array.from(options.map('fields')).flatMap(([name, value]) => {
    const rule = readRule(new Options(value));
    if (rule === undefined) return [];
    return [{ ...rule, matches: (field, frame, frames) => fieldName(field, frame, frames) === name } satisfies GroupRule];
  });
}

/** Undefined where nothing is to be done with the field. */
export function readRule(options: Options): Pick<GroupRule, 'operation' | 'reducers'> | undefined {
  const operation = options.text('operation');
  if (operation === 'groupby') return { operation, reducers: [] };
  if (operation !== 'aggregate') return undefined;
  return { operation, reducers: options.texts('aggregations').map((id) => requireReducer('aggregations', id)) };
}

export interface Assigned {
  readonly keys: readonly Field[];
  readonly aggregates: readonly { readonly field: Field; readonly rule: GroupRule }[];
}

/** The first rule that matches a field holds. */
export function assign(frame: Frame, frames: readonly Frame[], rules: readonly GroupRule[]): Assigned {
  const found = frame.fields.map((field) => ({ field, rule: rules.find((rule) => rule.matches(field, frame, frames)) }));
  return {
    keys: found.filter(({ rule }) => rule?.operation === 'groupby').map(({ field }) => field),
    aggregates: found.flatMap(({ field, rule }) => (rule?.operation === 'aggregate' ? [{ field, rule }] : [])),
  };
}

/** One cell of each key for each group. */
export function groupKeys(keys: readonly Field[], groups: Groups): Field[] {
  return keys.map((key) => takeRows(key, groups.first));
}

/** Columns called "value (mean)", a row for each group. */
export function aggregate(aggregates: Assigned['aggregates'], groups: Groups, frame: Frame, frames: readonly Frame[]): Field[] {
  return aggregates.flatMap(({ field, rule }) => {
    // Group after group, so that each group is a slice.
    const sorted = takeRows(field, groups.order);
    const slices = Array.from({ length: groups.count }, (_, group) =>
      sliceRows(sorted, groups.start[group]!, groups.start[group + 1]!),
    );
    return rule.reducers.map((reducer) => {
      const cells = slices.map((slice) => reducer.reduce(slice));
      return columnOf({ name: `${fieldName(field, frame, frames)} (${reducer.id})` }, cells, reducedType(reducer, field));
    });
  });
}

/** A place among times is a time; what lies between two times is a number. */
export function reducedType(reducer: Reducer, field: Field): FieldType {
  if (reducer.id === 'allValues' || reducer.id === 'uniqueValues') return 'json';
  if (!reducer.keepsUnit) return 'number';
  if (field.type !== 'time') return field.type;
  return ['range', 'delta', 'step', 'diff', 'sum', 'stdDev'].includes(reducer.id) ? 'number' : 'time';
}
