import { QueryError } from '@vitrine/model/sample-store.ts';
import { csvRecords } from '../csv.ts';
import { sentence } from '../refused.ts';
import { cellText, type InfluxTable } from '../table.ts';

/** A table of Flux: which of its columns are its group key is what makes a series of it. */
export interface FluxTable extends InfluxTable {
  /** The name of the yield that it belongs to. */
  readonly result: string;
  /** Flux's types by column: "double", "long", "string", "dateTime:RFC3339", …. */
  readonly types: readonly string[];
}

interface Head {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly group: readonly string[];
  readonly defaults: readonly string[];
}

/** Columns that say which rows belong together, and are no data. */
const OWN_COLUMNS = new Set(['', 'result', 'table']);

/**
 * Reads annotated CSV as `/api/v2/query` answers: blocks with #datatype, #group and #default above a header, a table a value of
 * the column `table`. Throws QueryError for an error that stands among the tables, as those that come late do.
 */
export function readTables(text: string): FluxTable[] {
  const tables: (FluxTable & { readonly rows: unknown[][]; readonly id: string })[] = [];
  const annotations = new Map<string, readonly string[]>();
  let head: Head | undefined;
  for (const record of csvRecords(text)) {
    if (record.length === 0) {
      head = undefined;
      continue;
    }
    const first = record[0] as string;
    if (first.startsWith('#')) {
      // A block may follow another without an empty line between.
      if (head !== undefined) annotations.clear();
      head = undefined;
      annotations.set(first.slice(1), record);
      continue;
    }
    if (head === undefined) {
      const blank: readonly string[] = [];
      head = {
        columns: record,
        types: annotations.get('datatype') ?? blank,
        group: annotations.get('group') ?? blank,
        defaults: annotations.get('default') ?? blank,
      };
      annotations.clear();
      continue;
    }
    const { columns, types, defaults } = head;
    const cell = (at: number): string => record[at] || (defaults[at] ?? '');
    const errorAt = columns.indexOf('error');
    if (errorAt !== -1 && columns.includes('reference')) throw new QueryError('execution', sentence(cell(errorAt)));
    const kept = columns.flatMap((name, at) => (OWN_COLUMNS.has(name) ? [] : [at]));
    const row = kept.map((at) => readCell(types[at] ?? 'string', cell(at)));
    const result = cell(columns.indexOf('result'));
    const id = JSON.stringify([result, cell(columns.indexOf('table'))]);
    const last = tables.at(-1);
    if (last !== undefined && last.id === id && last.columns.length === kept.length) {
      last.rows.push(row);
      continue;
    }
    tables.push(newTable(head, kept, row, result, id));
  }
  return tables;
}

function newTable({ columns, types, group }: Head, kept: readonly number[], row: unknown[], result: string, id: string) {
  const names = kept.map((at) => columns[at]!);
  const kinds = kept.map((at) => types[at] ?? 'string');
  const isTime = (at: number): boolean => kinds[at]!.startsWith('dateTime');
  const times = names.filter((_, at) => isTime(at) && group[kept[at]!] !== 'true');
  const keys = kept.flatMap((at, index) =>
    group[at] === 'true' && !isTime(index) ? [[names[index]!, cellText(row[index])] as const] : [],
  );
  const tags = Object.fromEntries(keys);
  return {
    id,
    result,
    name: tags['_measurement'] ?? '',
    tags,
    columns: names,
    types: kinds,
    timeColumn: times.find((name) => name === '_time') ?? times.find((name) => name !== '_start' && name !== '_stop'),
    rows: [row],
  };
}

/** undefined text is missing, whatever the type: CSV has no other way to say so. */
function readCell(type: string, text: string): unknown {
  if (text === '') return null;
  switch (type) {
    case 'double':
    case 'long':
    case 'unsignedLong':
      return /^\+?Inf$/i.test(text) ? Number.POSITIVE_INFINITY : /^-Inf$/i.test(text) ? Number.NEGATIVE_INFINITY : Number(text);
    case 'boolean':
      return text === 'true';
    default:
      return type.startsWith('dateTime') ? Date.parse(text) : text;
  }
}
