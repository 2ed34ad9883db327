import { nearestIndex } from '@vitrine/compute/downsample.ts';
import { summarize } from '@vitrine/compute/reduce.ts';
import type { Summary } from '@vitrine/compute/reduce.ts';
import type { Frame, NumberField } from '@vitrine/model/frame.ts';

import type { ThemeName } from '../theme/ink.ts';
import { assignSlots, lineStyle, SERIES_COLORS } from '../theme/series-color.ts';
import type { LineStyle } from '../theme/series-color.ts';

/** One line of a chart. */
export interface ChartSeries {
  /** Unique in its chart and the same from one answer to the next. */
  readonly id: string;
  readonly name: string;
  /** What its colour stands for: the run, the model; equal for the splits of one run. */
  readonly identity: string;
  readonly color: string;
  readonly style: LineStyle;
  readonly unit: string;
  /** Rising. */
  readonly xs: Float64Array;
  /** NaN where there is nothing to draw: a missing value or a NaN. */
  readonly ys: Float64Array;
  /** Where a value is there and is NaN. */
  readonly nanAt: readonly number[];
}

/** Enough NaN marks to see that there are many. */
const MOST_NAN_MARKS = 2000;
const SPLIT = 'split';
/** Labels that name a thing people follow from page to page, so that it keeps its colour where it stands alone. */
const NAMED_BY = ['run', 'model', 'version', 'instance'];

/** The lines of all frames that hold any, coloured by identity. `unit` is the panel's; a field's own unit wins. */
export function seriesFromFrames(frames: readonly Frame[], unit: string, theme: ThemeName): ChartSeries[] {
  const columns: { id: string; xs: Float64Array; field: NumberField }[] = [];
  const taken = new Map<string, number>();
  for (const frame of frames) {
    const [x, ...rest] = frame.fields;
    if (x === undefined || x.type === 'string') continue;
    for (const field of rest) {
      if (field.type === 'string') continue;
      const key = `${frame.refId} ${field.name} ${labelKey(field.labels)}`;
      const copies = taken.get(key) ?? 0;
      taken.set(key, copies + 1);
      columns.push({ id: copies === 0 ? key : `${key} #${copies}`, xs: x.values, field });
    }
  }
  const identities = identitiesOf(columns.map(({ field }) => field));
  const slots = assignSlots(identities);
  return columns.map(({ id, xs, field }, index) => {
    const { ys, nanAt } = drawable(field);
    const identity = identities[index]!;
    return {
      id,
      name: field.name,
      identity,
      color: SERIES_COLORS[theme][slots.get(identity)!]!,
      style: lineStyle(field.labels?.[SPLIT]),
      unit: field.unit ?? unit,
      xs,
      ys,
      nanAt,
    };
  });
}

/**
 * What the colour of each field stands for: the labels in which the chart's fields differ, the split left out. Where they differ in
 * nothing, the run or model they are of; else their name.
 */
export function identitiesOf(fields: readonly NumberField[]): string[] {
  const values = new Map<string, Set<string>>();
  for (const { labels } of fields) {
    for (const [name, value] of Object.entries(labels ?? {})) {
      let seen = values.get(name);
      if (seen === undefined) values.set(name, (seen = new Set()));
      seen.add(value);
    }
  }
  const differing = [...values].filter(([name, seen]) => name !== SPLIT && seen.size > 1).map(([name]) => name);
  const named = NAMED_BY.find((name) => values.has(name));
  const by = (differing.length > 0 ? differing : named === undefined ? [] : [named]).toSorted();
  return fields.map((field) => {
    const parts = by.flatMap((name) => {
      const value = field.labels?.[name];
      return value === undefined ? [] : [`${name}=${value}`];
    });
    return parts.length > 0 ? parts.join(',') : field.name;
  });
}

function labelKey(labels: Readonly<Record<string, string>> | undefined): string {
  return labels === undefined
    ? ''
    : Object.keys(labels)
        .toSorted()
        .map((name) => `${name}=${labels[name]}`)
        .join(',');
}

const drawables = new WeakMap<NumberField, { ys: Float64Array; nanAt: readonly number[] }>();

/** What a line draws of a column: NaN where nothing is. Copies the column only where something is missing; once per column. */
export function drawable(field: NumberField): { ys: Float64Array; nanAt: readonly number[] } {
  const known = drawables.get(field);
  if (known !== undefined) return known;
  const { values, present } = field;
  const nanAt: number[] = [];
  let ys = values;
  for (let index = 0; index < values.length; index++) {
    if (present !== undefined && present[index] === 0) {
      if (Number.isNaN(values[index]!)) continue;
      if (ys === values) ys = values.slice();
      ys[index] = Number.NaN;
    } else if (Number.isNaN(values[index]!) && nanAt.length < MOST_NAN_MARKS) nanAt.push(index);
  }
  const made = { ys, nanAt };
  drawables.set(field, made);
  return made;
}

const summaries = new WeakMap<Float64Array, Summary>();

/** Last, min, max and mean of a line; computed once. */
export function summaryOf({ ys }: ChartSeries): Summary {
  let found = summaries.get(ys);
  if (found === undefined) summaries.set(ys, (found = summarize({ values: ys })));
  return found;
}

/**
 * The index of the point that the cursor at `x` reads: the nearest, where `x` is within the line or at most `reach` beside its ends;
 * -1 elsewhere. What is there may be a gap.
 */
export function indexAt({ xs }: Pick<ChartSeries, 'xs'>, x: number, reach: number): number {
  if (xs.length === 0 || x < xs[0]! - reach || x > xs[xs.length - 1]! + reach) return -1;
  return nearestIndex(xs, x);
}
