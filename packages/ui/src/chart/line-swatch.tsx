import type { ReactElement } from 'react';

import type { LineStyle } from '../theme/series-color.ts';

const DASH: Readonly<Record<LineStyle, string | undefined>> = { solid: undefined, dashed: '4 2.5', dotted: '0.1 3' };
/** Longer strokes would show as one in a swatch. */
const LONGEST_DASH = 5;

/** A short piece of the line, or of the bar: colour and style say which it is. */
export function LineSwatch({
  color,
  style,
  dash,
  area = false,
}: {
  color: string;
  style: LineStyle;
  dash?: readonly number[] | undefined;
  area?: boolean;
}): ReactElement {
  const own = dash === undefined ? DASH[style] : dash.map((part) => Math.min(part, LONGEST_DASH)).join(' ') || undefined;
  return (
    <svg width={16} height={10} aria-hidden="true" focusable="false">
      {area ? (
        <rect x={3} y={0} width={10} height={10} rx={2} fill={color} />
      ) : (
        <line
          x1={1}
          x2={15}
          y1={5}
          y2={5}
          stroke={color}
          strokeWidth={2.5}
          strokeLinecap={own === undefined || own.startsWith('0') ? 'round' : 'butt'}
          strokeDasharray={own}
        />
      )}
    </svg>
  );
}
