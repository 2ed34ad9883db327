import {
  DASHBOARD_VERSION,
  type Dashboard,
  type FieldConfig,
  type GridPosition,
  type Panel,
  type Query,
  type StatusColor,
  type ThresholdStep,
} from '../dashboard.ts';
import { migrateDashboard } from '../migrate/dashboard.ts';
import { Read } from './read.ts';

const GRID_COLUMNS = 24;
const MAX_PANELS = 1000;
const MAX_GRID_ROW = 100_000;
const UID = /^[A-Za-z0-9_-]{1,64}$/;
const REFRESH = /^(off|live|\d+(s|m|h))$/;
const STATUSES: readonly StatusColor[] = ['healthy', 'warning', 'critical', 'unknown', 'neutral'];
const DOMAINS = ['time', 'step', 'epoch', 'elapsed'] as const;

const DEFAULT_FIELD_CONFIG: FieldConfig = {
  unit: '',
  decimals: undefined,
  min: undefined,
  max: undefined,
  thresholds: [],
  noValue: '',
};

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
    'panels',
  ]);
  const uid = document.at('uid');
  if (!UID.test(uid.string())) uid.fail('expected 1 to 64 letters, digits, - or _');
  const refresh = document.at('refresh');
  const range = document.at('range');
  return {
    version: DASHBOARD_VERSION,
    uid: uid.string(),
    title: document.at('title').string(),
    description: document.at('description').or('', (it) => it.string()),
    tags: document.at('tags').or([], (it) => it.array().map((tag) => tag.string())),
    x: document.at('x').or('time', (it) => it.oneOf(DOMAINS)),
    range: range.or({ from: 'now-1h', to: 'now' }, (it) => ({ from: it.at('from').string(), to: it.at('to').string() })),
    refresh: refresh.or('live', (it) =>
      REFRESH.test(it.string()) ? it.string() : it.fail('expected "off", "live" or a duration such as "10s"'),
    ),
    panels: parsePanels(document.at('panels')),
  };
}

function parsePanels(list: Read): Panel[] {
  const items = list.array();
  if (items.length > MAX_PANELS) list.fail(`holds ${items.length} panels, and a dashboard holds at most ${MAX_PANELS}; split it`);
  const panels = items.map(parsePanel);
  const seen = new Set<number>();
  panels.forEach((panel, index) => {
    if (seen.has(panel.id)) (items[index] as Read).at('id').fail(`${panel.id} stands on another panel already`);
    seen.add(panel.id);
  });
  return panels;
}

function parsePanel(panel: Read): Panel {
  panel.only(['id', 'title', 'description', 'kind', 'grid', 'queries', 'field', 'options']);
  return {
    id: panel.at('id').integer(0, 2 ** 31),
    title: panel.at('title').or('', (it) => it.string()),
    description: panel.at('description').or('', (it) => it.string()),
    kind: panel.at('kind').string(),
    grid: parseGrid(panel.at('grid')),
    queries: panel.at('queries').or([], (it) => it.array().map(parseQuery)),
    field: panel.at('field').or(DEFAULT_FIELD_CONFIG, parseFieldConfig),
    options: panel.at('options').or({}, (it) => it.object()),
  };
}

function parseGrid(grid: Read): GridPosition {
  const x = grid.at('x').integer(0, GRID_COLUMNS - 1);
  return {
    x,
    y: grid.at('y').integer(0, MAX_GRID_ROW),
    w: grid.at('w').integer(1, GRID_COLUMNS - x),
    h: grid.at('h').integer(1, 100),
  };
}

function parseQuery(query: Read): Query {
  query.only(['refId', 'source', 'hidden', 'spec']);
  return {
    refId: query.at('refId').string(),
    source: query.at('source').or('builtin', (it) => it.string()),
    hidden: query.at('hidden').or(false, (it) => it.boolean()),
    spec: query.at('spec').object(),
  };
}

function parseFieldConfig(field: Read): FieldConfig {
  field.only(['unit', 'decimals', 'min', 'max', 'thresholds', 'noValue']);
  return {
    unit: field.at('unit').or('', (it) => it.string()),
    decimals: field.at('decimals').or<number | undefined>(undefined, (it) => it.integer(0, 20)),
    min: field.at('min').or<number | undefined>(undefined, (it) => it.number()),
    max: field.at('max').or<number | undefined>(undefined, (it) => it.number()),
    thresholds: field.at('thresholds').or<ThresholdStep[]>([], parseThresholds),
    noValue: field.at('noValue').or('', (it) => it.string()),
  };
}

function parseThresholds(list: Read): ThresholdStep[] {
  let last = Number.NEGATIVE_INFINITY;
  return list.array().map((step, index) => {
    const value = index === 0 && step.at('value').missing ? Number.NEGATIVE_INFINITY : step.at('value').number();
    if (index > 0 && value <= last) step.at('value').fail(`${value} is not above the step before it, ${last}`);
    last = value;
    return { value, status: step.at('status').oneOf(STATUSES) };
  });
}
