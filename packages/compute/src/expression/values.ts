import { type Frame, isNumbers, type NumberField } from '@vitrine/model/frame.ts';

type LabelMap = Readonly<Record<string, string>>;

/** One answer as expressions compute with it. A missing value is undefined in a number and 0 in `present`; NaN is a value. */
export interface NumberItem {
  readonly labels: LabelMap;
  readonly value: number | undefined;
}

export interface SeriesItem {
  readonly labels: LabelMap;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly present: Uint8Array | undefined;
}

export type ExpressionValue =
  | { readonly kind: 'scalar'; readonly value: number | undefined }
  | { readonly kind: 'numbers'; readonly items: readonly NumberItem[] }
  | { readonly kind: 'series'; readonly items: readonly SeriesItem[] };

/** Whether there is nothing to compute with. */
export function isNoData(value: ExpressionValue): boolean {
  return value.kind !== 'scalar' && value.items.length === 0;
}

/**
 * A query's frames as series, or as numbers where each holds one: an answer at an instant, or a table whose text columns
 * are labels of its one number column. Frames that are neither are left out.
 */
export function readFrames(frames: readonly Frame[], isInstant: boolean): ExpressionValue {
  if (frames.some(({ shape }) => shape === 'table')) {
    return { kind: 'numbers', items: frames.flatMap(readTable) };
  }
  const series = frames.flatMap(readSeries);
  if (!isInstant) return { kind: 'series', items: series };
  return {
    kind: 'numbers',
    items: series.map(({ labels, values, present }) => {
      const last = values.length - 1;
      return { labels, value: last < 0 || present?.[last] === 0 ? undefined : values[last] };
    }),
  };
}

function readSeries({ fields, length, shape }: Frame): SeriesItem[] {
  if (shape !== 'series' && shape !== 'buckets') return [];
  const x = fields.find((field) => field.type === 'time');
  if (x === undefined || !isNumbers(x)) return [];
  return fields.filter(isNumbers).flatMap((field): SeriesItem[] =>
    field === x || field.type === 'time'
      ? []
      : [
          {
            labels: field.labels ?? {},
            timesMs: x.values.subarray(0, length),
            values: field.values.subarray(0, length),
            present: field.present?.subarray(0, length),
          },
        ],
  );
}

function readTable({ fields, length }: Frame): NumberItem[] {
  const numbers = fields.filter((field): field is NumberField => field.type === 'number');
  const value = numbers.at(-1);
  if (value === undefined) return [];
  const texts = fields.filter((field) => field.type === 'string');
  return Array.from({ length }, (_, row) => ({
    labels: Object.fromEntries(
      texts.map(({ name, values }) => [name, values[row] ?? ''] as const).filter(([, text]) => text !== ''),
    ),
    value: value.present?.[row] === 0 ? undefined : value.values[row],
  }));
}

/** Expressions' results as frames: numbers stand at `atMs`. Series of the same times share a frame. */
export function writeFrames(refId: string, value: ExpressionValue, atMs: number): Frame[] {
  if (value.kind === 'series') {
    const groups = new Map<string, SeriesItem[]>();
    for (const item of value.items) {
      const { timesMs } = item;
      const key = `${timesMs.length} ${timesMs[0]} ${timesMs.at(-1)}`;
      const group = groups.get(key) ?? groups.set(key, []).get(key)!;
      group.push(item);
    }
    return [...groups.values()].flatMap((items) => framesOf(refId, items));
  }
  const items = value.kind === 'scalar' ? [{ labels: {}, value: value.value }] : value.items;
  if (items.length === 0) return [];
  const timesMs = Float64Array.of(atMs);
  const single = items.map(({ labels, value: number }): SeriesItem => ({
    labels,
    timesMs,
    values: Float64Array.of(number ?? 0),
    present: number === undefined ? Uint8Array.of(0) : undefined,
  }));
  return [frameOf(refId, timesMs, single)];
}

/** Frames of items whose times agree at both ends; usually all of them do throughout. */
function framesOf(refId: string, items: readonly SeriesItem[]): Frame[] {
  const frames: SeriesItem[][] = [];
  for (const item of items) {
    const same = frames.find(([first]) => sameTimes((first as SeriesItem).timesMs, item.timesMs));
    if (same === undefined) frames.push([item]);
    else same.push(item);
  }
  return frames.map((group) => frameOf(refId, (group[0] as SeriesItem).timesMs, group));
}

export function sameTimes(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function frameOf(refId: string, timesMs: Float64Array, items: readonly SeriesItem[]): Frame {
  return {
    refId,
    shape: 'series',
    length: timesMs.length,
    fields: [
      { name: 'Time', type: 'time', values: timesMs },
      ...items.map(({ labels, values, present }): NumberField => ({
        name: nameOf(refId, labels),
        type: 'number',
        labels,
        values,
        ...(present === undefined ? {} : { present }),
      })),
    ],
  };
}

/** A result is called after its query, and after the labels that tell it from the others. */
function nameOf(refId: string, labels: LabelMap): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== '__name__');
  return pairs.length === 0 ? refId : `${refId} {${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
}
