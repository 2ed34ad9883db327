import type { GridPosition } from '@vitrine/model/dashboard.ts';
import type { ShownPanel } from './arrange.ts';

/** How much room a page has: as saved, half of it, or a phone. */
export type Room = 'wide' | 'medium' | 'narrow';

export interface Placed {
  readonly shown: ShownPanel;
  readonly grid: GridPosition;
}

const COLUMNS = 24;
/** Kinds that say what they have to say in little room. */
const SMALL_KINDS = new Set(['stat', 'gauge']);

/**
 * Where each panel of one grid stands. What lies over another, as copies of a repeat do, moves down. With less room than the
 * dashboard was made for, panels flow in reading order, each as wide as it must be to be read.
 */
export function layOut(panels: readonly ShownPanel[], room: Room): Placed[] {
  const wished = panels.map((shown) => ({ shown, grid: placeOfCopy(shown) }));
  // By the places that were saved: the copies of a repeat come before what was below its panel.
  const inOrder = wished.toSorted(({ shown: a }, { shown: b }) => {
    return a.panel.grid.y - b.panel.grid.y || a.panel.grid.x - b.panel.grid.x;
  });
  return room === 'wide' ? settle(inOrder) : flow(inOrder, room);
}

/** Copies share the 24 columns, or stand one below the other. */
function placeOfCopy({ panel: { grid, repeat: wish }, repeat }: ShownPanel): GridPosition {
  if (repeat === undefined) return grid;
  if (wish?.direction === 'vertical') return { ...grid, y: grid.y + repeat.index * grid.h };
  const inLine = Math.max(1, Math.min(repeat.count, wish?.maxPerRow ?? 4));
  const w = Math.floor(COLUMNS / inLine);
  return { x: (repeat.index % inLine) * w, y: grid.y + Math.floor(repeat.index / inLine) * grid.h, w, h: grid.h };
}

/** Each as high as what is above it lets it: nothing lies over another, and no hole is left, as Grafana has it. */
function settle(inOrder: readonly Placed[]): Placed[] {
  const bottoms = Array.from({ length: COLUMNS }, () => 0);
  return inOrder.map(({ shown, grid }) => {
    const x = Math.min(grid.x, COLUMNS - 1);
    const w = Math.min(grid.w, COLUMNS - x);
    const y = Math.max(...bottoms.slice(x, x + w));
    bottoms.fill(y + grid.h, x, x + w);
    return { shown, grid: { x, y, w, h: grid.h } };
  });
}

function flow(inOrder: readonly Placed[], room: 'medium' | 'narrow'): Placed[] {
  const lines: Placed[][] = [];
  let used = COLUMNS;
  for (const placed of inOrder) {
    const width = widthIn(room, placed);
    // What lay below stays below: a figure is not stretched to the height of a chart.
    const first = lines.at(-1)?.[0]?.grid;
    if (used + width > COLUMNS || (first !== undefined && placed.grid.y >= first.y + first.h)) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(placed);
    used += width;
  }
  const flowed: Placed[] = [];
  let y = 0;
  for (const line of lines) {
    const total = line.reduce((sum, placed) => sum + widthIn(room, placed), 0);
    const h = Math.max(...line.map(({ grid }) => grid.h));
    let x = 0;
    for (const [at, placed] of line.entries()) {
      // A line that is not full is stretched: no holes on a small screen.
      const w = at === line.length - 1 ? COLUMNS - x : Math.floor((widthIn(room, placed) * COLUMNS) / total);
      flowed.push({ shown: placed.shown, grid: { x, y, w, h } });
      x += w;
    }
    y += h;
  }
  return flowed;
}

function widthIn(room: 'medium' | 'narrow', { shown, grid }: Placed): number {
  const isSmall = SMALL_KINDS.has(shown.panel.kind);
  if (room === 'narrow') return isSmall && grid.w <= 6 ? 12 : COLUMNS;
  if (isSmall && grid.w <= 4) return 8;
  return grid.w <= 12 ? 12 : COLUMNS;
}
