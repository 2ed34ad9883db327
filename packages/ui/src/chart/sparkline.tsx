import { useId, useMemo } from 'react';
import type { ReactElement } from 'react';

import { sparkPath } from './spark-path.ts';

export interface SparklineProps {
  readonly xs: Float64Array;
  /** NaN is a gap. */
  readonly ys: Float64Array;
  readonly xMin: number;
  readonly xMax: number;
  readonly width: number;
  readonly height: number;
  /** Any CSS colour. */
  readonly color: string;
}

/** The shape of a number's past. Its value is told beside it, so it is silent for screen readers. */
export function Sparkline({ xs, ys, xMin, xMax, width, height, color }: SparklineProps): ReactElement {
  const { line, area, dots } = useMemo(() => sparkPath(xs, ys, xMin, xMax, width, height), [xs, ys, xMin, xMax, width, height]);
  const fade = useId();
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id={fade} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor={color} stopOpacity={0.22} />
          <stop offset="1" stopColor={color} stopOpacity={0.02} />
        </linearGradient>
      </defs>
      <path d={area} fill={`url(#${fade})`} />
      <path d={line} fill="none" stroke={color} strokeWidth={1.5} strokeLinejoin="round" />
      {dots.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r={2} fill={color} />
      ))}
    </svg>
  );
}
