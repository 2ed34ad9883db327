import type { Dashboard, GridPosition, Layout, Section } from '../dashboard.ts';
import { importV1, type Naming } from './import-v1.ts';
import { isObject, numberOf, objectOf, objectsOf, omit, saysSomething, textOf, type Json } from './json.ts';
import type { Notes } from './report.ts';

const COLUMNS = 24;
const CURSORS = ['Off', 'Crosshair', 'Tooltip'];
const HIDES = ['dontHide', 'hideLabel', 'hideVariable', 'inControlsMenu'];
const REFRESHES = ['never', 'onDashboardLoad', 'onTimeRangeChanged'];
const SORTS = [
  'disabled',
  'alphabeticalAsc',
  'alphabeticalDesc',
  'numericalAsc',
  'numericalDesc',
  'alphabeticalCaseInsensitiveAsc',
  'alphabeticalCaseInsensitiveDesc',
  'naturalAsc',
  'naturalDesc',
];
/** Rows of the grid that a panel of a self-arranging layout takes. */
const AUTO_HEIGHTS: Readonly<Record<string, number>> = { short: 5, standard: 9, tall: 14 };

export function isV2(json: Json): boolean {
  return isObject(json['elements']) && (isObject(json['layout']) || json['panels'] === undefined);
}

/**
 * Reads a dashboard of the second form: elements by name, and a layout that refers to them. What it says of a panel and of a
 * variable is put in the words of the first form and read as those are; the layout stays nested.
 */
export function importV2(spec: Json, naming: Naming, notes: Notes): Dashboard {
  const ids = elementIds(objectOf(spec['elements']), notes.at('elements'));
  const places = new Map<number, Json>();
  const variables = objectsOf(spec['variables']).map((variable, index) => toVariable(variable, notes.at(`variables[${index}]`)));
  const walk: Walk = { ids, places, sections: new Set(ids.values()), variables };
  const layout = readLayout(objectOf(spec['layout']), walk, notes.at('layout'), 0);
  const panels = Object.entries(objectOf(spec['elements'])).flatMap(([key, element]): Json[] => {
    const id = ids.get(key);
    if (id === undefined) return [];
    const at = notes.at(`elements.${key}`);
    const place = places.get(id);
    if (place === undefined) at.repaired('The layout does not show this panel; it stands below the others now.');
    return [
      {
        ...toPanel(objectOf(element), at.at('spec')),
        ...place,
        id,
        gridPos: { x: 0, y: 0, w: 12, h: 8, ...objectOf(place?.['gridPos']) },
      },
    ];
  });
  const unplaced = panels.filter(({ id }) => !places.has(id as number)).map(({ id }) => id as number);
  // The places hold within each grid of the layout, so they must not be taken for places on one common grid.
  const spread: Json[] = panels.map((panel, index) => ({
    ...panel,
    gridPos: { x: 0, y: index, w: 1, h: 1 },
    vitrine: { grid: panel['gridPos'] },
  }));
  const settings = objectOf(spec['timeSettings']);
  const json: Json = {
    ...omit(spec, ['elements', 'layout', 'variables', 'annotations', 'timeSettings', 'cursorSync', 'links']),
    ...timeOf(settings),
    graphTooltip: Math.max(0, CURSORS.indexOf(textOf(spec['cursorSync']))),
    links: objectsOf(spec['links']),
    annotations: { list: objectsOf(spec['annotations']).map((annotation) => toAnnotation(annotation)) },
    templating: { list: variables },
    panels: spread,
    vitrine: { panels: spread.map(({ id }) => id), layout: withUnplaced(layout, unplaced, walk) },
  };
  return importV1(json, naming, notes);
}

function timeOf(settings: Json): Json {
  const {
    from,
    to,
    autoRefresh,
    autoRefreshIntervals,
    hideTimepicker,
    quickRanges,
    nowDelay,
    timezone,
    weekStart,
    fiscalYearStartMonth,
    ...rest
  } = settings;
  return {
    time: { from, to },
    refresh: autoRefresh,
    timezone,
    weekStart,
    fiscalYearStartMonth,
    timepicker: { refresh_intervals: autoRefreshIntervals, hidden: hideTimepicker, quick_ranges: quickRanges, nowDelay, ...rest },
  };
}

/** Each panel's number; where two have the same, or one has none, the later one gets a new one. */
function elementIds(elements: Json, notes: Notes): Map<string, number> {
  const ids = new Map<string, number>();
  const taken = new Set<number>();
  const missing: string[] = [];
  for (const [name, element] of Object.entries(elements)) {
    const id = numberOf(objectOf(objectOf(element)['spec'])['id']);
    if (!isObject(element)) notes.at(name).repaired('Expected a panel; it was left out.');
    else if (id === undefined || !Number.isInteger(id) || id < 0 || taken.has(id)) missing.push(name);
    else {
      ids.set(name, id);
      taken.add(id);
    }
  }
  for (const name of missing) {
    let id = 1;
    while (taken.has(id)) id++;
    taken.add(id);
    ids.set(name, id);
    notes.at(name).repaired(`The panel had no id of its own; it has ${id} now.`);
  }
  return ids;
}

interface Walk {
  readonly ids: ReadonlyMap<string, number>;
  /** What the layout says of each panel: gridPos and repeat. */
  readonly places: Map<number, Json>;
  /** Ids that are taken by panels, rows and tabs. */
  readonly sections: Set<number>;
  /** Those of rows and tabs join the dashboard's. */
  readonly variables: Json[];
}

function readLayout(json: Json, walk: Walk, notes: Notes, depth: number): Layout {
  const spec = objectOf(json['spec']);
  const at = notes.at('spec');
  if (depth > 6) {
    notes.unsupported('The layout is nested deeper than 6; what is inside stands on one grid at the end.');
    return { kind: 'grid', panels: [] };
  }
  switch (json['kind']) {
    case 'RowsLayout':
      at.lost(omit(spec, ['rows']));
      return { kind: 'rows', sections: sectionsOf(spec['rows'], 'rows') };
    case 'TabsLayout':
      at.lost(omit(spec, ['tabs']));
      return { kind: 'tabs', sections: sectionsOf(spec['tabs'], 'tabs') };
    case 'AutoGridLayout':
    case 'ResponsiveGridLayout':
      notes.approximated('The grid that arranges itself became one with fixed places.');
      return { kind: 'grid', panels: autoGrid(spec, walk, at) };
    case 'GridLayout':
      return gridOf(spec, walk, at, depth);
    default:
      if (saysSomething(json))
        notes.unsupported(`The layout "${textOf(json['kind'])}" is not known here; its panels stand on one grid.`);
      return { kind: 'grid', panels: [] };
  }

  function sectionsOf(list: unknown, key: string): Section[] {
    return objectsOf(list).map((item, index) => readSection(objectOf(item['spec']), walk, at.at(`${key}[${index}].spec`), depth));
  }
}

const SECTION_KEYS = [
  'title',
  'collapse',
  'collapsed',
  'hideHeader',
  'repeat',
  'layout',
  'variables',
  'conditionalRendering',
  'fillScreen',
];

function readSection(spec: Json, walk: Walk, notes: Notes, depth: number): Section {
  notes.lost(omit(spec, SECTION_KEYS));
  if (saysSomething(spec['conditionalRendering'])) {
    notes.at('conditionalRendering').unsupported('It was shown on a condition only; here it is always shown.');
  }
  if (spec['fillScreen'] === true) notes.at('fillScreen').approximated('The row filled the screen; here it has its own height.');
  const own = objectsOf(spec['variables']);
  if (own.length > 0) notes.at('variables').approximated('The variables of the row or tab stand on the dashboard now.');
  walk.variables.push(...own.map((variable, index) => toVariable(variable, notes.at(`variables[${index}]`))));
  return {
    id: freeId(walk.sections),
    title: textOf(spec['title']),
    collapsed: spec['collapse'] === true || spec['collapsed'] === true,
    hideHeader: spec['hideHeader'] === true,
    repeat: textOf(objectOf(spec['repeat'])['value']) || undefined,
    layout: readLayout(objectOf(spec['layout']), walk, notes.at('layout'), depth + 1),
  };
}

function freeId(taken: Set<number>): number {
  let id = 0;
  for (const one of taken) id = Math.max(id, one);
  id++;
  taken.add(id);
  return id;
}

/** Items at places; in the first drafts of the form rows stood among them. */
function gridOf(spec: Json, walk: Walk, notes: Notes, depth: number): Layout {
  const items = objectsOf(spec['items']);
  const sections: Section[] = [];
  let loose: number[] = [];
  const close = (): void => {
    if (loose.length === 0) return;
    sections.push({
      id: freeId(walk.sections),
      title: '',
      collapsed: false,
      hideHeader: true,
      repeat: undefined,
      layout: { kind: 'grid', panels: loose },
    });
    loose = [];
  };
  items.forEach((item, index) => {
    const own = objectOf(item['spec']);
    const at = notes.at(`items[${index}].spec`);
    if (item['kind'] === 'GridLayoutRow') {
      close();
      const elements = { kind: 'GridLayout', spec: { items: own['elements'] } };
      const section = readSection({ ...omit(own, ['y', 'elements']), layout: elements }, walk, at, depth);
      sections.push(section);
    } else {
      const id = putPlace(own, gridPos(own), walk, at);
      if (id !== undefined) loose.push(id);
    }
  });
  if (sections.length === 0) return { kind: 'grid', panels: loose };
  close();
  return { kind: 'rows', sections };
}

function gridPos(spec: Json): GridPosition {
  const whole = (value: unknown, otherwise: number): number => Math.max(0, Math.round(numberOf(value) ?? otherwise));
  const w = Math.min(COLUMNS, Math.max(1, whole(spec['width'], 12)));
  return {
    x: Math.min(COLUMNS - w, whole(spec['x'], 0)),
    y: Math.min(100_000, whole(spec['y'], 0)),
    w,
    h: Math.min(1_000, Math.max(1, whole(spec['height'], 8))),
  };
}

function autoGrid(spec: Json, walk: Walk, notes: Notes): number[] {
  const columns = Math.min(COLUMNS, Math.max(1, Math.round(numberOf(spec['maxColumnCount']) ?? 3)));
  const w = Math.floor(COLUMNS / columns);
  const h =
    AUTO_HEIGHTS[textOf(spec['rowHeightMode'], 'standard')] ?? Math.max(3, Math.round((numberOf(spec['rowHeight']) ?? 320) / 36));
  return objectsOf(spec['items']).flatMap((item, index) => {
    const place = { x: (index % columns) * w, y: Math.floor(index / columns) * h, w, h };
    return putPlace(objectOf(item['spec']), place, walk, notes.at(`items[${index}].spec`)) ?? [];
  });
}

/** Notes where a panel stands; undefined where it is not there, or stands somewhere already. */
function putPlace(spec: Json, gridPos: GridPosition, walk: Walk, notes: Notes): number | undefined {
  const name = textOf(objectOf(spec['element'])['name']);
  notes.lost(omit(spec, ['x', 'y', 'width', 'height', 'element', 'repeat', 'conditionalRendering']));
  const id = walk.ids.get(name);
  if (id === undefined) {
    notes.at('element').repaired(`There is no panel "${name}"; its place is empty.`);
    return undefined;
  }
  if (walk.places.has(id)) {
    notes.at('element').approximated(`The panel "${name}" stood in several places; it stands in the first only.`);
    return undefined;
  }
  if (saysSomething(spec['conditionalRendering'])) {
    notes.at('conditionalRendering').unsupported('The panel was shown on a condition only; here it is always shown.');
  }
  const repeat = objectOf(spec['repeat']);
  walk.places.set(id, {
    gridPos,
    ...(textOf(repeat['value']) === ''
      ? {}
      : { repeat: repeat['value'], repeatDirection: repeat['direction'] ?? 'h', maxPerRow: repeat['maxPerRow'] }),
  });
  return id;
}

function withUnplaced(layout: Layout, unplaced: readonly number[], walk: Walk): Layout {
  if (unplaced.length === 0) return layout;
  if (layout.kind === 'grid') return { ...layout, panels: [...layout.panels, ...unplaced] };
  const rest: Section = {
    id: freeId(walk.sections),
    title: '',
    collapsed: false,
    hideHeader: layout.kind === 'rows',
    repeat: undefined,
    layout: { kind: 'grid', panels: unplaced },
  };
  return { ...layout, sections: [...layout.sections, rest] };
}

/** A panel element in the words of the first form. */
function toPanel(element: Json, notes: Notes): Json {
  const spec = objectOf(element['spec']);
  if (element['kind'] === 'LibraryPanel')
    return { type: 'library-panel-ref', title: spec['title'], libraryPanel: spec['libraryPanel'] };
  const { data, vizConfig, id: _, ...rest } = spec;
  const viz = objectOf(vizConfig);
  notes.at('vizConfig').lost(omit(viz, ['kind', 'group', 'version', 'spec']));
  const vizSpec = objectOf(viz['spec']);
  const { queries, transformations, queryOptions, ...restOfData } = objectOf(objectOf(data)['spec']);
  notes.at('vizConfig.spec').lost(omit(vizSpec, ['options', 'fieldConfig', 'pluginVersion']));
  notes.at('data.spec').lost(restOfData);
  return {
    ...rest,
    // The first draft had the plugin's id for the kind.
    type: textOf(viz['group'], textOf(viz['kind'])),
    pluginVersion: textOf(viz['version'], textOf(vizSpec['pluginVersion'])) || undefined,
    options: vizSpec['options'],
    fieldConfig: vizSpec['fieldConfig'],
    targets: objectsOf(queries).map((query, index) =>
      toTarget(objectOf(query['spec']), notes.at(`data.spec.queries[${index}].spec`)),
    ),
    datasource: { type: 'datasource', uid: '-- Mixed --' },
    transformations: objectsOf(transformations).map((item) => ({
      id: textOf(item['group'], textOf(item['kind'])),
      ...objectOf(item['spec']),
    })),
    ...objectOf(queryOptions),
  };
}

function toTarget(spec: Json, notes: Notes): Json {
  const { kind, group, datasource, spec: own, version: _, ...rest } = objectOf(spec['query']);
  notes.at('query').lost(rest);
  notes.lost(omit(spec, ['refId', 'hidden', 'query', 'datasource']));
  const type = textOf(group, kind === 'DataQuery' ? '' : textOf(kind));
  // The first draft had the source beside the query.
  const named = objectOf(datasource ?? spec['datasource']);
  return { ...objectOf(own), refId: spec['refId'], hide: spec['hidden'], datasource: sourceOf(type, named) };
}

function sourceOf(type: string, named: Json): Json {
  return { ...(type === '' ? { type: named['type'] } : { type }), uid: textOf(named['name'], textOf(named['uid'])) };
}

function toAnnotation(annotation: Json): Json {
  const { query, datasource, legacyOptions, ...rest } = objectOf(annotation['spec']);
  const { kind, group, datasource: own, spec } = objectOf(query);
  const type = textOf(group, kind === 'DataQuery' ? '' : textOf(kind));
  const source = objectOf(own ?? datasource);
  // What the built-in query asks stands in a target in the first form.
  const asked = type === 'grafana' || saysSomething(objectOf(spec)['type']) ? { target: spec } : objectOf(spec);
  return {
    ...rest,
    ...objectOf(legacyOptions),
    ...(saysSomething(asked) ? asked : {}),
    datasource: sourceOf(type, type === 'grafana' ? { name: '-- Grafana --' } : source),
  };
}

const KINDS: Readonly<Record<string, string>> = {
  QueryVariable: 'query',
  CustomVariable: 'custom',
  IntervalVariable: 'interval',
  DatasourceVariable: 'datasource',
  ConstantVariable: 'constant',
  TextVariable: 'textbox',
  SwitchVariable: 'switch',
  AdhocVariable: 'adhoc',
  GroupByVariable: 'groupby',
};

/** A variable in the words of the first form. */
function toVariable(variable: Json, notes: Notes): Json {
  const kind = textOf(variable['kind']);
  const spec = objectOf(variable['spec']);
  const type = KINDS[kind];
  if (type === undefined) notes.at('kind').unsupported(`Variables of the kind ${kind} are not known here.`);
  const { hide, refresh, sort, query, pluginId, datasource, group: _, auto_count, auto_min, ...rest } = spec;
  const base = { ...rest, type: type ?? kind, hide: Math.max(0, HIDES.indexOf(textOf(hide))) };
  switch (type) {
    case 'query': {
      const asked = objectOf(query);
      const own = objectOf(asked['spec']);
      const kindOfSource = textOf(asked['group'], asked['kind'] === 'DataQuery' ? '' : textOf(asked['kind']));
      return {
        ...base,
        // Some sources' queries are one text only, which the form wraps.
        query: typeof query === 'string' ? query : (own['__legacyStringValue'] ?? own),
        datasource: sourceOf(kindOfSource, objectOf(asked['datasource'] ?? datasource)),
        refresh: Math.max(0, REFRESHES.indexOf(textOf(refresh))),
        sort: Math.max(0, SORTS.indexOf(textOf(sort))),
      };
    }
    case 'datasource':
      return { ...base, query: pluginId };
    case 'adhoc':
    case 'groupby':
      return { ...base, datasource: sourceOf(textOf(variable['group']), objectOf(variable['datasource'] ?? datasource)) };
    case 'interval':
      return { ...base, query, auto_count, auto_min };
    default:
      return { ...base, query };
  }
}
