import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { RefObject } from 'react';

import { Plot, plotShape } from './plot.ts';
import type { Hover, PlotPicture } from './plot.ts';

const never = () => () => {};
const nothing = () => undefined;

/**
 * A plot that lives as long as its element and follows `picture` and size. `hover` is set while the reader looks at this chart;
 * the crosshair of other charts moves without React.
 */
export function usePlot(
  picture: PlotPicture,
  width: number,
  height: number,
): { readonly host: RefObject<HTMLDivElement | null>; readonly plot: Plot | undefined; readonly hover: Hover | undefined } {
  const host = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot>();
  const drawn = useRef<PlotPicture>(undefined);

  const shape = plotShape(picture);
  // Made once for its axes; what it shows changes in the effects below.
  useLayoutEffect(() => {
    const made = new Plot(host.current!, picture, width, height);
    drawn.current = picture;
    setPlot(made);
    return () => {
      made.destroy();
      setPlot(undefined);
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- made once for the element and its axes.
  }, [shape]);

  useLayoutEffect(() => plot?.resize(width, height), [plot, width, height]);

  useLayoutEffect(() => {
    if (plot === undefined || drawn.current === picture) return;
    drawn.current = picture;
    plot.draw(picture);
  }, [plot, picture]);

  const hover = useSyncExternalStore(plot?.subscribe ?? never, plot?.ownHover ?? nothing);
  return { host, plot, hover };
}
