import { nearestIndex } from '@vitrine/compute/downsample.ts';
import { summarize } from '@vitrine/compute/reduce.ts';
import type { Summary } from '@vitrine/compute/reduce.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame, NumberField } from '@vitrine/model/frame.ts';

import type { ThemeName } from '../theme/ink.ts';
import { assignSlots, lineStyle, SERIES_COLORS, shadeOf } from '../theme/series-color.ts';
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
/** Of these the first in which a chart's lines differ gives the hue; what else differs is a shade of it. */
const HUED_BY = ['run', 'model', 'version'];

/** The lines of all frames that hold any, coloured by identity. `unit` is the panel's; a field's own unit wins. */
export function seriesFromFrames(frames: readonly Frame[], unit: string, theme: ThemeName): ChartSeries[] {
  const columns: { id: string; xs: Float64Array; field: NumberField }[] = [];
  const taken = new Map<string, number>();
  for (const frame of frames) {
    const [x, ...rest] = frame.fields;
    if (!isNumbers(x)) continue;
    for (const field of rest) {
      if (!isNumbers(field)) continue;
      const key = `${frame.refId} ${field.name} ${labelKey(field.labels)}`;
      const copies = taken.get(key) ?? 0;
      taken.set(key, copies + 1);
      columns.push({ id: copies === 0 ? key : `${key} #${copies}`, xs: x.values, field });
    }
  }
  const identities = identitiesOf(columns.map(({ field }) => field));
  const slots = assignSlots(identities.map(({ identity }) => identity));
  const series = columns.map<ChartSeries>(({ id, xs, field }, index) => {
    const { ys, nanAt } = drawable(field);
    const { identity, shade } = identities[index]!;
    return {
      id,
      name: field.name,
      identity,
      color: shadeOf(SERIES_COLORS[theme][slots.get(identity)!]!, shade, theme),
      style: lineStyle(field.labels?.[SPLIT]),
      unit: field.config?.unit ?? unit,
      xs,
      ys,
      nanAt,
    };
  });
  if (!identities.some(({ shade }) => shade > 0)) return series;
  // The lines of a run stand together, in the legend and in stacks.
  const order = new Map<string, number>();
  for (const { identity } of series) if (!order.has(identity)) order.set(identity, order.size);
  return series.toSorted((a, b) => order.get(a.identity)! - order.get(b.identity)!);
}

/** What a line's colour stands for: its hue for the identity, its shade (0, 1, …) for what tells it from others of that identity. */
export interface Identity {
  readonly identity: string;
  readonly shade: number;
}

/**
 * Fields that differ in their run (or model, or version) take its hue, and what else they differ in is a shade. Others take a hue for
 * the labels in which they differ; where they differ in none, for the run or model they are of; else for their name. A label that only
 * some fields have is a difference; the split never is: it is the line's style.
 */
export function identitiesOf(fields: readonly NumberField[]): Identity[] {
  const names = new Set(fields.flatMap(({ labels }) => Object.keys(labels ?? {})));
  names.delete(SPLIT);
  const differing = [...names]
    .filter((name) => new Set(fields.map(({ labels }) => labels?.[name])).size > 1)
    .toSorted((a, b) => (a < b ? -1 : 1));
  const hue = HUED_BY.find((name) => differing.includes(name));
  const named = NAMED_BY.find((name) => names.has(name));
  const by = hue === undefined ? (differing.length > 0 ? differing : named === undefined ? [] : [named]) : [hue];
  const identities = fields.map((field) => textOf(field, by) || field.name);
  const rest = fields.map((field) => (hue === undefined ? '' : textOf(field, differing)));
  // Fields with the same labels, as of two expressions, are told apart by their names.
  const full = fields.map(({ labels }, index) => `${identities[index]}\n${rest[index]}\n${labels?.[SPLIT] ?? ''}`);
  const copies = new Map<string, number>();
  for (const key of full) copies.set(key, (copies.get(key) ?? 0) + 1);
  const shades = new Map<string, Map<string, number>>();
  return fields.map(({ name }, index) => {
    const isCopy = copies.get(full[index]!)! > 1;
    const identity = isCopy && hue === undefined ? name : identities[index]!;
    const variant = isCopy ? `${rest[index]}\n${name}` : rest[index]!;
    const known = shades.get(identity) ?? new Map<string, number>();
    shades.set(identity, known);
    if (hue !== undefined && !known.has(variant)) known.set(variant, known.size);
    return { identity, shade: known.get(variant) ?? 0 };
  });
}

function textOf({ labels }: NumberField, names: readonly string[]): string {
  return names.flatMap((name) => (labels?.[name] === undefined ? [] : [`${name}=${labels[name]}`])).join(',');
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
export function summaryOf({ ys }: Pick<ChartSeries, 'ys'>): Summary {
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
