import type { GridPosition, Layout, Section } from '../dashboard.ts';
import { isObject, listOf, numberOf, objectOf, textOf, type Json } from './json.ts';
import { MEANING_FREE } from './meaning-free.ts';
import { omit } from './json.ts';
import type { Notes } from './report.ts';

const COLUMNS = 24;
const MAX_ROW = 100_000;
const MAX_HEIGHT = 1_000;
const DEFAULT_WIDTH = 12;
const DEFAULT_HEIGHT = 8;

/** A panel where it was found, and where it stands in its row. */
export interface FoundPanel {
  readonly json: Json;
  readonly id: number;
  readonly grid: GridPosition;
  readonly notes: Notes;
}

export interface FoundPlaces {
  /** In the order of the layout. */
  readonly panels: readonly FoundPanel[];
  readonly layout: Layout;
}

interface Placed extends FoundPanel {
  /** The panels that a folded row holds. */
  readonly inside: readonly Placed[];
}

/**
 * Reads a dashboard's `panels`, with row panels among them: a row holds what stands inside it or below it up to the next row.
 * `origins` say of panels that were moved where they stood.
 * Places that are missing, too wide or taken are mended; ids that are missing or taken are new.
 */
export function readPlaces(
  list: readonly unknown[],
  notes: Notes,
  origins: ReadonlyMap<unknown, Notes> = new Map(),
): FoundPlaces {
  const ids = new Ids(list);
  const placed = inOrder(place(list, notes, { ids, origins }));
  if (!placed.some(isRow)) {
    const panels = settle(placed, 0);
    return { panels, layout: { kind: 'grid', panels: panels.map(({ id }) => id) } };
  }
  const sections: { readonly row: Placed | undefined; readonly panels: Placed[] }[] = [];
  for (const panel of placed) {
    const last = sections.at(-1);
    if (isRow(panel)) {
      if (panel.json['collapsed'] !== true && panel.inside.length > 0) {
        panel.notes.repaired('The row is open and holds panels inside it; they stand below it now.');
      }
      sections.push({ row: panel, panels: [...panel.inside] });
    } else if (last === undefined || last.row?.json['collapsed'] === true) {
      sections.push({ row: undefined, panels: [panel] });
    } else {
      last.panels.push(panel);
    }
  }
  const all: FoundPanel[] = [];
  const rows = sections.map(({ row, panels }): Section => {
    const tops = panels.map(({ grid }) => grid.y);
    const highest = tops.reduce((low, y) => Math.min(low, y), MAX_ROW);
    const settled = settle(panels, row === undefined ? highest : Math.min(highest, row.grid.y + 1));
    all.push(...settled);
    return {
      id: row?.id ?? -1,
      title: textOf(row?.json['title']),
      collapsed: row?.json['collapsed'] === true,
      hideHeader: row === undefined,
      repeat: textOf(row?.json['repeat']) || undefined,
      layout: { kind: 'grid', panels: settled.map(({ id }) => id) },
    };
  });
  // Rows without a heading have no panel of their own, so their ids come last: reading an export gives the same ones.
  return {
    panels: all,
    layout: { kind: 'rows', sections: rows.map((row) => (row.id === -1 ? { ...row, id: ids.next() } : row)) },
  };
}

/** Gives out ids that no panel has. */
class Ids {
  readonly #taken = new Set<number>();
  #highest = 0;

  constructor(list: readonly unknown[]) {
    const visit = (item: unknown): void => {
      const id = numberOf(objectOf(item)['id']);
      if (id !== undefined && isId(id)) this.#highest = Math.max(this.#highest, id);
      listOf(objectOf(item)['panels']).forEach(visit);
    };
    list.forEach(visit);
  }

  /** The panel's own id, or a new one where it has none or another panel has it. */
  take(json: Json): number {
    const given = numberOf(json['id']);
    if (given === undefined || !isId(given) || this.#taken.has(given)) return this.next();
    this.#taken.add(given);
    return given;
  }

  next(): number {
    // The highest id leaves no room above it: look for a gap.
    while (this.#highest >= 2 ** 31 || this.#taken.has(this.#highest + 1))
      this.#highest = this.#highest >= 2 ** 31 ? 0 : this.#highest + 1;
    this.#highest++;
    this.#taken.add(this.#highest);
    return this.#highest;
  }
}

function isId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < 2 ** 31;
}

function isRow({ json }: Placed): boolean {
  return json['type'] === 'row';
}

interface Walk {
  readonly ids: Ids;
  /** Where panels stood that were moved before they came here. */
  readonly origins: ReadonlyMap<unknown, Notes>;
}

/** Finds each panel's id and place; one that names no place stands below what came before it. */
function place(list: readonly unknown[], notes: Notes, walk: Walk): Placed[] {
  let bottom = 0;
  let free = { x: 0, y: 0, h: 0 };
  return list.flatMap((json, index): Placed[] => {
    const at = walk.origins.get(json) ?? notes.at(`[${index}]`);
    if (!isObject(json)) {
      at.repaired('Expected a panel; it was left out.');
      return [];
    }
    if (typeof json['repeatPanelId'] === 'number') {
      at.repaired('A copy that a repeat had made was saved too; it was left out, as the repeat makes it again.');
      return [];
    }
    const id = walk.ids.take(json);
    const own = at.of({ id, title: textOf(json['title']), kind: textOf(json['type']) });
    const given = json['id'];
    if (given !== id) {
      const why = given === undefined ? 'The panel had no id' : `The id ${JSON.stringify(given)} is taken or none`;
      own.at('id').repaired(`${why}; it is ${id} now.`);
    }
    const grid =
      isObject(json['gridPos']) && numberOf(json['gridPos']['w']) !== undefined
        ? mend(json, json['gridPos'], own)
        : flow(json, own);
    bottom = Math.max(bottom, grid.y + grid.h);
    if (json['type'] === 'row') own.lost(omit(json, MEANING_FREE.row));
    return [
      {
        json,
        id,
        grid,
        notes: own,
        inside: json['type'] === 'row' ? inOrder(withoutRows(place(listOf(json['panels']), own.at('panels'), walk))) : [],
      },
    ];
  });

  function flow(json: Json, own: Notes): GridPosition {
    const row = json['type'] === 'row';
    const w = row
      ? COLUMNS
      : clamp(numberOf(objectOf(json['gridPos'])['w']) ?? (numberOf(json['span']) ?? DEFAULT_WIDTH / 2) * 2, 1, COLUMNS);
    const h = row ? 1 : clamp(numberOf(objectOf(json['gridPos'])['h']) ?? DEFAULT_HEIGHT, 1, MAX_HEIGHT);
    if (free.x + w > COLUMNS || free.y + free.h < bottom) free = { x: 0, y: bottom, h: 0 };
    const grid = { x: free.x, y: free.y, w, h };
    free = { x: free.x + w, y: free.y, h: Math.max(free.h, h) };
    own.at('gridPos').repaired('The panel had no place on the grid; it stands below the ones before it.');
    return grid;
  }
}

/** A row cannot stand in a row: what it holds stands in the outer one. */
function withoutRows(panels: readonly Placed[]): Placed[] {
  return panels.flatMap((panel) => {
    if (!isRow(panel)) return [panel];
    panel.notes.repaired('A row inside a row was left out; its panels stand in the outer row.');
    return [...panel.inside];
  });
}

function mend(json: Json, given: Json, notes: Notes): GridPosition {
  const w = clamp(numberOf(given['w']) ?? DEFAULT_WIDTH, 1, COLUMNS);
  const grid = {
    x: clamp(numberOf(given['x']) ?? 0, 0, COLUMNS - w),
    y: clamp(numberOf(given['y']) ?? 0, 0, MAX_ROW),
    w,
    h: json['type'] === 'row' ? 1 : clamp(numberOf(given['h']) ?? DEFAULT_HEIGHT, 1, MAX_HEIGHT),
  };
  const changed = (['x', 'y', 'w', 'h'] as const).filter((key) => numberOf(given[key]) !== grid[key]);
  if (changed.length > 0 && json['type'] !== 'row') {
    notes
      .at('gridPos')
      .repaired(
        `The place ${JSON.stringify(given)} does not fit the grid of ${COLUMNS} columns; it became ${JSON.stringify(grid)}.`,
      );
  }
  return grid;
}

function inOrder(panels: readonly Placed[]): Placed[] {
  return panels.toSorted((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x);
}

/** Counts places from `top`, and pushes down what overlaps something above it. */
function settle(panels: readonly Placed[], top: number): FoundPanel[] {
  /** In the order of their tops. */
  const settled: FoundPanel[] = [];
  for (const { json, id, grid, notes } of inOrder(panels)) {
    const wanted = grid.y - top;
    let y = wanted;
    // One pass is enough: what starts higher and does not overlap lies above for good.
    for (const { grid: other } of settled) {
      const beside = other.x >= grid.x + grid.w || other.x + other.w <= grid.x;
      if (!beside && other.y < y + grid.h && other.y + other.h > y) y = other.y + other.h;
    }
    if (y !== wanted) notes.at('gridPos').repaired('The panel overlapped another one and was pushed down.');
    const at = settled.findLastIndex(({ grid: other }) => other.y < y || (other.y === y && other.x < grid.x));
    settled.splice(at + 1, 0, { json, id, grid: { ...grid, y }, notes });
  }
  return settled;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.round(value)));
}
