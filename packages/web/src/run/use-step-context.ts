import type { XDomain } from '@vitrine/model/frame.ts';
import type { Crosshair } from '@vitrine/ui/chart/crosshair.ts';
import type { LineChartContext } from '@vitrine/ui/chart/time-chart.tsx';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { useMemo } from 'react';

interface StepContextNeeds {
  readonly x: XDomain;
  readonly cursor: Crosshair;
  /** What is seen of x; all there is where undefined. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly onZoom: (range: { readonly from: number | undefined; readonly to: number | undefined }) => void;
}

/** What charts over one run's x share: cursor, zoom, theme. */
export function useStepContext({ x, cursor, from, to, onZoom }: StepContextNeeds): LineChartContext {
  const theme = useThemeName();
  return useMemo(
    (): LineChartContext => ({
      x,
      from: from ?? 0,
      to: to ?? 0,
      timeZone: 'browser',
      theme,
      cursor,
      zoomTo: (start, end) => onZoom({ from: start, to: end }),
      zoomOut: () => onZoom({ from: undefined, to: undefined }),
      annotations: [],
      replace: (text) => text,
    }),
    [x, from, to, theme, cursor, onZoom],
  );
}
