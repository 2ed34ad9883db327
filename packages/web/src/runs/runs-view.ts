import type { CurvesRequest, CurveX, Smoothing } from '@vitrine/model/run-api.ts';

/** What the page Runs shows, and how. All of it stands in the URL; a saved view is one of these with a name. */
export interface RunsView {
  /** In the filter language of docs/runs.md. */
  readonly q: string;
  readonly project: readonly string[];
  readonly bin: boolean;
  /** What runs are grouped by, as the filter language names it: "group", "params.lr"; "" is not at all. */
  readonly by: string;
  /** Columns by their keys, the most important first; "-" before one is descending. */
  readonly sort: readonly string[];
  /** Keys of the columns in their order; none: those that tell most. */
  readonly cols: readonly string[];
  /** Keys of the columns that stay in sight beside the name. */
  readonly pin: readonly string[];
  /** "240 name": widths in CSS pixels, where they are not as usual. */
  readonly width: readonly string[];
  /** Whether parameters that are the same in all runs have columns too. */
  readonly same: boolean;
  /** Ids of the selected runs. */
  readonly run: readonly string[];
  /** Ids of runs that charts leave out. */
  readonly hide: readonly string[];
  /** Values of the groups that are unfolded. */
  readonly open: readonly string[];
  /** Where undefined: both, or the table alone where there is no room for charts beside it. */
  readonly show: 'both' | 'table' | 'charts' | undefined;
  /** The table's share of the width, in percent. */
  readonly split: number;
  /** "step", "epoch", "elapsed", "time", or "metric NAME". */
  readonly x: string;
  /** "none", "ema 0.6", "twema 0.6", "gaussian 8", "mean 9". */
  readonly smooth: string;
  readonly logx: boolean;
  readonly logy: boolean;
  /** Whether outliers are left out of what the y axis spans. */
  readonly clip: boolean;
  readonly band: NonNullable<CurvesRequest['band']>;
  /** At most so many lines, or groups, a metric. */
  readonly lines: number;
  readonly size: 's' | 'm' | 'l';
  /** Words in the names of the charts. */
  readonly find: string;
  /** Names of the folded sections. */
  readonly fold: readonly string[];
  /** The part of x that is seen; the whole where undefined. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** How charts of curves are drawn, wherever they stand. */
export type ChartLook = Pick<
  RunsView,
  'x' | 'smooth' | 'logx' | 'logy' | 'clip' | 'band' | 'size' | 'find' | 'fold' | 'from' | 'to'
>;

export const USUAL_RUNS_VIEW: RunsView = {
  q: '',
  project: [],
  bin: false,
  by: '',
  sort: ['-created'],
  cols: [],
  pin: [],
  width: [],
  same: false,
  run: [],
  hide: [],
  open: [],
  show: undefined,
  split: 46,
  x: 'step',
  smooth: 'ema 0.6',
  logx: false,
  logy: false,
  clip: false,
  band: 'std',
  lines: 20,
  size: 'm',
  find: '',
  fold: [],
  from: undefined,
  to: undefined,
};

export const LINE_COUNTS = [10, 20, 50, 100] as const;
const BANDS = ['std', 'minmax', 'ci95'] as const;
const MOST_LISTED = 500;
const MOST_CHARACTERS = 4_000;

/** What the URL says, where it says something that can be meant. */
export type RunsSearch = { readonly [Name in keyof RunsView]?: RunsView[Name] | undefined };

/** Reads the search part of the URL, or the state of a saved view. */
export function readRunsSearch(raw: Readonly<Record<string, unknown>>): RunsSearch {
  const search: { -readonly [Key in keyof RunsView]?: RunsView[Key] } = {};
  for (const name of ['q', 'by', 'find'] as const) {
    const text = raw[name];
    if (typeof text === 'string' && text !== '') search[name] = text.slice(0, MOST_CHARACTERS);
  }
  for (const name of ['project', 'sort', 'cols', 'pin', 'width', 'run', 'hide', 'open', 'fold'] as const) {
    const texts = textsOf(raw[name]);
    if (texts.length > 0) search[name] = texts;
  }
  for (const name of ['bin', 'same', 'logx', 'logy', 'clip'] as const) if (String(raw[name]) === 'true') search[name] = true;
  const { show, size, band, x, smooth } = raw;
  if (show === 'both' || show === 'table' || show === 'charts') search.show = show;
  if (size === 's' || size === 'l') search.size = size;
  const known = BANDS.find((each) => each === band);
  if (known !== undefined) search.band = known;
  if (typeof x === 'string' && readX(x) !== undefined) search.x = x;
  if (typeof smooth === 'string' && readSmoothing(smooth) !== undefined) search.smooth = smooth;
  const split = numberOf(raw['split']);
  if (split !== undefined) search.split = Math.min(80, Math.max(20, Math.round(split)));
  const lines = LINE_COUNTS.find((count) => count === numberOf(raw['lines']));
  if (lines !== undefined) search.lines = lines;
  const [from, to] = [numberOf(raw['from']), numberOf(raw['to'])];
  if (from !== undefined && to !== undefined && from < to) Object.assign(search, { from, to });
  return search;
}

export function runsViewOf(search: RunsSearch): RunsView {
  const said = Object.entries(search).filter(([, value]) => value !== undefined);
  return { ...USUAL_RUNS_VIEW, ...Object.fromEntries(said) };
}

/** The search that says what differs from the usual view. */
export function writeRunsView(view: RunsView): RunsSearch {
  const entries = Object.entries(view).filter(([name, value]) => !isSame(value, USUAL_RUNS_VIEW[name as keyof RunsView]));
  return Object.fromEntries(entries);
}

function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each): each is string => typeof each === 'string' && each !== '').slice(0, MOST_LISTED);
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** undefined where it names no x. */
export function readX(text: string): CurveX | undefined {
  if (text === 'step' || text === 'epoch' || text === 'elapsed' || text === 'time') return { kind: text };
  const metric = text.startsWith('metric ') ? text.slice('metric '.length) : '';
  return metric === '' ? undefined : { kind: 'metric', metric };
}

/** undefined where it is no smoothing. */
export function readSmoothing(text: string): Smoothing | undefined {
  if (text === 'none') return { kind: 'none' };
  const [kind, ...rest] = text.split(' ');
  const amount = rest.length === 1 ? numberOf(rest[0]) : undefined;
  if (amount === undefined) return undefined;
  if (kind === 'ema' || kind === 'twema') return { kind, weight: Math.min(0.999, Math.max(0, amount)) };
  if (kind === 'gaussian' || kind === 'mean') return { kind, points: Math.min(10_000, Math.max(1, amount)) };
  return undefined;
}

export function writeSmoothing(smoothing: Smoothing): string {
  switch (smoothing.kind) {
    case 'none':
      return 'none';
    case 'ema':
    case 'twema':
      return `${smoothing.kind} ${smoothing.weight}`;
    case 'gaussian':
    case 'mean':
      return `${smoothing.kind} ${smoothing.points}`;
  }
}

export interface SortBy {
  readonly key: string;
  readonly descending: boolean;
}

export function readSort(sort: readonly string[]): readonly SortBy[] {
  return sort.map((text) => (text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false }));
}

/** A click on a column's head: descending first, as most look for what is newest or highest; then ascending, then as usual. `add` keeps the others. */
export function nextSort(
  sort: readonly string[],
  key: string,
  first: 'ascending' | 'descending',
  add = false,
): readonly string[] {
  const order = first === 'descending' ? [`-${key}`, key] : [key, `-${key}`];
  const at = sort.findIndex((text) => text === key || text === `-${key}`);
  const rest = add ? sort.filter((_, index) => index !== at) : [];
  const current = sort[at];
  if (current === undefined || (at > 0 && !add)) return add ? [...rest, order[0]!] : [order[0]!];
  if (current === order[0]) return add ? sort.with(at, order[1]!) : [order[1]!];
  return rest.length > 0 ? rest : USUAL_RUNS_VIEW.sort;
}
