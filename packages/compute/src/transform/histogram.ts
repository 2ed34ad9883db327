import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { numberColumn, tableOf } from './column.ts';
import type { TransformationKind } from './transformation.ts';

/** How many buckets there are about where nobody said. */
const USUAL_COUNT = 30;
/** Buckets are one of these wide, times a power of ten. */
const STEPS = [1, 2, 2.5, 4, 5];
const WHOLE_STEPS = [1, 2, 4, 5];

/** Only buckets that hold something are in the result: `xMin`, `xMax` and a column of counts for each field of numbers. */
export const histogram: TransformationKind = {
  id: 'histogram',
  title: 'Histogram',
  description: 'Counts how many values fall into each of equally wide buckets.',
  defaults: {},
  apply(frames, options) {
    const fields = frames.flatMap((frame) => frame.fields.filter(({ type }) => type === 'number'));
    const values = fields.map(finiteValues);
    if (values.every(({ length }) => length === 0)) return [];
    const offset = options.number('bucketOffset', 0);
    const count = options.number('bucketCount', USUAL_COUNT);
    const size = options.number('bucketSize', 0) || bucketSize(values, count > 0 ? count : USUAL_COUNT);
    if (size < 0) throw new BadRequest('bucketSize', `a bucket cannot be ${size} wide`);
    const counted = options.flag('combine', false) ? [values.flatMap((list) => [...list])] : values;
    const headers = options.flag('combine', false) ? [{ name: 'count', config: { displayName: 'Count' } }] : fields.map(header);
    return [histogramFrame(frames, fields[0]?.config, counted, headers, size, offset)];
  },
};

function header({ name, labels, config }: Field) {
  // Counts are not measured in the unit of what was counted.
  const { unit: _, decimals: __, ...rest } = config ?? {};
  return { name, ...(labels !== undefined && { labels }), config: rest };
}

function finiteValues(field: Field): Float64Array {
  if (field.type !== 'number') return new Float64Array();
  return field.values.filter((value, row) => field.present?.[row] !== 0 && Number.isFinite(value));
}

/** Wide enough for `count` buckets over all values, and for neighbouring values of the coarsest field to fall into different ones. */
function bucketSize(columns: readonly ArrayLike<number>[], count: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let apart = 0;
  for (const column of columns) {
    const sorted = Float64Array.from(column).sort();
    if (sorted.length === 0) continue;
    low = Math.min(low, sorted[0]!);
    high = Math.max(high, sorted.at(-1)!);
    let nearest = Number.POSITIVE_INFINITY;
    for (let index = 1; index < sorted.length; index++) {
      const distance = sorted[index]! - sorted[index - 1]!;
      if (distance > 0 && distance < nearest) nearest = distance;
    }
    if (Number.isFinite(nearest)) apart = Math.max(apart, nearest);
  }
  const target = Math.max(apart, (high - low) / count);
  return target > 0 ? roundUp(target) : 1;
}

function roundUp(target: number): number {
  const exponent = Math.floor(Math.log10(target));
  for (const power of [exponent, exponent + 1]) {
    const steps = power === 0 ? WHOLE_STEPS : STEPS;
    // Dividing by a whole power keeps 0.2 at 0.2.
    const step = steps
      .map((one) => (power < 0 ? one / 10 ** -power : one * 10 ** power))
      .find((one) => one >= target * (1 - 1e-12));
    if (step !== undefined) return step;
  }
  return 10 ** (exponent + 2);
}

function histogramFrame(
  frames: readonly Frame[],
  config: Field['config'],
  columns: readonly ArrayLike<number>[],
  headers: readonly { name: string; config: object }[],
  size: number,
  offset: number,
): Frame {
  const counts = columns.map((column) => {
    const byBucket = new Map<number, number>();
    for (let index = 0; index < column.length; index++) {
      const bucket = bucketOf(column[index]!, size, offset);
      byBucket.set(bucket, (byBucket.get(bucket) ?? 0) + 1);
    }
    return byBucket;
  });
  const buckets = Float64Array.from(new Set(counts.flatMap((byBucket) => [...byBucket.keys()]))).sort();
  const edge = (bucket: number): number => tidy(bucket * size + offset);
  const shared = config === undefined ? {} : { config };
  const fields = [
    numberColumn({ name: 'xMin', ...shared }, buckets.map(edge)),
    numberColumn(
      { name: 'xMax', ...shared },
      buckets.map((bucket) => edge(bucket + 1)),
    ),
    ...headers.map((head, index) =>
      numberColumn(
        head,
        buckets.map((bucket) => counts[index]!.get(bucket) ?? 0),
      ),
    ),
  ];
  return tableOf(`histogram-${frames[0]?.refId ?? ''}`, fields);
}

/** Values that lie on an edge but for rounding belong above it. */
function bucketOf(value: number, size: number, offset: number): number {
  const place = (value - offset) / size;
  const nearest = Math.round(place);
  return Math.abs(place - nearest) < 1e-9 ? nearest : Math.floor(place);
}

/** Takes off what computing in binary added: 0.30000000000000004 is 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(14));
}
