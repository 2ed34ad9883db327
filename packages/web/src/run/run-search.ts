import { readRunsSearch, USUAL_RUNS_VIEW } from '../runs/runs-view.ts';
import type { ChartLook, RunsSearch } from '../runs/runs-view.ts';

export const RUN_TABS = ['charts', 'overview', 'health', 'system', 'media', 'distributions', 'pr', 'artifacts'] as const;
export type RunTab = (typeof RUN_TABS)[number];

/** How a histogram over steps is drawn. */
export const HISTOGRAM_LOOKS = ['offset', 'heatmap', 'distributions'] as const;
export type HistogramLook = (typeof HISTOGRAM_LOOKS)[number];

/** What the URL of one run says: how its charts look is said as on the page Runs. */
export interface RunSearch extends Pick<
  RunsSearch,
  'x' | 'smooth' | 'logx' | 'logy' | 'clip' | 'size' | 'find' | 'fold' | 'from' | 'to'
> {
  /** Charts where absent. */
  readonly tab?: RunTab | undefined;
  /** Words in the names of what the tab shows. */
  readonly q?: string | undefined;
  /** The step that media are looked at. */
  readonly step?: number | undefined;
  readonly look?: HistogramLook | undefined;
  /** The machine whose metrics are shown. */
  readonly host?: string | undefined;
  /** The metric on top of the system's. */
  readonly metric?: string | undefined;
  /** The artefact that is open. */
  readonly file?: string | undefined;
}

const LONGEST = 1_000;

/** Reads the search part of the URL; what can't be meant is left out. */
export function readRunSearch(raw: Readonly<Record<string, unknown>>): RunSearch {
  const { x, smooth, logx, logy, clip, size, find, fold, from, to } = readRunsSearch(raw);
  const charts = { x, smooth, logx, logy, clip, size, find, fold, from, to };
  const search: { -readonly [Key in keyof RunSearch]: RunSearch[Key] } = Object.fromEntries(
    Object.entries(charts).filter(([, value]) => value !== undefined),
  );
  const tab = RUN_TABS.find((each) => each === raw['tab']);
  if (tab !== undefined && tab !== 'charts') search.tab = tab;
  const look = HISTOGRAM_LOOKS.find((each) => each === raw['look']);
  if (look !== undefined && look !== 'offset') search.look = look;
  for (const name of ['q', 'host', 'metric', 'file'] as const) {
    const text = raw[name];
    if (typeof text === 'string' && text !== '') search[name] = text.slice(0, LONGEST);
  }
  const step = typeof raw['step'] === 'string' && raw['step'] !== '' ? Number(raw['step']) : raw['step'];
  if (typeof step === 'number' && Number.isFinite(step)) search.step = step;
  return search;
}

/** How the run's charts are drawn: as usual where the URL does not say otherwise. */
export function chartLookOf({ x, smooth, logx, logy, clip, size, find, fold, from, to }: RunSearch): ChartLook {
  const usual = USUAL_RUNS_VIEW;
  return {
    x: x ?? usual.x,
    smooth: smooth ?? usual.smooth,
    logx: logx ?? usual.logx,
    logy: logy ?? usual.logy,
    clip: clip ?? usual.clip,
    band: usual.band,
    size: size ?? usual.size,
    find: find ?? usual.find,
    fold: fold ?? usual.fold,
    from,
    to,
  };
}
