import type { Dashboard, GridPosition, Layout, Panel, Section } from '../dashboard.ts';
import { writeAnnotation } from './annotations.ts';
import { writeFieldConfig } from './field-config.ts';
import { objectOf, objectsOf, underlay, type Json } from './json.ts';
import { sourceOfAll } from './panel.ts';
import { readPlaces } from './places.ts';
import { Notes, Report } from './report.ts';
import { writeSource } from './source-ref.ts';
import { writeTransformations } from './transformations.ts';
import { writeVariable } from './variables.ts';

const SCHEMA_VERSION = 42;
const COLUMNS = 24;
const CURSORS = ['off', 'crosshair', 'tooltip'] as const;

/**
 * A dashboard as Grafana's JSON of the first form, schema 42. Tabs and nested rows become rows one after the other; what Grafana
 * has no word for stands under `vitrine`, which it passes over. Importing the result gives an equal dashboard.
 */
export function exportDashboard(dashboard: Dashboard): unknown {
  const { layout, panels } = dashboard;
  const list = flatten(layout, new Map(panels.map((panel) => [panel.id, panel])));
  const nested = needsOwnLayout(dashboard, list);
  const written = nested ? list.map((entry) => withOwnPlaces(entry, panels)) : list;
  const own: Json = {
    ...(dashboard.x === 'time' ? {} : { x: dashboard.x }),
    ...(nested ? { panels: panels.map(({ id }) => id), layout } : {}),
  };
  const { templating, ...extra } = dashboard.extra;
  const unread = objectsOf(objectOf(templating)['list']);
  const json: Json = {
    uid: dashboard.uid,
    title: dashboard.title,
    ...(dashboard.description === '' ? {} : { description: dashboard.description }),
    tags: dashboard.tags,
    time: dashboard.range,
    refresh: dashboard.refresh === 'off' ? '' : dashboard.refresh === 'live' ? 'auto' : dashboard.refresh,
    timezone: dashboard.timezone,
    weekStart: dashboard.weekStart,
    fiscalYearStartMonth: dashboard.fiscalYearStartMonth,
    graphTooltip: CURSORS.indexOf(dashboard.cursor),
    timepicker: writeTimePicker(dashboard),
    templating: { ...objectOf(templating), list: [...dashboard.variables.map(writeVariable), ...unread] },
    annotations: { list: dashboard.annotations.map(writeAnnotation) },
    links: dashboard.links,
    editable: dashboard.editable,
    schemaVersion: SCHEMA_VERSION,
    panels: written,
    ...(Object.keys(own).length === 0 ? {} : { vitrine: own }),
  };
  // Undefined is not there in JSON, and whoever gets this may compare it.
  return JSON.parse(JSON.stringify(underlay(json, extra)));
}

function writeTimePicker({ timePicker }: Dashboard): Json {
  return {
    ...(timePicker.hidden ? { hidden: true } : {}),
    ...(timePicker.refreshIntervals.length === 0 ? {} : { refresh_intervals: timePicker.refreshIntervals }),
    ...(timePicker.quickRanges.length === 0 ? {} : { quick_ranges: timePicker.quickRanges }),
    ...(timePicker.nowDelay === '' ? {} : { nowDelay: timePicker.nowDelay }),
  };
}

/** Panels as Grafana saves them: those of a folded row inside it, others below theirs. */
function flatten(layout: Layout, panels: ReadonlyMap<number, Panel>): Json[] {
  const list: Json[] = [];
  let y = 0;
  visit(layout);
  return list;

  function visit(it: Layout): void {
    if (it.kind === 'grid') {
      const written = gridOf(it, y);
      list.push(...written.panels);
      y = written.bottom;
      return;
    }
    for (const section of it.sections) {
      if (section.hideHeader || section.layout.kind !== 'grid' || !section.collapsed) {
        if (!section.hideHeader) list.push(rowPanel(section, []));
        visit(section.layout);
      } else {
        const row = y;
        const inside = gridOf(section.layout, row + 1).panels;
        list.push(rowPanel(section, inside));
      }
    }
  }

  function rowPanel({ id, title, collapsed, repeat, layout: inside }: Section, nested: readonly Json[]): Json {
    const row = {
      id,
      type: 'row',
      title,
      collapsed: collapsed && inside.kind === 'grid',
      ...(repeat === undefined ? {} : { repeat }),
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: nested,
    };
    y += 1;
    return row;
  }

  function gridOf(
    { panels: ids }: Extract<Layout, { kind: 'grid' }>,
    top: number,
  ): { readonly panels: Json[]; readonly bottom: number } {
    const shown = ids.flatMap((id) => panels.get(id) ?? []);
    const bottom = shown.reduce((low, { grid }) => Math.max(low, top + grid.y + grid.h), top);
    return { panels: shown.map((panel) => writePanel(panel, { ...panel.grid, y: top + panel.grid.y })), bottom };
  }
}

/** Whether reading the flat form would not find the same layout and places again. */
function needsOwnLayout({ layout, panels }: Dashboard, list: readonly Json[]): boolean {
  const found = readPlaces(list, new Notes(new Report()));
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return !(
    same(canonical(found.layout), canonical(layout)) &&
    same(
      found.panels.map(({ id, grid }) => [id, grid.x, grid.y, grid.w, grid.h]),
      panels.map(({ id, grid }) => [id, grid.x, grid.y, grid.w, grid.h]),
    )
  );
}

/** With its members in one order. */
function canonical(layout: Layout): unknown {
  if (layout.kind === 'grid') return [layout.panels];
  return [
    layout.kind,
    layout.sections.map(({ id, title, collapsed, hideHeader, repeat, layout: inside }) => [
      id,
      title,
      collapsed,
      hideHeader,
      repeat ?? null,
      canonical(inside),
    ]),
  ];
}

function withOwnPlaces(entry: Json, panels: readonly Panel[]): Json {
  if (entry['type'] === 'row')
    return { ...entry, panels: objectsOf(entry['panels']).map((panel) => withOwnPlaces(panel, panels)) };
  const grid = panels.find(({ id }) => id === entry['id'])?.grid;
  return { ...entry, vitrine: { ...objectOf(entry['vitrine']), grid } };
}

function writePanel(panel: Panel, gridPos: GridPosition): Json {
  const { queryOptions, repeat, queries, libraryPanel, extra } = panel;
  const source = sourceOfAll(queries);
  return underlay(
    {
      id: panel.id,
      type: panel.kind,
      title: panel.title,
      ...(panel.description === '' ? {} : { description: panel.description }),
      gridPos,
      ...(source === undefined ? {} : { datasource: writeSource(source) }),
      targets: queries.map(({ refId, source: own, hidden, spec }) => ({
        ...spec,
        refId,
        datasource: writeSource(own),
        ...(hidden ? { hide: true } : {}),
      })),
      ...(queryOptions.maxDataPoints === undefined ? {} : { maxDataPoints: queryOptions.maxDataPoints }),
      ...(queryOptions.minInterval === '' ? {} : { interval: queryOptions.minInterval }),
      ...(queryOptions.timeFrom === '' ? {} : { timeFrom: queryOptions.timeFrom }),
      ...(queryOptions.timeShift === '' ? {} : { timeShift: queryOptions.timeShift }),
      ...(queryOptions.timeCompare === '' ? {} : { timeCompare: queryOptions.timeCompare }),
      ...(queryOptions.hideTimeOverride ? { hideTimeOverride: true } : {}),
      ...(panel.transformations.length === 0 ? {} : { transformations: writeTransformations(panel.transformations) }),
      fieldConfig: writeFieldConfig(panel.fieldConfig),
      options: panel.options,
      ...(panel.links.length === 0 ? {} : { links: panel.links }),
      ...(panel.transparent ? { transparent: true } : {}),
      ...(repeat === undefined
        ? {}
        : { repeat: repeat.variable, repeatDirection: repeat.direction === 'vertical' ? 'v' : 'h', maxPerRow: repeat.maxPerRow }),
      ...(libraryPanel === undefined ? {} : { libraryPanel }),
      ...(panel.x === undefined ? {} : { vitrine: { x: panel.x } }),
    },
    extra,
  );
}
