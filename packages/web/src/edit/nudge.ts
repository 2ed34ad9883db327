import type { GridPosition } from '@vitrine/model/dashboard.ts';
import { cloneLayout, moveElement, verticalCompactor } from 'react-grid-layout/core';

export const COLUMNS = 24;
const LEAST = { w: 2, h: 2 };

/** Places by panel id. */
export type Places = ReadonlyMap<number, GridPosition>;

/** Moves one panel by so many columns and rows; the others make room and close gaps, as when it is dragged. */
export function movePlace(places: Places, id: number, by: { readonly x: number; readonly y: number }): Places {
  const layout = cloneLayout(layoutOf(places));
  const item = layout.find(({ i }) => i === String(id));
  if (item === undefined) return places;
  const x = Math.max(0, Math.min(COLUMNS - item.w, item.x + by.x));
  const moved = moveElement(layout, item, x, Math.max(0, item.y + by.y), true, false, 'vertical', COLUMNS);
  return placesOf(verticalCompactor.compact(moved, COLUMNS));
}

/** Makes one panel wider and higher by so many columns and rows. */
export function resizePlace(places: Places, id: number, by: { readonly w: number; readonly h: number }): Places {
  const layout = layoutOf(places).map((item) =>
    item.i === String(id)
      ? { ...item, w: Math.max(LEAST.w, Math.min(COLUMNS - item.x, item.w + by.w)), h: Math.max(LEAST.h, item.h + by.h) }
      : item,
  );
  return placesOf(verticalCompactor.compact(layout, COLUMNS));
}

export function layoutOf(places: Places) {
  return [...places].map(([id, grid]) => ({ i: String(id), ...grid, minW: LEAST.w, minH: LEAST.h }));
}

export function placesOf(
  layout: readonly { readonly i: string; readonly x: number; readonly y: number; readonly w: number; readonly h: number }[],
): Places {
  return new Map(layout.map(({ i, x, y, w, h }) => [Number(i), { x, y, w, h }]));
}
