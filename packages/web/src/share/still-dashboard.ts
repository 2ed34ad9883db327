import { namesIn } from '../dashboard/variables/page-variables.ts';
import type { Arranged, ShownPanel, ShownSection } from '../dashboard/arrange.ts';
import { layOut } from '../dashboard/layout.ts';
import type { TimeRange } from '@vitrine/compute/time.ts';
import { GRAFANA_SOURCE_UID } from '@vitrine/model/dashboard.ts';
import type { Dashboard, GridPosition, Layout, Panel } from '@vitrine/model/dashboard.ts';
import type { AnnotationEvent } from '@vitrine/model/frame.ts';
import type { Variable, VariableValues } from '@vitrine/model/variable.ts';

/** What a page shows just now. */
export interface ShownPage {
  readonly dashboard: Dashboard;
  readonly arranged: Arranged;
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly events: readonly AnnotationEvent[];
  /** The names of the annotation queries that are switched on. */
  readonly marksOn: ReadonlySet<string>;
  readonly text: (text: string, local?: VariableValues) => string;
  readonly replace: (text: string, local?: VariableValues) => string;
}

export interface StillDashboard {
  readonly dashboard: Dashboard;
  /** Which panel of the page stands where in it, by its new id. */
  readonly panels: ReadonlyMap<number, ShownPanel>;
}

/**
 * A dashboard as it stands, that nothing can change any more: each copy of a repeat is a panel of its own, variables are what
 * was chosen, the range is fixed, and marks lie in the document. What it asked is not in it: whoever reads it need not know.
 */
export function stillDashboard(page: ShownPage): StillDashboard {
  const { dashboard, arranged, range, timeZone, events, marksOn, text } = page;
  let free = Math.max(0, ...dashboard.panels.map(({ id }) => id), ...sectionIds(dashboard.layout)) + 1;
  const taken = new Set<number>();
  const idFor = (wanted: number): number => {
    const id = taken.has(wanted) ? free++ : wanted;
    taken.add(id);
    return id;
  };
  const panels: Panel[] = [];
  const shownById = new Map<number, ShownPanel>();

  const place = (part: Arranged): Layout => {
    if (part.kind !== 'grid') return { kind: part.kind, sections: part.sections.map(placeSection) };
    const ids = layOut(part.panels, 'wide').map(({ shown, grid }) => {
      const id = idFor(shown.panel.id);
      panels.push(stillPanel(shown, id, grid, page));
      shownById.set(id, shown);
      return id;
    });
    return { kind: 'grid', panels: ids };
  };
  const placeSection = ({ section, local, layout }: ShownSection) => ({
    ...section,
    id: idFor(section.id),
    title: text(section.title, local),
    repeat: undefined,
    layout: place(layout),
  });
  const layout = place(arranged);

  return {
    panels: shownById,
    dashboard: {
      ...dashboard,
      title: text(dashboard.title),
      range: { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() },
      timezone: timeZone,
      refresh: 'off',
      editable: false,
      variables: dashboard.variables.flatMap((variable) => asConstant(variable, text)),
      annotations: dashboard.annotations.map((query) => ({
        ...query,
        enable: marksOn.has(query.name),
        source: { type: 'grafana', uid: GRAFANA_SOURCE_UID },
        spec: { snapshot: events.filter((event) => event.query === query.name).flatMap((event) => onCopies(event, shownById)) },
        // Panels by their new ids: a copy is not the panel that the filter names.
        filter:
          query.filter === undefined
            ? undefined
            : {
                ...query.filter,
                ids: [...shownById].flatMap(([id, { panel }]) => (query.filter?.ids.includes(panel.id) === true ? [id] : [])),
              },
      })),
      panels,
      layout,
      extra: {},
    },
  };
}

/** A mark on one panel is on each copy of it. */
function onCopies(event: AnnotationEvent, panels: ReadonlyMap<number, ShownPanel>): readonly AnnotationEvent[] {
  if (event.panelId === undefined) return [event];
  return [...panels].flatMap(([panelId, { panel }]) => (panel.id === event.panelId ? [{ ...event, panelId }] : []));
}

function stillPanel(shown: ShownPanel, id: number, grid: GridPosition, { dashboard, text, replace }: ShownPage): Panel {
  const { panel, local } = shown;
  const own = new Set(Object.keys(local));
  /** What a text says in this copy; names that mean something else for each field stay. */
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const names = namesIn([value], dashboard.variables);
      return !value.includes('__') && [...names].some((name) => own.has(name)) ? replace(value, local) : value;
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));
  };
  const filled = <T>(value: T): T => (own.size === 0 ? value : (fill(value) as T));
  return {
    ...panel,
    id,
    grid,
    title: text(panel.title, local),
    description: text(panel.description, local),
    queries: panel.queries.map(({ refId, source: { type }, hidden }) => ({
      refId,
      source: { type, uid: '' },
      hidden,
      spec: {},
    })),
    transformations: [],
    options: filled(panel.options),
    fieldConfig: filled(panel.fieldConfig),
    links: filled(panel.links),
    repeat: undefined,
    libraryPanel: undefined,
    extra: {},
  };
}

/** What was chosen, as people read it. */
function asConstant(variable: Variable, text: ShownPage['text']): Variable[] {
  if (variable.kind === 'adhoc') return [];
  const { name, label, description, skipUrlSync } = variable;
  const current = text(`\${${name}}`);
  return [{ kind: 'constant', name, label, description, skipUrlSync, hide: variable.hide, current, extra: {} }];
}

function sectionIds(layout: Layout): number[] {
  return layout.kind === 'grid' ? [] : layout.sections.flatMap(({ id, layout: inside }) => [id, ...sectionIds(inside)]);
}
