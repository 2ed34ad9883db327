import type { Field, Frame } from '@vitrine/model/frame.ts';
import { LimitExceeded } from '@vitrine/model/bad-request.ts';

/** One curve as a server sent it: its own times, in any order. */
export interface Curve {
  /** undefined names it by what it is and its labels. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly timesMs: readonly number[];
  /** null is missing. */
  readonly values: readonly unknown[];
}

/** More cells than this no page could draw, nor hold for long. */
const MAX_CELLS = 10_000_000;

/**
 * Curves as one frame: the times of all of them, and each missing at the others'. Of two values of one curve and time the later
 * one counts. A column holds numbers, or words where any of its values is none. Throws LimitExceeded.
 */
export function seriesFrame(refId: string, curves: readonly Curve[]): Frame {
  const timesMs = allTimes(curves);
  if (timesMs.length * curves.length > MAX_CELLS) {
    throw new LimitExceeded(
      'frames',
      `${curves.length.toLocaleString('en')} series with ${timesMs.length.toLocaleString('en')} different times are more than a panel can hold; group by time($__interval), or ask for fewer series or a shorter range`,
    );
  }
  const placeOf = new Map(Array.from(timesMs, (timeMs, index) => [timeMs, index]));
  const fields = curves.map((curve): Field => {
    const places = curve.timesMs.map((timeMs) => placeOf.get(timeMs) as number);
    return column(curve, places, timesMs.length);
  });
  return { refId, shape: 'series', length: timesMs.length, fields: [{ name: 'Time', type: 'time', values: timesMs }, ...fields] };
}

function allTimes(curves: readonly Curve[]): Float64Array {
  const first = curves[0]?.timesMs ?? [];
  const isCommon = curves.every(
    ({ timesMs }) => timesMs.length === first.length && timesMs.every((timeMs, index) => timeMs === first[index]),
  );
  const distinct = new Set(isCommon ? first : curves.flatMap(({ timesMs }) => timesMs));
  return Float64Array.from(distinct).toSorted();
}

function column({ name, labels, values }: Curve, places: readonly number[], length: number): Field {
  const base = { name, ...(Object.keys(labels).length === 0 ? {} : { labels }) };
  const present = new Uint8Array(length);
  for (const [row, at] of places.entries()) present[at] = values[row] === null || values[row] === undefined ? 0 : 1;
  const missing = present.includes(0) ? { present } : {};
  const at = <T>(out: { [index: number]: T }, read: (value: unknown) => T): void => {
    for (const [row, place] of places.entries()) if (present[place] === 1) out[place] = read(values[row]);
  };
  const given = values.filter((value) => value !== null && value !== undefined);
  if (given.every((value) => typeof value === 'number')) {
    const numbers = new Float64Array(length);
    at(numbers, Number);
    return { ...base, type: 'number', values: numbers, ...missing };
  }
  if (given.every((value) => typeof value === 'boolean')) {
    const flags = new Uint8Array(length);
    at(flags, Number);
    return { ...base, type: 'boolean', values: flags, ...missing };
  }
  const words = Array.from({ length }, () => '');
  at(words, (value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return { ...base, type: 'string', values: words, ...missing };
}

/** Rows as a column of a table. Where all are numbers, numbers; where all are true or false, those; else words. */
export function tableField(name: string, values: readonly unknown[], isTime = false): Field {
  const field = column(
    { name, labels: {}, timesMs: [], values },
    values.map((_, row) => row),
    values.length,
  );
  return isTime && field.type === 'number' ? { ...field, type: 'time' } : field;
}

/** A label for each, those left out that all have alike: `_measurement` says nothing where there is but one. */
export function tellingLabels(
  all: readonly Readonly<Record<string, string>>[],
  optional: readonly string[],
): Readonly<Record<string, string>>[] {
  const left = optional.filter((name) => all.every((labels) => labels[name] === all[0]?.[name]));
  return all.map((labels) => Object.fromEntries(Object.entries(labels).filter(([name]) => !left.includes(name))));
}
