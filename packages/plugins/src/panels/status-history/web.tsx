import { smallestStep } from '@vitrine/compute/heat-grid.ts';
import { stateCells } from '@vitrine/compute/state-spans.ts';
import { StateChart } from '@vitrine/ui/categorical/state-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { useInZone } from '../use-in-zone.ts';
import { useTimeOnX } from '../use-time-on-x.ts';
import { statesOf } from '../state-timeline/states.ts';
import { statusHistory } from './spec.ts';
import type { StatusHistoryOptions } from './spec.ts';

function StatusHistory(props: PanelProps<StatusHistoryOptions>): ReactElement {
  const { options, field, data, width, height, title } = props;
  const { context, timeToX } = useTimeOnX(useInZone(props.context, options.timezone), data.frames);
  const { theme, timeZone, x } = context;
  const { colWidth, legend } = options;
  const found = useMemo(
    () =>
      statesOf(configured(data.frames, field), { x, theme, timeZone }, (xs, states) =>
        stateCells(xs, states, xs.length > 1 ? smallestStep(xs) : Math.max(1, data.stepMs), colWidth),
      ),
    [data.frames, data.stepMs, field, x, theme, timeZone, colWidth],
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
      role="status history"
      rows={found.rows}
      width={width}
      height={height}
      context={context}
      events={events}
      rowHeight={options.rowHeight}
      perPage={options.perPage}
      namesHidden={found.namesHidden}
      showValue={options.showValue}
      alignValue="center"
      legend={room}
      tooltip={options.tooltip.mode}
      lasting={false}
    />
  );
}

export const statusHistoryWeb: PanelWeb<StatusHistoryOptions> = { spec: statusHistory, Component: StatusHistory };
