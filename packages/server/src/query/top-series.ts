import { reduce } from '@vitrine/compute/reduce.ts';
import type { TopSeries } from '@vitrine/model/api.ts';
import { type Field, type Frame, isNumbers, type Notice, type NumberField } from '@vitrine/model/frame.ts';

/** A chart of more lines than this cannot be read, and a page of them not painted in time. */
export const DEFAULT_TOP: TopSeries = { limit: 200, by: 'last', envelope: false };

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

const WORDS = { last: 'last value', max: 'greatest value', mean: 'mean' } as const;

/**
 * Keeps the series that rank highest, in the order they stood, of all frames of series together; tables, buckets and the
 * like stay. Series without any value go first. With `envelope` the lowest and the highest of the rest are two series more.
 */
export function topSeries(frames: readonly Frame[], { limit, by, envelope }: TopSeries): Cut {
  const ranked = frames.filter(({ shape }) => shape === 'series').flatMap((frame) => rank(frame, by));
  if (ranked.length <= limit) return { frames, notices: [], isCut: false };
  const kept = new Set(
    ranked
      // Stable: of equals the first stay.
      .toSorted((a, b) => (a.value === b.value ? 0 : b.value - a.value))
      .slice(0, limit)
      .map(({ field }) => field),
  );
  const left = frames.flatMap((frame): Frame[] => {
    if (frame.shape !== 'series') return [frame];
    const [x, ...series] = frame.fields;
    const stay = series.filter((field) => kept.has(field));
    if (x === undefined || stay.length === series.length) return [frame];
    const rest = envelope ? envelopeOf(frame, series.filter((field) => !kept.has(field)).filter(isNumbers)) : [];
    return stay.length + rest.length === 0 ? [] : [{ ...frame, fields: [x, ...stay, ...rest] }];
  });
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

function rank(frame: Frame, by: TopSeries['by']): Ranked[] {
  return frame.fields.slice(1).map((field) => {
    const value = isNumbers(field) ? valueOf(field, by) : undefined;
    return { frame, field, value: value === undefined || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value };
  });
}

function valueOf(field: NumberField, by: TopSeries['by']): number | undefined {
  return reduce(field.present === undefined ? { values: field.values } : { values: field.values, present: field.present }, by);
}

/** The lowest and the highest value at each x of series that are not shown; missing where none has one. */
function envelopeOf({ length }: Frame, series: readonly NumberField[]): NumberField[] {
  if (series.length === 0) return [];
  const low = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
  const present = new Uint8Array(length);
  for (const { values, present: has } of series) {
    for (let row = 0; row < length; row++) {
      const value = values[row] as number;
      if (has?.[row] === 0 || Number.isNaN(value)) continue;
      present[row] = 1;
      if (value < (low[row] as number)) low[row] = value;
      if (value > (high[row] as number)) high[row] = value;
    }
  }
  for (let row = 0; row < length; row++) if (present[row] === 0) low[row] = high[row] = 0;
  const column = (name: string, values: Float64Array): NumberField => ({
    name: `${name} of ${series.length.toLocaleString('en')} others`,
    type: 'number',
    labels: { envelope: name.toLowerCase() },
    values,
    ...(present.includes(0) ? { present } : {}),
  });
  return [column('Lowest', low), column('Highest', high)];
}
