/** How one or many figures share a panel. All pure; sizes in CSS pixels. */

export interface Cells {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/** Between cells. */
export const GAP = 8;

/** Where cells can't have the least size, they may have so much of it, before anything has to scroll. */
export const SQUEEZED = 0.55;

/**
 * The grid in which `count` cells come nearest to `aspect` (width by height) and none is smaller than the least size; where they don't
 * fit, down to about half of it: then rows go beyond the height, and the panel scrolls. A single row is never higher than the panel. Pure.
 */
export function cellGrid(
  count: number,
  width: number,
  height: number,
  aspect: number,
  least: { readonly width: number; readonly height: number },
): Cells {
  const grid = bestGrid(count, width, height, aspect, least);
  if (grid.fits) return grid.cells;
  const squeezed = bestGrid(count, width, height, aspect, { width: least.width * SQUEEZED, height: least.height * SQUEEZED });
  return squeezed.fits ? squeezed.cells : grid.cells;
}

function bestGrid(
  count: number,
  width: number,
  height: number,
  aspect: number,
  least: { readonly width: number; readonly height: number },
): { readonly cells: Cells; readonly fits: boolean } {
  const most = Math.max(1, Math.min(count, Math.floor((width + GAP) / (least.width + GAP))));
  let best: Cells | undefined;
  let bestFits = false;
  let bestMerit = -1;
  for (let columns = 1; columns <= most; columns++) {
    const rows = Math.max(1, Math.ceil(count / columns));
    const cellWidth = Math.floor((width - (columns - 1) * GAP) / columns);
    const share = Math.max(0, Math.floor((height - (rows - 1) * GAP) / rows));
    const cellHeight = rows === 1 ? share : Math.max(least.height, share);
    const fits = rows * (cellHeight + GAP) - GAP <= height;
    // The largest box of the wanted shape; where nothing fits, the fewest rows to scroll.
    const area = Math.min(cellWidth, cellHeight * aspect) * Math.min(cellHeight, cellWidth / aspect);
    const merit = fits ? 1e9 + area : columns;
    if (merit > bestMerit) [best, bestFits, bestMerit] = [{ columns, rows, cellWidth, cellHeight }, fits, merit];
  }
  return { cells: best!, fits: bestFits };
}

/** The mean width of a tabular character of the figure's face, in em. */
const CHARACTER_EM = 0.62;
const SUFFIX_SHARE = 0.55;

/** The largest font size at which the figure and its smaller suffix fit. */
export function figureSize(text: string, suffix: string, width: number, height: number, most = 64): number {
  const ems = text.length * CHARACTER_EM + (suffix === '' ? 0 : (suffix.length * CHARACTER_EM + 0.35) * SUFFIX_SHARE);
  return Math.round(Math.max(13, Math.min(most, height, width / Math.max(0.1, ems))));
}
