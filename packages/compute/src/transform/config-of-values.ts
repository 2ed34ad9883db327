/** Settings of fields that come out of data: what configFromData and rowsToFields read. */
import type { FieldSettings, ThresholdStep, ValueMapping } from '@vitrine/model/field-config.ts';

import { numberOf, textOf, type Cell } from './column.ts';

/** A value, and which setting it is. */
export interface Setting {
  readonly key: string;
  readonly cell: Cell;
  /** Of a threshold. */
  readonly color?: string;
}

type Write = (settings: FieldSettings, cell: Exclude<Cell, undefined>, color: string) => FieldSettings;

const number =
  (key: 'min' | 'max' | 'decimals'): Write =>
  (settings, cell) => {
    const value = numberOf(cell);
    return value === undefined ? settings : { ...settings, [key]: value };
  };
const text =
  (key: 'displayName' | 'unit' | 'noValue' | 'description'): Write =>
  (settings, cell) => ({ ...settings, [key]: textOf(cell) });

const WRITERS: Readonly<Record<string, Write>> = {
  displayName: text('displayName'),
  'field.displayName': text('displayName'),
  unit: text('unit'),
  noValue: text('noValue'),
  description: text('description'),
  min: number('min'),
  max: number('max'),
  decimals: number('decimals'),
  color: (settings, cell) => ({ ...settings, color: { mode: 'fixed', fixedColor: textOf(cell) } }),
  threshold1: (settings, cell, color) => {
    const value = numberOf(cell);
    if (value === undefined) return settings;
    const steps: readonly ThresholdStep[] = settings.thresholds?.steps ?? [{ value: Number.NEGATIVE_INFINITY, color: 'green' }];
    const sorted = [...steps, { value, color }].sort((a, b) => (a.value < b.value ? -1 : 1));
    return { ...settings, thresholds: { mode: settings.thresholds?.mode ?? 'absolute', steps: sorted } };
  },
};

const keysByName = new Map(Object.keys(WRITERS).map((key) => [key.toLowerCase(), key]));

/** Which setting values of that name are where nobody said what they are, "Max" like "max"; undefined where they are none. */
export function settingKey(name: string): string | undefined {
  return keysByName.get(name.toLowerCase());
}

/** `settings` with these written into them; what is missing or cannot be read changes nothing. */
export function writeSettings(settings: FieldSettings, written: readonly Setting[]): FieldSettings {
  let result = settings;
  for (const { key, cell, color } of written) {
    if (cell !== undefined && Object.hasOwn(WRITERS, key)) result = WRITERS[key]!(result, cell, color ?? 'red');
  }
  return result;
}

/** Value mappings out of columns of values, texts and colours, one a row. */
export function mappingsOf(values: readonly Cell[], texts: readonly Cell[], colors: readonly Cell[]): ValueMapping[] {
  return values.flatMap((cell, row): ValueMapping[] => {
    if (cell === undefined) return [];
    const shown = texts[row];
    const color = colors[row];
    const result = { ...(shown !== undefined && { text: textOf(shown) }), ...(color !== undefined && { color: textOf(color) }) };
    return [{ kind: 'value', value: textOf(cell), result }];
  });
}
