import { displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { fieldMatcher } from '@vitrine/compute/matcher.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';
import type { XYSeries } from '@vitrine/ui/chart/xy-chart.tsx';
import { graphSettings } from '@vitrine/ui/chart/graph-settings.ts';
import { colorOf, isByValue } from '@vitrine/ui/theme/color-mode.ts';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import { schemeColor } from '@vitrine/ui/theme/color-scheme.ts';
import type { ThemeName } from '@vitrine/ui/theme/ink.ts';
import { assignSlots } from '@vitrine/ui/theme/series-color.ts';

import type { MatcherOption, XYChartOptions, XYSeriesOptions } from './spec.ts';

interface Found {
  readonly frame: Frame;
  readonly names: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly color: number | undefined;
  readonly size: number | undefined;
  readonly name: string;
}

const SCHEME = 'continuous-viridis';
const MOST_POINTS = 100_000;

/** Points with the columns that they come from. */
export interface MappedSeries extends XYSeries {
  readonly frame: Frame;
  readonly x: NumberField;
  readonly y: NumberField;
}

/** What the options ask to be drawn of the frames: points that have both x and y. Pure. */
export function xySeries(frames: readonly Frame[], options: XYChartOptions, theme: ThemeName, timeZone: string): MappedSeries[] {
  const found = findSeries(frames, options);
  const slots = assignSlots(found.map(({ name }) => name));
  return found.map((series, index): MappedSeries => {
    const x = series.frame.fields[series.x] as NumberField;
    const y = series.frame.fields[series.y] as NumberField;
    const size = numbersAt(series.frame, series.size);
    const colored = numbersAt(series.frame, series.color);
    const color = colorOf(
      isByValue(y.config?.color?.mode) ? undefined : y.config?.color,
      { slot: slots.get(series.name)!, index },
      theme,
    );
    const rows = pointRows(x, y, series.frame.length);
    const displays = new Map<number, (value: unknown) => string>();
    const show = (column: number) => (row: number) => {
      const field = series.frame.fields[column]!;
      let display = displays.get(column);
      if (display === undefined) {
        const made = displayOf(field, { timeZone });
        displays.set(column, (display = (value) => displayText(made(value))));
      }
      return display(field.present?.[row] === 0 ? undefined : field.values[row]);
    };
    const told = series.frame.fields.flatMap(({ type }, column) => (type === 'frame' ? [] : [column]));
    return {
      id: `${series.frame.refId} ${series.x} ${series.y} ${index}`,
      name: series.name,
      frame: series.frame,
      x,
      y,
      color,
      xs: Float64Array.from(rows, (row) => x.values[row]!),
      ys: Float64Array.from(rows, (row) => y.values[row]!),
      rows,
      ...styleOf(y.config?.custom),
      radii: size === undefined ? undefined : radiiOf(size, rows, y.config?.custom),
      inks: inksOf(colored ?? (isByValue(y.config?.color?.mode) ? y : undefined), rows, theme),
      describe: (row) => told.map((column) => [series.names[column]!, show(column)(row)] as const),
    };
  });
}

function findSeries(frames: readonly Frame[], { mapping, series }: XYChartOptions): Found[] {
  const names = fieldNames(frames);
  const asked: readonly XYSeriesOptions[] = mapping === 'auto' || series.length === 0 ? [{ ...ANY, ...series[0] }] : series;
  return asked.flatMap((want) =>
    frames.flatMap((frame, at): Found[] => {
      if (frame.shape === 'exemplars' || (want.frame !== undefined && want.frame !== at)) return [];
      const pick = (option: MatcherOption | undefined, not: readonly (number | undefined)[], type?: Field['type']) => {
        const matches = option === undefined ? undefined : fieldMatcher(option.matcher.id, option.matcher.options);
        return frame.fields.findIndex(
          (field, column) =>
            isNumbers(field) &&
            !not.includes(column) &&
            (matches === undefined ? type === undefined || field.type === type : matches(field, frame, frames)),
        );
      };
      const given = pick(want.x, [], want.x === undefined ? 'number' : undefined);
      // With one column of numbers, time is x.
      const numbers = frame.fields.filter(({ type }) => type === 'number').length;
      const x = want.x === undefined && numbers < 2 ? frame.fields.findIndex(({ type }) => type === 'time') : given;
      if (x < 0) return [];
      const extra = (option: MatcherOption | undefined) => {
        const column = option === undefined ? -1 : pick(option, []);
        return column < 0 ? undefined : column;
      };
      const [color, size] = [extra(want.color), extra(want.size)];
      const isManual = mapping === 'manual' && want.y !== undefined;
      const columns = isManual
        ? [pick(want.y, [x])]
        : frame.fields.flatMap((field, column) =>
            field.type === 'number' && ![x, color, size].includes(column) ? [column] : [],
          );
      return columns
        .filter((y) => y >= 0 && !graphSettings(frame.fields[y]!.config?.custom).hide.viz)
        .map((y) => ({ frame, names: names[at]!, x, y, color, size, name: want.name.fixed || names[at]![y]! }));
    }),
  );
}

const ANY: XYSeriesOptions = {
  name: { fixed: '' },
  frame: undefined,
  x: undefined,
  y: undefined,
  color: undefined,
  size: undefined,
};

function numbersAt({ fields }: Frame, column: number | undefined): NumberField | undefined {
  const field = column === undefined ? undefined : fields[column];
  return isNumbers(field) ? field : undefined;
}

function pointRows(x: NumberField, y: NumberField, length: number): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < length && rows.length < MOST_POINTS; row++) {
    if (x.present?.[row] === 0 || y.present?.[row] === 0) continue;
    if (Number.isFinite(x.values[row]!) && Number.isFinite(y.values[row]!)) rows.push(row);
  }
  return Uint32Array.from(rows);
}

type Custom = Readonly<Record<string, unknown>> | undefined;

function styleOf(custom: Custom) {
  const show = custom?.['show'];
  const { lineWidth, dash, fillOpacity } = graphSettings(custom);
  const strokeWidth = custom?.['pointStrokeWidth'];
  return {
    points: show !== 'lines',
    lines: show === 'lines' || show === 'points+lines',
    radius: Math.max(1, Math.min(50, (sizeOf(custom).fixed ?? 5) / 2)),
    shape: custom?.['pointShape'] === 'square' ? ('square' as const) : ('circle' as const),
    strokeWidth: typeof strokeWidth === 'number' && strokeWidth >= 0 && strokeWidth <= 10 ? strokeWidth : 1,
    opacity: custom?.['fillOpacity'] === undefined ? 0.5 : fillOpacity,
    lineWidth,
    dash: dash ?? [],
  };
}

function sizeOf(custom: Custom): { readonly fixed?: number; readonly min?: number; readonly max?: number } {
  const given = custom?.['pointSize'];
  if (typeof given === 'number') return { fixed: given };
  return typeof given === 'object' && given !== null ? given : {};
}

/** Radii whose areas grow with the values. */
function radiiOf(size: NumberField, rows: Uint32Array, custom: Custom): Float64Array {
  const { min: least = 3, max: most = 36 } = sizeOf(custom);
  const [low, high] = extent(size, rows);
  return Float64Array.from(rows, (row) => {
    const share = high > low ? (size.values[row]! - low) / (high - low) : 0.5;
    return Math.sqrt((least / 2) ** 2 + (Number.isFinite(share) ? share : 0) * ((most / 2) ** 2 - (least / 2) ** 2));
  });
}

function inksOf(field: NumberField | undefined, rows: Uint32Array, theme: ThemeName): readonly string[] | undefined {
  if (field === undefined) return undefined;
  const display = displayOf(field);
  const [low, high] = extent(field, rows);
  return Array.from(rows, (row) => {
    const value = field.values[row]!;
    const { color } = display(value);
    if (color !== undefined) return inkOf(color, theme);
    return schemeColor(SCHEME, high > low ? (value - low) / (high - low) : 0.5, theme);
  });
}

function extent({ values }: NumberField, rows: Uint32Array): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
