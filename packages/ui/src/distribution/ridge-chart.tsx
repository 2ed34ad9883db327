import { formatText } from '@vitrine/model/unit.ts';
import { useCallback, useMemo } from 'react';
import type { ReactElement } from 'react';

import { drawValueAxis, AXIS_FONT, shortened, valueAxis } from '../categorical/axes.ts';
import type { Area } from '../categorical/axes.ts';
import { MarkChart } from '../categorical/mark-chart.tsx';
import floatClasses from '../chart/float.module.css';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import { SpokenTable } from '../widget/spoken-table.tsx';

/** One outline of the chart: counts over even bins of the chart's range. */
export interface Ridge {
  /** "step 1,200". */
  readonly name: string;
  readonly bins: Float64Array;
  /** What is told of it when pointed at, besides its name. */
  readonly note: string;
}

export interface RidgeChartProps {
  readonly label: string;
  /** The first stands farthest back, at the top. */
  readonly ridges: readonly Ridge[];
  /** What the bins go over. */
  readonly low: number;
  readonly high: number;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  /** "#rrggbb". */
  readonly color: string;
}

const NAMES_WIDTH = 76;
const AXIS_HEIGHT = 22;
/** How much higher than its own line's room the highest outline reaches: TensorBoard's look. */
const REACH = 5;

/** Outlines behind each other, the newest in front: how a distribution moves and widens. Heights share one scale. */
export function RidgeChart({ label, ridges, low, high, width, height, theme, color }: RidgeChartProps): ReactElement {
  const axis = useMemo(() => valueAxis(low, high, { min: low, max: high }, width - NAMES_WIDTH, 'x', 'none'), [low, high, width]);
  const highest = useMemo(() => ridges.reduce((most, { bins }) => Math.max(most, ...bins), 0), [ridges]);
  const { area, pitch, reach } = useMemo(() => {
    const all: Area = {
      left: NAMES_WIDTH,
      top: 8,
      width: Math.max(10, width - NAMES_WIDTH - 12),
      height: Math.max(10, height - AXIS_HEIGHT - 8),
    };
    // A single outline has the whole height.
    const lines = ridges.length + Math.min(REACH, ridges.length) - 1;
    const each = all.height / Math.max(1, lines);
    return { area: all, pitch: each, reach: all.height - each * (ridges.length - 1) };
  }, [width, height, ridges.length]);
  const baseOf = useCallback((at: number) => area.top + reach + at * pitch, [area, reach, pitch]);

  const trace = useCallback(
    (ctx: CanvasRenderingContext2D, at: number) => {
      const { bins } = ridges[at]!;
      const base = baseOf(at);
      const x = (bin: number) => area.left + (area.width * (bin + 0.5)) / bins.length;
      ctx.beginPath();
      ctx.moveTo(area.left, base);
      for (const [bin, count] of bins.entries()) ctx.lineTo(x(bin), base - (highest > 0 ? (count / highest) * (reach - 2) : 0));
      ctx.lineTo(area.left + area.width, base);
    },
    [ridges, area, baseOf, highest, reach],
  );
  const paint = useCallback(
    (ctx: CanvasRenderingContext2D) => {
      const ink = INK[theme];
      drawValueAxis(ctx, axis, area, 'x', ink);
      const every = Math.max(1, Math.ceil(15 / pitch));
      for (const [at, { name }] of ridges.entries()) {
        trace(ctx, at);
        // Older ones sink back into the panel.
        ctx.globalAlpha = 0.92;
        ctx.fillStyle = mixed(color, ink.panel, 0.25 + 0.6 * (at / Math.max(1, ridges.length - 1)));
        ctx.fill();
        ctx.globalAlpha = 1;
        ctx.strokeStyle = ink.panel;
        ctx.lineWidth = 1;
        ctx.stroke();
        if ((ridges.length - 1 - at) % every !== 0) continue;
        ctx.font = AXIS_FONT;
        ctx.fillStyle = ink.faint;
        ctx.textAlign = 'right';
        ctx.textBaseline = 'middle';
        ctx.fillText(shortened(name, 11), area.left - 8, baseOf(at) - 2);
      }
      ctx.fillStyle = ink.axis;
      ctx.fillRect(area.left, Math.round(baseOf(ridges.length - 1)), area.width, 1);
    },
    [theme, axis, area, ridges, trace, color, baseOf, pitch],
  );
  const noteOf = (at: number) => {
    const ridge = ridges[at];
    return ridge === undefined ? undefined : <RidgeNote ridge={ridge} color={color} />;
  };
  return (
    <MarkChart
      label={label}
      role="ridge chart"
      summary={`${ridges.length} histograms over ${formatText(low, 'none')} to ${formatText(high, 'none')}`}
      width={width}
      height={height}
      marks={ridges.length}
      stride={1}
      boxOf={(at) => ({ x: area.left, y: baseOf(at) - pitch, width: area.width, height: pitch })}
      hit={(x, y) =>
        x < area.left || x > area.left + area.width || y < area.top || y > baseOf(ridges.length - 1) + 4
          ? -1
          : Math.max(0, Math.min(ridges.length - 1, Math.ceil((y - area.top - reach) / pitch)))
      }
      paint={paint}
      tooltip={noteOf}
      spoken={
        <SpokenTable caption={label} head={['', '']} count={ridges.length} row={(at) => [ridges[at]!.name, ridges[at]!.note]} />
      }
    />
  );
}

function RidgeNote({ ridge, color }: { readonly ridge: Ridge; readonly color: string }): ReactElement {
  return (
    <>
      <div className={floatClasses.head}>
        <span>{ridge.name}</span>
      </div>
      <RidgeShape ridge={ridge} color={color} />
      <div className={floatClasses.more}>{ridge.note}</div>
    </>
  );
}

const SHAPE = { width: 180, height: 44 };

function RidgeShape({ ridge: { bins }, color }: { readonly ridge: Ridge; readonly color: string }): ReactElement {
  const most = Math.max(...bins, Number.MIN_VALUE);
  const points = Array.from(bins, (count, at) => {
    const x = ((at + 0.5) / bins.length) * SHAPE.width;
    return `${x.toFixed(1)},${(SHAPE.height - (count / most) * (SHAPE.height - 2)).toFixed(1)}`;
  });
  return (
    <svg width={SHAPE.width} height={SHAPE.height} aria-hidden="true">
      <polygon points={`0,${SHAPE.height} ${points.join(' ')} ${SHAPE.width},${SHAPE.height}`} fill={color} />
    </svg>
  );
}

/** `share` of the colour, the rest of what is behind it; opaque, so that it hides what stands behind. */
function mixed(color: string, behind: string, share: number): string {
  const parts = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const back = parts(behind);
  const [r, g, b] = parts(color).map((part, at) => Math.round(part * share + back[at]! * (1 - share)));
  return `rgb(${r} ${g} ${b})`;
}
