import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Field } from '@vitrine/model/frame.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { VariableOption } from '@vitrine/model/variable.ts';
import type { SqlAnswer } from './run-sql.ts';

const MAX_OPTIONS = 200_000;

/** A variable's query as it is saved: text, or a target of Grafana's. Throws BadRequest. */
export function readVariableSql(spec: Readonly<Record<string, unknown>>): string {
  const read = new Read('', spec);
  const text =
    read.at('rawSql').or('', (it) => it.string()) ||
    read.at('query').or('', (it) => (typeof it.value === 'object' ? it.at('rawSql').string() : it.string()));
  if (text.trim() === '') throw new BadRequest('query', 'is empty; write for example SELECT DISTINCT host FROM cpu ORDER BY 1');
  return text;
}

/**
 * The options that an answer means: columns `__text` and `__value`, or else the values of all columns. Each once, in the order in
 * which they come. Throws LimitExceeded over 200,000.
 */
export function findValues({ columns, isCut }: SqlAnswer): VariableOption[] {
  const fields = columns.fields({ exact: true, times: [] });
  const value = fields.find(({ name }) => name === '__value');
  const text = fields.find(({ name }) => name === '__text');
  const found = new Map<string, VariableOption>();
  const add = (option: VariableOption): void => {
    const key = JSON.stringify([option.text, option.value]);
    if (!found.has(key)) found.set(key, option);
  };
  for (const field of value !== undefined || text !== undefined ? [value ?? text] : fields) {
    if (field === undefined) continue;
    for (let row = 0; row < columns.length; row++) {
      const own = cellText(field, row);
      if (own === undefined) continue;
      add({ value: own, text: (text === undefined ? undefined : cellText(text, row)) ?? own });
    }
  }
  if (isCut || found.size > MAX_OPTIONS)
    throw new LimitExceeded(
      'variable options',
      `The variable's query finds more than ${MAX_OPTIONS.toLocaleString('en')} values; narrow it, for example with SELECT DISTINCT or a LIMIT`,
    );
  return [...found.values()];
}

/** undefined where there is nothing. */
export function cellText(field: Field, row: number): string | undefined {
  if (field.present?.[row] === 0) return undefined;
  const value: unknown = field.values[row];
  if (field.type === 'time') return new Date(value as number).toISOString();
  if (field.type === 'boolean') return value === 1 ? 'true' : 'false';
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : JSON.stringify(value);
}
