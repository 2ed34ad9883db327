/** Prints rows of cells below a head, each column as wide as its longest cell. */
export function printTable(print: (line: string) => void, head: readonly string[], rows: readonly string[][]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  for (const row of [head, ...rows]) print(row.map((cell, column) => cell.padEnd(widths[column] as number)).join('  '));
}
