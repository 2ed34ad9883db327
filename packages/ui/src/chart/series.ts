import { displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { nearestIndex } from '@vitrine/compute/downsample.ts';
import { findReducer } from '@vitrine/compute/reducers.ts';
import { summarize } from '@vitrine/compute/reduce.ts';
import type { Summary } from '@vitrine/compute/reduce.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';

import { colorOf, isByValue } from '../theme/color-mode.ts';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import { assignSlots, lineStyle, shadeOf } from '../theme/series-color.ts';
import type { LineStyle } from '../theme/series-color.ts';
import { graphSettings } from './graph-settings.ts';
import type { GraphSettings } from './graph-settings.ts';
import { inkAt, inkStops } from './value-ink.ts';
import type { InkStop } from './value-ink.ts';

/** One line of a chart. */
export interface ChartSeries {
  /** Unique in its chart and the same from one answer to the next. */
  readonly id: string;
  readonly name: string;
  /** What its colour stands for: the run, the model; equal for the splits of one run. */
  readonly identity: string;
  readonly color: string;
  /** How the colour follows the value; empty where it doesn't. */
  readonly inks: readonly InkStop[];
  readonly style: LineStyle;
  readonly look: GraphSettings;
  readonly unit: string;
  /** Rising. */
  readonly xs: Float64Array;
  /** NaN where there is nothing to draw: a missing value or a NaN. */
  readonly ys: Float64Array;
  /** Where a value is there and is NaN. */
  readonly nanAt: readonly number[];
  /** A value in words. */
  readonly show: (value: number) => string;
  readonly field: NumberField;
  /** Where it comes from, for links: the frame, the column in it, and the row of each point where they don't stand in its order. */
  readonly frame: Frame;
  readonly column: number;
  readonly rows: Uint32Array | undefined;
  /** The id of the line to which it belongs: it is chosen, hidden and raised with it. Itself where absent. */
  readonly owner?: string;
  /** What else is known of the line at an x, in a few words for the tooltip: the value behind a smoothed one, the edges of a band. */
  readonly also?: (x: number) => string;
}

/** Enough NaN marks to see that there are many. */
const MOST_NAN_MARKS = 2000;
const SPLIT = 'split';
/** Labels that name a thing people follow from page to page, so that it keeps its colour where it stands alone. */
const NAMED_BY = ['run', 'model', 'version', 'instance'];
/** Of these the first in which a chart's lines differ gives the hue; what else differs is a shade of it. */
const HUED_BY = ['run', 'model', 'version'];
/** Modes in which the hue is the identity's, and variants are shades of it. */
const isPalette = (mode: string | undefined) => mode === undefined || mode.startsWith('palette-');

/** Which column lines are drawn over; undefined where the frame has none. */
export type PickX = (frame: Frame) => number | undefined;

/** Over its time; a series without one over its first column. */
export const overTime: PickX = (frame) => {
  if (frame.shape === 'exemplars') return undefined;
  const time = frame.fields.findIndex(({ type }) => type === 'time');
  if (time >= 0) return time;
  return frame.shape === 'series' && isNumbers(frame.fields[0]) ? 0 : undefined;
};

/** Which edge of the range of the series that are not shown: the server answers it as two columns. */
const ENVELOPE = 'envelope';

/** The name of the line down to which the range of the rest reaches, "" for its lower edge; undefined for all other lines. */
function restOf(frame: Frame, field: NumberField, lines: readonly Line[]): string | undefined {
  const edge = field.labels?.[ENVELOPE];
  if (edge === 'lowest') return '';
  if (edge !== 'highest') return undefined;
  return lines.find((line) => line.frame === frame && line.field.labels?.[ENVELOPE] === 'lowest')?.name;
}

/** Among more lines than this, each is as thin as a pixel where nobody said how wide it is. */
const CROWD = 12;
const thinLooks = new WeakMap<GraphSettings, GraphSettings>();

/** Thin lines let those behind them be seen, and browsers without a graphics card draw them in a sixth of the time. */
function lookAmong(lines: number, custom: Readonly<Record<string, unknown>> | undefined): GraphSettings {
  const look = graphSettings(custom);
  if (lines <= CROWD || custom?.['lineWidth'] !== undefined) return look;
  let thin = thinLooks.get(look);
  if (thin === undefined) thinLooks.set(look, (thin = { ...look, lineWidth: 1 }));
  return thin;
}

/** A faint band behind the lines that are shown, whatever they look like. */
function restLook(look: GraphSettings, fillBelowTo: string): GraphSettings {
  return {
    ...look,
    drawStyle: 'line',
    lineWidth: 0.5,
    fillOpacity: fillBelowTo === '' ? 0 : 0.14,
    fillBelowTo,
    gradient: 'none',
    points: 'never',
    stacking: 'none',
    showValues: false,
  };
}

interface Line {
  readonly id: string;
  readonly name: string;
  readonly xs: Float64Array;
  readonly field: NumberField;
  readonly frame: Frame;
  readonly column: number;
  readonly rows: Uint32Array | undefined;
}

/** The lines of all frames that hold any, coloured by identity or as their fields say. Each field's `config` is complete. */
export function seriesFromFrames(
  frames: readonly Frame[],
  theme: ThemeName,
  timeZone: string,
  pickX: PickX = overTime,
): ChartSeries[] {
  const lines = linesOf(frames, pickX);
  const identities = identitiesOf(
    lines.map(({ name, field: { labels } }) => ({ name, ...(labels === undefined ? {} : { labels }) })),
  );
  const slots = assignSlots(identities.map(({ identity }) => identity));
  const series = lines.map<ChartSeries>(({ id, name, xs, field, frame, column, rows }, index) => {
    const { ys, nanAt } = drawable(field);
    const { identity, shade } = identities[index]!;
    const { config } = field;
    const inks = inkStops(field, theme);
    const slot = slots.get(identity)!;
    const plain =
      inkOfSeries(field, inks) ?? colorOf(isByValue(config?.color?.mode) ? undefined : config?.color, { slot, index }, theme);
    const display = displayOf(field, { timeZone });
    const rest = restOf(frame, field, lines);
    return {
      id,
      name,
      identity,
      color: rest !== undefined ? INK[theme].faint : isPalette(config?.color?.mode) ? shadeOf(plain, shade, theme) : plain,
      inks: rest === undefined ? inks : [],
      style: lineStyle(field.labels?.[SPLIT]),
      look: rest === undefined ? lookAmong(lines.length, config?.custom) : restLook(graphSettings(config?.custom), rest),
      unit: config?.unit ?? '',
      xs,
      ys,
      nanAt,
      show: (value) => displayText(display(value)),
      field,
      frame,
      column,
      rows,
    };
  });
  if (!identities.some(({ shade }) => shade > 0)) return series;
  // The lines of a run stand together, in the legend and in stacks.
  const order = new Map<string, number>();
  for (const { identity } of series) if (!order.has(identity)) order.set(identity, order.size);
  return series.toSorted((a, b) => order.get(a.identity)! - order.get(b.identity)!);
}

function linesOf(frames: readonly Frame[], pickX: PickX): Line[] {
  const lines: Line[] = [];
  const taken = new Map<string, number>();
  const names = fieldNames(frames);
  for (const [at, frame] of frames.entries()) {
    const xColumn = pickX(frame);
    const x = xColumn === undefined ? undefined : frame.fields[xColumn];
    if (!isNumbers(x)) continue;
    const order = risingOrder(x);
    const xs = order === undefined ? x.values : pick(x.values, order);
    for (const [column, given] of frame.fields.entries()) {
      const field = column === xColumn ? undefined : asNumbers(given);
      if (field === undefined) continue;
      const key = `${frame.refId} ${names[at]![column]} ${labelKey(field.labels)}`;
      const copies = taken.get(key) ?? 0;
      taken.set(key, copies + 1);
      lines.push({
        id: copies === 0 ? key : `${key} #${copies}`,
        name: names[at]![column]!,
        xs,
        field: order === undefined ? field : reordered(field, order),
        frame,
        column,
        rows: order,
      });
    }
  }
  return lines;
}

const booleans = new WeakMap<Field, NumberField>();

/** What a line can be drawn of: numbers, and yes and no as 1 and 0. A further time column is no line. */
function asNumbers(field: Field): NumberField | undefined {
  if (field.type === 'number') return field;
  if (field.type !== 'boolean') return undefined;
  let made = booleans.get(field);
  if (made === undefined) booleans.set(field, (made = { ...field, type: 'number', values: Float64Array.from(field.values) }));
  return made;
}

const orders = new WeakMap<NumberField, Uint32Array | 'rising'>();

/** The rows in the order of x, those without an x left out; undefined where they stand so already. */
function risingOrder(x: NumberField): Uint32Array | undefined {
  let order = orders.get(x);
  if (order === undefined) orders.set(x, (order = findOrder(x)));
  return order === 'rising' ? undefined : order;
}

function findOrder({ values, present }: NumberField): Uint32Array | 'rising' {
  let rising = true;
  for (let row = 0; row < values.length && rising; row++) {
    rising =
      (present === undefined || present[row] === 1) &&
      Number.isFinite(values[row]!) &&
      !(row > 0 && values[row]! < values[row - 1]!);
  }
  if (rising) return 'rising';
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) {
    if ((present === undefined || present[row] === 1) && Number.isFinite(values[row]!)) rows.push(row);
  }
  return Uint32Array.from(rows.sort((a, b) => values[a]! - values[b]! || a - b));
}

function pick(values: Float64Array, rows: Uint32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) picked[index] = values[rows[index]!]!;
  return picked;
}

/** By the order: one column may stand over several. */
const reorderings = new WeakMap<Uint32Array, Map<NumberField, NumberField>>();

function reordered(field: NumberField, rows: Uint32Array): NumberField {
  let known = reorderings.get(rows);
  if (known === undefined) reorderings.set(rows, (known = new Map()));
  let made = known.get(field);
  if (made === undefined) {
    const { present } = field;
    made = {
      ...field,
      values: pick(field.values, rows),
      ...(present === undefined ? {} : { present: Uint8Array.from(rows, (row) => present[row]!) }),
    };
    known.set(field, made);
  }
  return made;
}

/** The colour that a series takes from one of its values, where its mode is by value. */
function inkOfSeries(field: NumberField, inks: readonly InkStop[]): string | undefined {
  if (inks.length === 0) return undefined;
  const by = field.config?.color?.seriesBy ?? 'last';
  const value = findReducer(by === 'last' ? 'lastNotNull' : by)?.reduce(field);
  return inkAt(inks, typeof value === 'number' ? value : Number.NEGATIVE_INFINITY);
}

/** What a line's colour stands for: its hue for the identity, its shade (0, 1, …) for what tells it from others of that identity. */
export interface Identity {
  readonly identity: string;
  readonly shade: number;
}

type Named = Pick<NumberField, 'name' | 'labels'>;

/**
 * Fields that differ in their run (or model, or version) take its hue, and what else they differ in is a shade. Others take a hue for
 * the labels in which they differ; where they differ in none, for the run or model they are of; else for their name. A label that only
 * some fields have is a difference; the split never is: it is the line's style.
 */
export function identitiesOf(fields: readonly Named[]): Identity[] {
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

function textOf({ labels }: Named, names: readonly string[]): string {
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
