import { findReducer } from '@vitrine/compute/reducers.ts';

import { summaryOf } from './series.ts';
import type { ChartSeries } from './series.ts';

/** What a legend shows and where it stands. */
export interface LegendChoice {
  readonly showLegend: boolean;
  readonly displayMode: 'list' | 'table' | 'hidden';
  readonly placement: 'bottom' | 'right';
  /** Ids of reducers, in the order of their columns. Empty shows what there is room for. */
  readonly calcs: readonly string[];
  /** The title of a column, or "Name"; "" leaves the order of the series. */
  readonly sortBy: string;
  readonly sortDesc: boolean;
  /** CSS pixels, at the right. */
  readonly width: number | undefined;
  readonly limit: number | undefined;
}

export const LEGEND_ROW = 20;
export const LEGEND_HEAD = 22;

/** The widest a tabular digit and the mean a letter gets, at 12 px. */
const DIGIT = 7.4;
const LETTER = 6.5;
/** Swatch, gaps and padding around a name. */
const BESIDE_NAME = 44;
/** Swatch and gaps around a name in a list. */
const BESIDE_ITEM = 38;
const NAME = { least: 84, most: 200 };
const NUMBER = { least: 52, most: 132, gap: 12, grid: 8 };
/** Longer legends are measured by their start. */
const MOST_MEASURED = 60;

/** The column of the newest value, which becomes the cursor's while the reader points somewhere. */
export const LAST = 'lastNotNull';
/** What stands beside the last value where nobody said: the more room, the more. */
const UNASKED: readonly (readonly string[])[] = [[], ['max'], ['max', 'mean'], ['min', 'max', 'mean']];

/** The widths of a legend's columns in CSS pixels. */
export interface LegendNeeds {
  readonly name: number;
  /** Of each column of numbers, the gap before it included. */
  readonly number: number;
  /** Of each name in a list, in their order, the gap behind it included. */
  readonly items: readonly number[];
}

const reduced = new WeakMap<ChartSeries['field'], Map<string, number>>();

/** A number of a line by its reducer's id; NaN where there is none. Computed once. */
function calcOf(series: ChartSeries, id: string): number {
  const summary = summaryOf(series);
  if (summary.count === 0) return Number.NaN;
  switch (id) {
    case LAST:
      return summary.last;
    case 'min':
    case 'max':
    case 'mean':
    case 'sum':
      return summary[id];
    default: {
      let known = reduced.get(series.field);
      if (known === undefined) reduced.set(series.field, (known = new Map()));
      let value = known.get(id);
      if (value === undefined) {
        const found = findReducer(id)?.reduce(series.field);
        known.set(id, (value = typeof found === 'number' ? found : typeof found === 'boolean' ? Number(found) : Number.NaN));
      }
      return value;
    }
  }
}

/** That number in words. */
export function calcText(series: ChartSeries, id: string): string {
  const value = calcOf(series, id);
  if (Number.isNaN(value)) return '–';
  return findReducer(id)?.keepsUnit === false ? String(Number(value.toPrecision(4))) : series.show(value);
}

/** What the head of a column says: "last", "max", "p95". */
export function calcTitle(id: string): string {
  return (findReducer(id)?.title ?? id).replace(/ \*$/, '').toLowerCase();
}

/** What the columns need to show names and numbers in full, within reason; on a coarse grid, so that a digit more moves nothing. Pure. */
export function legendNeeds(series: readonly ChartSeries[]): LegendNeeds {
  const items = series.slice(0, MOST_MEASURED).map(({ name }) => Math.ceil(name.length * LETTER) + BESIDE_ITEM);
  let letters = 0;
  let digits = 0;
  for (const one of series.slice(0, MOST_MEASURED)) {
    letters = Math.max(letters, one.name.length);
    const { count, last, min, max, mean } = summaryOf(one);
    if (count === 0) continue;
    for (const value of [last, min, max, mean]) digits = Math.max(digits, one.show(value).length);
  }
  const number = Math.ceil((digits * DIGIT + NUMBER.gap) / NUMBER.grid) * NUMBER.grid;
  return {
    name: clamp(Math.ceil(letters * LETTER) + BESIDE_NAME, NAME.least, NAME.most),
    number: clamp(number, NUMBER.least, NUMBER.most),
    items,
  };
}

/**
 * The columns of numbers that there is room for, in their order. Where nobody asked for any: the last value, and what else fits. Else
 * those asked for, behind the last value where all fit. Pure.
 */
export function legendColumns(width: number, { name, number }: LegendNeeds, calcs: readonly string[]): readonly string[] {
  const room = Math.max(1, Math.floor((width - name) / number));
  if (calcs.length === 0) return [LAST, ...UNASKED[clamp(room - 1, 0, UNASKED.length - 1)]!];
  const asked = calcs.map((id) => (id === 'last' ? LAST : id));
  const all = asked.includes(LAST) ? asked : [LAST, ...asked];
  return all.length <= room ? [...new Set(all)] : asked.slice(0, room);
}

/** How wide a legend is that may be `most`: no wider than its columns need. Pure. */
function legendWidthWithin(most: number, needs: LegendNeeds, calcs: readonly string[]): number {
  return Math.min(most, needs.name + legendColumns(most, needs, calcs).length * needs.number);
}

const LEAST_PLOT_HEIGHT = 96;
/** Of the height: what the legend may take to show all of its rows, and what it takes where it can't. */
const LEGEND_SHARE = { all: 0.55, some: 0.38 };
/** A legend beside its plot: its share of the width, and more of it, up to `names`, where names and one number need that. */
const RIGHT_LEGEND = { names: 250, share: 0.36, most: 460, plot: 240 };

export interface ChartLayout {
  readonly plotWidth: number;
  readonly plotHeight: number;
  readonly legendWidth: number;
  readonly legendHeight: number;
}

/** How many rows the names of a list fill when they flow; those beyond the measured are as wide as the widest. */
function listRows(count: number, { items, name, number }: LegendNeeds, calcs: number, width: number): number {
  let rows = 1;
  let used = 0;
  for (let at = 0; at < count; at++) {
    const wide = Math.min(width, (items[at] ?? name) + calcs * number);
    if (used + wide > width && used > 0) {
      rows++;
      used = 0;
    }
    used += wide;
  }
  return rows;
}

/** Whether there could be room for a legend, however short: where not, nobody needs to measure it. Pure. */
export function mayHaveLegend(width: number, height: number, { showLegend, displayMode, placement }: LegendChoice): boolean {
  if (!showLegend || displayMode === 'hidden') return false;
  if (placement === 'right' && width > RIGHT_LEGEND.plot) return true;
  return height - LEGEND_ROW - (displayMode === 'list' ? 0 : LEGEND_HEAD) >= LEAST_PLOT_HEIGHT;
}

/**
 * Divides the room between plot and legend: the plot comes first, a legend that would squeeze it is left out, and one beside a narrow
 * plot goes below it. Pure.
 */
export function chartLayout(width: number, height: number, legend: LegendChoice, count: number, needs: LegendNeeds): ChartLayout {
  const alone = { plotWidth: Math.max(0, width), plotHeight: Math.max(0, height), legendWidth: 0, legendHeight: 0 };
  if (count === 0 || !mayHaveLegend(width, height, legend)) return alone;
  const isList = legend.displayMode === 'list';
  if (legend.placement === 'right') {
    const numbers = isList && legend.calcs.length === 0 ? 0 : needs.number;
    const base = Math.min(RIGHT_LEGEND.names, needs.name + numbers);
    const most = legend.width ?? Math.min(RIGHT_LEGEND.most, Math.max(base, Math.floor(width * RIGHT_LEGEND.share)));
    const legendWidth = Math.floor(
      legend.width ?? (isList ? Math.min(most, needs.name + numbers) : legendWidthWithin(most, needs, legend.calcs)),
    );
    if (width - legendWidth >= RIGHT_LEGEND.plot)
      return { plotWidth: width - legendWidth, plotHeight: height, legendWidth, legendHeight: height };
  }
  // Whole rows: half a row looks like a mistake.
  const head = isList ? 0 : LEGEND_HEAD;
  const wanted = isList ? listRows(count, needs, legend.calcs.length, width) : count;
  const rowsIn = (room: number) => Math.floor((room - head) / LEGEND_ROW);
  const share = wanted <= rowsIn(height * LEGEND_SHARE.all) ? LEGEND_SHARE.all : LEGEND_SHARE.some;
  const rows = Math.min(wanted, Math.max(1, rowsIn(Math.min(height * share, height - LEAST_PLOT_HEIGHT))));
  const legendHeight = head + rows * LEGEND_ROW;
  if (height - legendHeight < LEAST_PLOT_HEIGHT) return alone;
  return { plotWidth: width, plotHeight: height - legendHeight, legendWidth: width, legendHeight };
}

/** How the rows of a legend are ordered: by a reducer's id, or by name. */
export interface LegendSort {
  readonly by: string;
  readonly down: boolean;
}

/** What the options say of the order; undefined leaves it as it is. */
export function askedSort({ sortBy, sortDesc }: LegendChoice, calcs: readonly string[]): LegendSort | undefined {
  const wanted = sortBy.trim().toLowerCase();
  if (wanted === '') return undefined;
  if (wanted === 'name') return { by: 'name', down: sortDesc };
  const by = [...calcs, LAST, 'min', 'max', 'mean', 'sum'].find(
    (id) => findReducer(id)?.title.toLowerCase() === wanted || calcTitle(id) === wanted,
  );
  return by === undefined ? undefined : { by: by === 'last' ? LAST : by, down: sortDesc };
}

/** Lines without values come last, whichever way. */
export function sortSeries(series: readonly ChartSeries[], sort: LegendSort | undefined): readonly ChartSeries[] {
  if (sort === undefined) return series;
  const sign = sort.down ? -1 : 1;
  if (sort.by === 'name') return series.toSorted((a, b) => sign * a.name.localeCompare(b.name, undefined, { numeric: true }));
  return series.toSorted((a, b) => {
    const [x, y] = [calcOf(a, sort.by), calcOf(b, sort.by)];
    if (Number.isNaN(x) || Number.isNaN(y)) return (Number.isNaN(x) ? 1 : 0) - (Number.isNaN(y) ? 1 : 0);
    return sign * (x - y);
  });
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
