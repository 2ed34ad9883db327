import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field, Frame, Notice, NumberField, PanelData } from '@vitrine/model/frame.ts';
import { Labels } from '@vitrine/model/labels.ts';

/** A frame whose first column is time and whose others are numbers: only these can grow at their end. */
interface Curves {
  readonly frame: Frame;
  readonly x: NumberField;
  readonly series: readonly NumberField[];
}

/**
 * A panel's data grown by an answer that starts later. From `fresh.fromMs` on the fresh answer counts, before it the old
 * one; what lies more than one step before `keepFromMs` is dropped (that one step keeps lines entering from the left edge),
 * and so are series without a value left. Series are told apart by their labels; new ones come after the known ones,
 * histogram buckets in the order of their bounds. Frames that are not curves over time are taken from the fresh answer.
 *
 * Neither input is changed. Where the grids differ, or the fresh answer covers everything, it is the result.
 */
export function mergePanelData(old: PanelData, fresh: PanelData, keepFromMs: number): PanelData {
  if (!fresh.growable || old.stepMs !== fresh.stepMs || fresh.fromMs <= old.fromMs) return fresh;
  const startMs = keepFromMs - old.stepMs;
  const known = identifyFrames(old.frames, fresh.frames);
  const grown = identifyFrames(fresh.frames, old.frames);
  const frames: Frame[] = [];
  for (const [key, frame] of known) {
    const before = readCurves(frame);
    const next = grown.get(key);
    const after = next === undefined ? undefined : readCurves(next);
    if (before !== undefined && (next === undefined || after !== undefined)) {
      frames.push(mergeCurves(before, after, startMs, fresh.fromMs));
    } else if (next !== undefined) {
      frames.push(next);
    }
  }
  for (const [key, frame] of grown) if (!known.has(key)) frames.push(frame);
  return {
    frames: frames.filter((frame) => frame.shape === 'table' || frame.fields.length > 1),
    notices: distinct([...old.notices, ...fresh.notices]),
    traces: fresh.traces,
    fromMs: Math.max(old.fromMs, Math.ceil(startMs / old.stepMs) * old.stepMs),
    toMs: fresh.toMs,
    stepMs: old.stepMs,
    growable: true,
  };
}

/** How many series there are in all frames. */
export function countSeries(data: PanelData): number {
  return data.frames.reduce((sum, { shape, fields }) => sum + (shape === 'table' ? 0 : Math.max(0, fields.length - 1)), 0);
}

/** Whether any column holds a value. */
export function isEmpty(data: PanelData): boolean {
  return !data.frames.some(({ shape, length, fields }) => {
    if (length === 0) return false;
    if (shape === 'table') return fields.length > 0;
    return fields.slice(1).some((field) => hasValue(field, length));
  });
}

/** One frame a query is the rule; where a query has several, the labels of their first series tell them apart. */
function identifyFrames(frames: readonly Frame[], others: readonly Frame[]): Map<string, Frame> {
  const counts = new Map<string, number>();
  for (const side of [frames, others]) {
    const perSide = Map.groupBy(side, query);
    for (const [key, { length }] of perSide) counts.set(key, Math.max(counts.get(key) ?? 0, length));
  }
  const byKey = new Map<string, Frame>();
  for (const frame of frames) {
    const first = frame.fields[1];
    const many = (counts.get(query(frame)) ?? 0) > 1;
    byKey.set(many && first !== undefined ? `${query(frame)}\n${identity(first)}` : query(frame), frame);
  }
  return byKey;
}

function query({ refId, shape }: Frame): string {
  return `${refId}\n${shape}`;
}

function identity({ name, labels }: Field): string {
  return labels === undefined ? `\n${name}` : Labels.from(labels).key;
}

function readCurves(frame: Frame): Curves | undefined {
  const [x, ...series] = frame.fields;
  if (frame.shape === 'table' || x?.type !== 'time') return undefined;
  const numbers = series.filter(isNumbers);
  return numbers.length === series.length ? { frame, x, series: numbers } : undefined;
}

function mergeCurves(old: Curves, fresh: Curves | undefined, startMs: number, freshFromMs: number): Frame {
  const first = lowerBound(old.x.values, old.frame.length, startMs);
  const last = Math.max(first, lowerBound(old.x.values, old.frame.length, freshFromMs));
  const oldCount = last - first;
  const freshFirst = fresh === undefined ? 0 : lowerBound(fresh.x.values, fresh.frame.length, Math.max(startMs, freshFromMs));
  const freshCount = fresh === undefined ? 0 : fresh.frame.length - freshFirst;
  const length = oldCount + freshCount;

  const freshSeries = new Map((fresh?.series ?? []).map((field) => [identity(field), field]));
  const join = (shape: NumberField, before: NumberField | undefined, after: NumberField | undefined): NumberField => {
    const values = new Float64Array(length);
    const present = new Uint8Array(length);
    if (before !== undefined) {
      values.set(before.values.subarray(first, last));
      if (before.present === undefined) present.fill(1, 0, oldCount);
      else present.set(before.present.subarray(first, last));
    }
    if (after !== undefined) {
      values.set(after.values.subarray(freshFirst, freshFirst + freshCount), oldCount);
      if (after.present === undefined) present.fill(1, oldCount);
      else present.set(after.present.subarray(freshFirst, freshFirst + freshCount), oldCount);
    }
    const { present: _, ...rest } = shape;
    return present.includes(0) ? { ...rest, values, present } : { ...rest, values };
  };

  const x = join(old.x, old.x, fresh?.x);
  const series: NumberField[] = [];
  for (const field of old.series) {
    const key = identity(field);
    series.push(join(field, field, freshSeries.get(key)));
    freshSeries.delete(key);
  }
  for (const field of freshSeries.values()) series.push(join(field, undefined, field));
  const left = series.filter((field) => hasValue(field, length));
  if (old.frame.shape === 'buckets') left.sort((a, b) => upperBound(a) - upperBound(b));
  return { ...old.frame, length, fields: [x, ...left] };
}

/** The first position whose time is at least `atMs`. */
function lowerBound(times: Float64Array, length: number, atMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function hasValue({ present }: Field, length: number): boolean {
  return present === undefined ? length > 0 : present.subarray(0, length).includes(1);
}

function upperBound({ labels }: NumberField): number {
  const bound = labels?.['le'] ?? '+Inf';
  return bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
}

function distinct(notices: readonly Notice[]): Notice[] {
  return [...new Map(notices.map((notice) => [`${notice.level}\n${notice.text}`, notice])).values()];
}
