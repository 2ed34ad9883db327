import { stateSpans } from '@vitrine/compute/state-spans.ts';
import { StateChart } from '@vitrine/ui/categorical/state-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { useInZone } from '../use-in-zone.ts';
import { useTimeOnX } from '../use-time-on-x.ts';
import { stateTimeline } from './spec.ts';
import type { StateTimelineOptions } from './spec.ts';
import { statesOf } from './states.ts';

function StateTimeline(props: PanelProps<StateTimelineOptions>): ReactElement {
  const { options, field, data, width, height, title } = props;
  const { context, timeToX } = useTimeOnX(useInZone(props.context, options.timezone), data.frames);
  const { theme, timeZone, to, x } = context;
  const { mergeValues, legend } = options;
  // States of a live page hold until now, not until the end of a range that lies ahead.
  const end = x === 'time' ? Math.min(to, data.toMs + data.stepMs) : to;
  const found = useMemo(
    () =>
      statesOf(configured(data.frames, field), { x, theme, timeZone }, (xs, states) => stateSpans(xs, states, end, mergeValues)),
    [data.frames, field, x, theme, timeZone, end, mergeValues],
  );
  const { lines, regions } = options.annotations;
  const events = useMemo(
    () => ({ timeToX, lineWidth: lines.width, regionOpacity: regions.opacity }),
    [timeToX, lines.width, regions.opacity],
  );
  const shown: 'bottom' | 'right' | 'hidden' = legend.showLegend && legend.displayMode !== 'hidden' ? legend.placement : 'hidden';
  const room = useMemo(() => ({ placement: shown, items: found.legend, width: legend.width }), [shown, found, legend.width]);
  if (found.rows.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  return (
    <StateChart
      label={title}
      role="state timeline"
      rows={found.rows}
      width={width}
      height={height}
      context={context}
      events={events}
      rowHeight={options.rowHeight}
      perPage={options.perPage}
      namesHidden={found.namesHidden}
      showValue={options.showValue}
      alignValue={options.alignValue}
      legend={room}
      tooltip={options.tooltip.mode}
      lasting
    />
  );
}

export const stateTimelineWeb: PanelWeb<StateTimelineOptions> = { spec: stateTimeline, Component: StateTimeline };
