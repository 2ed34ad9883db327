import {
  DASHBOARD_VERSION,
  type AnnotationQuery,
  type Dashboard,
  type DashboardLink,
  type Layout,
  type SourceRef,
} from '../dashboard.ts';
import { readAnnotations } from './annotations.ts';
import { isObject, listOf, numberOf, objectOf, objectsOf, omit, saysSomething, textOf, type Json } from './json.ts';
import { isMeaningFreeAnywhere, MEANING_FREE } from './meaning-free.ts';
import { readInputs } from './inputs.ts';
import { migratePanel } from './migrate-panel.ts';
import { migrateRows } from './old/rows.ts';
import { readPanel } from './panel.ts';
import { readPlaces, type FoundPanel, type FoundPlaces } from './places.ts';
import type { Notes } from './report.ts';
import { readVariables } from './variables.ts';

const DOMAINS = ['time', 'step', 'epoch', 'elapsed'] as const;
const READ = [
  'uid',
  'title',
  'description',
  'tags',
  'time',
  'refresh',
  'timezone',
  'weekStart',
  'fiscalYearStartMonth',
  'graphTooltip',
  'sharedCrosshair',
  'timepicker',
  'templating',
  'annotations',
  'links',
  'panels',
  'rows',
  'editable',
  'vitrine',
];

/** How a dashboard comes by its uid. */
export interface Naming {
  /** What its envelope calls it; "" where nothing does. */
  readonly name: string;
  /** What the importer makes of the uid in the document, which is "" where there is none; "" makes one of the title. */
  readonly uidFor: (given: string) => string;
}

/** Reads a dashboard of the flat form, of any schema version. */
export function importV1(json: Json, naming: Naming, notes: Notes): Dashboard {
  const templating = objectOf(json['templating']);
  const { variables, unread } = readVariables(templating['list'], notes.at('templating.list'));
  const found = findPanels(json, notes);
  const regions: Json[] = [];
  const panels = found.panels.map((panel) => {
    const { panel: migrated, annotations } = migratePanel(fillFromLibrary(panel, json), panel.notes);
    regions.push(...annotations.map((annotation) => ({ ...annotation, filter: { exclude: false, ids: [panel.id] } })));
    return readPanel({ ...panel, json: migrated });
  });
  const annotations: AnnotationQuery[] = [
    ...readAnnotations(objectOf(json['annotations'])['list'], notes.at('annotations.list')),
    ...readAnnotations(regions, notes.at('annotations.list')),
  ];
  const sources = [...panels.flatMap(({ queries }) => queries), ...annotations, ...variables.filter((own) => 'source' in own)];
  noteUnknownSources(sources, [...variables, ...readInputs(json)], notes);
  const title = textOf(json['title']) || 'Dashboard';
  if (textOf(json['title']) === '') notes.at('title').repaired('The dashboard had no title.');
  const own = objectOf(json['vitrine']);
  return {
    version: DASHBOARD_VERSION,
    uid: readUid(textOf(json['uid'], naming.name), naming.uidFor, title, notes.at('uid')),
    title,
    description: textOf(json['description']),
    tags: listOf(json['tags'])
      .map((tag) => textOf(tag))
      .filter((tag) => tag !== ''),
    x: DOMAINS.find((domain) => domain === own['x']) ?? 'time',
    range: readRange(objectOf(json['time'])),
    refresh: readRefresh(json['refresh'], notes.at('refresh')),
    timezone: readTimezone(textOf(json['timezone'])),
    weekStart: readWeekStart(textOf(json['weekStart']), notes.at('weekStart')),
    fiscalYearStartMonth: Math.min(11, Math.max(0, Math.round(numberOf(json['fiscalYearStartMonth']) ?? 0))),
    cursor: json['sharedCrosshair'] === true ? 'crosshair' : (CURSORS[numberOf(json['graphTooltip']) ?? 0] ?? 'off'),
    timePicker: readTimePicker(objectOf(json['timepicker'])),
    variables,
    annotations,
    links: readDashboardLinks(json['links'], notes.at('links')),
    panels,
    layout: found.layout,
    editable: json['editable'] !== false,
    extra: readExtra(json, templating, unread),
  };
}

const CURSORS = ['off', 'crosshair', 'tooltip'] as const;

function findPanels(json: Json, notes: Notes): FoundPlaces {
  const rows = migrateRows(json['rows'], notes.at('rows'));
  const found = readPlaces([...rows.panels, ...listOf(json['panels'])], notes.at('panels'), rows.origins);
  return ownLayout(objectOf(json['vitrine']), found, notes.at('vitrine')) ?? found;
}

/** Sources by a variable that is nowhere said, once each. */
function noteUnknownSources(
  users: readonly { readonly source: SourceRef }[],
  known: readonly { readonly name: string }[],
  notes: Notes,
): void {
  const asked = users.flatMap(({ source }) => /^\$\{?([^{}:]+?)(?::\w+)?\}?$/.exec(source.uid)?.[1] ?? []);
  for (const name of new Set(asked)) {
    if (known.some((own) => own.name === name)) continue;
    notes
      .at('templating.list')
      .approximated(`There is no variable "${name}", by which data sources are named; the default source of their type answers.`);
  }
}

/** An export of Vitrine says the layout too, where rows cannot say it. */
function ownLayout(own: Json, found: FoundPlaces, notes: Notes): FoundPlaces | undefined {
  if (!isObject(own['layout'])) return undefined;
  const layout = own['layout'] as unknown as Layout;
  const order = listOf(own['panels']);
  const byId = new Map(found.panels.map((panel) => [panel.id, panel]));
  const panels = order.flatMap((id): FoundPanel[] => {
    const panel = byId.get(Number(id));
    const grid = objectOf(objectOf(panel?.json['vitrine'])['grid']);
    return panel === undefined
      ? []
      : [{ ...panel, grid: saysSomething(grid) ? (grid as unknown as FoundPanel['grid']) : panel.grid }];
  });
  if (panels.length === found.panels.length) return { panels, layout };
  notes.approximated('Panels were added or removed elsewhere since the export; the rows decide where panels stand.');
  return undefined;
}

/** `__elements` of an export holds what the library panels said. */
function fillFromLibrary({ json }: FoundPanel, dashboard: Json): Json {
  const uid = textOf(objectOf(json['libraryPanel'])['uid']);
  if (uid === '' || json['targets'] !== undefined) return json;
  const elements = dashboard['__elements'];
  const found = Array.isArray(elements) ? objectsOf(elements).find((element) => element['uid'] === uid) : objectOf(elements)[uid];
  const model = objectOf(objectOf(found)['model']);
  if (!saysSomething(model)) return { type: 'library-panel-ref', ...json };
  return {
    ...model,
    ...json,
    type: textOf(model['type'], textOf(json['type'])),
    title: textOf(json['title'], textOf(model['title'])),
  };
}

function readUid(given: string, uidFor: Naming['uidFor'], title: string, notes: Notes): string {
  const slug = (text: string): string =>
    text
      .slice(0, 200)
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 64);
  const wanted = uidFor(given);
  const uid = slug(wanted) || slug(title.toLowerCase()).slice(0, 40) || 'dashboard';
  if (given === '') notes.repaired(`The dashboard had no uid; it is ${uid} now.`);
  else if (uid !== wanted) notes.repaired(`"${wanted.slice(0, 100)}" cannot stand in an address; the uid is ${uid} now.`);
  return uid;
}

function readRange(time: Json): Dashboard['range'] {
  return { from: textOf(time['from'], 'now-6h'), to: textOf(time['to'], 'now') };
}

function readRefresh(value: unknown, notes: Notes): string {
  const text = textOf(value);
  if (text === '' || value === false) return 'off';
  if (text === 'auto') {
    notes.approximated('Grafana chose the pace of the refresh from the range; here the panels follow their data live.');
    return 'live';
  }
  if (/^\d+(ms|s|m|h|d)$/.test(text)) return text;
  notes.repaired(`"${text}" is no duration, so the dashboard does not refresh by itself.`);
  return 'off';
}

function readTimezone(timezone: string): string {
  if (timezone === '' || timezone === 'default') return 'browser';
  return timezone.toLowerCase() === 'utc' ? 'utc' : timezone;
}

function readWeekStart(given: string, notes: Notes): string {
  const day = given.toLowerCase();
  if (['', 'monday', 'sunday', 'saturday'].includes(day)) return day;
  if (day !== 'browser') notes.repaired(`A week cannot start on "${given}"; it starts as the reader's does.`);
  return '';
}

function readTimePicker(json: Json): Dashboard['timePicker'] {
  const ranges = objectsOf(json['quick_ranges']);
  return {
    hidden: json['hidden'] === true,
    refreshIntervals: listOf(json['refresh_intervals'])
      .map((interval) => textOf(interval))
      .filter((interval) => interval !== ''),
    quickRanges: ranges.map(({ from, to, display }) => ({ from: textOf(from), to: textOf(to), display: textOf(display) })),
    nowDelay: textOf(json['nowDelay']),
  };
}

const LINK_KEYS = ['title', 'type', 'url', 'tags', 'asDropdown', 'includeVars', 'keepTime', 'targetBlank', 'icon', 'tooltip'];

function readDashboardLinks(value: unknown, notes: Notes): DashboardLink[] {
  return listOf(value).flatMap((link, index): DashboardLink[] => {
    const at = notes.at(`[${index}]`);
    if (!isObject(link)) {
      at.repaired('Expected a link; it was left out.');
      return [];
    }
    at.lost(omit(link, [...LINK_KEYS, 'dashboard', 'dashUri', 'params']));
    // Before version 4 a link could name one dashboard.
    const uri = textOf(link['dashUri'], textOf(link['dashboard']));
    const params = textOf(link['params']);
    const url = textOf(link['url']) || (uri === '' ? '' : `/dashboard/${uri}`);
    if (uri !== '') at.migrated(`The link to the dashboard ${uri} became ${url}.`);
    if (params !== '') at.at('params').migrated('What the link takes along became a part of its address.');
    return [
      {
        title: textOf(link['title'], textOf(link['dashboard'])),
        type: link['type'] === 'dashboards' ? 'dashboards' : 'link',
        url: params === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${params}`,
        tags: listOf(link['tags']).map((tag) => textOf(tag)),
        asDropdown: link['asDropdown'] === true,
        includeVars: link['includeVars'] === true,
        keepTime: link['keepTime'] === true,
        targetBlank: link['targetBlank'] === true,
        icon: textOf(link['icon']),
        tooltip: textOf(link['tooltip']),
      },
    ];
  });
}

/** What is not read, in its place, so that an export gives it back. */
function readExtra(json: Json, templating: Json, unread: readonly Json[]): Json {
  const noise = MEANING_FREE.dashboard as readonly string[];
  const extra: Record<string, unknown> = Object.fromEntries(
    Object.entries(omit(json, READ)).filter(
      ([key, value]) => saysSomething(value) && !noise.includes(key) && !isMeaningFreeAnywhere(key),
    ),
  );
  // Questions that were not answered are asked again by an export.
  if (saysSomething(json['__inputs'])) extra['__inputs'] = json['__inputs'];
  const restOf = (key: string, read: readonly string[]): Json =>
    Object.fromEntries(
      Object.entries(omit(objectOf(json[key]), read)).filter(
        ([member, value]) => saysSomething(value) && !isMeaningFreeAnywhere(member),
      ),
    );
  const rests: Readonly<Record<string, Json>> = {
    time: restOf('time', ['from', 'to']),
    timepicker: restOf('timepicker', ['hidden', 'refresh_intervals', 'quick_ranges', 'nowDelay']),
    annotations: restOf('annotations', ['list']),
    templating: { ...omit(templating, ['list']), ...(unread.length === 0 ? {} : { list: unread }) },
  };
  for (const [key, rest] of Object.entries(rests)) if (saysSomething(rest)) extra[key] = rest;
  return extra;
}
