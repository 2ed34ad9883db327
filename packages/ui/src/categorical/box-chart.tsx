import type { Box } from '@vitrine/compute/box.ts';
import { useCallback, useMemo } from 'react';
import type { ReactElement } from 'react';

import floatClasses from '../chart/float.module.css';
import { faded } from '../theme/color-name.ts';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import { drawBandsBelow, drawBandsLeft, drawValueAxis, shortened, textWidth, valueAxis } from './axes.ts';
import type { Area } from './axes.ts';
import { SpokenTable } from '../widget/spoken-table.tsx';
import { MarkChart } from './mark-chart.tsx';

export interface NamedBox {
  readonly name: string;
  readonly box: Box;
  readonly color: string;
}

export interface BoxChartProps {
  readonly label: string;
  readonly boxes: readonly NamedBox[];
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  readonly horizontal: boolean;
  readonly showOutliers: boolean;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly say: (value: number) => string;
  /** What the whiskers are: "5 % and 95 %". */
  readonly whiskers: readonly [low: string, high: string];
}

const LETTERS = 28;
const MOST_BOX = 64;

/** Boxes from quartile to quartile with whiskers, the median and outliers. */
export function BoxChart(props: BoxChartProps): ReactElement {
  const { label, boxes, width, height, theme, horizontal, showOutliers, unit, decimals, min, max, say, whiskers } = props;
  const { area, axis } = useMemo(() => {
    let low = Infinity;
    let high = -Infinity;
    for (const { box } of boxes) {
      low = Math.min(low, box.low, showOutliers ? (box.outliers[0] ?? Infinity) : Infinity);
      high = Math.max(high, box.high, showOutliers ? (box.outliers.at(-1) ?? -Infinity) : -Infinity);
    }
    const axisOf = (length: number) => valueAxis(low, high, { min, max }, length, horizontal ? 'x' : 'y', unit, decimals);
    const widest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
    const left = horizontal
      ? Math.min(width * 0.4, widest(boxes.map(({ name }) => shortened(name, LETTERS))) + 12)
      : Math.min(width * 0.4, widest(axisOf(height - 30).labels) + 12);
    const found: Area = { left, top: 8, width: Math.max(10, width - left - 12), height: Math.max(10, height - 32) };
    return { area: found, axis: axisOf(horizontal ? found.width : found.height) };
  }, [boxes, showOutliers, width, height, horizontal, min, max, unit, decimals]);

  const band = (horizontal ? area.height : area.width) / Math.max(1, boxes.length);
  const thick = Math.max(2, Math.min(MOST_BOX, band * 0.6));
  const place = useCallback(
    (value: number) => {
      const share = Math.min(1, Math.max(0, (value - axis.min) / (axis.max - axis.min)));
      return horizontal ? area.left + share * area.width : area.top + area.height * (1 - share);
    },
    [axis, area, horizontal],
  );
  const middle = useCallback(
    (index: number) => (horizontal ? area.top : area.left) + (index + 0.5) * band,
    [horizontal, area, band],
  );
  const paint = useCallback(
    (ctx: CanvasRenderingContext2D) => {
      const ink = INK[theme];
      drawValueAxis(ctx, axis, area, horizontal ? 'x' : 'y', ink);
      // Along the value axis first, then across it.
      const rect = (a: number, b: number, across: number, size: number): [number, number, number, number] =>
        horizontal ? [Math.min(a, b), across, Math.abs(b - a), size] : [across, Math.min(a, b), size, Math.abs(b - a)];
      for (const [index, { box, color }] of boxes.entries()) {
        const center = middle(index);
        const start = center - thick / 2;
        ctx.fillStyle = color;
        ctx.fillRect(...rect(place(box.low), place(box.high), center - 0.75, 1.5));
        for (const end of [box.low, box.high]) {
          const at = place(end);
          ctx.fillRect(...rect(at - 0.75, at + 0.75, center - thick / 4, thick / 2));
        }
        const body = rect(place(box.q1), place(box.q3), start, thick);
        ctx.fillStyle = ink.panel;
        ctx.fillRect(...body);
        ctx.fillStyle = faded(color, 0.35);
        ctx.fillRect(...body);
        ctx.strokeStyle = color;
        ctx.lineWidth = 1.5;
        ctx.strokeRect(...body);
        const at = place(box.median);
        ctx.fillStyle = ink.text;
        ctx.fillRect(...rect(at - 1, at + 1, start, thick));
        if (!Number.isNaN(box.mean)) {
          const mean = place(box.mean);
          ctx.beginPath();
          ctx.arc(horizontal ? mean : center, horizontal ? center : mean, 2.5, 0, 2 * Math.PI);
          ctx.strokeStyle = ink.text;
          ctx.lineWidth = 1;
          ctx.stroke();
        }
        if (!showOutliers) continue;
        ctx.fillStyle = faded(color, 0.8);
        for (const value of box.outliers) {
          const where = place(value);
          ctx.beginPath();
          ctx.arc(horizontal ? where : center, horizontal ? center : where, 2, 0, 2 * Math.PI);
          ctx.fill();
        }
      }
      const names = boxes.map(({ name }) => name);
      if (horizontal) drawBandsLeft(ctx, names, area, ink, LETTERS);
      else drawBandsBelow(ctx, names, area, ink, { rotation: 0, mostLetters: LETTERS, spacing: 0 });
    },
    [theme, axis, area, horizontal, boxes, middle, thick, place, showOutliers],
  );
  const boxOf = useCallback(
    (index: number) => {
      const { q1, q3 } = boxes[index]!.box;
      const [a, b] = [place(q1), place(q3)];
      const start = middle(index) - thick / 2;
      return horizontal
        ? { x: Math.min(a, b), y: start, width: Math.abs(b - a), height: thick }
        : { x: start, y: Math.min(a, b), width: thick, height: Math.abs(b - a) };
    },
    [boxes, place, middle, thick, horizontal],
  );
  const hit = useCallback(
    (x: number, y: number) => {
      const at = Math.floor((horizontal ? y - area.top : x - area.left) / band);
      const inside = x >= area.left && x <= area.left + area.width && y >= area.top && y <= area.top + area.height;
      return inside && at >= 0 && at < boxes.length ? at : -1;
    },
    [area, band, boxes.length, horizontal],
  );
  const facts = ({ box }: NamedBox): readonly (readonly [string, string])[] => [
    [whiskers[1], say(box.high)],
    ['75 %', say(box.q3)],
    ['median', say(box.median)],
    ['25 %', say(box.q1)],
    [whiskers[0], say(box.low)],
    ['mean', Number.isNaN(box.mean) ? '–' : say(box.mean)],
    ['values', Number.isNaN(box.count) ? '–' : Math.round(box.count).toLocaleString('en')],
    ['outliers', box.outlierCount.toLocaleString('en')],
  ];
  const tooltipOf = (mark: number) => (
    <>
      <div className={floatClasses.head}>
        <span>{boxes[mark]!.name}</span>
      </div>
      <div className={floatClasses.rows}>
        {facts(boxes[mark]!).map(([name, text]) => (
          <div key={name} className={floatClasses.row}>
            <span />
            <span className={floatClasses.name}>{name}</span>
            <span className={floatClasses.value}>{text}</span>
          </div>
        ))}
      </div>
    </>
  );
  return (
    <MarkChart
      label={label}
      role="box plot"
      summary={`${boxes.length} boxes, from ${axis.labels[0] ?? ''} to ${axis.labels.at(-1) ?? ''}`}
      width={width}
      height={height}
      marks={boxes.length}
      boxOf={boxOf}
      hit={hit}
      paint={paint}
      tooltip={tooltipOf}
      spoken={
        <SpokenTable
          caption={label}
          head={['', whiskers[1], '75 %', 'median', '25 %', whiskers[0], 'mean', 'values', 'outliers']}
          count={boxes.length}
          row={(at) => [boxes[at]!.name, ...facts(boxes[at]!).map(([, text]) => text)]}
        />
      }
    />
  );
}
