import { readDurationMs } from '@vitrine/model/duration.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { numberColumn } from './column.ts';
import type { Options } from './options.ts';
import type { Run, TransformationKind } from './transformation.ts';

/** About how many buckets an axis has where nobody said. */
const USUAL_X = 40;
const USUAL_Y = 20;
const MOST_BUCKETS = 2_000;
/** Steps of time that people read well, in milliseconds. */
const TIME_STEPS = [
  1, 5, 10, 50, 100, 500, 1e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 3e5, 6e5, 9e5, 1.8e6, 3.6e6, 1.08e7, 2.16e7, 4.32e7, 8.64e7,
];

export const heatmap: TransformationKind = {
  id: 'heatmap',
  title: 'Create heatmap',
  description: 'Counts how many values of all series fall into each bucket of x and y.',
  defaults: { xBuckets: {}, yBuckets: {} },
  apply(frames, options, run) {
    const points = readPoints(frames);
    if (points.xs.length === 0) return [];
    return [
      countPoints(
        frames,
        points,
        axisOf(options.inner('xBuckets'), points.xs, USUAL_X, points.x.type === 'time'),
        axisOf(options.inner('yBuckets'), points.ys, USUAL_Y, false),
        run,
      ),
    ];
  },
};

interface Points {
  /** The first x column. */
  readonly x: Field;
  readonly y: Field;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

/** Each number of each frame that has a column of times or numbers in front. Missing and infinite ones are not counted. */
function readPoints(frames: readonly Frame[]): Points {
  const xs: number[] = [];
  const ys: number[] = [];
  let x: Field | undefined;
  let y: Field | undefined;
  for (const frame of frames) {
    const across = frame.fields.find(({ type }) => type === 'time') ?? frame.fields.find(({ type }) => type === 'number');
    if (across === undefined || (across.type !== 'time' && across.type !== 'number')) continue;
    for (const field of frame.fields) {
      if (field === across || field.type !== 'number') continue;
      x ??= across;
      y ??= field;
      for (let row = 0; row < frame.length; row++) {
        if (field.present?.[row] === 0 || across.present?.[row] === 0) continue;
        if (!Number.isFinite(field.values[row]) || !Number.isFinite(across.values[row])) continue;
        xs.push(across.values[row]!);
        ys.push(field.values[row]!);
      }
    }
  }
  const none: Field = { type: 'number', name: '', values: new Float64Array() };
  return { x: x ?? none, y: y ?? none, xs: Float64Array.from(xs), ys: Float64Array.from(ys) };
}

/** Where values fall: bucket `index` reaches from `edge(index)` up to `edge(index + 1)`. */
interface Axis {
  indexOf(value: number): number;
  edge(index: number): number;
}

/** `mode` is size or count, `value` a number, or a duration on an axis of time; `scale` linear, log or symlog with base `log`. */
function axisOf(options: Options, values: Float64Array, usual: number, time: boolean): Axis {
  const scale = options.inner('scale');
  const base = scale.number('log', 2);
  const said = options.number('value', undefined) ?? readDurationMs(options.text('value'));
  const kind = scale.choice('type', ['linear', 'log', 'symlog'], 'linear');
  if (kind !== 'linear' && base > 1) {
    // Buckets of a logarithmic axis split each power of the base into so many.
    const split = said !== undefined && said > 0 ? said : 1;
    const threshold = kind === 'symlog' ? Math.max(scale.number('linearThreshold', 1), 1e-9) : 0;
    return logAxis(base, split, threshold);
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const counted = options.choice('mode', ['size', 'count'], 'size') === 'count';
  const wished = said !== undefined && said > 0 ? (counted ? (high - low) / said : said) : niceStep((high - low) / usual, time);
  const size = Math.max(wished, (high - low) / MOST_BUCKETS) || 1;
  return { indexOf: (value) => Math.floor(value / size), edge: (index) => Number((index * size).toPrecision(14)) };
}

function niceStep(target: number, time: boolean): number {
  const step = time ? TIME_STEPS.find((one) => one >= target) : undefined;
  if (step !== undefined) return step;
  if (!(target > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(target));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one >= target)!;
}

/** Values at or below zero have no logarithm: without a linear middle they share the lowest bucket. */
function logAxis(base: number, split: number, threshold: number): Axis {
  const lowest = -Number.MAX_SAFE_INTEGER;
  const steps = (value: number): number => Math.floor((Math.log(value) / Math.log(base)) * split + 1e-9);
  if (threshold === 0) {
    return {
      indexOf: (value) => (value > 0 ? steps(value) : lowest),
      edge: (index) => (index <= lowest + 1 ? 0 : base ** (index / split)),
    };
  }
  return {
    indexOf: (value) =>
      Math.abs(value) < threshold ? 0 : value > 0 ? 1 + steps(value / threshold) : -1 - steps(-value / threshold),
    edge: (index) => (index > 0 ? threshold * base ** ((index - 1) / split) : -threshold * base ** (-index / split)),
  };
}

/** A frame of buckets: x in front, a column for each bucket of y with its upper bound as the label `le`. */
function countPoints(frames: readonly Frame[], { x, y, xs, ys }: Points, across: Axis, up: Axis, run: Run): Frame {
  const columns = new Map<number, Map<number, number>>();
  const places = new Set<number>();
  for (let index = 0; index < xs.length; index++) {
    const at = across.indexOf(xs[index]!);
    const bucket = up.indexOf(ys[index]!);
    places.add(at);
    let counts = columns.get(bucket);
    if (counts === undefined) columns.set(bucket, (counts = new Map()));
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const rows = Float64Array.from(places).sort();
  const buckets = fillBetween([...columns.keys()].sort((a, b) => a - b));
  run.allow(rows.length * (buckets.length + 1), 'the heatmap');
  const edges = rows.map((at) => across.edge(at));
  const head: Field =
    x.type === 'time' ? { type: 'time', name: x.name, values: edges } : { ...numberColumn({ name: x.name }, edges) };
  const unit = y.config?.unit === undefined ? {} : { config: { unit: y.config.unit } };
  const fields = buckets.map((bucket) => {
    const le = String(up.edge(bucket + 1));
    const counts = columns.get(bucket);
    return numberColumn(
      { name: le, labels: { le }, ...unit },
      rows.map((at) => counts?.get(at) ?? 0),
    );
  });
  return { refId: `heatmap-${frames[0]?.refId ?? ''}`, shape: 'buckets', length: rows.length, fields: [head, ...fields] };
}

/** Empty buckets between full ones are drawn too, unless they are too many. */
function fillBetween(buckets: readonly number[]): readonly number[] {
  const span = buckets.at(-1)! - buckets[0]! + 1;
  return span > MOST_BUCKETS ? buckets : Array.from({ length: span }, (_, index) => buckets[0]! + index);
}
