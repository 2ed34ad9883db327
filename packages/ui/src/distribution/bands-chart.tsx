import { nearestIndex } from '@vitrine/compute/downsample.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import { valueAxis } from '../categorical/axes.ts';
import { Float } from '../chart/float.tsx';
import floatClasses from '../chart/float.module.css';
import { formatX } from '../chart/format-x.ts';
import type { ChartContext, PlotPicture } from '../chart/plot.ts';
import { usePlot } from '../chart/use-plot.ts';
import { xRange } from '../chart/x-range.ts';
import { INK } from '../theme/ink.ts';

export interface BandsChartProps {
  readonly label: string;
  /** Rising. */
  readonly xs: Float64Array;
  /** From the lowest line to the highest, an odd number of them, the middle one drawn as a line; by place in `xs`. NaN is a gap. */
  readonly lines: readonly Float64Array[];
  /** What the lines are called. */
  readonly names: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly context: ChartContext;
  readonly color: string;
}

/** Bands within bands around a middle line over x: where most of something lies. */
export function BandsChart({ label, xs, lines, names, width, height, context, color }: BandsChartProps): ReactElement {
  const picture = useMemo<PlotPicture>(() => {
    const [xMin, xMax] = xRange(context, [{ xs }]);
    let [low, high] = [Infinity, -Infinity];
    for (const line of lines) {
      for (const value of line) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    const { min, max } = valueAxis(low, high, {}, height, 'y', 'none');
    const pairs = Math.floor(lines.length / 2);
    return {
      context,
      ink: INK[context.theme],
      xMin,
      xMax,
      y: { kind: 'value', min, max, unit: 'none', decimals: undefined },
      stops: xs,
      paint({ ctx, ratio, xToPx, yToPx }) {
        const along = (line: Float64Array, at: number) => ctx.lineTo(xToPx(xs[at]!), yToPx(line[at]!));
        ctx.fillStyle = color;
        for (const [from, to] of stretches(lines[pairs]!)) {
          for (let pair = 0; pair < pairs; pair++) {
            ctx.globalAlpha = 0.16;
            ctx.beginPath();
            for (let at = from; at < to; at++) along(lines[pair]!, at);
            for (let at = to - 1; at >= from; at--) along(lines[lines.length - 1 - pair]!, at);
            ctx.fill();
          }
          ctx.globalAlpha = 1;
          ctx.strokeStyle = color;
          ctx.lineWidth = 1.75 * ratio;
          ctx.lineJoin = 'round';
          ctx.beginPath();
          for (let at = from; at < to; at++) along(lines[pairs]!, at);
          ctx.stroke();
        }
      },
    };
  }, [context, xs, lines, color, height]);
  const { host, hover } = usePlot(picture, width, height);
  const at = hover === undefined || xs.length === 0 ? -1 : nearestIndex(xs, hover.x);
  return (
    <>
      <div
        ref={host}
        className="v-plot"
        tabIndex={0}
        role="group"
        aria-roledescription="chart"
        aria-label={`${label}: ${lines.length} quantiles over ${xs.length} steps. Arrow keys move the cursor.`}
        style={{ width, height }}
      />
      {hover !== undefined && at >= 0 && (
        <Float x={hover.clientX} y={hover.clientY} pinned={hover.pinned}>
          <div className={floatClasses.head}>
            <span>{formatX(xs[at]!, context)}</span>
          </div>
          <dl className={floatClasses.aside}>
            {names
              .map((name, line) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{formatText(lines[line]![at]!, 'none')}</dd>
                </div>
              ))
              .toReversed()}
          </dl>
        </Float>
      )}
    </>
  );
}

/** Half-open stretches of a line without gaps. */
function stretches(line: Float64Array): (readonly [from: number, to: number])[] {
  const found: [number, number][] = [];
  for (let at = 0; at < line.length; at++) {
    if (Number.isNaN(line[at])) continue;
    const last = found.at(-1);
    if (last?.[1] === at) last[1] = at + 1;
    else found.push([at, at + 1]);
  }
  return found;
}
