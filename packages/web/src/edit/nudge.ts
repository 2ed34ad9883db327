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

/** Panels as they are read: from the top, and of those side by side from the left. */
export function readingOrder(places: Places): readonly number[] {
  return [...places].toSorted(([, a], [, b]) => a.y - b.y || a.x - b.x).map(([id]) => id);
}

/**
 * Moves one panel before the one that is read before it, or behind the next one: what a page that shows one column can offer.
 * Panels of one width, and neighbours in a line, change places; another takes the place, and what stood there makes room.
 */
export function stepPlace(places: Places, id: number, by: -1 | 1): Places {
  const order = readingOrder(places);
  const at = order.indexOf(id);
  // Going down is the next one going up.
  const rising = by === -1 ? order[at] : order[at + 1];
  if (at === -1 || rising === undefined) return places;
  const rank = order.indexOf(rising);
  for (const before of order.slice(0, rank).toReversed()) {
    const { x, y } = places.get(before)!;
    // What was below may rise into the gap and be read first: at the left edge nothing is.
    for (const tried of [exchange(places, rising, before), takePlace(places, rising, x, y), takePlace(places, rising, 0, y)]) {
      if (tried !== undefined && readingOrder(tried).indexOf(rising) < rank) return tried;
    }
  }
  return places;
}

function exchange(places: Places, rising: number, before: number): Places | undefined {
  const a = places.get(rising)!;
  const b = places.get(before)!;
  if (a.y === b.y && b.x + b.w === a.x) {
    return closeGaps(places, { id: rising, place: { ...a, x: b.x } }, { id: before, place: { ...b, x: b.x + a.w } });
  }
  if (a.w !== b.w) return undefined;
  return closeGaps(places, { id: rising, place: { ...a, x: b.x, y: b.y } }, { id: before, place: { ...b, x: a.x, y: a.y } });
}

function takePlace(places: Places, rising: number, x: number, y: number): Places {
  const own = places.get(rising)!;
  return closeGaps(places, { id: rising, place: { ...own, x: Math.min(x, COLUMNS - own.w), y } });
}

/** The first of those moved goes before what stands in the same place. */
function closeGaps(places: Places, ...moved: readonly { readonly id: number; readonly place: GridPosition }[]): Places {
  const next = new Map(moved.map(({ id, place }) => [id, place]));
  for (const [id, place] of places) if (!next.has(id)) next.set(id, place);
  return placesOf(verticalCompactor.compact(layoutOf(next), COLUMNS));
}

export function layoutOf(places: Places) {
  return [...places].map(([id, grid]) => ({ i: String(id), ...grid, minW: LEAST.w, minH: LEAST.h }));
}

export function placesOf(
  layout: readonly { readonly i: string; readonly x: number; readonly y: number; readonly w: number; readonly h: number }[],
): Places {
  return new Map(layout.map(({ i, x, y, w, h }) => [Number(i), { x, y, w, h }]));
}
