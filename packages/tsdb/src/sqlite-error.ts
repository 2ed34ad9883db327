const SQLITE_ERROR = 1;
export const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** SQLite's primary result code of an error, or undefined for an error that is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : undefined;
}

/** The disk is full, failing or read-only: the data is as it was, and the write may succeed later. */
export function isUnwritable(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_FULL || code === SQLITE_IOERR || code === SQLITE_READONLY || code === SQLITE_CANTOPEN;
}

/** The file is not what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB || isBeyondNumbers(error);
}

/** An integer that is no safe one: nobody wrote such. */
function isBeyondNumbers(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === 'ERR_OUT_OF_RANGE' && String(message).includes('too large to be represented as a JavaScript number');
}

/** The tables are not those that the store made: its statements never change, so one that SQLite cannot compile says so. */
export function isForeignSchema(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_ERROR;
}
