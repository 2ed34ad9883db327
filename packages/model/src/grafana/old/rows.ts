import { isObject, listOf, numberOf, objectsOf, omit, textOf, type Json } from '../json.ts';
import { MEANING_FREE } from '../meaning-free.ts';
import type { Notes } from '../report.ts';

const PIXELS_A_ROW = 38;
const DEFAULT_HEIGHT_PX = 250;
const COLUMNS = 24;

/** Panels as they would stand in `panels`, and where each was found. */
export interface MigratedRows {
  readonly panels: readonly unknown[];
  readonly origins: ReadonlyMap<unknown, Notes>;
}

/**
 * Before version 16 a dashboard had `rows`, each with a height and panels whose span is 1 to 12. They become panels with places;
 * row panels too, where any row was folded, repeated or showed its title.
 */
export function migrateRows(value: unknown, notes: Notes): MigratedRows {
  const rows = listOf(value).flatMap((row, index): FoundRow[] => {
    const at = notes.at(`[${index}]`);
    if (isObject(row)) return [{ row, at }];
    at.repaired('Expected a row; it was left out.');
    return [];
  });
  // Copies that a repeat had made: it makes them again.
  const originals = rows.filter(({ row }) => row['repeatRowId'] === null || row['repeatRowId'] === undefined);
  if (originals.length < rows.length) notes.repaired('Rows that a repeat had made were saved too; they were left out.');
  if (rows.length > 0) notes.migrated('Rows of panels became places on a grid of 24 columns.');
  const headings = originals.some(({ row }) => isFolded(row) || row['showTitle'] === true || textOf(row['repeat']) !== '');
  const origins = new Map<unknown, Notes>();
  const nextId = idsAbove(originals);
  const panels: unknown[] = [];
  let y = 0;
  for (const { row, at } of originals) {
    at.lost(omit(row, MEANING_FREE.row));
    const top = headings ? y + 1 : y;
    const { placed, bottom } = flow(row, top, (panel, index) => origins.set(panel, at.at(`panels[${index}]`)));
    if (headings) {
      const heading = {
        id: nextId(),
        type: 'row',
        title: row['title'],
        collapsed: isFolded(row),
        repeat: row['repeat'],
        gridPos: { x: 0, y, w: COLUMNS, h: 1 },
        panels: isFolded(row) ? placed : [],
      };
      origins.set(heading, at);
      panels.push(heading);
    }
    if (!headings || !isFolded(row)) panels.push(...placed);
    y = headings && isFolded(row) ? top : bottom;
  }
  return { panels, origins };
}

interface FoundRow {
  readonly row: Json;
  readonly at: Notes;
}

function isFolded(row: Json): boolean {
  return row['collapse'] === true || row['collapsed'] === true;
}

/** Panels stand side by side until a line is full. */
function flow(
  row: Json,
  top: number,
  found: (panel: unknown, index: number) => void,
): { readonly placed: unknown[]; readonly bottom: number } {
  let [x, y, lineHeight] = [0, top, 0];
  const placed = listOf(row['panels']).map((panel, index) => {
    if (!isObject(panel)) {
      found(panel, index);
      return panel;
    }
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
    const flowed = { ...panel, gridPos };
    found(flowed, index);
    return flowed;
  });
  return { placed, bottom: y + lineHeight };
}

/** "250px" or 250, at least three rows of the grid. */
function gridHeight(height: unknown): number {
  const pixels = numberOf(typeof height === 'string' ? height.replace(/px$/, '') : height) ?? DEFAULT_HEIGHT_PX;
  return Math.min(1_000, Math.max(3, Math.ceil(pixels / PIXELS_A_ROW)));
}

/** Row panels had no ids. Theirs are new, so that nothing about them needs mending. */
function idsAbove(rows: readonly FoundRow[]): () => number {
  let highest = rows
    .flatMap(({ row }) => objectsOf(row['panels']))
    .reduce((high, panel) => Math.max(high, numberOf(panel['id']) ?? 0), 0);
  return () => ++highest;
}
