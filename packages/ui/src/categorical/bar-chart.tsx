import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import { useCallback, useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import floatClasses from '../chart/float.module.css';
import type { GraphSettings } from '../chart/graph-settings.ts';
import { faded, inkOf } from '../theme/color-name.ts';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import {
  AXIS_FONT,
  bandsHeight,
  drawBandsBelow,
  drawBandsLeft,
  drawEdgesBelow,
  drawValueAxis,
  shortened,
  textWidth,
  valueAxis,
} from './axes.ts';
import type { Area, BandLabels } from './axes.ts';
import { layoutBars } from './bar-layout.ts';
import type { Bars, BarSeries, Stacking } from './bar-layout.ts';
import { legendRoom, LegendList, pickLegend } from './legend-list.tsx';
import type { LegendItem } from './legend-list.tsx';
import { SpokenTable } from '../widget/spoken-table.tsx';
import { MarkChart } from './mark-chart.tsx';
import type { MarkBox } from './mark-chart.tsx';
import { textOver } from './text-over.ts';

export interface BarChartProps {
  readonly label: string;
  readonly categories: readonly string[];
  /** What the axis calls them; their names where absent. */
  readonly ticks?: readonly string[];
  /** Of bands that join: names of their edges, one more than there are bands. */
  readonly edges?: readonly string[];
  readonly series: readonly BarSeries[];
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  readonly horizontal: boolean;
  readonly stacking: Stacking;
  /** Shares, 0 to 1. */
  readonly groupWidth: number;
  readonly barWidth: number;
  readonly showValue: 'auto' | 'always' | 'never';
  readonly names: BandLabels;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly axisLabel: string;
  /** The value axis reaches at least from here to there; undefined is as far as its bars do. */
  readonly soft?: { readonly min: number | undefined; readonly max: number | undefined };
  readonly axisHidden?: boolean;
  readonly thresholds?: { readonly steps: readonly ThresholdStep[]; readonly style: GraphSettings['thresholdStyle'] };
  /** Of the corners of bars: a share of their thickness, 0 to 0.5. */
  readonly radius?: number;
  /** CSS pixels. */
  readonly valueSize?: number | undefined;
  /** Pointing at a bar sets its whole category apart. */
  readonly highlightsGroup?: boolean;
  readonly legend: {
    /** CSS pixels, at the right. */
    readonly width?: number | undefined;
    readonly placement: 'bottom' | 'right' | 'hidden';
    readonly mode: 'list' | 'table';
    readonly heads: readonly string[];
  };
  readonly legendItems: readonly LegendItem[];
  readonly tooltip: {
    readonly mode: 'single' | 'multi' | 'none';
    readonly sort: 'asc' | 'desc' | 'none';
    readonly hideZeros: boolean;
  };
}

const MOST_TOOLTIP_ROWS = 20;

/** Bars over categories, upright or lying. */
export function BarChart(props: BarChartProps): ReactElement {
  const { label, categories, series: all, theme, horizontal, stacking, groupWidth, barWidth, showValue, names } = props;
  const { unit, decimals, min, max, legend, legendItems, tooltip } = props;
  const ticks = props.ticks ?? categories;
  const { radius = 0, valueSize = 11 } = props;
  const [shown, setShown] = useState<ReadonlySet<string>>();
  const series = useMemo(() => (shown === undefined ? all : all.filter(({ id }) => shown.has(id))), [all, shown]);
  const bars = useMemo(
    () => layoutBars(series, categories.length, stacking, groupWidth, barWidth),
    [series, categories.length, stacking, groupWidth, barWidth],
  );
  const room = legendRoom(props.width, props.height, legend.placement, legendItems, legend.mode, legend.width);
  const { width, height } = room.chart;
  const valueUnit = stacking === 'percent' ? 'percentunit' : unit;

  const { area, axis } = useMemo(() => {
    // Bars start at zero: their length is what is compared.
    const axisOf = (length: number) =>
      valueAxis(
        Math.min(0, bars.low, props.soft?.min ?? 0),
        Math.max(0, bars.high, props.soft?.max ?? 0),
        stacking === 'percent' ? {} : { min, max },
        length,
        horizontal ? 'x' : 'y',
        valueUnit,
        decimals,
      );
    const widest = (texts: readonly string[]) => texts.reduce((length, text) => Math.max(length, textWidth(text)), 0);
    const left = horizontal
      ? Math.min(width * 0.4, widest(ticks.map((name) => shortened(name, names.mostLetters))) + 12)
      : props.axisHidden === true
        ? 2
        : Math.min(width * 0.4, widest(axisOf(height - 40).labels) + 12);
    const below = horizontal ? (props.axisHidden === true ? 4 : 24) : bandsHeight(ticks, names, height * 0.45);
    const titleRoom = props.axisLabel === '' ? 0 : 14;
    const found: Area = {
      left: left + (horizontal ? 0 : titleRoom),
      top: 8,
      width: Math.max(10, width - left - 10 - (horizontal ? 0 : titleRoom)),
      height: Math.max(10, height - below - 8 - (horizontal ? titleRoom : 0)),
    };
    const made = axisOf(horizontal ? found.width : found.height);
    return { area: found, axis: props.axisHidden === true ? { ...made, labels: [] } : made };
  }, [
    bars,
    ticks,
    names,
    horizontal,
    width,
    height,
    min,
    max,
    valueUnit,
    decimals,
    stacking,
    props.axisLabel,
    props.soft,
    props.axisHidden,
  ]);

  const boxOf = useCallback(
    (mark: number): MarkBox => {
      const along = horizontal ? area.width : area.height;
      const share = (value: number) => Math.min(1, Math.max(0, (value - axis.min) / (axis.max - axis.min)));
      const a = share(bars.from[mark]!) * along;
      const b = share(bars.to[mark]!) * along;
      const band = (horizontal ? area.height : area.width) / Math.max(1, categories.length);
      const across = band * (bars.category[mark]! + bars.offset[mark]!);
      const thick = Math.max(1, band * bars.thickness[mark]!);
      const long = Math.max(bars.to[mark] === bars.from[mark] ? 0 : 1, Math.abs(b - a));
      return horizontal
        ? { x: area.left + Math.min(a, b), y: area.top + across, width: long, height: thick }
        : { x: area.left + across, y: area.top + area.height - Math.max(a, b), width: thick, height: long };
    },
    [area, axis, bars, categories.length, horizontal],
  );

  // What stands at a point: the bar of its band that is nearest, also above and below it.
  const hit = useCallback(
    (x: number, y: number): number => {
      if (x < area.left || x > area.left + area.width || y < area.top || y > area.top + area.height) return -1;
      const band = (horizontal ? area.height : area.width) / Math.max(1, categories.length);
      const category = Math.floor((horizontal ? y - area.top : x - area.left) / band);
      let best = -1;
      let nearest = Infinity;
      for (let mark = firstOf(bars.category, bars.count, category); mark < bars.count; mark++) {
        if (bars.category[mark] !== category) break;
        const box = boxOf(mark);
        const dx = Math.max(box.x - x, 0, x - box.x - box.width);
        const dy = Math.max(box.y - y, 0, y - box.y - box.height);
        const distance = horizontal ? dy * 1000 + dx : dx * 1000 + dy;
        if (distance < nearest) [best, nearest] = [mark, distance];
      }
      return best;
    },
    [area, bars, boxOf, categories.length, horizontal],
  );

  const paint = useCallback(
    (ctx: CanvasRenderingContext2D) => {
      const ink = INK[theme];
      drawValueAxis(ctx, axis, area, horizontal ? 'x' : 'y', ink);
      if (props.thresholds?.style.area === true)
        drawThresholds(ctx, props.thresholds.steps, 'area', axis, area, horizontal, theme);
      for (let mark = 0; mark < bars.count; mark++) {
        const one = series[bars.series[mark]!]!;
        if (one.outline === true) continue;
        const box = boxOf(mark);
        const color = one.colorAt(bars.category[mark]!);
        ctx.globalAlpha = one.fill;
        ctx.fillStyle = color;
        if (one.gradient) {
          const end = horizontal
            ? ctx.createLinearGradient(box.x, 0, box.x + box.width, 0)
            : ctx.createLinearGradient(0, box.y + box.height, 0, box.y);
          end.addColorStop(0, faded(color, 0.25));
          end.addColorStop(1, color);
          ctx.fillStyle = end;
        }
        const rising = bars.to[mark]! >= bars.from[mark]!;
        const corner = Math.min(radius * (horizontal ? box.height : box.width), horizontal ? box.width : box.height);
        ctx.beginPath();
        ctx.roundRect(box.x, box.y, box.width, box.height, endCorners(corner, horizontal, rising));
        ctx.fill();
        ctx.globalAlpha = 1;
        const thin = Math.min(box.width, box.height);
        if (one.lineWidth > 0 && thin > 2 * one.lineWidth + 1) {
          ctx.strokeStyle = color;
          ctx.lineWidth = one.lineWidth;
          const inset = one.lineWidth / 2;
          ctx.beginPath();
          ctx.roundRect(
            box.x + inset,
            box.y + inset,
            box.width - 2 * inset,
            box.height - 2 * inset,
            endCorners(Math.max(0, corner - inset), horizontal, rising),
          );
          ctx.stroke();
        }
      }
      for (const [index, one] of series.entries()) {
        if (one.outline === true) paintOutline(ctx, bars, index, one.colorAt(0), boxOf, area);
      }
      const line = props.thresholds?.style.line ?? 'none';
      if (props.thresholds !== undefined && line !== 'none') {
        drawThresholds(ctx, props.thresholds.steps, line, axis, area, horizontal, theme);
      }
      if (showValue !== 'never') {
        ctx.font = AXIS_FONT.replace('11px', `${valueSize}px`);
        for (let mark = 0; mark < bars.count; mark++) {
          const one = series[bars.series[mark]!]!;
          const text = one.textAt(bars.category[mark]!);
          const box = boxOf(mark);
          const size = (textWidth(text) * valueSize) / 11;
          const inside = stacking === 'normal' || stacking === 'percent';
          const fits = horizontal
            ? box.height >= 12 && (!inside || size + 8 <= box.width)
            : size <= (inside ? box.width : Math.max(box.width, (area.width / categories.length) * bars.thickness[mark]!)) &&
              (!inside || box.height >= 14);
          if (showValue === 'auto' && !fits) continue;
          const up = bars.to[mark]! >= bars.from[mark]!;
          ctx.fillStyle = inside ? textOver(one.colorAt(bars.category[mark]!), one.fill, theme) : ink.dim;
          ctx.textBaseline = 'middle';
          ctx.textAlign = 'center';
          if (inside) ctx.fillText(text, box.x + box.width / 2, box.y + box.height / 2);
          else if (horizontal) {
            const end = box.x + box.width;
            const outside = end + size + 8 <= area.left + area.width;
            ctx.textAlign = outside ? 'left' : 'right';
            if (!outside) ctx.fillStyle = textOver(one.colorAt(bars.category[mark]!), one.fill, theme);
            ctx.fillText(text, outside ? end + 4 : end - 4, box.y + box.height / 2);
          } else {
            const y = up ? box.y - 2 - valueSize / 2 : box.y + box.height + 3 + valueSize / 2;
            const within = y < area.top + 4;
            if (within) ctx.fillStyle = textOver(one.colorAt(bars.category[mark]!), one.fill, theme);
            ctx.fillText(text, box.x + box.width / 2, within ? box.y + 9 : y);
          }
        }
      }
      if (horizontal) drawBandsLeft(ctx, ticks, area, ink, names.mostLetters);
      else if (props.edges !== undefined) drawEdgesBelow(ctx, props.edges, area, ink);
      else drawBandsBelow(ctx, ticks, area, ink, names);
      if (props.axisLabel !== '') {
        ctx.font = AXIS_FONT;
        ctx.fillStyle = ink.dim;
        ctx.textAlign = 'center';
        ctx.textBaseline = 'middle';
        if (horizontal) ctx.fillText(props.axisLabel, area.left + area.width / 2, height - 6);
        else {
          ctx.save();
          ctx.translate(7, area.top + area.height / 2);
          ctx.rotate(-Math.PI / 2);
          ctx.fillText(props.axisLabel, 0, 0);
          ctx.restore();
        }
      }
    },
    [
      theme,
      axis,
      area,
      horizontal,
      bars,
      series,
      boxOf,
      showValue,
      stacking,
      categories,
      ticks,
      names,
      props.axisLabel,
      props.edges,
      props.thresholds,
      radius,
      valueSize,
      height,
    ],
  );

  const groupOf = useCallback(
    (mark: number): MarkBox => {
      const band = (horizontal ? area.height : area.width) / Math.max(1, categories.length);
      const start = band * bars.category[mark]!;
      return horizontal
        ? { x: area.left, y: area.top + start, width: area.width, height: band }
        : { x: area.left + start, y: area.top, width: band, height: area.height };
    },
    [area, bars, categories.length, horizontal],
  );

  const tooltipOf = (mark: number) => {
    if (tooltip.mode === 'none') return undefined;
    const category = bars.category[mark]!;
    const own = bars.series[mark]!;
    const rows = series.flatMap((one, index) => {
      const value = one.values[category]!;
      if (tooltip.mode === 'single' && index !== own) return [];
      return Number.isNaN(value) || (tooltip.hideZeros && value === 0) ? [] : [{ one, index, value }];
    });
    if (tooltip.sort !== 'none') rows.sort((a, b) => (tooltip.sort === 'asc' ? a.value - b.value : b.value - a.value));
    return (
      <>
        <div className={floatClasses.head}>
          <span>{categories[category]}</span>
        </div>
        <div className={floatClasses.rows}>
          {rows.slice(0, MOST_TOOLTIP_ROWS).map(({ one, index }) => (
            <div key={one.id} className={floatClasses.row} data-near={index === own || undefined}>
              <svg width={10} height={10} aria-hidden="true">
                <rect width={10} height={10} rx={2} fill={one.colorAt(category)} />
              </svg>
              <span className={floatClasses.name}>{one.name}</span>
              <span className={floatClasses.value}>{one.textAt(category)}</span>
            </div>
          ))}
        </div>
        {rows.length > MOST_TOOLTIP_ROWS && <div className={floatClasses.more}>{rows.length - MOST_TOOLTIP_ROWS} more</div>}
      </>
    );
  };
  const chart = (
    <MarkChart
      label={label}
      role="bar chart"
      summary={`${series.length} series over ${categories.length} categories, from ${axis.labels[0] ?? ''} to ${axis.labels.at(-1) ?? ''}`}
      width={width}
      height={height}
      marks={bars.count}
      boxOf={boxOf}
      ringOf={props.highlightsGroup === true ? groupOf : undefined}
      hit={hit}
      paint={paint}
      tooltip={tooltipOf}
      spoken={
        <SpokenTable
          caption={label}
          head={['', ...series.map(({ name }) => name)]}
          count={categories.length}
          row={(at) => [categories[at]!, ...series.map((one) => one.textAt(at))]}
        />
      }
    />
  );
  if (room.legend === undefined) return chart;
  return (
    <div
      style={{
        display: 'flex',
        flexDirection: legend.placement === 'right' ? 'row' : 'column',
        gap: legend.placement === 'right' ? 8 : 0,
      }}
    >
      {chart}
      <LegendList
        items={legendItems}
        heads={legend.heads}
        mode={legend.mode}
        width={room.legend.width}
        height={room.legend.height}
        shown={shown}
        onPick={(id, add) =>
          setShown((now) =>
            pickLegend(
              now,
              all.map((one) => one.id),
              id,
              add,
            ),
          )
        }
      />
    </div>
  );
}

/** Corners from the top left clockwise: those at the end of a bar are round, not those it stands on. */
function endCorners(corner: number, horizontal: boolean, rising: boolean): number[] {
  if (horizontal) return rising ? [0, corner, corner, 0] : [corner, 0, 0, corner];
  return rising ? [corner, corner, 0, 0] : [0, 0, corner, corner];
}

/** Lines across the bars at thresholds, or tints behind them. */
function drawThresholds(
  ctx: CanvasRenderingContext2D,
  steps: readonly ThresholdStep[],
  as: 'solid' | 'dashed' | 'area',
  { min, max }: { readonly min: number; readonly max: number },
  area: Area,
  horizontal: boolean,
  theme: ThemeName,
): void {
  const along = horizontal ? area.width : area.height;
  const at = (value: number) => Math.min(1, Math.max(0, (value - min) / (max - min))) * along;
  ctx.save();
  for (const [index, { value, color }] of steps.entries()) {
    ctx.fillStyle = inkOf(color, theme);
    if (as === 'area') {
      const [from, to] = [at(value), at(steps[index + 1]?.value ?? Infinity)];
      ctx.globalAlpha = 0.09;
      if (horizontal) ctx.fillRect(area.left + from, area.top, to - from, area.height);
      else ctx.fillRect(area.left, area.top + area.height - to, area.width, to - from);
    } else if (value > min && value < max) {
      ctx.strokeStyle = ctx.fillStyle;
      ctx.globalAlpha = 0.8;
      ctx.lineWidth = 1;
      ctx.setLineDash(as === 'dashed' ? [4, 4] : []);
      const where = Math.round(horizontal ? area.left + at(value) : area.top + area.height - at(value)) + 0.5;
      ctx.beginPath();
      ctx.moveTo(horizontal ? where : area.left, horizontal ? area.top : where);
      ctx.lineTo(horizontal ? where : area.left + area.width, horizontal ? area.top + area.height : where);
      ctx.stroke();
    }
  }
  ctx.restore();
}

/** The tops of a series' bars as one stepped line. */
function paintOutline(
  ctx: CanvasRenderingContext2D,
  bars: Bars,
  series: number,
  color: string,
  boxOf: (mark: number) => MarkBox,
  area: Area,
): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = 2;
  ctx.beginPath();
  let end: number | undefined;
  const bottom = area.top + area.height;
  for (let mark = 0; mark < bars.count; mark++) {
    if (bars.series[mark] !== series) continue;
    const { x, y, width } = boxOf(mark);
    if (end === undefined || Math.abs(end - x) > 1) {
      if (end !== undefined) ctx.lineTo(end, bottom);
      ctx.moveTo(x, bottom);
    }
    ctx.lineTo(x, y);
    ctx.lineTo(x + width, y);
    end = x + width;
  }
  if (end !== undefined) ctx.lineTo(end, bottom);
  ctx.stroke();
}

/** The first bar of a category. */
function firstOf(category: Uint32Array, count: number, wanted: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (category[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
