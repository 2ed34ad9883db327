import { HeatmapChart } from '@vitrine/ui/chart/heatmap-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { heatRows } from './rows.ts';
import { heatmap } from './spec.ts';
import type { HeatmapOptions } from './spec.ts';

function Heatmap({ options, field, data, width, height, title, context }: PanelProps<HeatmapOptions>): ReactElement {
  const { curve, bucketUnit } = options;
  const found = useMemo(() => heatRows(data.frames, bucketUnit), [data.frames, bucketUnit]);
  if (found === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const { shape, xs, rows } = found;
  const buckets = shape === 'buckets';
  const describe = (first: number, last: number) => {
    if (!buckets) return first === last ? rows[first]!.name : `${rows[last]!.name} to ${rows[first]!.name}`;
    const { from } = rows[first]!;
    return from === '' ? `up to ${rows[last]!.name}` : `${from} to ${rows[last]!.name}`;
  };
  return (
    <HeatmapChart
      label={title}
      xs={xs}
      rows={rows}
      names={buckets ? 'edges' : 'rows'}
      // A query's own least step may be coarser than the panel's: the points tell, where there are two.
      step={context.x === 'time' && xs.length < 2 ? data.stepMs : 0}
      width={width}
      height={height}
      context={context}
      unit={rows[0]!.field.config?.unit ?? field.unit ?? ''}
      decimals={field.decimals}
      min={field.min}
      max={field.max}
      curve={curve === 'auto' ? (buckets ? 'sqrt' : 'linear') : curve}
      thresholds={field.thresholds?.steps ?? []}
      blankZero={buckets}
      describe={describe}
    />
  );
}

export const heatmapWeb: PanelWeb<HeatmapOptions> = { spec: heatmap, Component: Heatmap };
