import { cellValue, plainText, thresholdsOf } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { resolveLinks } from '@vitrine/compute/field/links.ts';
import { binEdge } from '@vitrine/compute/heat-bins.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { HeatmapChart } from '@vitrine/ui/chart/heatmap-chart.tsx';
import type { HeatMark } from '@vitrine/ui/chart/heatmap-chart.tsx';
import { bucketEdges } from '@vitrine/ui/chart/heat-rows.ts';
import type { ScaleSettings } from '@vitrine/ui/chart/graph-settings.ts';
import { heatColoring, statusColoring } from '@vitrine/ui/heat/heat-colors.ts';
import { HeatMatrix } from '@vitrine/ui/heat/heat-matrix.tsx';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useCallback, useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { useTimeOnX } from '../use-time-on-x.ts';
import { heatOf } from './heat.ts';
import type { Heat } from './heat.ts';
import { heatmap } from './spec.ts';
import type { HeatmapOptions, RowScale } from './spec.ts';

/** Cells of counts at or below this are empty, where the panel says nothing else. */
const NOTHING = 1e-9;
/** A grid finer than this is thinned. */
const MOST_COLUMNS = 4096;
const MOST_MARKS = 500;
const AXES = 30;

function Heatmap({ options, field, data, width, height, title, context }: PanelProps<HeatmapOptions>): ReactElement {
  const { theme, timeZone } = context;
  const isTime = context.x === 'time';
  const mostColumns = options.calculate ? Math.max(40, width) : MOST_COLUMNS;
  const mostRows = Math.max(8, height - AXES);
  const frames = useMemo(() => configured(data.frames, field), [data.frames, field]);
  const found = useMemo(
    () => heatOf(frames, { options, isTime, timeZone, stepMs: data.stepMs, mostColumns, mostRows }),
    [frames, options, isTime, timeZone, data.stepMs, mostColumns, mostRows],
  );
  const unit = options.cellValues.unit || (found?.cell.config?.unit ?? '');
  const decimals = options.cellValues.decimals ?? found?.cell.config?.decimals;
  const say = useCallback((value: number) => formatText(value, unit, decimals), [unit, decimals]);

  const { le = found?.counts === true ? NOTHING : undefined, ge } = options.filterValues;
  const isBlank = useCallback(
    (value: number) => (le !== undefined && value <= le) || (ge !== undefined && value >= ge),
    [le, ge],
  );
  const thresholds = useMemo(() => {
    const isOurs = options.color.mode === 'auto' && options.color.scheme === '';
    if (!isOurs || found === undefined || found.counts) return [];
    return (found.cell.config?.color?.mode ?? 'thresholds') === 'thresholds' ? thresholdsOf(found.cell) : [];
  }, [found, options.color]);
  const coloring = useMemo(() => {
    const [low, high] = found === undefined ? [0, 1] : extent(found);
    const min = options.color.min ?? found?.cell.config?.min ?? (found?.counts === true ? 0 : low);
    const max = options.color.max ?? found?.cell.config?.max ?? high;
    if (thresholds.length > 0) return statusColoring(thresholds, min, max, theme);
    const { mode, scheme, fill, reverse, steps, scale, exponent } = options.color;
    const bent =
      scale === 'auto' ? (found?.counts === true ? 0.5 : 1) : scale === 'exponential' ? exponent : scale === 'log' ? 0 : 1;
    const request = {
      mode: mode === 'opacity' ? mode : ('scheme' as const),
      scheme,
      fill,
      reverse,
      steps: scheme === '' && mode === 'auto' ? 256 : steps,
      exponent: bent,
    };
    return heatColoring(request, min, max, theme);
  }, [found, thresholds, options.color, theme]);
  const yAxis = useMemo(() => {
    // A grid upside down has no axis of values: its rows are named.
    if (found?.kind !== 'plot' || options.yAxis.reverse) return undefined;
    const edges = edgesOf(found, options);
    if (edges === undefined) return undefined;
    const { unit, decimals, axisLabel, axisPlacement, axisWidth } = options.yAxis;
    const axis = {
      kind: 'value' as const,
      min: edges[0]!,
      max: edges.at(-1)!,
      scale: scaleOf(found.bins === undefined ? options.rowsFrame.yBucketScale : options.calculation.yBuckets.scale),
      unit,
      decimals,
      grid: false,
      side: axisPlacement === 'right' ? ('right' as const) : ('left' as const),
      visible: axisPlacement !== 'hidden',
      width: axisWidth,
      ...(axisLabel === '' ? {} : { label: axisLabel }),
    };
    return { axis, edges };
  }, [found, options]);
  const marks = useMemo(
    () => (found?.kind === 'plot' ? exemplarMarks(frames, found, yAxis !== undefined, context.replace) : []),
    [frames, found, yAxis, context.replace],
  );
  const onX = useTimeOnX(context, frames);
  const { lines, regions } = options.annotations;
  const events = useMemo(
    () => ({ timeToX: onX.timeToX, lineWidth: lines.width, regionOpacity: regions.opacity }),
    [onX.timeToX, lines.width, regions.opacity],
  );
  const names = useMemo(() => (found?.kind === 'plot' ? found.rows.map(({ name }) => name) : []), [found]);

  if (found === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const look = {
    label: title,
    width,
    height,
    coloring,
    thresholds,
    isBlank,
    gap: options.cellGap,
    radius: options.cellRadius,
    showValue: options.showValue,
    say,
    legend: options.legend.show,
  };
  if (found.kind === 'matrix') {
    return (
      <HeatMatrix
        {...look}
        columns={found.columns}
        rows={found.rows}
        values={found.values}
        theme={theme}
        hasTooltip={options.tooltip.mode !== 'none'}
      />
    );
  }
  const { rows, place } = found;
  const describe = (first: number, last: number) => {
    if (place === 'rows') return first === last ? rows[first]!.name : `${rows[last]!.name} to ${rows[first]!.name}`;
    const { from } = rows[first]!;
    return from === '' ? `up to ${rows[last]!.name}` : `${from} to ${rows[last]!.name}`;
  };
  return (
    <HeatmapChart
      {...look}
      grid={found.grid}
      xs={found.xs}
      names={names}
      place={place}
      yAxis={yAxis}
      reversed={options.yAxis.reverse}
      namesHidden={options.yAxis.axisPlacement === 'hidden'}
      context={onX.context}
      events={events}
      selects={options.selectionMode}
      describe={describe}
      tooltip={{ mode: options.tooltip.mode, histogram: options.tooltip.yHistogram, scale: options.tooltip.showColorScale }}
      marks={marks}
      markColor={inkOf(options.exemplars.color, theme)}
    />
  );
}

function extent(heat: Heat): readonly [number, number] {
  if (heat.kind === 'plot' && !Number.isNaN(heat.grid.min)) return [heat.grid.min, heat.grid.max];
  let low = Infinity;
  let high = -Infinity;
  for (const value of heat.kind === 'plot' ? heat.grid.values : heat.values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

type HeatPlot = Extract<Heat, { kind: 'plot' }>;

/** Where the edges of the grid's rows stand among values; undefined where rows are named or all of one height. */
function edgesOf({ bins, rows, grid, place }: HeatPlot, { rowsFrame }: HeatmapOptions): Float64Array | undefined {
  if (bins !== undefined) return Float64Array.from({ length: grid.rows + 1 }, (_, edge) => binEdge(bins, edge));
  const { type } = rowsFrame.yBucketScale;
  if (type === 'ordinal' || place !== 'edges') return undefined;
  const drawn = Array.from({ length: grid.rows }, (_, row) => ({
    low: rows[row * grid.fieldsPerRow]!.low,
    high: rows[Math.min(rows.length, (row + 1) * grid.fieldsPerRow) - 1]!.high,
  }));
  return bucketEdges(drawn, type);
}

function scaleOf({ type, log, linearThreshold }: RowScale<'ordinal' | 'linear' | 'log' | 'symlog'>): ScaleSettings {
  if (type === 'log') return { kind: 'log', base: log };
  return type === 'symlog' ? { kind: 'symlog', base: log, linear: linearThreshold } : { kind: 'linear' };
}

/** Exemplars stand on the row of their bucket, or at their value where the axis has values. */
function exemplarMarks(
  frames: readonly Frame[],
  { rows, place, grid }: HeatPlot,
  hasValues: boolean,
  replace: PanelProps<HeatmapOptions>['context']['replace'],
): readonly HeatMark[] {
  if (place !== 'edges') return [];
  const marks: HeatMark[] = [];
  const names = fieldNames(frames);
  for (const [at, frame] of frames.entries()) {
    if (frame.shape !== 'exemplars') continue;
    const time = frame.fields.find((field) => field.type === 'time');
    const value = frame.fields.find((field) => field.type === 'number');
    if (!isNumbers(time) || !isNumbers(value)) continue;
    const others = frame.fields.flatMap((field, index) =>
      field === time || field === value ? [] : [{ field, name: names[at]![index]! }],
    );
    for (let row = 0; row < frame.length && marks.length < MOST_MARKS; row++) {
      const where = value.values[row]!;
      const bucket = rows.findIndex(({ low, high }) => where > low && where <= high);
      if (bucket < 0) continue;
      const lines = others.map(({ field, name }) => `${name} ${plainText(cellValue(field, row))}`);
      const links = frame.fields.flatMap(({ config }, field) =>
        resolveLinks(config?.links ?? [], { frame, field, row }, replace),
      );
      marks.push({ x: time.values[row]!, y: hasValues ? where : Math.floor(bucket / grid.fieldsPerRow) + 0.5, lines, links });
    }
  }
  return marks;
}

export const heatmapWeb: PanelWeb<HeatmapOptions> = { spec: heatmap, Component: Heatmap };
