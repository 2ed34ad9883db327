import { resolveLinks } from '@vitrine/compute/field/links.ts';
import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { DataTable } from '@vitrine/ui/table/data-table.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useCallback, useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { table } from './spec.ts';
import type { TableOptions } from './spec.ts';
import classes from './table.module.css';

const PICKER_HEIGHT = 34;
const ROW_HEIGHTS = { sm: 28, md: 36, lg: 44, auto: 28 };
/** More frames than these are picked from a list. */
const MOST_BUTTONS = 6;
const NONE: readonly string[] = [];
const NO_LINKS: readonly ResolvedLink[] = [];

/** What was asked of one instant says so in every row: its room is better spent on what the rows differ in. */
function isOneInstant({ shape, fields, length }: Frame, { type, values }: Field): boolean {
  return shape === 'table' && type === 'time' && fields.length > 1 && values.slice(0, length).every((at) => at === values[0]);
}

/** One frame at a time: frames have columns of their own. */
function Table({ options, field, data, width, height, title, context }: PanelProps<TableOptions>): ReactElement {
  const [picked, setPicked] = useState(options.frameIndex);
  const { metricName } = options;
  const frames = useMemo(
    () =>
      configured(data.frames, field)
        .filter((frame) => frame.length > 0)
        .map((frame) => ({
          ...frame,
          fields: frame.fields.filter((one) => (metricName || one.name !== '__name__') && !isOneInstant(frame, one)),
        })),
    [data.frames, field, metricName],
  );
  const frame = frames[Math.min(picked, frames.length - 1)];
  const { replace, timeZone } = context;
  const links = useCallback(
    (index: number, row: number) => {
      const found = frame?.fields[index]?.config?.links;
      if (frame === undefined || found === undefined || found.length === 0) return NO_LINKS;
      return resolveLinks(found, { frame, field: index, row, frames, timeZone }, replace);
    },
    [frame, frames, timeZone, replace],
  );
  if (frame === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const picker = frames.length > 1 ? PICKER_HEIGHT : 0;
  const at = frames.indexOf(frame);
  const names = pickerNames(frames);
  const newestFirst = frame.shape !== 'table' && frame.shape !== 'logs' && frame.fields[0]?.type === 'time';
  const sortBy =
    options.sortBy.length === 0 && newestFirst
      ? [{ name: frame.fields[0]!.name, down: true }]
      : options.sortBy.map(({ displayName, desc }) => ({ name: displayName, down: desc }));
  return (
    <div>
      {picker > 0 && frames.length <= MOST_BUTTONS && (
        <div className={classes.picker} role="group" aria-label="Queries">
          {names.map((name, index) => (
            // By place: a query may answer several frames.
            <button key={index} type="button" aria-pressed={at === index} onClick={() => setPicked(index)}>
              {name}
            </button>
          ))}
        </div>
      )}
      {frames.length > MOST_BUTTONS && (
        <div className={classes.picker}>
          <select aria-label="Frame" value={at} onChange={(event) => setPicked(Number(event.currentTarget.value))}>
            {names.map((name, index) => (
              <option key={index} value={index}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      <DataTable
        key={`${at} ${frame.refId} ${frame.shape}`}
        label={title}
        frame={frame}
        frames={frames}
        width={width}
        height={height - picker}
        timeZone={timeZone}
        theme={context.theme}
        showHeader={options.showHeader}
        rowHeight={ROW_HEIGHTS[options.cellHeight]}
        mostRowHeight={options.maxRowHeight}
        sortBy={sortBy}
        pageSize={options.enablePagination ? options.pageSize : undefined}
        frozen={options.frozenColumns.left}
        reducers={options.footer.show ? options.footer.reducer : NONE}
        reduced={options.footer.show ? options.footer.fields : NONE}
        countRows={options.footer.show && options.footer.countRows && options.footer.reducer[0] === 'count'}
        links={links}
      />
    </div>
  );
}

/** A frame's name, else its query; counted where several are called the same. */
function pickerNames(frames: readonly Frame[]): string[] {
  const seen = new Map<string, number>();
  const all = frames.map(({ name, refId }) => name || refId);
  return all.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return all.filter((other) => other === name).length > 1 ? `${name} ${count}` : name;
  });
}

export const tableWeb: PanelWeb<TableOptions> = { spec: table, Component: Table };
