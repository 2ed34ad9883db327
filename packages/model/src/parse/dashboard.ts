import { DASHBOARD_VERSION } from '../dashboard.ts';
import type {
  AnnotationQuery,
  Dashboard,
  DashboardLink,
  Layout,
  Panel,
  Section,
  TimePicker,
  TimeRangeText,
} from '../dashboard.ts';
import { migrateDashboard } from '../migrate/dashboard.ts';
import { DOMAINS, parsePanel, parseSourceRef } from './panel.ts';
import { Read } from './read.ts';
import { parseVariable } from './variable.ts';

export const MAX_PANELS = 1000;
export const MAX_VARIABLES = 500;
export const MAX_SECTIONS = 1_000;
const MAX_NESTING = 8;
export const MAX_ANNOTATIONS = 200;
export const MAX_LINKS = 200;
const MAX_TAGS = 1_000;
const UID = /^[A-Za-z0-9_-]{1,64}$/;
const REFRESH = /^(off|live|\d+(ms|s|m|h|d))$/;
const NO_TIME_PICKER: TimePicker = { hidden: false, refreshIntervals: [], quickRanges: [], nowDelay: '' };

/**
 * Reads a saved dashboard of any version up to DASHBOARD_VERSION. Options of panels and queries stay as they are: their
 * plugins parse them. Throws BadRequest that names the field, such as `panels[3].grid.w`.
 */
export function parseDashboard(input: unknown): Dashboard {
  const document = new Read('', migrateDashboard(input)).only([
    'version',
    'uid',
    'title',
    'description',
    'tags',
    'x',
    'range',
    'refresh',
    'timezone',
    'weekStart',
    'fiscalYearStartMonth',
    'cursor',
    'timePicker',
    'variables',
    'annotations',
    'links',
    'panels',
    'layout',
    'editable',
    'extra',
  ]);
  const uid = document.at('uid');
  if (!UID.test(uid.string())) uid.fail('expected 1 to 64 letters, digits, - or _');
  const panels = parsePanels(document.at('panels'));
  return {
    version: DASHBOARD_VERSION,
    uid: uid.string(),
    title: document.at('title').string(),
    description: document.at('description').or('', (it) => it.string()),
    tags: document.at('tags').or([], (it) => it.atMost(MAX_TAGS, 'tags').map((tag) => tag.string())),
    x: document.at('x').or('time', (it) => it.oneOf(DOMAINS)),
    range: document.at('range').or({ from: 'now-1h', to: 'now' }, parseRange),
    refresh: document
      .at('refresh')
      .or('live', (it) =>
        REFRESH.test(it.string()) ? it.string() : it.fail('expected "off", "live" or a duration such as "10s"'),
      ),
    timezone: document.at('timezone').or('browser', (it) => it.string()),
    weekStart: document.at('weekStart').or('', (it) => it.oneOf(['', 'monday', 'sunday', 'saturday'])),
    fiscalYearStartMonth: document.at('fiscalYearStartMonth').or(0, (it) => it.integer(0, 11)),
    cursor: document.at('cursor').or('crosshair', (it) => it.oneOf(['off', 'crosshair', 'tooltip'])),
    timePicker: document.at('timePicker').or(NO_TIME_PICKER, parseTimePicker),
    variables: document.at('variables').or([], parseVariables),
    annotations: document.at('annotations').or([], (it) => it.atMost(MAX_ANNOTATIONS, 'annotations').map(parseAnnotation)),
    links: document.at('links').or([], (it) => it.atMost(MAX_LINKS, 'links').map(parseLink)),
    panels,
    layout: parseWholeLayout(document.at('layout'), panels),
    editable: document.at('editable').or(true, (it) => it.boolean()),
    extra: document.at('extra').or({}, (it) => it.tree()),
  };
}

function parsePanels(list: Read): Panel[] {
  const items = list.atMost(MAX_PANELS, 'panels');
  const panels = items.map(parsePanel);
  const seen = new Set<number>();
  panels.forEach((panel, index) => {
    if (seen.has(panel.id)) items[index]!.at('id').fail(`${panel.id} stands on another panel already`);
    seen.add(panel.id);
  });
  return panels;
}

function parseVariables(list: Read): Dashboard['variables'] {
  const items = list.atMost(MAX_VARIABLES, 'variables');
  const variables = items.map(parseVariable);
  const seen = new Set<string>();
  variables.forEach(({ name }, index) => {
    if (seen.has(name)) items[index]!.at('name').fail(`"${name}" is another variable's name already`);
    seen.add(name);
  });
  return variables;
}

/** Without a layout all panels stand on one grid. */
function parseWholeLayout(read: Read, panels: readonly Panel[]): Layout {
  if (read.missing) return { kind: 'grid', panels: panels.map(({ id }) => id) };
  const missing = new Set(panels.map(({ id }) => id));
  const taken = new Set<number>();
  const sections = new Set<number>();
  const layout = parseLayout(read, 1);
  const [lost] = missing;
  if (lost !== undefined) read.fail(`has no place for panel ${lost}`);
  return layout;

  function parseLayout(it: Read, depth: number): Layout {
    if (depth > MAX_NESTING) it.fail(`is nested more than ${MAX_NESTING} deep`);
    const kind = it.at('kind').oneOf(['grid', 'rows', 'tabs']);
    if (kind === 'grid') return { kind, panels: it.only(['kind', 'panels']).at('panels').array().map(parsePlace) };
    return {
      kind,
      sections: it
        .only(['kind', 'sections'])
        .at('sections')
        .array()
        .map((section) => parseSection(section, depth)),
    };
  }

  function parsePlace(it: Read): number {
    const id = it.integer(0, 2 ** 31);
    if (!missing.delete(id)) it.fail(taken.has(id) ? `panel ${id} has a place already` : `there is no panel ${id}`);
    taken.add(id);
    return id;
  }

  function parseSection(it: Read, depth: number): Section {
    it.only(['id', 'title', 'collapsed', 'hideHeader', 'repeat', 'layout']);
    const id = it.at('id').integer(0, 2 ** 31);
    if (sections.has(id) || missing.has(id) || taken.has(id))
      it.at('id').fail(`${id} stands on another row, tab or panel already`);
    sections.add(id);
    if (sections.size > MAX_SECTIONS) it.fail(`is one row or tab too many; a dashboard holds at most ${MAX_SECTIONS}`);
    return {
      id,
      title: it.at('title').or('', (own) => own.string()),
      collapsed: it.at('collapsed').or(false, (own) => own.boolean()),
      hideHeader: it.at('hideHeader').or(false, (own) => own.boolean()),
      repeat: it.at('repeat').or<string | undefined>(undefined, (own) => own.string()),
      layout: parseLayout(it.at('layout'), depth + 1),
    };
  }
}

function parseRange(read: Read): TimeRangeText {
  return { from: read.at('from').string(), to: read.at('to').string() };
}

function parseTimePicker(read: Read): TimePicker {
  read.only(['hidden', 'refreshIntervals', 'quickRanges', 'nowDelay']);
  return {
    hidden: read.at('hidden').or(false, (it) => it.boolean()),
    refreshIntervals: read.at('refreshIntervals').or([], (it) => it.array().map((own) => own.string())),
    quickRanges: read
      .at('quickRanges')
      .or([], (it) => it.array().map((own) => ({ ...parseRange(own), display: own.at('display').string() }))),
    nowDelay: read.at('nowDelay').or('', (it) => it.string()),
  };
}

function parseAnnotation(read: Read): AnnotationQuery {
  read.only(['name', 'source', 'enable', 'hide', 'builtIn', 'color', 'filter', 'spec', 'extra']);
  return {
    name: read.at('name').string(),
    source: parseSourceRef(read.at('source')),
    enable: read.at('enable').or(true, (it) => it.boolean()),
    hide: read.at('hide').or(false, (it) => it.boolean()),
    builtIn: read.at('builtIn').or(false, (it) => it.boolean()),
    color: read.at('color').or('', (it) => it.string()),
    filter: read.at('filter').or<AnnotationQuery['filter']>(undefined, (it) => ({
      exclude: it
        .only(['exclude', 'ids'])
        .at('exclude')
        .or(false, (own) => own.boolean()),
      ids: it
        .at('ids')
        .array()
        .map((id) => id.integer(0, 2 ** 31)),
    })),
    spec: read.at('spec').or({}, (it) => it.tree()),
    extra: read.at('extra').or({}, (it) => it.tree()),
  };
}

function parseLink(read: Read): DashboardLink {
  read.only(['title', 'type', 'url', 'tags', 'asDropdown', 'includeVars', 'keepTime', 'targetBlank', 'icon', 'tooltip']);
  const text = (key: string) => read.at(key).or('', (it) => it.string());
  const flag = (key: string) => read.at(key).or(false, (it) => it.boolean());
  return {
    title: text('title'),
    type: read.at('type').oneOf(['link', 'dashboards']),
    url: text('url'),
    tags: read.at('tags').or([], (it) => it.array().map((tag) => tag.string())),
    asDropdown: flag('asDropdown'),
    includeVars: flag('includeVars'),
    keepTime: flag('keepTime'),
    targetBlank: flag('targetBlank'),
    icon: text('icon'),
    tooltip: text('tooltip'),
  };
}
