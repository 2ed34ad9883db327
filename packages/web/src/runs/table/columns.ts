import type { MetricCell, RunRow, RunTableAnswer } from '@vitrine/model/run-api.ts';
import { directionOf } from '@vitrine/model/run.ts';
import { badgesOf } from '../../health/badges-of.ts';
import type { RunsView } from '../runs-view.ts';
import { fieldText, metricField } from '../filter/field-text.ts';

/** Of a metric's curve: its shape with the last value, or one of its values. */
export const METRIC_SHOWS = ['curve', 'last', 'best', 'min', 'max'] as const;
export type MetricShow = (typeof METRIC_SHOWS)[number];

const FACTS = {
  name: { title: 'Name', width: 156 },
  status: { title: 'Status', width: 100 },
  health: { title: 'Health', width: 132 },
  created: { title: 'Created', width: 112 },
  duration: { title: 'Duration', width: 92 },
  project: { title: 'Project', width: 140 },
  group: { title: 'Group', width: 120 },
  tags: { title: 'Tags', width: 180 },
  user: { title: 'User', width: 100 },
  source: { title: 'Source', width: 108 },
  host: { title: 'Hosts', width: 120 },
  notes: { title: 'Notes', width: 200 },
  id: { title: 'Id', width: 160 },
} as const;
export type RunFact = keyof typeof FACTS;
export const RUN_FACTS = Object.keys(FACTS) as readonly RunFact[];

interface ColumnBase {
  /** As it stands in the URL: "status", "curve train/loss", "param lr", "tag team". */
  readonly key: string;
  readonly title: string;
  /** CSS pixels. */
  readonly width: number;
  /** What the server sorts by; undefined where it can't. */
  readonly sortBy: string | undefined;
  readonly isNumber: boolean;
}

export type RunColumn = ColumnBase &
  (
    | { readonly kind: 'fact'; readonly fact: RunFact }
    | { readonly kind: 'metric'; readonly metric: string; readonly shows: MetricShow }
    | { readonly kind: 'param'; readonly name: string }
    | { readonly kind: 'tag'; readonly name: string }
  );

const SORTABLE: ReadonlySet<RunFact> = new Set([
  'name',
  'status',
  'health',
  'created',
  'duration',
  'project',
  'group',
  'user',
  'source',
  'host',
  'id',
]);
const GROUPED_WIDTH = 156;
const LEAST_WIDTH = 56;
const MOST_WIDTH = 800;

/** undefined where the key names no column. */
export function readColumn(key: string): RunColumn | undefined {
  if (Object.hasOwn(FACTS, key)) {
    const fact = key as RunFact;
    const sortBy = SORTABLE.has(fact) ? fact : undefined;
    return { key, kind: 'fact', fact, ...FACTS[fact], sortBy, isNumber: fact === 'duration' };
  }
  const [, word, name] = /^(\w+) (.+)$/s.exec(key) ?? [];
  if (word === undefined || name === undefined) return undefined;
  const shows = METRIC_SHOWS.find((each) => each === word);
  if (shows !== undefined) {
    const sortBy = metricField(name, shows === 'curve' ? 'last' : shows);
    const title = shows === 'curve' ? name : `${shows} ${name}`;
    return { key, kind: 'metric', metric: name, shows, title, width: shows === 'curve' ? 160 : 96, sortBy, isNumber: true };
  }
  if (word === 'param')
    return { key, kind: 'param', name, title: name, width: 104, sortBy: fieldText('params', name), isNumber: false };
  if (word === 'tag')
    return { key, kind: 'tag', name, title: name, width: 120, sortBy: fieldText('tags', name), isNumber: false };
  return undefined;
}

/** Metrics that have columns of themselves, and parameters. */
const OWN_METRICS = 4;
const OWN_PARAMS = 12;

/** The columns that tell most of these runs, where nobody has chosen any. */
export function ownColumns(
  answer: Pick<RunTableAnswer, 'metrics' | 'params' | 'tags'> & { readonly rows: readonly Pick<RunRow, 'findings'>[] },
  same: boolean,
): readonly string[] {
  const { metrics, params, rows, tags } = answer;
  const [main = [], ...others] = metrics
    .slice(0, OWN_METRICS)
    .map((metric) => [`curve ${metric}`, ...(directionOf(metric) === undefined ? [] : [`best ${metric}`])]);
  return [
    'status',
    // Beside the charts there is room for one metric.
    ...main,
    ...(rows.some(({ findings }) => badgesOf(findings).length > 0) ? ['health'] : []),
    ...others.flat(),
    ...params
      .filter(({ differs }) => same || differs)
      .slice(0, OWN_PARAMS)
      .map(({ name }) => `param ${name}`),
    'created',
    'duration',
    ...(tags.some((tag) => !tag.startsWith('mlflow.')) ? ['tags'] : []),
  ];
}

/** The table's columns: the name, the pinned ones, the others. */
export function columnsOf(
  { cols, pin, width }: Pick<RunsView, 'cols' | 'pin' | 'width'>,
  isGrouped: boolean,
): {
  readonly pinned: readonly RunColumn[];
  readonly others: readonly RunColumn[];
} {
  const widths = widthsOf(width);
  const all = [...new Set(['name', ...cols, ...pin])].flatMap((key) => {
    const column = readColumn(key);
    if (column === undefined) return [];
    // A mean with its deviation, or a status with its count, takes more room.
    const usual =
      isGrouped && (column.kind === 'metric' || key === 'status') ? Math.max(column.width, GROUPED_WIDTH) : column.width;
    return [{ ...column, width: widths.get(key) ?? usual }];
  });
  const isPinned = ({ key }: RunColumn): boolean => key === 'name' || pin.includes(key);
  return { pinned: all.filter(isPinned), others: all.filter((column) => !isPinned(column)) };
}

/** The metrics whose summaries the columns need; none: whatever the server holds for the main ones. */
export function metricsOfColumns(keys: readonly string[]): readonly string[] {
  const metrics = keys.flatMap((key) => {
    const column = readColumn(key);
    return column?.kind === 'metric' ? [column.metric] : [];
  });
  return [...new Set(metrics)];
}

function widthsOf(texts: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    texts.flatMap((text): [string, number][] => {
      const [, digits, key] = /^(\d{1,4}) (.+)$/s.exec(text) ?? [];
      return digits === undefined || key === undefined ? [] : [[key, clampWidth(Number(digits))]];
    }),
  );
}

function clampWidth(width: number): number {
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, Math.round(width)));
}

export function withWidth(texts: readonly string[], key: string, width: number): readonly string[] {
  return [...texts.filter((text) => text.slice(text.indexOf(' ') + 1) !== key), `${clampWidth(width)} ${key}`];
}

/** Moves a column to where another stands. */
export function moveColumn(keys: readonly string[], key: string, to: string): readonly string[] {
  const [from, at] = [keys.indexOf(key), keys.indexOf(to)];
  if (from < 0 || at < 0 || from === at) return keys;
  const rest = keys.filter((each) => each !== key);
  return rest.toSpliced(at, 0, key);
}

/** The number that a metric's column shows; undefined where the run has none. */
export function numberOf(cell: MetricCell | undefined, shows: MetricShow): number | undefined {
  if (cell === undefined) return undefined;
  return (shows === 'curve' || shows === 'last' ? cell.last : cell[shows])?.value;
}

/** How long the run took, or has taken until now. */
export function durationMs({ run }: Pick<RunRow, 'run'>, nowMs: number): number {
  return Math.max(0, (run.endedMs ?? (run.status === 'running' ? nowMs : run.heartbeatMs)) - run.startedMs);
}

/** The width of the box to select by and the eye, before all columns. */
export const BOXES_PX = 64;

/** Where each pinned column stands, from the left edge of what is seen. */
export function pinnedAt(pinned: readonly RunColumn[]): readonly { readonly column: RunColumn; readonly leftPx: number }[] {
  let leftPx = BOXES_PX;
  return pinned.map((column) => {
    const at = { column, leftPx };
    leftPx += column.width;
    return at;
  });
}
