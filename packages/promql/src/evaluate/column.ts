import { compareLabels, Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';

/** One series over a grid. */
export interface Column {
  labels: Labels;
  /**
   * The name is to go, but only when the answer is complete: label_replace() and sum by (__name__) still see it.
   */
  dropName: boolean;
  /** A value a grid time; what stands where nothing is present means nothing. */
  values: Float64Array;
  /** 1 where there is a value, 0 where there is none. */
  present: Uint8Array;
  /**
   * Native histograms by their place on the grid: where there is one and something is present, the value means nothing.
   * Undefined where all are numbers, which is looked at once a series.
   */
  histograms?: (NativeHistogram | undefined)[] | undefined;
  /** The arrays were made for this column alone: the sink may keep them. */
  owned?: boolean;
}

/** What stands on the grid, whatever series it belongs to. */
export type Cells = Pick<Column, 'values' | 'present' | 'histograms'>;

/**
 * Takes one series after the other. The column and, unless it is `owned`, its arrays are lent for the duration of the
 * call: change them freely, copy what is to be kept.
 */
export type Sink = (column: Column) => void;

export function emptyColumn(count: number, labels = Labels.empty): Column {
  return { labels, dropName: false, values: new Float64Array(count), present: new Uint8Array(count), owned: true };
}

/** A column over new arrays that has a value everywhere. */
export function constantColumn(labels: Labels, values: Float64Array): Column {
  return { labels, dropName: false, values, present: new Uint8Array(values.length).fill(1), owned: true };
}

/** What a sink may keep. */
export function keepColumn({ labels, dropName, values, present, histograms, owned = false }: Column): Column {
  return owned
    ? { labels, dropName, values, present, histograms, owned }
    : { labels, dropName, values: values.slice(), present: present.slice(), histograms: histograms?.slice(), owned: true };
}

/** Writes what is present at a place. */
export function put(column: Cells, i: number, value: number | NativeHistogram): void {
  column.present[i] = 1;
  if (typeof value === 'number') {
    column.values[i] = value;
    if (column.histograms !== undefined) column.histograms[i] = undefined;
  } else {
    column.histograms ??= emptyHistograms(column.present.length);
    column.histograms[i] = value;
  }
}

/** What is present at a place. */
export function valueAt({ values, histograms }: Cells, i: number): number | NativeHistogram {
  return histograms?.[i] ?? values[i]!;
}

/** Places for histograms, none there. */
export function emptyHistograms(count: number): (NativeHistogram | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}

/** Leaves the numbers only. Gives how many histograms went. */
export function dropHistograms(column: Cells): number {
  const { histograms, present } = column;
  if (histograms === undefined) return 0;
  let dropped = 0;
  for (let i = 0; i < present.length; i++) {
    if (histograms[i] === undefined || present[i] === 0) continue;
    present[i] = 0;
    dropped++;
  }
  column.histograms = undefined;
  return dropped;
}

/** Columns of one identity are one series, now and when names have gone. */
export function identityOf({ labels, dropName }: Pick<Column, 'labels' | 'dropName'>): string {
  return `${dropName ? '-' : '+'}${labels.key}`;
}

export function isEmpty(present: Uint8Array): boolean {
  return present.indexOf(1) === -1;
}

/** Prometheus' sentence for an answer in which two series would be one. */
export const SAME_LABELS = 'vector cannot contain metrics with the same labelset';

const METADATA = new Set([METRIC_NAME, '__type__', '__unit__']);

/** The labels without the name and what describes the metric. */
export function dropMetadata(labels: Labels): Labels {
  return labels.without(METADATA);
}

/** Makes one series of those with equal labels. Throws where two have a value at the same time. */
export function mergeEqualLabels(columns: readonly Column[]): readonly Column[] {
  const byKey = new Map<string, Column>();
  for (const column of columns) {
    const known = byKey.get(column.labels.key);
    if (known === undefined) byKey.set(column.labels.key, column);
    else mergeInto(known, column);
  }
  return byKey.size === columns.length ? columns : [...byKey.values()];
}

/** Adds one series' values to another's gaps. Throws where both have a value at the same time. */
export function mergeInto(into: Column, from: Column): void {
  for (let i = 0; i < from.present.length; i++) {
    if (from.present[i] === 0) continue;
    if (into.present[i] === 1) {
      throw new QueryError('execution', SAME_LABELS);
    }
    put(into, i, valueAt(from, i));
  }
}

export function push(columns: readonly Column[], sink: Sink): void {
  for (const column of columns) sink(column);
}

/** Label order, for answers whose order means nothing else. */
export function byLabels(a: Column, b: Column): number {
  return compareLabels(a.labels, b.labels);
}
