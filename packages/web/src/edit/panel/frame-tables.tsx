import { displayOf, displayText, cellValue } from '@vitrine/compute/field/display.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import type { ReactElement } from 'react';
import classes from './frame-tables.module.css';

const MOST_ROWS = 100;
const MOST_COLUMNS = 40;

export interface FrameTablesProps {
  readonly frames: readonly Frame[];
  readonly problem: string | undefined;
  readonly timeZone: string;
}

/** Frames as they are, column by column with their types: what a transformation gets and gives. */
export function FrameTables({ frames, problem, timeZone }: FrameTablesProps): ReactElement {
  if (problem !== undefined) {
    return (
      <p className={classes.problem} role="alert">
        {problem}
      </p>
    );
  }
  if (frames.length === 0) return <p className={classes.faint}>No frames.</p>;
  return (
    <div className={classes.frames}>
      {frames.slice(0, MOST_COLUMNS).map((frame, index) => (
        // By place: a query may answer several frames.
        <FrameTable key={index} {...{ frame, timeZone }} />
      ))}
      {frames.length > MOST_COLUMNS && <p className={classes.faint}>and {frames.length - MOST_COLUMNS} frames more</p>}
    </div>
  );
}

function FrameTable({ frame, timeZone }: { readonly frame: Frame; readonly timeZone: string }): ReactElement {
  const fields = frame.fields.slice(0, MOST_COLUMNS);
  const displays = fields.map((field) => displayOf(field, { timeZone }));
  const rows = Math.min(frame.length, MOST_ROWS);
  return (
    <table className={classes.table}>
      <caption>
        {frame.refId} {frame.name ?? ''} · {frame.shape} · {frame.length} rows, {frame.fields.length} fields
        {(rows < frame.length || fields.length < frame.fields.length) && ', the first of which stand here'}
      </caption>
      <thead>
        <tr>
          {fields.map((field, index) => (
            <th key={index} title={JSON.stringify(field.labels ?? {})}>
              {field.config?.displayName ?? field.config?.displayNameFromSource ?? field.name}
              <span className={classes.type}>{field.type}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: rows }, (_, row) => (
          <tr key={row}>
            {fields.map((field, index) => (
              <td key={index}>{field.type === 'frame' ? 'frames' : displayText(displays[index]!(cellValue(field, row)))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
