import { useCallback, useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import floatClasses from '../chart/float.module.css';
import { textOn } from '../theme/color-name.ts';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import { AXIS_FONT, shortened, textWidth } from './axes.ts';
import { legendRoom, LegendList, pickLegend } from './legend-list.tsx';
import { SpokenTable } from '../widget/spoken-table.tsx';
import { MarkChart } from './mark-chart.tsx';
import { pieSlices, sliceAt } from './pie-slices.ts';

export interface PieValue {
  readonly id: string;
  readonly name: string;
  /** NaN where there is none. */
  readonly value: number;
  readonly text: string;
  readonly color: string;
}

export interface PieChartProps {
  readonly label: string;
  readonly values: readonly PieValue[];
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  readonly donut: boolean;
  readonly sort: 'asc' | 'desc' | 'none';
  readonly labels: readonly ('name' | 'value' | 'percent')[];
  readonly legend: {
    readonly placement: 'bottom' | 'right' | 'hidden';
    readonly mode: 'list' | 'table';
    readonly values: readonly ('percent' | 'value')[];
    readonly width: number | undefined;
  };
  readonly tooltip: 'single' | 'multi' | 'none';
}

const HOLE = 0.62;
const EDGE = 6;
/** Slices smaller than this hold no words, in CSS pixels along their arc. */
const LABEL_ARC = 14;
const MOST_TOOLTIP_ROWS = 20;

function percentText(share: number): string {
  const percent = share * 100;
  return `${percent >= 9.995 ? percent.toFixed(0) : percent.toPrecision(2)} %`;
}

/** Shares of a whole. */
export function PieChart(props: PieChartProps): ReactElement {
  const { label, values: all, theme, donut, sort, labels, legend } = props;
  const [shown, setShown] = useState<ReadonlySet<string>>();
  const values = useMemo(() => (shown === undefined ? all : all.filter(({ id }) => shown.has(id))), [all, shown]);
  const slices = useMemo(
    () =>
      pieSlices(
        values.map(({ value }) => value),
        sort,
      ),
    [values, sort],
  );
  const shares = useMemo(() => new Map(slices.map(({ index, share }) => [values[index]!.id, share])), [slices, values]);
  const items = useMemo(() => {
    const bySize = pieSlices(
      all.map(({ value }) => value),
      sort,
    ).map(({ index }) => all[index]!);
    const rest = all.filter((value) => !bySize.includes(value));
    return [...bySize, ...rest].map(({ id, name, color, text }) => ({
      id,
      name,
      color,
      values: legend.values.map((kind) => (kind === 'value' ? text : shares.has(id) ? percentText(shares.get(id)!) : '–')),
    }));
  }, [all, sort, legend.values, shares]);
  const room = legendRoom(props.width, props.height, legend.placement, items, legend.mode, legend.width);
  const { width, height } = room.chart;
  const radius = Math.max(4, Math.min(width, height) / 2 - EDGE);
  const [cx, cy] = [width / 2, height / 2];

  const paint = useCallback(
    (ctx: CanvasRenderingContext2D) => {
      ctx.translate(cx, cy);
      const inner = donut ? radius * HOLE : 0;
      for (const { index, from, to } of slices) {
        ctx.beginPath();
        ctx.arc(0, 0, radius, from - Math.PI / 2, to - Math.PI / 2);
        if (inner > 0) ctx.arc(0, 0, inner, to - Math.PI / 2, from - Math.PI / 2, true);
        else ctx.lineTo(0, 0);
        ctx.closePath();
        ctx.fillStyle = values[index]!.color;
        ctx.fill();
        if (slices.length > 1) {
          ctx.strokeStyle = INK[theme].panel;
          ctx.lineWidth = 1.5;
          ctx.stroke();
        }
      }
      ctx.font = AXIS_FONT;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      const at = donut ? radius * ((1 + HOLE) / 2) : radius * 0.68;
      for (const { index, from, to, share } of slices) {
        const { name, text, color } = values[index]!;
        const lines = labels.map((kind) =>
          kind === 'name' ? shortened(name, 18) : kind === 'value' ? text : percentText(share),
        );
        const arc = (to - from) * at;
        const room = donut ? radius * (1 - HOLE) : Math.min(radius * 0.6, arc);
        if (lines.length === 0 || arc < LABEL_ARC || Math.max(...lines.map(textWidth)) > Math.max(room, 28) * 1.25) continue;
        const middle = (from + to) / 2 - Math.PI / 2;
        ctx.fillStyle = textOn(color, theme);
        for (const [line, words] of lines.entries()) {
          ctx.fillText(words, Math.cos(middle) * at, Math.sin(middle) * at + (line - (lines.length - 1) / 2) * 13);
        }
      }
      ctx.translate(-cx, -cy);
    },
    [slices, values, cx, cy, radius, donut, theme, labels],
  );
  const hit = useCallback(
    (x: number, y: number) => {
      const distance = Math.hypot(x - cx, y - cy);
      if (distance > radius || (donut && distance < radius * HOLE)) return -1;
      return sliceAt(slices, Math.atan2(y - cy, x - cx) + Math.PI / 2);
    },
    [slices, cx, cy, radius, donut],
  );
  const boxOf = useCallback(
    (mark: number) => {
      const { from, to } = slices[mark]!;
      const middle = (from + to) / 2 - Math.PI / 2;
      const at = donut ? radius * ((1 + HOLE) / 2) : radius * 0.68;
      return { x: cx + Math.cos(middle) * at - 4, y: cy + Math.sin(middle) * at - 4, width: 8, height: 8 };
    },
    [slices, cx, cy, radius, donut],
  );
  const row = (slice: (typeof slices)[number], isNear: boolean) => (
    <div key={values[slice.index]!.id} className={floatClasses.row} data-near={isNear || undefined}>
      <svg width={10} height={10} aria-hidden="true">
        <rect width={10} height={10} rx={2} fill={values[slice.index]!.color} />
      </svg>
      <span className={floatClasses.name}>{values[slice.index]!.name}</span>
      <span className={floatClasses.value}>
        {values[slice.index]!.text} ({percentText(slice.share)})
      </span>
    </div>
  );
  const left =
    all.length -
    pieSlices(
      all.map(({ value }) => value),
      'none',
    ).length;
  const tooltipOf = (mark: number) => {
    if (props.tooltip === 'none') return undefined;
    const shownSlices = props.tooltip === 'single' ? [slices[mark]!] : slices.slice(0, MOST_TOOLTIP_ROWS);
    const more = props.tooltip === 'single' ? 0 : slices.length - shownSlices.length;
    return (
      <div className={floatClasses.rows}>
        {shownSlices.map((slice) => row(slice, slice === slices[mark]))}
        {more > 0 && <div className={floatClasses.more}>{more} more</div>}
      </div>
    );
  };
  const chart = (
    <MarkChart
      label={label}
      role="pie chart"
      summary={`${slices.length} slices${left > 0 ? `, ${left} without a value above zero left out` : ''}`}
      width={width}
      height={height}
      marks={slices.length}
      boxOf={boxOf}
      hit={hit}
      paint={paint}
      tooltip={tooltipOf}
      spoken={
        <SpokenTable
          caption={label}
          head={['Name', 'Value', 'Share']}
          count={items.length}
          row={(at) => {
            const { id, name, text } = all.find((value) => value.id === items[at]!.id)!;
            return [name, text, shares.has(id) ? percentText(shares.get(id)!) : '–'];
          }}
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
        items={items}
        heads={legend.values.map((kind) => (kind === 'percent' ? 'Percent' : 'Value'))}
        mode={legend.mode}
        width={room.legend.width}
        height={room.legend.height}
        shown={shown}
        onPick={(id, add) =>
          setShown((now) =>
            pickLegend(
              now,
              all.map((value) => value.id),
              id,
              add,
            ),
          )
        }
      />
    </div>
  );
}
