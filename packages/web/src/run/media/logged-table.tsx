import { useMemo } from 'react';
import type { ReactElement } from 'react';
import media from './media.module.css';
import { readTable } from './read-table.ts';

const MOST_ROWS = 200;

/** A table that was logged. */
export function LoggedTable({ text }: { readonly text: string }): ReactElement {
  const table = useMemo(() => readTable(text), [text]);
  if (table === undefined) return <pre className={media.raw}>{text.slice(0, 10_000)}</pre>;
  const { columns, rows } = table;
  return (
    <div className={media.scroll} role="region" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column, at) => (
              // By place: two columns may have one name.
              <th key={at}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, at) => (
            <tr key={at}>
              {columns.map((_, column) => (
                <td key={column}>{row[column]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p>{rows.length - MOST_ROWS} more rows</p>}
    </div>
  );
}
