import type { CurveName, CurvePoint, CurveSummary } from '@vitrine/model/curve-store.ts';
import type { PointColumns } from './points.ts';

const US_PER_MS = 1_000;

/** What the database keeps of a curve beside its points. Times are microseconds. */
export interface Summary {
  points: number;
  nonFinite: number;
  restarts: number;
  first: Point | undefined;
  last: Point | undefined;
  latest: Point | undefined;
  min: Point | undefined;
  max: Point | undefined;
  minStep: number;
  maxStep: number;
  fromUs: number;
  toUs: number;
}

interface Point {
  readonly step: number;
  readonly timeUs: number;
  readonly value: number;
}

export function noPoints(): Summary {
  return {
    points: 0,
    nonFinite: 0,
    restarts: 0,
    first: undefined,
    last: undefined,
    latest: undefined,
    min: undefined,
    max: undefined,
    minStep: Infinity,
    maxStep: -Infinity,
    fromUs: Infinity,
    toUs: -Infinity,
  };
}

/** The summary with the points behind it. */
export function extend(before: Summary, { length, steps, timesUs, values }: PointColumns): Summary {
  if (length === 0) return before;
  const after = { ...before };
  let lastStep = before.last?.step ?? -Infinity;
  let latest = -1;
  let latestStep = before.latest?.step ?? -Infinity;
  let latestUs = before.latest?.timeUs ?? -Infinity;
  let latestValue = before.latest?.value ?? -Infinity;
  let low = -1;
  let high = -1;
  let lowValue = before.min?.value ?? Infinity;
  let highValue = before.max?.value ?? -Infinity;
  for (let i = 0; i < length; i++) {
    const step = steps[i]!;
    const value = values[i]!;
    const timeUs = timesUs[i]!;
    if (step < lastStep) after.restarts++;
    lastStep = step;
    if (step < after.minStep) after.minStep = step;
    if (step > after.maxStep) after.maxStep = step;
    if (timeUs < after.fromUs) after.fromUs = timeUs;
    if (timeUs > after.toUs) after.toUs = timeUs;
    // MLflow's order: by step, then time, then value; NaN counts as greatest.
    if (step > latestStep || (step === latestStep && (timeUs > latestUs || (timeUs === latestUs && !(value <= latestValue))))) {
      latest = i;
      latestStep = step;
      latestUs = timeUs;
      latestValue = value;
    }
    if (!Number.isFinite(value)) {
      after.nonFinite++;
      continue;
    }
    if (value < lowValue) [low, lowValue] = [i, value];
    if (value > highValue) [high, highValue] = [i, value];
  }
  const point = (at: number): Point => ({ step: steps[at]!, timeUs: timesUs[at]!, value: values[at]! });
  after.first ??= point(0);
  after.last = point(length - 1);
  if (latest >= 0) after.latest = point(latest);
  if (low >= 0) after.min = point(low);
  if (high >= 0) after.max = point(high);
  after.points += length;
  return after;
}

/** As callers know it. Only for curves that have points. */
export function describe(name: CurveName, summary: Summary): CurveSummary {
  const shown = ({ step, timeUs, value }: Point): CurvePoint => ({ step, timeMs: timeUs / US_PER_MS, value });
  const { first, last, latest, min, max } = summary;
  if (first === undefined || last === undefined || latest === undefined)
    throw new Error(`${name.metric} of ${name.run} has no points`);
  return {
    ...name,
    points: summary.points,
    nonFinite: summary.nonFinite,
    restarts: summary.restarts,
    first: shown(first),
    last: shown(last),
    latest: shown(latest),
    min: min && shown(min),
    max: max && shown(max),
    minStep: summary.minStep,
    maxStep: summary.maxStep,
    fromMs: summary.fromUs / US_PER_MS,
    toMs: summary.toUs / US_PER_MS,
  };
}

const POINTS = ['first', 'last', 'latest', 'min', 'max'] as const;
const NUMBERS = ['points', 'nonFinite', 'restarts', 'minStep', 'maxStep', 'fromUs', 'toUs'] as const;
const sqlName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The table's columns, in the order of `toRow`. */
export const SUMMARY_COLUMNS: readonly string[] = [
  ...NUMBERS.map(sqlName),
  ...POINTS.flatMap((name) => [`${name}_point_step`, `${name}_point_us`, `${name}_point_value`]),
];

/** SQLite has no NaN: a value that is NULL is one. */
export function toRow(summary: Summary): (number | null)[] {
  return [
    ...NUMBERS.map((name) => summary[name]),
    ...POINTS.flatMap((name) => {
      const point = summary[name];
      if (point === undefined) return [null, null, null];
      return [point.step, point.timeUs, Number.isNaN(point.value) ? null : point.value];
    }),
  ];
}

export function fromRow(row: readonly (number | null)[], at: number): Summary {
  const summary = noPoints();
  for (const [index, name] of NUMBERS.entries()) summary[name] = row[at + index] as number;
  for (const [index, name] of POINTS.entries()) {
    const from = at + NUMBERS.length + 3 * index;
    const [step, timeUs, value] = [row[from], row[from + 1], row[from + 2]];
    if (step !== null && timeUs !== null) summary[name] = { step: step!, timeUs: timeUs!, value: value ?? Number.NaN };
  }
  return summary;
}
