import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { VariableOption } from '@vitrine/model/variable.ts';
import { cellText, type InfluxTable } from './table.ts';

/** A variable has at most this many options. */
const MAX_OPTIONS = 200_000;

/**
 * The options of a variable out of what its query found: the columns `__text` and `__value` where there are such; else `value` of SHOW TAG
 * VALUES, `_value` of Flux, and of others the first column that is no time. Each once, in the order found. Throws LimitExceeded.
 */
export function optionsOf(tables: readonly InfluxTable[]): VariableOption[] {
  const options = new Map<string, VariableOption>();
  for (const table of tables) {
    const { columns, rows } = table;
    const valueAt = firstOf(columns, ['__value']) ?? textColumn(table);
    if (valueAt === undefined) continue;
    const textAt = firstOf(columns, ['__text']) ?? valueAt;
    for (const row of rows) {
      const value = row[valueAt];
      if (value === null || value === undefined) continue;
      options.set(cellText(value), { text: cellText(row[textAt] ?? value), value: cellText(value) });
      if (options.size > MAX_OPTIONS) {
        throw new LimitExceeded(
          'variable options',
          `The variable's query finds more than ${MAX_OPTIONS.toLocaleString('en')} values; narrow it, for example with WHERE or LIMIT`,
        );
      }
    }
  }
  return [...options.values()];
}

function textColumn({ columns, tags, timeColumn }: InfluxTable): number | undefined {
  // SHOW TAG VALUES answers key and value.
  if (columns.length === 2 && columns[0] === 'key' && columns[1] === 'value') return 1;
  const known = firstOf(columns, ['__text', '_value']);
  if (known !== undefined) return known;
  const at = columns.findIndex(
    (name) => name !== timeColumn && name !== '_start' && name !== '_stop' && !Object.hasOwn(tags, name),
  );
  return at === -1 ? undefined : at;
}

function firstOf(columns: readonly string[], names: readonly string[]): number | undefined {
  const at = columns.findIndex((name) => names.includes(name));
  return at === -1 ? undefined : at;
}
