import type { AxisSettings } from './graph-settings.ts';
import type { ChartSeries } from './series.ts';
import type { Stroke } from './strokes.ts';
import { extremes, usualExtremes } from './strokes.ts';
import { valueRange } from './value-range.ts';

/** A value axis of a chart: what its series agree on. */
export interface AxisPlan {
  /** Equal for the series that share it. */
  readonly key: string;
  readonly side: 'left' | 'right';
  readonly visible: boolean;
  readonly label: string;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly grid: boolean;
  readonly settings: AxisSettings;
  /** Of its first series, where the axis is to have it. */
  readonly color: string | undefined;
  readonly limits: {
    readonly min: number | undefined;
    readonly max: number | undefined;
    readonly softMin: number | undefined;
    readonly softMax: number | undefined;
  };
}

/** More axes than this leave no room for the plot: the others scale their lines unseen. */
const MOST_VISIBLE = 6;

/** What decides which series share an axis: unit, limits, scale, and what they ask of the axis. */
export function axisKey({ look: { axis, stacking }, unit, field: { config } }: ChartSeries): string {
  return JSON.stringify([
    stacking === 'percent' ? '%' : unit,
    axis.placement === 'auto' ? '' : axis.placement,
    axis.label,
    config?.min,
    config?.max,
    axis.softMin,
    axis.softMax,
    axis.centeredZero,
    axis.scale,
  ]);
}

/** The axes that the series ask for, in the order in which they first do; the first is the main one. Never empty. */
export function planAxes(series: readonly ChartSeries[]): readonly AxisPlan[] {
  const axes = new Map<string, AxisPlan>();
  let visible = 0;
  for (const one of series) {
    const key = axisKey(one);
    if (axes.has(key)) continue;
    const { look, field } = one;
    const { placement, softMin, softMax } = look.axis;
    const isVisible = placement !== 'hidden' && visible < MOST_VISIBLE;
    const leftTaken = [...axes.values()].some((axis) => axis.visible && axis.side === 'left');
    axes.set(key, {
      key,
      side: placement === 'left' || placement === 'right' ? placement : leftTaken ? 'right' : 'left',
      visible: isVisible,
      label: look.axis.label,
      unit: look.stacking === 'percent' ? 'percentunit' : one.unit,
      decimals: look.stacking === 'percent' ? undefined : field.config?.decimals,
      grid: isVisible && (look.axis.grid ?? visible === 0),
      settings: look.axis,
      color: look.axis.color === 'series' ? one.color : undefined,
      limits: { min: field.config?.min, max: field.config?.max, softMin, softMax },
    });
    if (isVisible) visible++;
  }
  return axes.size === 0 ? [EMPTY] : [...axes.values()];
}

const EMPTY: AxisPlan = {
  key: '',
  side: 'left',
  visible: true,
  label: '',
  unit: '',
  decimals: undefined,
  grid: true,
  settings: {
    placement: 'auto',
    label: '',
    width: undefined,
    softMin: undefined,
    softMax: undefined,
    centeredZero: false,
    grid: undefined,
    border: false,
    color: 'text',
    scale: { kind: 'linear' },
  },
  color: undefined,
  limits: { min: undefined, max: undefined, softMin: undefined, softMax: undefined },
};

/** From where to where an axis goes for what is drawn on it between two x; `clips`: outliers may lie beyond. */
export function axisRange(
  axis: AxisPlan,
  strokes: readonly Stroke[],
  xMin: number,
  xMax: number,
  clips = false,
): readonly [min: number, max: number] {
  const log = axis.settings.scale.kind === 'log';
  let [low, high] = (clips ? usualExtremes : extremes)(strokes, xMin, xMax, log);
  // Bars and piles stand on zero.
  const grounded = strokes.some(
    ({ series: { look } }) => look.drawStyle === 'bars' || (look.stacking !== 'none' && look.fillOpacity > 0),
  );
  if (grounded && !log) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (strokes.some(({ series: { look } }) => look.stacking === 'percent')) high = Math.min(1, high);
  const [min, max] = valueRange(low, high, { ...axis.limits, log });
  if (!axis.settings.centeredZero || log) return [min, max];
  const reach = Math.max(Math.abs(min), Math.abs(max));
  return [-reach, reach];
}
