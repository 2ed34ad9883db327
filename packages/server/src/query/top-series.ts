import { reduce } from '@vitrine/compute/reduce.ts';
import type { TopSeries } from '@vitrine/model/api.ts';
import { type Field, type Frame, isNumbers, type Notice, type NumberField } from '@vitrine/model/frame.ts';

/** What is kept; `above`: only of more series than so many, `limit` where it is absent. */
type Top = TopSeries & { readonly above?: number };

/** A chart of more than 200 lines cannot be read: then a fourth of them is shown, and the range of the rest. */
export const DEFAULT_TOP: Top = { limit: 50, above: 200, by: 'last', envelope: true };

interface Ranked {
  readonly frame: Frame;
  readonly field: Field;
  readonly value: number;
}

interface Cut {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
  /** Whether any series was left out. */
  readonly isCut: boolean;
}

const WORDS = { last: 'last value', max: 'maximum', mean: 'mean' } as const;

/**
 * Keeps the series that rank highest, in the order they stood, of all frames of series together; tables, buckets and the
 * like stay. Series without any value go first. With `envelope` the lowest and the highest of the rest are two series more.
 */
export function topSeries(frames: readonly Frame[], { limit, by, envelope, above = limit }: Top): Cut {
  const ranked = frames.filter(isRanked).flatMap((frame) => rank(frame, by));
  if (ranked.length <= above) return { frames, notices: [], isCut: false };
  const kept = new Set(
    ranked
      // Stable: of equals the first stay.
      .toSorted((a, b) => (a.value === b.value ? 0 : b.value - a.value))
      .slice(0, limit)
      .map(({ field }) => field),
  );
  const rest = new Map<string, Dropped[]>();
  const left = frames.flatMap((frame): Frame[] => {
    if (!isRanked(frame)) return [frame];
    const [x, ...series] = frame.fields;
    const stay = series.filter((field) => kept.has(field));
    if (x === undefined || stay.length === series.length) return [frame];
    if (isNumbers(x)) {
      const dropped = series.filter((field) => !kept.has(field)).filter(isNumbers);
      rest.set(frame.refId, [...(rest.get(frame.refId) ?? []), { frame, x, series: dropped }]);
    }
    return stay.length === 0 ? [] : [{ ...frame, fields: [x, ...stay] }];
  });
  if (envelope) for (const [refId, dropped] of rest) left.push(envelopeOf(refId, dropped));
  return {
    frames: left,
    notices: [
      {
        level: 'warning',
        text: `Showing ${limit.toLocaleString('en')} of ${ranked.length.toLocaleString('en')} series, those with the highest ${WORDS[by]}${envelope ? ', and the range of the rest' : ''}.`,
      },
    ],
    isCut: true,
  };
}

const CURVE_PARTS: ReadonlySet<string | undefined> = new Set(['smooth', 'raw', 'low', 'high']);

/** A part of a run's curve tells nothing without the others, nor without its times and steps; its source has a limit of its own. */
function isRanked({ shape, fields }: Frame): boolean {
  const { metric, part } = fields[1]?.labels ?? {};
  return shape === 'series' && !(metric !== undefined && CURVE_PARTS.has(part));
}

function rank(frame: Frame, by: TopSeries['by']): Ranked[] {
  return frame.fields.slice(1).map((field) => {
    const value = isNumbers(field) ? valueOf(field, by) : undefined;
    return { frame, field, value: value === undefined || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value };
  });
}

function valueOf(field: NumberField, by: TopSeries['by']): number | undefined {
  return reduce(field.present === undefined ? { values: field.values } : { values: field.values, present: field.present }, by);
}

interface Dropped {
  readonly frame: Frame;
  readonly x: NumberField;
  readonly series: readonly NumberField[];
}

/** The lowest and the highest value at each x of series that are not shown; missing where none has one. */
function envelopeOf(refId: string, dropped: readonly Dropped[]): Frame {
  const { x } = dropped[0] as Dropped;
  const at = unionOf(dropped);
  const low = new Float64Array(at.length).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(at.length).fill(Number.NEGATIVE_INFINITY);
  const present = new Uint8Array(at.length);
  let count = 0;
  for (const { frame, x: own, series } of dropped) {
    count += series.length;
    for (let row = 0, place = 0; row < frame.length; row++) {
      // Both rise; where a frame's own do not, its rows are left out.
      while ((at[place] as number) < (own.values[row] as number)) place++;
      if (at[place] !== own.values[row]) continue;
      for (const { values, present: has } of series) {
        const value = values[row] as number;
        if (has?.[row] === 0 || Number.isNaN(value)) continue;
        present[place] = 1;
        if (value < (low[place] as number)) low[place] = value;
        if (value > (high[place] as number)) high[place] = value;
      }
    }
  }
  for (let place = 0; place < at.length; place++) if (present[place] === 0) low[place] = high[place] = 0;
  const column = (name: string, values: Float64Array): NumberField => ({
    name: `${name} of ${count.toLocaleString('en')} others`,
    type: 'number',
    labels: { envelope: name.toLowerCase() },
    values,
    ...(present.includes(0) ? { present } : {}),
  });
  const fields = [{ ...x, values: at }, column('Lowest', low), column('Highest', high)];
  return { refId, shape: 'series', length: at.length, fields };
}

/** Every x that occurs, rising. Usually all have the same. */
function unionOf(dropped: readonly Dropped[]): Float64Array {
  const all = dropped.map(({ frame, x }) => x.values.subarray(0, frame.length));
  const first = all[0] as Float64Array;
  if (
    all.every(
      (values) => values === first || (values.length === first.length && values.every((value, row) => value === first[row])),
    )
  )
    return first;
  return Float64Array.from(new Set(all.flatMap((values) => [...values]))).toSorted();
}
