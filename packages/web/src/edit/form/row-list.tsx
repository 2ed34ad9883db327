import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactElement, ReactNode } from 'react';
import classes from './row-list.module.css';
import { Tool } from './tool.tsx';

export interface RowListProps<Row> {
  readonly rows: readonly Row[];
  readonly onChange: (rows: readonly Row[]) => void;
  /** What one is called: "link". */
  readonly noun: string;
  /** A new one; absent where rows are added elsewhere. */
  readonly make?: () => Row;
  /** Whether their order means something. */
  readonly ordered?: boolean;
  readonly children: (row: Row, change: (next: Row) => void, index: number) => ReactNode;
}

/** Things below each other that can be added, taken away and moved. */
export function RowList<Row>({ rows, onChange, noun, make, ordered = false, children }: RowListProps<Row>): ReactElement {
  const swap = (from: number, to: number) => onChange(rows.toSpliced(from, 1).toSpliced(to, 0, rows[from] as Row));
  return (
    <div className={classes.rows}>
      {rows.map((row, index) => (
        // By place: rows have no names, and the one at a place is what is edited there.
        <div key={index} className={classes.row} role="group" aria-label={`${noun} ${index + 1}`}>
          <div className={classes.body}>{children(row, (next) => onChange(rows.with(index, next)), index)}</div>
          <div className={classes.tools}>
            {ordered && rows.length > 1 && (
              <>
                <Tool label={`Move ${noun} ${index + 1} up`} disabled={index === 0} onClick={() => swap(index, index - 1)}>
                  <IconArrowUp size={14} />
                </Tool>
                <Tool
                  label={`Move ${noun} ${index + 1} down`}
                  disabled={index === rows.length - 1}
                  onClick={() => swap(index, index + 1)}
                >
                  <IconArrowDown size={14} />
                </Tool>
              </>
            )}
            <Tool label={`Remove ${noun} ${index + 1}`} onClick={() => onChange(rows.toSpliced(index, 1))}>
              <IconTrash size={14} />
            </Tool>
          </div>
        </div>
      ))}
      {make !== undefined && (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rows, make()])}
        >
          Add {noun}
        </Button>
      )}
    </div>
  );
}
