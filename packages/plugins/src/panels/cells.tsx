import { cellGrid } from '@vitrine/ui/widget/figure-layout.ts';
import type { ReactElement, ReactNode } from 'react';

import classes from './cells.module.css';

export interface CellSize {
  readonly width: number;
  readonly height: number;
}

/** Values side by side in the grid that suits them. */
export function Cells<Value extends { readonly id: string }>({
  values,
  width,
  height,
  aspect,
  least,
  label,
  children,
}: {
  values: readonly Value[];
  width: number;
  height: number;
  aspect: number;
  least: CellSize;
  label: string;
  children: (value: Value, size: CellSize) => ReactNode;
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
