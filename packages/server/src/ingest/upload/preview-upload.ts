import { type ColumnRole, type PreviewColumn, type TimeFormat, type UploadPreview } from '@vitrine/model/upload.ts';
import { isMissing, readLabel, readNumber, timeReader } from './cells.ts';
import { openTable, type OpenHow, type UploadedFile } from './open-table.ts';
import type { FileColumn } from './rows.ts';

const ROWS_LOOKED_AT = 1_000;
const LONGEST_CELL = 200;
/** Label columns with more different values than that would make a series of nearly every row. */
const MOST_LABEL_VALUES = 50;
/** Fewer say little about how often a value comes again. */
const FEW_ROWS = 20;
/** Of the cells that are not empty: what a column is goes by nearly all of them, and an import refuses the odd ones. */
const NEARLY_ALL = 0.9;
const TEXT_TIMES: readonly TimeFormat[] = ['rfc3339', 'date'];
const SLASHED_TIMES: readonly TimeFormat[] = ['day-first', 'month-first'];
/** Dates and clocks as people write them, many of which no format reads. */
const LIKE_TIMES: readonly RegExp[] = [
  /(^|[^\d.])(\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4}|\d\d?\/\d\d?\/\d\d|\d\d\.\d\d\.\d\d)(?![\d.])/,
  /(^|[\sT])\d\d?:[0-5]\d(?!\d)/,
  /(^|[^a-z])\d{1,4}[.,\s-]*(jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)/i,
  /(^|[^a-z])(jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*[.,\s-]*\d{1,4}(?!\d)/i,
];
/** The years 1990 to 2100 in seconds: a number of them, and a thousand times that in the finer units, looks like a time. */
const UNIX_SECONDS = { from: 631_152_000, to: 4_102_444_800 };
const UNIX_FORMATS: readonly (readonly [TimeFormat, number])[] = [
  ['unix-s', 1],
  ['unix-ms', 1e3],
  ['unix-us', 1e6],
  ['unix-ns', 1e9],
];
const TIME_NAME =
  /(^|[^a-z])(t|ts|time|times|timestamp|timestamps|date|datetime|when|epoch_ms|unix|at)($|[^a-z])|time(stamp)?(_?ms|_?ns|_?us)?$/i;
/** Columns that count rows rather than measure: pandas writes its index without a name. */
const INDEX_NAME = /^(|index|idx|id|row|row_?(id|number)|unnamed.*|column 1)$/i;

/** The first rows of a file, or of its head, and what its columns may mean. */
export async function previewUpload(file: UploadedFile, how: OpenHow, mostRows: number): Promise<UploadPreview> {
  const { table, format, gzip, delimiter, decimal } = await openTable(file, how);
  const names = table.columns.map(({ name }) => name);
  const cells: unknown[][] = [];
  const notices = [...table.notices];
  try {
    for await (const rows of table.rows(names)) {
      for (let index = 0; index < rows.count && cells.length < ROWS_LOOKED_AT; index++) {
        cells.push(names.map((_, column) => rows.cell(index, column)));
      }
      const [first] = rows.refused;
      if (first !== undefined) notices.push(`Row ${first.row} ${first.sentence}.`);
      if (cells.length >= ROWS_LOOKED_AT) break;
    }
  } catch (error) {
    // The head of a file ends anywhere: what stands before is worth showing.
    if (cells.length === 0) throw error;
  }
  const looks = table.columns.map((column, at) =>
    lookAt(
      column,
      cells.map((row) => row[at]),
      decimal,
    ),
  );
  const roles = assignRoles(looks);
  return {
    format,
    gzip,
    csv: delimiter === undefined ? undefined : { delimiter, decimal },
    columns: looks.map(({ isNumber: _isNumber, count: _count, ...column }, index): PreviewColumn => {
      return { ...column, role: roles[index] ?? 'ignore' };
    }),
    rows: cells.slice(0, mostRows).map((row) => row.map((cell, column) => shown(cell, looks[column]?.type ?? ''))),
    rowCount: table.rowCount,
    notices: notices.slice(0, 10),
  };
}

interface Look extends Omit<PreviewColumn, 'role'> {
  readonly isNumber: boolean;
  readonly count: number;
}

function lookAt({ name, type, naive }: FileColumn, cells: readonly unknown[], decimal: '.' | ','): Look {
  const there = cells.filter((cell) => !isMissing(cell));
  const distinct = new Set(there.map((cell) => readLabel(cell))).size;
  const named = TIME_NAME.test(name);
  const none = { timeFormat: undefined, nearestFormat: undefined, isAmbiguous: false, isNumber: false } as const;
  const base = { name, distinct, count: there.length, looksTimely: named, ...none };
  if (type !== undefined && /^(timestamp|date)/.test(type)) {
    return { ...base, type, timeFormat: 'timestamp', nearestFormat: 'timestamp', looksTimely: true };
  }
  if (type === 'time of day' || type === 'interval') return { ...base, type };
  if (there.length === 0) return { ...base, type: type ?? 'empty', isNumber: type !== undefined && NUMBER_TYPES.test(type) };
  if (there.every((cell) => typeof cell === 'object')) return { ...base, type: 'nested' };
  const numbers = there.map((cell) => readNumber(cell, decimal)).filter((value) => typeof value === 'number');
  // A few words among numbers are what an import will refuse: that is better seen than left out.
  const isNumber = numbers.length > there.length / 2 || (type !== undefined && NUMBER_TYPES.test(type));
  const unix = bestUnix(there);
  const text = bestText(there, naive);
  const nearest = text.count > unix.count ? text : unix;
  const timeFormat = nearest.count >= there.length * NEARLY_ALL ? nearest.format : undefined;
  const isUnix = timeFormat !== undefined && nearest === unix;
  const word = there.every((cell) => typeof cell === 'boolean' || /^(true|false)$/i.test(readLabel(cell)))
    ? 'boolean'
    : isNumber || isUnix
      ? 'number'
      : timeFormat === undefined
        ? 'text'
        : 'time';
  const alike = isNumber ? 0 : there.filter((cell) => LIKE_TIMES.some((pattern) => pattern.test(readLabel(cell)))).length;
  return {
    ...base,
    type: type ?? word,
    timeFormat,
    nearestFormat: nearest.format ?? (isNumber ? 'unix-s' : undefined),
    looksTimely: named || timeFormat !== undefined || alike > there.length / 2,
    isAmbiguous: nearest === text && text.isAmbiguous,
    isNumber: isNumber && type !== 'text',
  };
}

const NUMBER_TYPES = /^(u?int\d+|float\d*|double|decimal.*|boolean)$/;

interface Fit {
  /** undefined where no cell fits any. */
  readonly format: TimeFormat | undefined;
  /** Cells that do. */
  readonly count: number;
}

/** A number past 2^53 is still a time in nanoseconds. */
function bestUnix(cells: readonly unknown[]): Fit {
  const numbers = cells.map((cell) => (typeof cell === 'boolean' || Array.isArray(cell) ? Number.NaN : Number(cell)));
  return best(UNIX_FORMATS, ([format, per]) => ({
    format,
    count: numbers.filter((value) => value >= UNIX_SECONDS.from * per && value < UNIX_SECONDS.to * per).length,
  }));
}

function bestText(cells: readonly unknown[], naive: boolean): Fit & { readonly isAmbiguous: boolean } {
  const readAs = (format: TimeFormat): readonly unknown[] => cells.map(timeReader(format, 'UTC', naive));
  const count = (times: readonly unknown[]): number => times.filter((time) => typeof time === 'number').length;
  // Where both fit, a file with dots has the day first, as whoever writes dots has it.
  const slashed = cells.some((cell) => readLabel(cell).includes('/')) ? SLASHED_TIMES.toReversed() : SLASHED_TIMES;
  const found = best([...TEXT_TIMES, ...slashed], (format) => ({ format, count: count(readAs(format)) }));
  if (found.format === undefined || !SLASHED_TIMES.includes(found.format)) return { ...found, isAmbiguous: false };
  const [days, months] = SLASHED_TIMES.map(readAs) as [readonly unknown[], readonly unknown[]];
  const differs = days.some((time, at) => typeof time === 'number' && time !== months[at]);
  return { ...found, isAmbiguous: differs && count(days) === count(months) };
}

/** The first of those that fit the most cells. */
function best<T>(formats: readonly T[], fitOf: (format: T) => Fit): Fit {
  let found: Fit = { format: undefined, count: 0 };
  for (const format of formats) {
    const fit = fitOf(format);
    if (fit.count > found.count) found = fit;
  }
  return found;
}

/** One column is the time: one that can be nothing else, or a number that is called so, or at least looks so. */
function assignRoles(looks: readonly Look[]): ColumnRole[] {
  const timely = looks.filter(({ timeFormat }) => timeFormat !== undefined);
  const time =
    timely.find(({ name, isNumber }) => !isNumber && TIME_NAME.test(name)) ??
    timely.find(({ name, isNumber }) => isNumber && TIME_NAME.test(name)) ??
    timely.find(({ isNumber }) => !isNumber) ??
    timely.find(({ distinct, count }) => distinct > count / 2);
  return looks.map((look) => {
    if (look === time) return 'time';
    const { name, type, isNumber, timeFormat, distinct, count } = look;
    if (type === 'nested' || type === 'empty' || count === 0) return isNumber ? 'value' : 'ignore';
    if (isNumber) return INDEX_NAME.test(name) || (timeFormat !== undefined && TIME_NAME.test(name)) ? 'ignore' : 'value';
    if (timeFormat !== undefined) return 'ignore';
    return distinct <= MOST_LABEL_VALUES && (distinct <= count / (count < FEW_ROWS ? 1.2 : 2) || distinct === 1)
      ? 'label'
      : 'ignore';
  });
}

function shown(cell: unknown, type: string): string | undefined {
  if (cell === undefined || cell === null || cell === '') return undefined;
  if (typeof cell === 'number' && type.startsWith('date')) return new Date(cell).toISOString().slice(0, 10);
  if (typeof cell === 'number' && type.startsWith('timestamp')) {
    return Math.abs(cell) <= 8.64e15 ? new Date(cell).toISOString().replace('Z', type.endsWith('UTC') ? 'Z' : '') : String(cell);
  }
  const text = readLabel(cell);
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
}
