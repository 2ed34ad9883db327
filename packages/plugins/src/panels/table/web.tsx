import type { Field, Frame } from '@vitrine/model/frame.ts';
import { DataTable } from '@vitrine/ui/widget/data-table.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useState } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { table } from './spec.ts';
import type { TableOptions } from './spec.ts';
import classes from './table.module.css';

const PICKER_HEIGHT = 34;

/** What was asked of one instant says so in every row: its room is better spent on what the rows differ in. */
function isOneInstant({ shape, fields, length }: Frame, { type, values }: Field): boolean {
  return shape === 'table' && type === 'time' && fields.length > 1 && values.slice(0, length).every((at) => at === values[0]);
}

/** One frame at a time: frames have columns of their own. */
function Table({ options, field, data, width, height, title, context }: PanelProps<TableOptions>): ReactElement {
  const [picked, setPicked] = useState(0);
  const frames = data.frames.filter((frame) => frame.length > 0);
  const frame = frames[Math.min(picked, frames.length - 1)];
  if (frame === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const picker = frames.length > 1 ? PICKER_HEIGHT : 0;
  const fields = frame.fields.filter((field) => (options.metricName || field.name !== '__name__') && !isOneInstant(frame, field));
  return (
    <div>
      {picker > 0 && (
        <div className={classes.picker} role="group" aria-label="Queries">
          {frames.map(({ refId }, index) => (
            // By place: a query may answer several frames.
            <button key={index} type="button" aria-pressed={frame === frames[index]} onClick={() => setPicked(index)}>
              {refId}
            </button>
          ))}
        </div>
      )}
      <DataTable
        key={`${frame.refId} ${frame.shape}`}
        label={title}
        fields={fields}
        length={frame.length}
        width={width}
        height={height - picker}
        timeZone={context.timeZone}
        unit={field.unit ?? ''}
        decimals={field.decimals}
        thresholds={field.thresholds?.steps ?? []}
        noValue={field.noValue ?? ''}
        newestFirst={frame.shape !== 'table'}
      />
    </div>
  );
}

export const tableWeb: PanelWeb<TableOptions> = { spec: table, Component: Table };
