import { cellValue, displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { binEdge, binsOver, countCells, LINEAR_BINS, logBins, symlogBins } from '@vitrine/compute/heat-bins.ts';
import type { BinRequest, Bins } from '@vitrine/compute/heat-bins.ts';
import { heatGrid, smallestStep } from '@vitrine/compute/heat-grid.ts';
import type { HeatGrid } from '@vitrine/compute/heat-grid.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';
import { formatText } from '@vitrine/model/unit.ts';

import { hiddenFrom } from '../hidden.ts';
import type { BucketOptions, HeatmapOptions } from './spec.ts';

/** What a heatmap draws of an answer. */
export type Heat =
  /** Over the page's x. */
  | {
      readonly kind: 'plot';
      readonly grid: HeatGrid;
      readonly xs: Float64Array;
      /** From the lowest to the highest; `from` and the name are a bucket's bounds in words. */
      readonly rows: readonly { readonly name: string; readonly from: string; readonly low: number; readonly high: number }[];
      readonly place: 'rows' | 'edges';
      /** The rows as values, where points were counted. */
      readonly bins: Bins | undefined;
      /** Zero is nothing. */
      readonly counts: boolean;
      readonly cell: NumberField;
    }
  /** Categories over categories, the first row on top. */
  | {
      readonly kind: 'matrix';
      readonly columns: readonly string[];
      readonly rows: readonly string[];
      readonly values: Float64Array;
      readonly counts: boolean;
      readonly cell: NumberField;
    };

export interface HeatRequest {
  readonly options: HeatmapOptions;
  /** Whether the page's x is time. */
  readonly isTime: boolean;
  readonly timeZone: string;
  /** How far apart points are that have no neighbour. */
  readonly stepMs: number;
  readonly mostColumns: number;
  readonly mostRows: number;
}

const MOST_CATEGORIES = 500;

/**
 * Buckets stand in the order of their bounds, series in their own order from the top down; points are counted where the options say
 * so. A table is categories over categories: two columns that name and one of numbers, or one that names and many of numbers.
 */
export function heatOf(frames: readonly Frame[], request: HeatRequest): Heat | undefined {
  const drawable = frames.filter(({ shape, length }) => shape !== 'exemplars' && length > 0);
  if (request.options.calculate) return counted(drawable, request);
  const first = drawable.find((frame) => frame.fields.some((field) => field.type === 'number'));
  if (first === undefined) return undefined;
  if (first.shape === 'table' || first.shape === 'logs') return ofTable(first, frames, request);
  return ofColumns(drawable, first, request);
}

/** Each column a row of cells over the first. */
function ofColumns(frames: readonly Frame[], first: Frame, request: HeatRequest): Heat | undefined {
  const { options, isTime } = request;
  const x = xOf(first, isTime);
  if (!isNumbers(x)) return ofTable(first, frames, request);
  const alike = frames.filter((frame) => frame.shape === first.shape && sameX(xOf(frame, isTime), x.values));
  const names = fieldNames(frames);
  const fields = alike.flatMap((frame) =>
    frame.fields.flatMap((field, at) =>
      field.type === 'number' && field !== xOf(frame, isTime) && !hiddenFrom(field, 'viz')
        ? [{ field, name: names[frames.indexOf(frame)]![at]! }]
        : [],
    ),
  );
  if (fields.length === 0) return undefined;
  const bounds = fields.map(({ field, name }) => boundOf(field, name));
  const { layout } = options.rowsFrame;
  // Names that are numbers may be those of CPUs; only histograms end at infinity.
  const areBuckets =
    first.shape === 'buckets' ||
    layout === 'le' ||
    layout === 'ge' ||
    (layout === 'auto' && !bounds.some(Number.isNaN) && bounds.includes(Infinity));
  const cell = fields[0]!.field;
  if (isTime && x.type !== 'time') {
    const rows = fields.toReversed();
    return {
      kind: 'matrix',
      columns: Array.from(x.values, (value) => displayText(displayOf(x, request)(value))),
      rows: rows.map(({ name }) => name),
      values: Float64Array.from(
        rows.flatMap(({ field }) => Array.from(field.values, (value, row) => (field.present?.[row] === 0 ? Number.NaN : value))),
      ),
      counts: areBuckets,
      cell,
    };
  }
  const rows = areBuckets
    ? bucketRows(fields, bounds, request)
    : fields.map(({ field, name }) => ({ field, name, from: '', low: Number.NaN, high: Number.NaN })).toReversed();
  if (rows.length === 0) return undefined;
  const step = isTime && x.values.length < 2 ? request.stepMs : 0;
  return {
    kind: 'plot',
    grid: heatGrid(
      x.values,
      rows.map(({ field }) => field),
      step,
      request.mostColumns,
      request.mostRows,
    ),
    xs: x.values,
    rows,
    place: areBuckets ? 'edges' : 'rows',
    bins: undefined,
    counts: areBuckets,
    cell,
  };
}

function bucketRows(
  fields: readonly { readonly field: NumberField; readonly name: string }[],
  bounds: readonly number[],
  { options }: HeatRequest,
) {
  const { unit, decimals, min = -Infinity, max = Infinity } = options.yAxis;
  const words = (bound: number) =>
    bound === Infinity ? '+Inf' : bound === -Infinity ? '-Inf' : formatText(bound, unit, decimals);
  const order = bounds
    .map((bound, at) => ({ bound, field: fields[at]!.field }))
    .toSorted((a, b) => (a.bound === b.bound ? 0 : a.bound - b.bound));
  const isLower = options.rowsFrame.layout === 'ge';
  return order
    .map(({ field, bound }, at) => {
      const other = isLower ? (order[at + 1]?.bound ?? Infinity) : (order[at - 1]?.bound ?? -Infinity);
      const [low, high] = isLower ? [bound, other] : [other, bound];
      return { field, name: words(high), from: low === -Infinity ? '' : words(low), low, high };
    })
    .filter(({ low, high }) => high > min && low < max);
}

function counted(frames: readonly Frame[], request: HeatRequest): Heat | undefined {
  const { options, isTime } = request;
  const xs: number[] = [];
  const ys: number[] = [];
  let cell: NumberField | undefined;
  let xField: NumberField | undefined;
  for (const frame of frames) {
    const x = frame.fields.find(({ type }) => type === (isTime ? 'time' : 'number')) ?? frame.fields.find(isNumbers);
    if (!isNumbers(x)) continue;
    xField ??= x;
    for (const field of frame.fields) {
      if (field === x || field.type !== 'number' || hiddenFrom(field, 'viz')) continue;
      cell ??= field;
      for (let row = 0; row < frame.length; row++) {
        const [at, value] = [x.values[row]!, field.values[row]!];
        if (field.present?.[row] === 0 || x.present?.[row] === 0 || !Number.isFinite(value) || !Number.isFinite(at)) continue;
        xs.push(at);
        ys.push(value);
      }
    }
  }
  if (cell === undefined || xField === undefined || xs.length === 0) return undefined;
  const { xBuckets, yBuckets } = options.calculation;
  const points = { x: Float64Array.from(xs), y: Float64Array.from(ys) };
  const isPlot = isTime ? xField.type === 'time' : true;
  const yRequest = binRequest(yBuckets, false);
  const [lowY, highY] = extent(points.y, yRequest);
  const columns = Math.max(4, Math.min(60, Math.floor(request.mostColumns / 12)));
  const xRequest = binRequest(xBuckets, xField.type === 'time', isPlot);
  const [fromX, toX] = extent(points.x, xRequest);
  // Bins that hold now four points and now five would show stripes.
  const apart = xRequest.mode === 'auto' && isPlot ? smallestStep(xField.values) : 0;
  const whole = Math.ceil((toX - fromX) / columns / apart) * apart;
  const x = binsOver(
    fromX,
    toX,
    whole > 0 && Number.isFinite(whole) ? { ...xRequest, mode: 'size', value: whole } : xRequest,
    columns,
  );
  const y = binsOver(
    Math.max(lowY, options.yAxis.min ?? -Infinity),
    Math.min(highY, options.yAxis.max ?? Infinity),
    yRequest,
    Math.max(4, Math.min(30, Math.floor(request.mostRows / 14))),
  );
  if (x.count === 0 || y.count === 0) return undefined;
  const values = countCells(points.x, points.y, x, y);
  const { unit, decimals } = { unit: options.yAxis.unit || cell.config?.unit || '', decimals: options.yAxis.decimals };
  const words = (edge: number) => formatText(edge, unit, decimals);
  const rows = Array.from({ length: y.count }, (_, row) => ({
    name: words(binEdge(y, row + 1)),
    from: words(binEdge(y, row)),
    low: binEdge(y, row),
    high: binEdge(y, row + 1),
  }));
  // What is counted has no unit of its own.
  const count: NumberField = { name: 'count', type: 'number', values };
  if (!isPlot) {
    const upside = new Float64Array(values.length);
    for (let row = 0; row < y.count; row++)
      upside.set(values.subarray(row * x.count, (row + 1) * x.count), (y.count - 1 - row) * x.count);
    const xUnit = xField.config?.unit ?? '';
    return {
      kind: 'matrix',
      columns: Array.from({ length: x.count }, (_, column) => formatText(binEdge(x, column), xUnit)),
      rows: rows.map(({ from, name }) => `${from} – ${name}`).toReversed(),
      values: upside,
      counts: true,
      cell: count,
    };
  }
  let max = 0;
  for (const value of values) if (value > max) max = value;
  const grid: HeatGrid = {
    columns: x.count,
    rows: y.count,
    values,
    x0: x.from + x.step / 2,
    step: x.step,
    fieldsPerRow: 1,
    min: 0,
    max,
  };
  const stops = Float64Array.from({ length: x.count }, (_, column) => grid.x0 + column * grid.step);
  return { kind: 'plot', grid, xs: stops, rows, place: 'edges', bins: y, counts: true, cell: count };
}

/** A logarithm starts at the lowest value above zero. */
function extent(values: Float64Array, { scale }: BinRequest): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (Number.isNaN(scale.forward(value))) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function binRequest({ mode, value, scale }: BucketOptions, isTime: boolean, isLinear = false): BinRequest {
  const kind =
    isLinear || scale.type === 'linear'
      ? LINEAR_BINS
      : scale.type === 'log'
        ? logBins(scale.log)
        : symlogBins(scale.log, scale.linearThreshold);
  const number = value === '' ? Number.NaN : isTime && mode === 'size' ? (readDurationMs(value) ?? Number(value)) : Number(value);
  return {
    mode: Number.isFinite(number) && number > 0 ? (mode === 'auto' ? 'count' : mode) : 'auto',
    value: number,
    scale: kind,
  };
}

function ofTable(frame: Frame, frames: readonly Frame[], request: HeatRequest): Heat | undefined {
  const names = fieldNames(frames)[frames.indexOf(frame)]!;
  const wanted = request.options.rowsFrame.value;
  const value =
    frame.fields.findLast(
      (field, at): field is NumberField => field.type === 'number' && (names[at] === wanted || field.name === wanted),
    ) ?? frame.fields.findLast((field): field is NumberField => field.type === 'number');
  if (value === undefined) return undefined;
  const keys = frame.fields.filter((field) => field !== value && field.name !== '__name__');
  const naming = keys.filter(({ type }) => type === 'string' || type === 'boolean');
  const [x, y] = naming.length >= 2 ? naming : [keys.find(({ type }) => type === 'time') ?? keys[0], naming[0]];
  if (naming.length <= 1 && (x === undefined || y === undefined || x === y))
    return wide(frame, names, naming[0] ?? keys[0], request);
  const textOf = (field: Field) => {
    const show = displayOf(field, request);
    return Array.from({ length: frame.length }, (_, row) => displayText(show(cellValue(field, row))));
  };
  const [xTexts, yTexts] = [textOf(x!), textOf(y!)];
  const [columns, rows] = [ordered(x!, xTexts), ordered(y!, yTexts)];
  const values = new Float64Array(columns.size * rows.size).fill(Number.NaN);
  for (let row = 0; row < frame.length; row++) {
    const [column, line] = [columns.get(xTexts[row]!), rows.get(yTexts[row]!)];
    if (column === undefined || line === undefined || value.present?.[row] === 0) continue;
    values[line * columns.size + column] = value.values[row]!;
  }
  return { kind: 'matrix', columns: [...columns.keys()], rows: [...rows.keys()], values, counts: false, cell: value };
}

/** One column names, each column of numbers is a row. */
function wide(frame: Frame, names: readonly string[], key: Field | undefined, request: HeatRequest): Heat | undefined {
  const fields = frame.fields
    .flatMap((field, at) =>
      field.type === 'number' && field !== key && !hiddenFrom(field, 'viz') ? [{ field, name: names[at]! }] : [],
    )
    .slice(0, MOST_CATEGORIES);
  if (fields.length === 0) return undefined;
  const show = key === undefined ? undefined : displayOf(key, request);
  const count = Math.min(frame.length, MOST_CATEGORIES);
  const columns = Array.from({ length: count }, (_, row) =>
    show === undefined ? String(row + 1) : displayText(show(cellValue(key!, row))),
  );
  const values = Float64Array.from(
    fields.flatMap(({ field }) =>
      Array.from({ length: count }, (_, row) => (field.present?.[row] === 0 ? Number.NaN : field.values[row]!)),
    ),
  );
  return { kind: 'matrix', columns, rows: fields.map(({ name }) => name), values, counts: false, cell: fields[0]!.field };
}

/** Different texts with their places; numbers and times in their order, words as they come. */
function ordered(field: Field, texts: readonly string[]): ReadonlyMap<string, number> {
  const distinct = new Map<string, number>();
  for (const [row, text] of texts.entries())
    if (!distinct.has(text)) distinct.set(text, isNumbers(field) ? field.values[row]! : 0);
  const sorted = isNumbers(field) ? [...distinct].toSorted(([, a], [, b]) => a - b) : [...distinct];
  return new Map(sorted.slice(0, MOST_CATEGORIES).map(([text], at) => [text, at]));
}

/** A page over steps has them in the first column of numbers; times beside them are no x there. */
function xOf({ fields }: Frame, isTime: boolean): Field | undefined {
  return isTime ? fields[0] : (fields.find(({ type }) => type === 'number') ?? fields[0]);
}

function sameX(x: Field | undefined, xs: Float64Array): boolean {
  if (!isNumbers(x)) return false;
  return x.values === xs || (x.values.length === xs.length && x.values.every((value, index) => value === xs[index]));
}

function boundOf(field: NumberField, name: string): number {
  const text = (field.labels?.['le'] ?? field.name).trim();
  for (const candidate of [text, name.trim()]) {
    if (/^[+]?Inf$/i.test(candidate)) return Infinity;
    if (/^-Inf$/i.test(candidate)) return -Infinity;
    if (candidate !== '' && !Number.isNaN(Number(candidate))) return Number(candidate);
  }
  return Number.NaN;
}
