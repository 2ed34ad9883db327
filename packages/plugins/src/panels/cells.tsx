import type { NamedValue } from '@vitrine/compute/values.ts';
import { cellGrid } from '@vitrine/ui/widget/figure-layout.ts';
import type { ReactElement, ReactNode } from 'react';

import classes from './cells.module.css';

/** More than this nobody reads one by one. */
export const MOST_VALUES = 200;

export interface CellSize {
  readonly width: number;
  readonly height: number;
}

/** Values side by side in the grid that suits them. */
export function Cells({
  values,
  width,
  height,
  aspect,
  least,
  label,
  children,
}: {
  values: readonly NamedValue[];
  width: number;
  height: number;
  aspect: number;
  least: CellSize;
  label: string;
  children: (value: NamedValue, size: CellSize) => ReactNode;
}): ReactElement {
  const { columns, cellWidth, cellHeight } = cellGrid(values.length, width, height, aspect, least);
  return (
    <ul
      className={classes.cells}
      aria-label={label}
      style={{ width, height, gridTemplateColumns: `repeat(${columns}, ${cellWidth}px)`, gridAutoRows: cellHeight }}
    >
      {values.map((value) => (
        <li key={value.id} className={classes.cell}>
          {children(value, { width: cellWidth, height: cellHeight })}
        </li>
      ))}
    </ul>
  );
}
