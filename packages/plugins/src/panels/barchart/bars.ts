import { cellValue, displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';
import type { BarSeries } from '@vitrine/ui/categorical/bar-layout.ts';
import { colorOf } from '@vitrine/ui/theme/color-mode.ts';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import type { ThemeName } from '@vitrine/ui/theme/ink.ts';
import { assignSlots } from '@vitrine/ui/theme/series-color.ts';

import { hiddenFrom } from '../hidden.ts';

/** What a bar chart draws of an answer. */
export interface BarData {
  readonly categories: readonly string[];
  /** Times without what all have in common. */
  readonly ticks: readonly string[] | undefined;
  readonly series: readonly (BarSeries & { readonly field: NumberField; readonly inLegend: boolean })[];
}

/** More names than these a chart cannot tell apart; the newest or last stay. */
const MOST_CATEGORIES = 20_000;
const MOST_SERIES = 200;

/**
 * The columns of numbers over one of names. Frames are put side by side: rows of one name are one category, where frames have
 * several rows of it the last counts.
 */
export function barData(
  frames: readonly Frame[],
  options: { readonly xField: string; readonly colorByField: string },
  theme: ThemeName,
  timeZone: string,
): BarData | undefined {
  const names = fieldNames(frames);
  const placeOf = new Map<string, number>();
  const found: { readonly frame: Frame; readonly x: Field | undefined; readonly keys: readonly string[]; readonly at: number }[] =
    [];
  for (const [at, frame] of frames.entries()) {
    if (frame.length === 0 || frame.shape === 'exemplars') continue;
    const x = nameField(frame, names[at]!, options.xField);
    const show = x === undefined ? undefined : displayOf(x, { timeZone });
    const keys = Array.from({ length: frame.length }, (_, row) =>
      show === undefined ? String(row + 1) : displayText(show(cellValue(x!, row))),
    );
    // One frame may say a name twice: its rows are bars of their own.
    const isAlone = frames.length === 1;
    const distinct = keys.map((key, row) => (isAlone ? `${key}\n${row}` : key));
    for (const key of distinct) if (!placeOf.has(key)) placeOf.set(key, placeOf.size);
    found.push({ frame, x, keys: distinct, at });
  }
  const total = placeOf.size;
  const skip = Math.max(0, total - MOST_CATEGORIES);
  const count = total - skip;
  const drawn = found.flatMap(({ frame, x, keys, at }) =>
    frame.fields.flatMap((field, index) =>
      field.type === 'number' && field !== x && !hiddenFrom(field, 'viz') && field.name !== options.colorByField
        ? [{ frame, field, keys, name: names[at]![index]! }]
        : [],
    ),
  );
  if (count === 0 || drawn.length === 0) return undefined;
  const slots = assignSlots(drawn.map(({ name }) => name));
  const colorBy = options.colorByField === '' ? undefined : colorsBy(found, names, options.colorByField, placeOf, skip, theme);
  const series = drawn.slice(0, MOST_SERIES).map(({ frame, field, keys, name }, index) => {
    const values = new Float64Array(count).fill(Number.NaN);
    const present = new Uint8Array(count);
    for (let row = 0; row < frame.length; row++) {
      const at = placeOf.get(keys[row]!)! - skip;
      if (at < 0 || field.present?.[row] === 0) continue;
      values[at] = field.values[row]!;
      present[at] = 1;
    }
    const show = displayOf(field, { timeZone });
    const custom = field.config?.custom ?? {};
    const plain = colorOf(field.config?.color, { slot: slots.get(name) ?? 0, index }, theme);
    return {
      id: `${frame.refId} ${index} ${name}`,
      name,
      field,
      values,
      inLegend: !hiddenFrom(field, 'legend'),
      colorAt: (category: number) => {
        const own = colorBy?.[category];
        if (own !== undefined) return own;
        const shown = show(values[category]).color;
        return shown === undefined ? plain : inkOf(shown, theme);
      },
      textAt: (category: number) => displayText(show(present[category] === 1 ? values[category] : undefined)),
      fill: share(custom['fillOpacity'], 80),
      lineWidth: within(custom['lineWidth'], 1, 0, 10),
      gradient: custom['gradientMode'] === 'opacity' || custom['gradientMode'] === 'hue',
    };
  });
  const categories = [...placeOf.keys()]
    .slice(skip)
    .map((key) => (frames.length === 1 ? key.slice(0, key.lastIndexOf('\n')) : key));
  const isTime = found.every(({ x }) => x?.type === 'time' && (x.config?.unit ?? '') === '');
  return { categories, ticks: isTime ? shortTimes(categories) : undefined, series };
}

/** Times of one day without their date, and without seconds where all are zero. */
function shortTimes(times: readonly string[]): readonly string[] {
  const parts = times.map((time) => /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)(:[\d.]+)$/.exec(time));
  if (parts.includes(null)) return times;
  const [first] = parts;
  const isOneDay = parts.every((part) => part![1] === first![1]);
  const isEven = parts.every((part) => part![3] === ':00');
  return parts.map((part) => `${isOneDay ? '' : `${part![1]!.slice(5)} `}${part![2]}${isEven ? '' : part![3]}`);
}

function nameField(frame: Frame, names: readonly string[], wanted: string): Field | undefined {
  if (wanted !== '') {
    const at = frame.fields.findIndex((field, index) => names[index] === wanted || field.name === wanted);
    if (at >= 0) return frame.fields[at];
  }
  return (
    frame.fields.find((field) => field.type === 'string' && field.name !== '__name__') ??
    frame.fields.find((field) => field.type === 'time') ??
    (frame.shape === 'series' || frame.shape === 'buckets' ? frame.fields[0] : undefined)
  );
}

function colorsBy(
  found: readonly { readonly frame: Frame; readonly keys: readonly string[]; readonly at: number }[],
  names: readonly (readonly string[])[],
  wanted: string,
  placeOf: ReadonlyMap<string, number>,
  skip: number,
  theme: ThemeName,
): readonly (string | undefined)[] {
  const colors: (string | undefined)[] = [];
  for (const { frame, keys, at } of found) {
    const field = frame.fields.find((one, index) => names[at]![index] === wanted || one.name === wanted);
    if (field === undefined) continue;
    const show = displayOf(field);
    const texts = Array.from({ length: frame.length }, (_, row) => displayText(show(cellValue(field, row))));
    const slots = assignSlots(texts);
    for (let row = 0; row < frame.length; row++) {
      const { color } = show(cellValue(field, row));
      const place = placeOf.get(keys[row]!)! - skip;
      if (place >= 0)
        colors[place] =
          color === undefined ? colorOf(undefined, { slot: slots.get(texts[row]!) ?? 0, index: 0 }, theme) : inkOf(color, theme);
    }
  }
  return colors;
}

function within(value: unknown, otherwise: number, min: number, max: number): number {
  return typeof value === 'number' && value >= min && value <= max ? value : otherwise;
}

function share(value: unknown, otherwise: number): number {
  return within(value, otherwise, 0, 100) / 100;
}
