import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';

import { type BuilderQuery, parseBuilder } from '../builder-query.ts';
import { writeSql } from '../write-sql.ts';

type Spec = Readonly<Record<string, unknown>>;

const EMPTY: BuilderQuery = {
  schema: '',
  table: '',
  columns: [],
  filters: [],
  timeColumn: '',
  timeGroup: '',
  groupBy: [],
  orderBy: '',
  descending: false,
  limit: 0,
};

/** What the form shows of a saved query; undefined where it is written as text. */
export function readForm(spec: Spec): BuilderQuery | undefined {
  if (spec['editorMode'] !== 'builder') return undefined;
  // A form that has no table yet is no query.
  const table = typeof spec['table'] === 'string' ? spec['table'] : '';
  try {
    const form = parseBuilder(new Read('', { ...spec, table: table === '' ? '?' : table }));
    return form === undefined ? undefined : { ...form, table };
  } catch (error) {
    if (error instanceof BadRequest) return undefined;
    throw error;
  }
}

/** The form in Grafana's words, and beside it the text that it stands for. What is not known here stays. */
export function saveForm(spec: Spec, form: BuilderQuery = EMPTY): Spec {
  const sql = typeof spec['sql'] === 'object' && spec['sql'] !== null ? (spec['sql'] as Spec) : {};
  const named = (name: string) => ({ type: 'property', property: { type: 'string', name } });
  return {
    ...spec,
    editorMode: 'builder',
    rawQuery: true,
    dataset: form.schema,
    table: form.table,
    rawSql: form.table === '' ? '' : writeSql(form),
    sql: {
      ...sql,
      columns: form.columns.map(({ name, aggregation, alias }) => ({
        type: 'function',
        parameters: [{ type: 'functionParameter', name }],
        ...(aggregation === undefined ? {} : { name: aggregation }),
        ...(alias === '' ? {} : { alias }),
      })),
      filters: form.filters,
      timeColumn: form.timeColumn,
      timeGroup: form.timeGroup,
      groupBy: form.groupBy.map((name) => ({ ...named(name), type: 'groupBy' })),
      ...(form.orderBy === '' ? { orderBy: undefined } : { orderBy: named(form.orderBy) }),
      orderByDirection: form.descending ? 'DESC' : 'ASC',
      limit: form.limit,
    },
  };
}
