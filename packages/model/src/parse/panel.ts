import type { GridPosition, Panel, Query, QueryOptions, Repeat, SourceRef, Transformation } from '../dashboard.ts';
import { BUILTIN_SOURCE } from '../dashboard.ts';
import { parseFieldConfig, parseLinks } from './field-config.ts';
import type { Read } from './read.ts';

export const DOMAINS = ['time', 'step', 'epoch', 'elapsed'] as const;

const GRID_COLUMNS = 24;
const MAX_GRID_ROW = 100_000;
const MAX_QUERIES = 200;
const MAX_TRANSFORMATIONS = 100;
const NO_QUERY_OPTIONS: QueryOptions = {
  maxDataPoints: undefined,
  minInterval: '',
  timeFrom: '',
  timeShift: '',
  hideTimeOverride: false,
  timeCompare: '',
};

/**
 * Reads one panel of a dashboard of the newest version. Options of panels and queries stay as they are: their plugins parse
 * them. Throws BadRequest that names the field.
 */
export function parsePanel(panel: Read): Panel {
  panel.only([
    'id',
    'title',
    'description',
    'kind',
    'grid',
    'queries',
    'queryOptions',
    'transformations',
    'fieldConfig',
    'options',
    'links',
    'transparent',
    'repeat',
    'libraryPanel',
    'x',
    'extra',
  ]);
  return {
    id: panel.at('id').integer(0, 2 ** 31),
    title: panel.at('title').or('', (it) => it.string()),
    description: panel.at('description').or('', (it) => it.string()),
    kind: panel.at('kind').string(),
    grid: parseGrid(panel.at('grid')),
    queries: panel.at('queries').or([], (it) => it.atMost(MAX_QUERIES, 'queries').map(parseQuery)),
    queryOptions: panel.at('queryOptions').or(NO_QUERY_OPTIONS, parseQueryOptions),
    transformations: panel
      .at('transformations')
      .or([], (it) => it.atMost(MAX_TRANSFORMATIONS, 'transformations').map(parseTransformation)),
    fieldConfig: panel.at('fieldConfig').or({ defaults: {}, overrides: [] }, parseFieldConfig),
    options: panel.at('options').or({}, (it) => it.tree()),
    links: panel.at('links').or([], parseLinks),
    transparent: panel.at('transparent').or(false, (it) => it.boolean()),
    repeat: panel.at('repeat').or<Repeat | undefined>(undefined, parseRepeat),
    libraryPanel: panel.at('libraryPanel').or<Panel['libraryPanel']>(undefined, (it) => ({
      uid: it.only(['uid', 'name']).at('uid').string(),
      name: it.at('name').or('', (name) => name.string()),
    })),
    x: panel.at('x').or<Panel['x']>(undefined, (it) => it.oneOf(DOMAINS)),
    extra: panel.at('extra').or({}, (it) => it.tree()),
  };
}

function parseGrid(grid: Read): GridPosition {
  grid.only(['x', 'y', 'w', 'h']);
  const x = grid.at('x').integer(0, GRID_COLUMNS - 1);
  return {
    x,
    y: grid.at('y').integer(0, MAX_GRID_ROW),
    w: grid.at('w').integer(1, GRID_COLUMNS - x),
    h: grid.at('h').integer(1, 1_000),
  };
}

function parseQuery(query: Read): Query {
  query.only(['refId', 'source', 'hidden', 'spec']);
  return {
    refId: query.at('refId').string(),
    source: query.at('source').or(BUILTIN_SOURCE, parseSourceRef),
    hidden: query.at('hidden').or(false, (it) => it.boolean()),
    spec: query.at('spec').tree(),
  };
}

export function parseSourceRef(source: Read): SourceRef {
  source.only(['type', 'uid']);
  return {
    type: source.at('type').or('', (it) => it.string()),
    uid: source.at('uid').or('', (it) => it.string()),
  };
}

function parseQueryOptions(read: Read): QueryOptions {
  read.only(['maxDataPoints', 'minInterval', 'timeFrom', 'timeShift', 'hideTimeOverride', 'timeCompare']);
  const text = (key: string) => read.at(key).or('', (it) => it.string());
  return {
    maxDataPoints: read.at('maxDataPoints').or<number | undefined>(undefined, (it) => it.integer(1, 1_000_000)),
    minInterval: text('minInterval'),
    timeFrom: text('timeFrom'),
    timeShift: text('timeShift'),
    hideTimeOverride: read.at('hideTimeOverride').or(false, (it) => it.boolean()),
    timeCompare: text('timeCompare'),
  };
}

function parseTransformation(read: Read): Transformation {
  read.only(['id', 'options', 'disabled', 'filter', 'topic']);
  return {
    id: read.at('id').string(),
    options: read.at('options').or({}, (it) => it.tree()),
    disabled: read.at('disabled').or(false, (it) => it.boolean()),
    filter: read.at('filter').or<Transformation['filter']>(undefined, (it) => {
      const id = it.only(['id', 'options']).at('id').string();
      const options = it.at('options').any();
      return options === undefined ? { id } : { id, options };
    }),
    topic: read.at('topic').or('', (it) => it.oneOf(['', 'series', 'annotations', 'alertStates'])),
  };
}

function parseRepeat(read: Read): Repeat {
  read.only(['variable', 'direction', 'maxPerRow']);
  return {
    variable: read.at('variable').string(),
    direction: read.at('direction').or('horizontal', (it) => it.oneOf(['horizontal', 'vertical'])),
    maxPerRow: read.at('maxPerRow').or(4, (it) => it.integer(1, GRID_COLUMNS)),
  };
}
