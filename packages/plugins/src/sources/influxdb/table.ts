/** Rows as a server sent them: a series of InfluxQL, a table of Flux, the answer to SQL. Times are unix milliseconds. */
export interface InfluxTable {
  /** The measurement, where the server names it. */
  readonly name: string;
  /** What all rows have in common. */
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  /** The column of the rows' own times; undefined where they have none. */
  readonly timeColumn: string | undefined;
  readonly rows: readonly (readonly unknown[])[];
}

/** What stands in a cell, as text; "" where nothing does. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
