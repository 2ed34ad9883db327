import { stateSpans } from '@vitrine/compute/state-spans.ts';
import { StateChart } from '@vitrine/ui/categorical/state-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { stateTimeline } from './spec.ts';
import type { StateTimelineOptions } from './spec.ts';
import { statesOf } from './states.ts';

function StateTimeline({ options, field, data, width, height, title, context }: PanelProps<StateTimelineOptions>): ReactElement {
  const { theme, timeZone, to } = context;
  const { mergeValues, legend } = options;
  // States of a live page hold until now, not until the end of a range that lies ahead.
  const end = context.x === 'time' ? Math.min(to, data.toMs + data.stepMs) : to;
  const found = useMemo(
    () => statesOf(configured(data.frames, field), theme, timeZone, (xs, states) => stateSpans(xs, states, end, mergeValues)),
    [data.frames, field, theme, timeZone, end, mergeValues],
  );
  const shown: 'bottom' | 'right' | 'hidden' = legend.showLegend && legend.displayMode !== 'hidden' ? legend.placement : 'hidden';
  const room = useMemo(() => ({ placement: shown, items: found.legend }), [shown, found]);
  if (found.rows.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  return (
    <StateChart
      label={title}
      role="state timeline"
      rows={found.rows}
      width={width}
      height={height}
      context={context}
      rowHeight={options.rowHeight}
      perPage={options.perPage}
      showValue={options.showValue}
      alignValue={options.alignValue}
      legend={room}
      tooltip={options.tooltip.mode}
      lasting
    />
  );
}

export const stateTimelineWeb: PanelWeb<StateTimelineOptions> = { spec: stateTimeline, Component: StateTimeline };
