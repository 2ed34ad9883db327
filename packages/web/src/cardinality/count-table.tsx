import { formatExact, formatText } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';
import classes from './cardinality.module.css';

export interface CountRow {
  readonly key: string;
  readonly name: string;
  readonly count: number;
  readonly added: number;
  readonly ended: number;
  /** Counts within it. */
  readonly onOpen?: () => void;
}

export interface CountTableProps {
  readonly title: string;
  readonly about: string;
  /** The most first. */
  readonly rows: readonly CountRow[];
  /** What a full bar stands for. */
  readonly whole: number;
  readonly heads: readonly [name: string, count: string, added: string, ended: string];
  /** What to say where there are no rows. */
  readonly none?: string;
}

/** Who has how many, with a bar of each one's share. */
export function CountTable({ title, about, rows, whole, heads, none = '' }: CountTableProps): ReactElement {
  return (
    <section className={classes.section}>
      <h2 className={classes.heading}>
        {title} <small>{about}</small>
      </h2>
      {rows.length === 0 && <p className={classes.none}>{none}</p>}
      {rows.length > 0 && (
        <div className={classes.scroller} tabIndex={0} role="region" aria-label={`${title} ${about}`}>
          <table className={classes.table}>
            <thead>
              <tr>
                {heads.map((head, column) => (
                  <th key={head} scope="col" data-number={column > 0 || undefined}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, name, count, added, ended, onOpen }) => (
                <tr key={key}>
                  <th scope="row" title={name}>
                    {onOpen === undefined ? (
                      <span className={classes.name}>{name}</span>
                    ) : (
                      <button type="button" className={classes.name} onClick={onOpen}>
                        {name}
                      </button>
                    )}
                    <svg className={classes.bar} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
                      <rect width={whole === 0 ? 0 : Math.min(100, (100 * count) / whole)} height={1} />
                    </svg>
                  </th>
                  <Amount value={count} />
                  <Amount value={added} isQuiet />
                  <Amount value={ended} isQuiet />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Amount({ value, isQuiet = false }: { readonly value: number; readonly isQuiet?: boolean }): ReactElement {
  return (
    <td data-number data-none={(isQuiet && value === 0) || undefined} title={formatExact(value, 'short')}>
      {formatText(value, 'short')}
    </td>
  );
}
