import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { cellGrid, GAP, SQUEEZED } from '@vitrine/ui/widget/figure-layout.ts';
import type { ReactElement, ReactNode } from 'react';

import classes from './cells.module.css';
import type { Orientation } from './options-shared.ts';

export interface CellSize {
  readonly width: number;
  readonly height: number;
}

/** Values in the grid that suits them (auto); below each other (horizontal), or all in one row (vertical). */
export function Cells<Value extends { readonly id: string }>({
  values,
  width,
  height,
  aspect,
  least,
  orientation = 'auto',
  label,
  children,
}: {
  values: readonly Value[];
  width: number;
  height: number;
  aspect: number;
  least: CellSize;
  orientation?: Orientation;
  label: string;
  children: (value: Value, size: CellSize, index: number) => ReactNode;
}): ReactElement {
  const { columns, cellWidth, cellHeight } = gridOf(values.length, width, height, aspect, least, orientation);
  return (
    // Its cells may be more than fit: who has no mouse scrolls it too.
    <ul
      tabIndex={0}
      className={classes.cells}
      aria-label={label}
      style={{ width, height, gridTemplateColumns: `repeat(${columns}, ${cellWidth}px)`, gridAutoRows: cellHeight }}
    >
      {values.map((value, index) => (
        <li key={value.id} className={classes.cell}>
          {children(value, { width: cellWidth, height: cellHeight }, index)}
        </li>
      ))}
    </ul>
  );
}

function gridOf(count: number, width: number, height: number, aspect: number, least: CellSize, orientation: Orientation) {
  if (orientation === 'auto') return cellGrid(count, width, height, aspect, least);
  const columns = orientation === 'vertical' ? count : 1;
  const rows = orientation === 'vertical' ? 1 : count;
  return {
    columns,
    cellWidth: Math.max(least.width, Math.floor((width - (columns - 1) * GAP) / columns)),
    cellHeight: Math.max(rows === 1 ? 0 : least.height * SQUEEZED, Math.floor((height - (rows - 1) * GAP) / rows)),
  };
}

/** The links of a value, in the corner of its cell or in line with its name. */
export function CellLinks({ links, inline = false }: { links: readonly ResolvedLink[]; inline?: boolean }): ReactElement | null {
  const open = links.filter(({ href }) => href !== undefined);
  if (open.length === 0) return null;
  return (
    <span className={classes.links} data-inline={inline || undefined}>
      {open.map(({ title, href, targetBlank }) => (
        <a
          key={`${title} ${href}`}
          href={href}
          title={title}
          aria-label={title}
          {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}
        >
          ↗
        </a>
      ))}
    </span>
  );
}
