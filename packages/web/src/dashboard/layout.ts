import type { GridPosition, Panel } from '@vitrine/model/dashboard.ts';

/** How much room a page has: as saved, half of it, or a phone. */
export type Room = 'wide' | 'medium' | 'narrow';

export interface Placed {
  readonly panel: Panel;
  readonly grid: GridPosition;
}

const COLUMNS = 24;
/** Kinds that say what they have to say in little room. */
const SMALL_KINDS = new Set(['stat', 'gauge']);

/**
 * Where each panel stands. What belongs to a folded row is left out and the rest moves up. With less room than the
 * dashboard was made for, panels flow in reading order, each as wide as it must be to be read.
 */
export function layOut(panels: readonly Panel[], folded: ReadonlySet<number>, room: Room): Placed[] {
  const inOrder = [...panels].sort((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x);
  return room === 'wide' ? placeAsSaved(inOrder, folded) : flow(withoutFolded(inOrder, folded), room);
}

function placeAsSaved(inOrder: readonly Panel[], folded: ReadonlySet<number>): Placed[] {
  const placed: Placed[] = [];
  for (let i = 0, removed = 0; i < inOrder.length; i++) {
    const panel = inOrder[i] as Panel;
    placed.push({ panel, grid: { ...panel.grid, y: panel.grid.y - removed } });
    if (panel.kind !== 'row' || !folded.has(panel.id)) continue;
    const next = inOrder.findIndex(({ kind }, at) => at > i && kind === 'row');
    if (next === -1) break;
    // The next row comes right below this one.
    removed += (inOrder[next] as Panel).grid.y - (panel.grid.y + panel.grid.h);
    i = next - 1;
  }
  return placed;
}

function withoutFolded(inOrder: readonly Panel[], folded: ReadonlySet<number>): Panel[] {
  let hidden = false;
  return inOrder.filter((panel) => {
    if (panel.kind === 'row') {
      hidden = folded.has(panel.id);
      return true;
    }
    return !hidden;
  });
}

function flow(panels: readonly Panel[], room: 'medium' | 'narrow'): Placed[] {
  const lines: Panel[][] = [];
  let used = COLUMNS;
  for (const panel of panels) {
    const width = widthIn(room, panel);
    // What lay below stays below: a figure is not stretched to the height of a chart.
    const first = lines.at(-1)?.[0]?.grid;
    if (used + width > COLUMNS || (first !== undefined && panel.grid.y >= first.y + first.h)) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(panel);
    used += width;
  }
  const placed: Placed[] = [];
  let y = 0;
  for (const line of lines) {
    const total = line.reduce((sum, panel) => sum + widthIn(room, panel), 0);
    const h = Math.max(...line.map(({ grid }) => grid.h));
    let x = 0;
    for (const [at, panel] of line.entries()) {
      // A line that is not full is stretched: no holes on a small screen.
      const w = at === line.length - 1 ? COLUMNS - x : Math.floor((widthIn(room, panel) * COLUMNS) / total);
      placed.push({ panel, grid: { x, y, w, h } });
      x += w;
    }
    y += h;
  }
  return placed;
}

function widthIn(room: 'medium' | 'narrow', { kind, grid }: Panel): number {
  if (kind === 'row') return COLUMNS;
  if (room === 'narrow') return SMALL_KINDS.has(kind) && grid.w <= 6 ? 12 : COLUMNS;
  if (SMALL_KINDS.has(kind) && grid.w <= 4) return 8;
  return grid.w <= 12 ? 12 : COLUMNS;
}
