import { resolveLinks } from '@vitrine/compute/field/links.ts';
import { formatTime } from '@vitrine/compute/time.ts';
import { treeOf } from '@vitrine/ui/trace/trace-tree.ts';
import { TraceView } from '@vitrine/ui/trace/trace-view.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { counted } from '../counted.ts';
import { NOTICE_LINE, Notices } from '../notices.tsx';
import { readTraces } from './read-trace.ts';
import type { ReadTraces } from './read-trace.ts';
import { traces } from './spec.ts';
import type { TracesOptions } from './spec.ts';
import classes from './traces.module.css';

const PICKER = 28;
const NOTHING: ReadTraces = { traces: [], notices: [] };

/** One trace at a time: of several, the one that is picked. */
function Traces({ field, data, width, height, title, context }: PanelProps<TracesOptions>): ReactElement {
  const [picked, setPicked] = useState<string>();
  const frames = useMemo(() => configured(data.frames, field), [data.frames, field]);
  const read = useMemo(() => {
    try {
      return frames.some(({ length }) => length > 0) ? readTraces(frames) : NOTHING;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }, [frames]);
  const all = typeof read === 'string' ? NOTHING.traces : read.traces;
  const shown = all.find(({ id }) => id === picked) ?? all[0];
  const tree = useMemo(() => (shown === undefined ? undefined : treeOf(shown.spans)), [shown]);
  if (typeof read === 'string') return <NoData width={width} height={height} text="No trace in this answer" hint={read} />;
  if (shown === undefined || tree === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const notices = [
    ...read.notices,
    ...(tree.orphans > 0
      ? [`${counted(tree.orphans, 'span names', 'spans name')} a parent that is not in the answer: shown at the root.`]
      : []),
    ...(tree.rings > 0
      ? [`${counted(tree.rings, 'ring', 'rings')} of spans that are below themselves: cut where the ring starts.`]
      : []),
  ];
  const noticeHeight = notices.length > 0 && height > 120 ? NOTICE_LINE : 0;
  const pickerHeight = all.length > 1 ? PICKER : 0;
  const linksOf = (span: number) => {
    const at = shown.rows[span]!;
    return at.frame.fields.flatMap(({ config }, index) =>
      resolveLinks(config?.links ?? [], { ...at, field: index, frames, timeZone: context.timeZone }, (text, scope) =>
        context.replace(text, scope),
      ),
    );
  };
  return (
    <div>
      {pickerHeight > 0 && (
        <select
          className={classes.picker}
          style={{ maxWidth: width }}
          aria-label="Trace"
          value={shown.id}
          onChange={(event) => setPicked(event.currentTarget.value)}
        >
          {all.map(({ id, spans }) => (
            <option key={id} value={id}>
              {`${id === '' ? 'no id' : id} (${counted(spans.length, 'span', 'spans')})`}
            </option>
          ))}
        </select>
      )}
      <Notices texts={noticeHeight > 0 ? notices : []} width={width} />
      <TraceView
        key={shown.id}
        label={title === '' ? 'Trace' : title}
        spans={shown.spans}
        tree={tree}
        width={width}
        height={height - noticeHeight - pickerHeight}
        theme={context.theme}
        timeText={(atMs) => formatTime(Math.round(atMs), context.timeZone)}
        linksOf={linksOf}
      />
    </div>
  );
}

export const tracesWeb: PanelWeb<TracesOptions> = { spec: traces, Component: Traces };
