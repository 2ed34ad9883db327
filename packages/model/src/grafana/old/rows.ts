import { isObject, listOf, numberOf, objectsOf, omit, textOf, type Json } from '../json.ts';
import { MEANING_FREE } from '../meaning-free.ts';
import type { Notes } from '../report.ts';

const PIXELS_A_ROW = 38;
const DEFAULT_HEIGHT_PX = 250;
const COLUMNS = 24;

/**
 * Before version 16 a dashboard had `rows`, each with a height and panels whose span is 1 to 12. They become panels with places;
 * row panels too, where any row was folded, repeated or showed its title.
 */
export function migrateRows(value: unknown, notes: Notes): Json[] {
  const rows = listOf(value).filter((row, index): row is Json => {
    if (!isObject(row)) notes.at(`[${index}]`).repaired('Expected a row; it was left out.');
    return isObject(row);
  });
  // Copies that a repeat had made: it makes them again.
  const originals = rows.filter((row) => row['repeatRowId'] === null || row['repeatRowId'] === undefined);
  if (originals.length < rows.length) notes.repaired('Rows that a repeat had made were saved too; they were left out.');
  if (rows.length > 0) notes.migrated('Rows of panels became places on a grid of 24 columns.');
  const headings = originals.some((row) => isFolded(row) || row['showTitle'] === true || textOf(row['repeat']) !== '');
  let y = 0;
  const panels: Json[] = [];
  originals.forEach((row, index) => {
    notes.at(`[${index}]`).lost(omit(row, MEANING_FREE.row));
    const top = headings ? y + 1 : y;
    const { placed, bottom } = flow(row, top);
    if (!headings) panels.push(...placed);
    else {
      const heading = {
        type: 'row',
        title: row['title'],
        collapsed: isFolded(row),
        repeat: row['repeat'],
        gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      };
      if (isFolded(row)) panels.push({ ...heading, panels: placed });
      else panels.push(heading, ...placed);
    }
    y = headings && isFolded(row) ? top : bottom;
  });
  return withIds(panels);
}

function isFolded(row: Json): boolean {
  return row['collapse'] === true || row['collapsed'] === true;
}

/** Panels stand side by side until a line is full. */
function flow(row: Json, top: number): { readonly placed: Json[]; readonly bottom: number } {
  let [x, y, lineHeight] = [0, top, 0];
  const placed = objectsOf(row['panels']).map((panel) => {
    const w = Math.min(COLUMNS, Math.max(1, Math.floor(numberOf(panel['span']) ?? 4) * 2));
    const h = gridHeight(panel['height'] ?? row['height']);
    if (x + w > COLUMNS) {
      x = 0;
      y += lineHeight;
      lineHeight = 0;
    }
    const gridPos = { x, y, w, h };
    x += w;
    lineHeight = Math.max(lineHeight, h);
    return { ...panel, gridPos };
  });
  return { placed, bottom: y + lineHeight };
}

/** "250px" or 250, at least three rows of the grid. */
function gridHeight(height: unknown): number {
  const pixels = numberOf(typeof height === 'string' ? height.replace(/px$/, '') : height) ?? DEFAULT_HEIGHT_PX;
  return Math.min(1_000, Math.max(3, Math.ceil(pixels / PIXELS_A_ROW)));
}

/** Row panels had no ids. Theirs are new, so that nothing about them needs mending. */
function withIds(panels: readonly Json[]): Json[] {
  const all = panels.flatMap((panel) => [panel, ...objectsOf(panel['panels'])]);
  let highest = all.reduce((high, panel) => Math.max(high, numberOf(panel['id']) ?? 0), 0);
  return panels.map((panel) => (panel['type'] === 'row' && panel['id'] === undefined ? { ...panel, id: ++highest } : panel));
}
