import { cellValue, displayOf, displayText } from '@vitrine/compute/field/display.ts';
import type { DisplayValue } from '@vitrine/compute/field/display.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field } from '@vitrine/model/frame.ts';

import { columnLook } from './cell-look.ts';
import type { ColumnLook } from './cell-look.ts';

/** One column as a table needs it. */
export interface TableColumn {
  /** Its place among the frame's fields. */
  readonly index: number;
  readonly field: Field;
  readonly name: string;
  readonly look: ColumnLook;
  /** The field that says the style of each cell. */
  readonly styles: Field | undefined;
  readonly align: 'left' | 'center' | 'right';
  /** How one cell reads and is coloured. */
  display(row: number): DisplayValue;
  readonly text: (row: number) => string;
}

/** The columns that are shown: hidden ones and frames inside cells that are no history are left out. */
export function tableColumns(fields: readonly Field[], names: readonly string[], timeZone: string): TableColumn[] {
  return fields.flatMap((field, index) => {
    const look = columnLook(field.config);
    if (look.hidden || isNested(field, look)) return [];
    const show = displayOf(field, { timeZone });
    const display = (row: number) => show(cellValue(field, row));
    const text = (row: number) => cellText(field, row, display(row));
    const align = look.align === 'auto' ? (field.type === 'number' ? 'right' : 'left') : look.align;
    const styles = look.styleField === undefined ? undefined : fields.find(({ name }) => name === look.styleField);
    return [{ index, field, styles, name: names[index] ?? field.name, look, align, display, text }];
  });
}

/** Whether a column's frames are rows that belong below the row, not a history to be drawn in the cell. */
export function isNested(field: Field, look: ColumnLook): boolean {
  return (
    field.type === 'frame' &&
    look.cell.kind !== 'sparkline' &&
    field.values.some((frames) => frames.some(({ shape }) => shape === 'table'))
  );
}

function cellText(field: Field, row: number, shown: DisplayValue): string {
  if (field.type === 'json' || field.type === 'frame') {
    const value = cellValue(field, row);
    if (field.type === 'frame') return lastText(field.values[row]);
    if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  }
  return displayText(shown);
}

/** A history reads as its newest number. */
function lastText(frames: Extract<Field, { type: 'frame' }>['values'][number] | undefined): string {
  const field = frames?.[0]?.fields.findLast((one) => one.type === 'number');
  if (field === undefined || field.values.length === 0) return '';
  return displayText(displayOf(field)(cellValue(field, field.values.length - 1)));
}

const CHARACTER = 7.4;
const PADDING = 22;
const LEAST = 64;
const MOST = 420;
/** Text that wraps takes what is left. */
const WRAPPED = 180;
/** Rows that widths are judged by. */
const SAMPLE = 200;
/** Some looks need room of their own. */
const LOOK_WIDTH: Readonly<Record<string, number>> = { gauge: 160, sparkline: 160, image: 72 };
const HEAD_BUTTON = 20;

/**
 * Widths in CSS pixels: what was dragged, else what the settings say, else what the column holds; the latter share what is left of
 * `room`, and go beyond it where they must.
 */
export function columnWidths(
  columns: readonly TableColumn[],
  length: number,
  room: number,
  dragged: ReadonlyMap<string, number>,
): number[] {
  const fixed = columns.map(({ name, look }) => dragged.get(name) ?? look.width);
  const wanted = columns.map((column, at) => fixed[at] ?? naturalWidth(column, length));
  const open = fixed.filter((width) => width === undefined).length;
  const rest = room - wanted.reduce((sum, width) => sum + width, 0);
  if (rest <= 0 || open === 0) return wanted;
  const share = Math.floor(rest / open);
  let left = rest - share * open;
  return wanted.map((width, at) => {
    if (fixed[at] !== undefined) return width;
    const extra = left;
    left = 0;
    return width + share + extra;
  });
}

function naturalWidth({ name, look, text }: TableColumn, length: number): number {
  let longest = name.length;
  for (let row = 0; row < Math.min(length, SAMPLE); row++) longest = Math.max(longest, text(row).length);
  const least = Math.max(LEAST, look.minWidth ?? 0, LOOK_WIDTH[look.cell.kind] ?? 0);
  const head = name.length * CHARACTER + PADDING + HEAD_BUTTON + (look.filterable ? HEAD_BUTTON : 0);
  const marks = look.cell.kind === 'color-text' || look.cell.kind === 'pill' ? 16 : 0;
  return Math.min(look.wrap ? WRAPPED : MOST, Math.max(least, Math.ceil(Math.max(head, longest * CHARACTER + PADDING + marks))));
}

/** Tab-separated with a head, as spreadsheets paste it: numbers with every digit, times in ISO 8601. */
export function tableText(columns: readonly TableColumn[], order: Uint32Array): string {
  const lines = [columns.map(({ name }) => clean(name)).join('\t')];
  for (const row of order) lines.push(columns.map((column) => exactText(column, row)).join('\t'));
  return lines.join('\n');
}

function clean(text: string): string {
  return text.replaceAll(/[\t\r\n]+/g, ' ');
}

function exactText({ field, text }: TableColumn, row: number): string {
  const value = cellValue(field, row);
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return clean(value);
  if (!isNumbers(field) || typeof value !== 'number') return clean(text(row));
  if (field.type !== 'time') return String(value);
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
}

/** Which columns are between two places of the scroller; the first `frozen` are always there. */
export function columnsInView(
  offsets: readonly number[],
  frozen: number,
  scrollLeft: number,
  room: number,
): readonly [from: number, to: number] {
  const count = offsets.length - 1;
  let from = frozen;
  while (from < count && offsets[from + 1]! < scrollLeft) from++;
  let to = from;
  while (to < count && offsets[to]! < scrollLeft + room) to++;
  return [from, to];
}
