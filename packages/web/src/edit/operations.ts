import type { Dashboard, GridPosition, Layout, Panel, Section } from '@vitrine/model/dashboard.ts';
import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';

const COLUMNS = 24;
const NEW_PANEL = { w: 12, h: 8 };

/** The place of a leaf of the layout: the section whose own grid it is, or undefined where the dashboard has but one grid. */
export type GridOwner = number | undefined;

/** A panel of that kind at the end of a grid; answers its id too. */
export function addPanel(
  dashboard: Dashboard,
  owner: GridOwner,
  made: Partial<Panel> & Pick<Panel, 'kind'>,
): { readonly dashboard: Dashboard; readonly id: number } {
  const id = freeId(dashboard);
  const panel: Panel = {
    title: 'New panel',
    description: '',
    queries: made.kind === 'text' ? [] : [{ refId: 'A', source: BUILTIN_SOURCE, hidden: false, spec: { expr: '' } }],
    queryOptions: {
      maxDataPoints: undefined,
      minInterval: '',
      timeFrom: '',
      timeShift: '',
      hideTimeOverride: false,
      timeCompare: '',
    },
    transformations: [],
    fieldConfig: { defaults: {}, overrides: [] },
    options: {},
    links: [],
    transparent: false,
    repeat: undefined,
    libraryPanel: undefined,
    x: undefined,
    extra: {},
    ...made,
    id,
    grid: { ...NEW_PANEL, ...made.grid, ...freePlace(dashboard, owner, made.grid ?? NEW_PANEL) },
  };
  return {
    id,
    dashboard: {
      ...dashboard,
      panels: [...dashboard.panels, panel],
      layout: mapGrid(dashboard.layout, owner, (panels) => [...panels, id]),
    },
  };
}

/** The same panel once more, right below the first. */
export function duplicatePanel(dashboard: Dashboard, id: number): { readonly dashboard: Dashboard; readonly id: number } {
  const panel = dashboard.panels.find((one) => one.id === id);
  return panel === undefined
    ? { dashboard, id }
    : addPanel(dashboard, ownerOf(dashboard.layout, id), { ...panel, libraryPanel: undefined });
}

export function removePanel(dashboard: Dashboard, id: number): Dashboard {
  return {
    ...dashboard,
    panels: dashboard.panels.filter((panel) => panel.id !== id),
    layout: mapGrids(dashboard.layout, (panels) => panels.filter((one) => one !== id)),
  };
}

export function updatePanel(dashboard: Dashboard, id: number, update: (panel: Panel) => Panel): Dashboard {
  return { ...dashboard, panels: dashboard.panels.map((panel) => (panel.id === id ? update(panel) : panel)) };
}

/** Puts panels where they were dragged. Those that stay where they were stay the same objects. */
export function placePanels(dashboard: Dashboard, places: ReadonlyMap<number, GridPosition>): Dashboard {
  let moved = false;
  const panels = dashboard.panels.map((panel) => {
    const place = places.get(panel.id);
    if (place === undefined || isSamePlace(place, panel.grid)) return panel;
    moved = true;
    return { ...panel, grid: place };
  });
  return moved ? { ...dashboard, panels } : dashboard;
}

/** Takes a panel out of its grid and puts it at the end of another one. */
export function movePanel(dashboard: Dashboard, id: number, owner: GridOwner): Dashboard {
  const panel = dashboard.panels.find((one) => one.id === id);
  if (panel === undefined || ownerOf(dashboard.layout, id) === owner) return dashboard;
  const grid = { ...panel.grid, ...freePlace(dashboard, owner, panel.grid) };
  const taken = mapGrids(dashboard.layout, (panels) => panels.filter((one) => one !== id));
  return {
    ...updatePanel(dashboard, id, (one) => ({ ...one, grid })),
    layout: mapGrid(taken, owner, (panels) => [...panels, id]),
  };
}

/** A row or a tab more, at the end. What stood on one grid before becomes the first section. */
export function addSection(dashboard: Dashboard, kind: 'rows' | 'tabs', title: string): Dashboard {
  const { layout } = dashboard;
  const id = freeId(dashboard);
  const made: Section = {
    id,
    title,
    collapsed: false,
    hideHeader: false,
    repeat: undefined,
    layout: { kind: 'grid', panels: [] },
  };
  if (layout.kind === kind) return { ...dashboard, layout: { kind, sections: [...layout.sections, made] } };
  const isEmpty = layout.kind === 'grid' && layout.panels.length === 0;
  const first: Section = { ...made, id: id + 1, title: kind === 'tabs' ? 'First' : '', hideHeader: kind === 'rows', layout };
  return { ...dashboard, layout: { kind, sections: isEmpty ? [made] : [first, made] } };
}

export function updateSection(dashboard: Dashboard, id: number, update: (section: Section) => Section): Dashboard {
  return {
    ...dashboard,
    layout: mapSections(dashboard.layout, (section) => (section.id === id ? [update(section)] : [section])),
  };
}

/** Removes a row or tab, with its panels or without: then they go to the end of what stands before it, or after it. */
export function removeSection(dashboard: Dashboard, id: number, withPanels: boolean): Dashboard {
  const section = findSection(dashboard.layout, id);
  if (section === undefined) return dashboard;
  const inside = panelsIn(section.layout);
  const layout = simplify(mapSections(dashboard.layout, (one) => (one.id === id ? [] : [one])));
  if (withPanels) {
    return { ...dashboard, layout, panels: dashboard.panels.filter((panel) => !inside.includes(panel.id)) };
  }
  const owner = firstOwner(layout);
  let next: Dashboard = { ...dashboard, layout, panels: dashboard.panels.filter((panel) => !inside.includes(panel.id)) };
  for (const panel of dashboard.panels.filter((one) => inside.includes(one.id))) {
    const grid = { ...panel.grid, ...freePlace(next, owner, panel.grid) };
    next = {
      ...next,
      panels: [...next.panels, { ...panel, grid }],
      layout: mapGrid(next.layout, owner, (panels) => [...panels, panel.id]),
    };
  }
  return next;
}

/** Moves a row or tab one place up or down among its siblings. */
export function moveSection(dashboard: Dashboard, id: number, by: -1 | 1): Dashboard {
  const move = (layout: Layout): Layout => {
    if (layout.kind === 'grid') return layout;
    const at = layout.sections.findIndex((section) => section.id === id);
    if (at === -1) return { ...layout, sections: layout.sections.map((one) => ({ ...one, layout: move(one.layout) })) };
    const to = Math.max(0, Math.min(layout.sections.length - 1, at + by));
    return { ...layout, sections: layout.sections.toSpliced(at, 1).toSpliced(to, 0, layout.sections[at]!) };
  };
  return { ...dashboard, layout: move(dashboard.layout) };
}

/** All panels below a part of the layout, in its order. */
function panelsIn(layout: Layout): number[] {
  return layout.kind === 'grid' ? [...layout.panels] : layout.sections.flatMap((section) => panelsIn(section.layout));
}

/** Whose grid a panel stands on. */
export function ownerOf(layout: Layout, id: number): GridOwner {
  if (layout.kind === 'grid') return undefined;
  for (const section of layout.sections) {
    if (!panelsIn(section.layout).includes(id)) continue;
    return section.layout.kind === 'grid' ? section.id : ownerOf(section.layout, id);
  }
  return undefined;
}

/** The first grid there is, for whoever does not say which. */
export function firstOwner(layout: Layout): GridOwner {
  if (layout.kind === 'grid') return undefined;
  const [first] = layout.sections;
  return first === undefined ? undefined : (firstOwner(first.layout) ?? first.id);
}

/** A list of rows or tabs that holds none, as imported dashboards have it, is room for panels like an empty grid. */
function gridOf(layout: Layout): Extract<Layout, { kind: 'grid' }> | undefined {
  if (layout.kind === 'grid') return layout;
  return layout.sections.length === 0 ? { kind: 'grid', panels: [] } : undefined;
}

/** Unique among panels and sections. */
function freeId({ panels, layout }: Dashboard): number {
  return Math.max(0, ...panels.map(({ id }) => id), ...sectionsIn(layout).map(({ id }) => id)) + 1;
}

function sectionsIn(layout: Layout): Section[] {
  return layout.kind === 'grid' ? [] : layout.sections.flatMap((section) => [section, ...sectionsIn(section.layout)]);
}

export function findSection(layout: Layout, id: number): Section | undefined {
  return sectionsIn(layout).find((section) => section.id === id);
}

/** The first place from the top where so much room is free. */
function freePlace({ panels, layout }: Dashboard, owner: GridOwner, { w, h }: { readonly w: number; readonly h: number }) {
  const places = panelsOn(layout, owner).flatMap((id) => panels.filter((panel) => panel.id === id).map(({ grid }) => grid));
  const bottom = Math.max(0, ...places.map((grid) => grid.y + grid.h));
  for (let y = 0; y < bottom; y++) {
    for (let x = 0; x + w <= COLUMNS; x++) {
      if (!places.some((grid) => x < grid.x + grid.w && grid.x < x + w && y < grid.y + grid.h && grid.y < y + h)) return { x, y };
    }
  }
  return { x: 0, y: bottom };
}

function panelsOn(layout: Layout, owner: GridOwner): readonly number[] {
  const own = owner === undefined ? layout : findSection(layout, owner)?.layout;
  return own?.kind === 'grid' ? own.panels : [];
}

function mapGrids(layout: Layout, update: (panels: readonly number[]) => readonly number[]): Layout {
  if (layout.kind === 'grid') return { ...layout, panels: update(layout.panels) };
  return { ...layout, sections: layout.sections.map((section) => ({ ...section, layout: mapGrids(section.layout, update) })) };
}

function mapGrid(layout: Layout, owner: GridOwner, update: (panels: readonly number[]) => readonly number[]): Layout {
  if (owner === undefined) {
    const grid = gridOf(layout);
    return grid === undefined ? layout : { ...grid, panels: update(grid.panels) };
  }
  if (layout.kind === 'grid') return layout;
  return {
    ...layout,
    sections: layout.sections.map((section) => ({
      ...section,
      layout: mapGrid(section.layout, section.id === owner ? undefined : owner, update),
    })),
  };
}

function mapSections(layout: Layout, update: (section: Section) => readonly Section[]): Layout {
  if (layout.kind === 'grid') return layout;
  return {
    ...layout,
    sections: layout.sections.flatMap((section) => update({ ...section, layout: mapSections(section.layout, update) })),
  };
}

/**
 * Rows or tabs of which none is left, or one that says nothing, are one grid: at every depth, or panels would have no place. One
 * that is repeated says for what.
 */
function simplify(layout: Layout): Layout {
  if (layout.kind === 'grid') return layout;
  const [only, ...others] = layout.sections;
  if (only === undefined) return { kind: 'grid', panels: [] };
  if (others.length === 0 && only.hideHeader && only.repeat === undefined) return simplify(only.layout);
  return { ...layout, sections: layout.sections.map((section) => ({ ...section, layout: simplify(section.layout) })) };
}

function isSamePlace(a: GridPosition, b: GridPosition): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
}
