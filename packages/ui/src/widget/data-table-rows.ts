import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field } from '@vitrine/model/frame.ts';

export interface TableSort {
  readonly column: number;
  readonly down: boolean;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The rows' indices in order. What is missing comes last, whichever way; equal rows stay as they were. Pure. */
export function orderRows(fields: readonly Field[], length: number, sort: TableSort | undefined): Uint32Array {
  const order = Uint32Array.from({ length }, (_, row) => row);
  const field = sort === undefined ? undefined : fields[sort.column];
  if (sort === undefined || field === undefined) return order;
  const sign = sort.down ? -1 : 1;
  if (field.type === 'string') {
    const { values } = field;
    return order.sort(
      (a, b) => last(values[a] === '', values[b] === '') || sign * collator.compare(values[a]!, values[b]!) || a - b,
    );
  }
  if (!isNumbers(field)) return order;
  const { values, present } = field;
  const gone = (row: number) => present?.[row] === 0 || Number.isNaN(values[row]!);
  return order.sort((a, b) => last(gone(a), gone(b)) || (gone(a) ? 0 : sign * compare(values[a]!, values[b]!)) || a - b);
}

function last(a: boolean, b: boolean): number {
  return (a ? 1 : 0) - (b ? 1 : 0);
}

/** Infinities have no difference. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const CHARACTER = 7.4;
const PADDING = 30;
const LEAST = 64;
const MOST = 420;
/** Rows that widths are judged by. */
const SAMPLE = 200;

/** Widths for what the columns hold; they share what is left of `width`, and go beyond it where they must. */
export function columnWidths(
  fields: readonly Field[],
  length: number,
  text: (field: Field, row: number) => string,
  width: number,
): number[] {
  const wanted = fields.map((field) => {
    let longest = field.name.length + 2;
    for (let row = 0; row < Math.min(length, SAMPLE); row++) longest = Math.max(longest, text(field, row).length);
    return Math.min(MOST, Math.max(LEAST, Math.ceil(longest * CHARACTER + PADDING)));
  });
  const rest = width - wanted.reduce((sum, column) => sum + column, 0);
  if (rest <= 0 || wanted.length === 0) return wanted;
  const share = Math.floor(rest / wanted.length);
  return wanted.map((column, index) => column + (index === 0 ? rest - share * (wanted.length - 1) : share));
}

/** Tab-separated with a head, as spreadsheets paste it: numbers with every digit, times in ISO 8601. */
export function tableText(fields: readonly Field[], order: Uint32Array): string {
  const clean = (text: string) => text.replaceAll(/[\t\r\n]+/g, ' ');
  const cell = (field: Field, row: number): string => {
    if (field.type === 'string') return clean(field.values[row] ?? '');
    if (field.present?.[row] === 0) return '';
    if (!isNumbers(field)) return clean(cellText(field, row));
    const value = field.values[row]!;
    if (field.type !== 'time') return String(value);
    const date = new Date(value);
    return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
  };
  const lines = [fields.map((field) => clean(field.name)).join('\t')];
  for (const row of order) lines.push(fields.map((field) => cell(field, row)).join('\t'));
  return lines.join('\n');
}

/** A cell that holds neither a number nor text, in words. */
export function cellText(field: Field, row: number): string {
  if (field.type === 'boolean') return field.values[row] === 1 ? 'true' : 'false';
  const value = field.values[row];
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
