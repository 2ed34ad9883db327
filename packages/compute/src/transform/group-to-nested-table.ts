import type { Frame } from '@vitrine/model/frame.ts';

import { fieldMatcher } from '../matcher.ts';
import { takeRows, tableOf, type FieldType } from './column.ts';
import { aggregate, assign, groupKeys, readRule, readRules, type GroupRule } from './group-by.ts';
import { groupRows } from './groups.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

/** What the column of inner tables is called. */
const NESTED_FIELD = '__nestedFrames';

export const groupToNestedTable: TransformationKind = {
  id: 'groupToNestedTable',
  title: 'Group to nested tables',
  description: 'Makes one row of all rows with the same values, with a table of the others inside.',
  defaults: { showSubframeHeaders: true, fields: {} },
  apply(frames, options, run) {
    const rules = options.has('rules') ? options.list('rules').flatMap(readMatcherRule) : readRules(options);
    if (!rules.some(({ operation }) => operation === 'groupby')) return frames;
    const noHeader = !options.flag('showSubframeHeaders', true);
    return frames.flatMap((frame) => {
      const { keys, aggregates } = assign(frame, frames, rules);
      if (keys.length === 0) return [];
      const groups = groupRows(keys, frame.length);
      const gone = new Set([...keys, ...aggregates.filter(({ rule }) => !keepsInside(rule)).map(({ field }) => field)]);
      const inner = frame.fields.filter((field) => !gone.has(field));
      run.allow(0, 'grouping', groups.count * inner.length);
      const tables = Array.from({ length: groups.count }, (_, group): readonly Frame[] => {
        const rows = groups.order.subarray(groups.start[group], groups.start[group + 1]);
        const table = tableOf(
          frame.refId,
          inner.map((field) => takeRows(field, rows)),
        );
        return [{ ...table, length: rows.length }];
      });
      const fields = [...groupKeys(keys, groups), ...aggregate(aggregates, groups, frame, frames)];
      if (inner.length === 0) return [tableOf(frame.refId, fields)];
      const type = 'frame' satisfies FieldType;
      return [tableOf(frame.refId, [...fields, { type, name: NESTED_FIELD, config: { custom: { noHeader } }, values: tables }])];
    });
  },
};

type NestingRule = GroupRule & { readonly keepInside?: boolean };

function keepsInside(rule: NestingRule): boolean {
  return rule.keepInside === true;
}

function readMatcherRule(options: Options): NestingRule[] {
  const rule = readRule(options);
  if (rule === undefined) return [];
  const matcher = options.inner('matcher');
  return [
    {
      ...rule,
      keepInside: options.flag('keepNestedField', false),
      matches: fieldMatcher(matcher.text('id'), matcher.get('options')),
    },
  ];
}
