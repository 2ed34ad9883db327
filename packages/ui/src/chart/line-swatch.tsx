import type { ReactElement } from 'react';

import type { LineStyle } from '../theme/series-color.ts';

const DASH: Readonly<Record<LineStyle, string | undefined>> = { solid: undefined, dashed: '4 2.5', dotted: '0.1 3' };

/** A short piece of the line: colour and style say which it is. */
export function LineSwatch({ color, style }: { color: string; style: LineStyle }): ReactElement {
  return (
    <svg width={16} height={10} aria-hidden="true" focusable="false">
      <line
        x1={1}
        x2={15}
        y1={5}
        y2={5}
        stroke={color}
        strokeWidth={2.5}
        strokeLinecap={style === 'dashed' ? 'butt' : 'round'}
        strokeDasharray={DASH[style]}
      />
    </svg>
  );
}
