import { useEffect, useLayoutEffect, useState } from 'react';
import type { RefObject } from 'react';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An element's inner size in whole pixels; zero until it has been measured. */
export function useSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const take = (width: number, height: number): void => {
      const next = { width: Math.floor(width), height: Math.floor(height) };
      setSize((last) => (last.width === next.width && last.height === next.height ? last : next));
    };
    // Before the first paint, so that nothing shifts after it.
    take(element.clientWidth, element.clientHeight);
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) take(entry.contentRect.width, entry.contentRect.height);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** Whether an element is on the screen or will be soon. */
export function useInView(ref: RefObject<HTMLElement | null>): boolean {
  const [inView, setInView] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting === true), {
      rootMargin: '200px 0px',
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return inView;
}

/** Charts are asked for in widths of this many pixels, so that dragging a window does not ask at each of them. */
const WIDTH_STEP_PX = 50;
const SETTLE_MS = 250;

/** The width to ask data for: rounded up, and only once it has settled. The first one counts at once. */
export function useQueryWidth(widthPx: number): number {
  const rounded = Math.ceil(widthPx / WIDTH_STEP_PX) * WIDTH_STEP_PX;
  const [settled, setSettled] = useState(rounded);
  useEffect(() => {
    if (rounded === settled) return;
    const timer = setTimeout(() => setSettled(rounded), settled === 0 ? 0 : SETTLE_MS);
    return () => clearTimeout(timer);
  }, [rounded, settled]);
  return settled;
}
