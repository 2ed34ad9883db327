export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table in JSON: {columns, rows} as it is logged, {columns, data} as pandas and MLflow's log_table write it; undefined where it is none. */
export function readTable(text: string): TextTable | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { columns, data, rows = data } = (read ?? {}) as Readonly<Partial<Record<'columns' | 'data' | 'rows', unknown>>>;
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  return {
    columns: columns.map(cellText),
    rows: rows.map((row: unknown) => (Array.isArray(row) ? row.map(cellText) : [cellText(row)])),
  };
}

function cellText(cell: unknown): string {
  return typeof cell === 'string' ? cell : cell === undefined ? '' : JSON.stringify(cell);
}

const MOST_CSV_ROWS = 500;

/** The first 500 rows of comma-separated values with quotes as in RFC 4180; the first row names the columns. */
export function readCsv(text: string, separator: ',' | '\t'): TextTable {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endCell = (): void => {
    row.push(cell);
    cell = '';
  };
  for (let at = 0; at < text.length && rows.length <= MOST_CSV_ROWS; at++) {
    const letter = text[at]!;
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else isQuoted = false;
    } else if (letter === '"' && cell === '') isQuoted = true;
    else if (letter === separator) endCell();
    else if (letter === '\n') {
      endCell();
      rows.push(row);
      row = [];
    } else if (letter !== '\r') cell += letter;
  }
  if (cell !== '' || row.length > 0) {
    endCell();
    rows.push(row);
  }
  return { columns: rows[0] ?? [], rows: rows.slice(1, MOST_CSV_ROWS + 1) };
}
