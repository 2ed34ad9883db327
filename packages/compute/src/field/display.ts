import type { ColorName, FieldSettings, ThresholdStep } from '@vitrine/model/field-config.ts';
import type { Field } from '@vitrine/model/frame.ts';
import type { FormattedValue } from '@vitrine/model/unit.ts';

import { isDateUnit, unitFormatter } from './format-unit.ts';
import { mapperOf } from './mapping.ts';

/** A value as people read it. */
export interface DisplayValue extends FormattedValue {
  /** undefined where the value is missing or no number; true is 1. */
  readonly numeric: number | undefined;
  /** Where it lies between min and max, 0 to 1; undefined where either is not known. True is all the way. */
  readonly percent: number | undefined;
  /** For inkOf() of ui/theme; undefined leaves it to the panel: a series' own colour, or plain text. */
  readonly color: ColorName | undefined;
  /** What a mapping gave. */
  readonly icon: string | undefined;
}

export interface DisplayOptions {
  /** An IANA zone, "browser" or "UTC"; "browser" where absent. */
  readonly timeZone?: string;
  /** The reader's clock, for "5 minutes ago". */
  readonly nowMs?: () => number;
}

/** Shows one value: a number, text, boolean, undefined or null where there is none, or any JSON. */
export type Display = (value: unknown) => DisplayValue;

/** Stands where there is no value and the settings give no text for it. */
const NO_VALUE = '–';
/** What a colour that is by value is where there is no number: never that of good values. */
const UNKNOWN: ColorName = 'unknown';

/** Makes what shows the values of one field, whose `config` is complete. Make it once, call it for each cell. */
export function displayOf(
  { config = {}, type, range }: Pick<Field, 'config' | 'type' | 'range'>,
  options: DisplayOptions = {},
): Display {
  const { min = range?.min, max = range?.max } = config;
  const span = min === undefined || max === undefined ? undefined : { min, max };
  const map = mapperOf(config.mappings);
  const write = writerOf(config, type, options);
  const colorOf = colorizer(config);
  return (value) => {
    const numeric = numberOf(value, type);
    const mapped = map?.(value);
    const { prefix, text, suffix } = mapped?.text === undefined ? write(value, numeric) : bare(mapped.text);
    const share = typeof value === 'boolean' ? Number(value) : span && numeric !== undefined ? shareOf(numeric, span) : undefined;
    return {
      prefix,
      text,
      suffix,
      numeric,
      percent: share === undefined ? undefined : Math.min(1, Math.max(0, share)),
      color: mapped?.color ?? colorOf(numeric, share, value),
      icon: mapped?.icon,
    };
  };
}

/** What a cell holds: undefined where there is no value. */
export function cellValue(field: Field, row: number): unknown {
  if (field.present !== undefined && field.present[row] !== 1) return undefined;
  return field.type === 'boolean' ? field.values[row] === 1 : field.values[row];
}

/** A shown value as one string: "$12.3 K", "12.3 ms". */
export function displayText({ prefix, text, suffix }: FormattedValue): string {
  return suffix === '' ? prefix + text : `${prefix}${text} ${suffix}`;
}

/** Whether a colour mode takes a value's place between min and max for a place on a scheme. */
export function isContinuous(mode: string): boolean {
  return mode.startsWith('continuous-');
}

/** The field's thresholds as values, those in percent by its min and max. */
export function thresholdsOf({ config = {}, range }: Pick<Field, 'config' | 'range'>): readonly ThresholdStep[] {
  const { thresholds, min = range?.min ?? 0, max = range?.max ?? 100 } = config;
  if (thresholds === undefined) return [];
  if (thresholds.mode === 'absolute') return thresholds.steps;
  return thresholds.steps.map(({ value, color }) => ({ value: min + (value / 100) * (max - min), color }));
}

function bare(text: string): FormattedValue {
  return { prefix: '', text, suffix: '' };
}

function numberOf(value: unknown, type: Field['type']): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  // Sources that know text only send numbers as text.
  if (typeof value !== 'string' || type !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** Not a share where min and max are one: what is there is all the way. */
function shareOf(value: number, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
  if (Number.isNaN(value)) return undefined;
  if (max > min) return (value - min) / (max - min);
  return value >= max ? 1 : 0;
}

/** Writes what no mapping has a text for. */
function writerOf(
  { unit = '', decimals, noValue = '' }: FieldSettings,
  type: Field['type'],
  { timeZone = 'browser', nowMs = Date.now }: DisplayOptions,
): (value: unknown, numeric: number | undefined) => FormattedValue {
  const isDate = isDateUnit(unit);
  const format = unitFormatter(type === 'time' && !isDate ? 'dateTimeAsSystem' : unit, decimals, { timeZone, nowMs });
  const missing = bare(noValue === '' ? NO_VALUE : noValue);
  const empty = bare(noValue);
  const words = /^bool(?:[_:]|$)/.test(unit) ? format : undefined;
  return (value, numeric) => {
    switch (typeof value) {
      case 'number':
        return format(value);
      case 'boolean':
        return words === undefined ? bare(String(value)) : words(value ? 1 : 0);
      case 'string':
        if (value === '') return empty;
        if (unit === '' || unit === 'string') return bare(value);
        if (numeric !== undefined) return format(numeric);
        return isDate && !Number.isNaN(Date.parse(value)) ? format(Date.parse(value)) : bare(value);
      default:
        return value === undefined || value === null ? missing : bare(jsonText(value));
    }
  };
}

/** A frame in a cell is told by its size: what it holds has a view of its own. */
function jsonText(value: unknown): string {
  const rows = Array.isArray(value) && value.length > 0 && value.every(isFrame) ? value : undefined;
  if (rows !== undefined) return `${rows.reduce((sum, { length }) => sum + length, 0)} rows`;
  return JSON.stringify(value) ?? String(value);
}

function isFrame(value: unknown): value is { readonly length: number } {
  return (
    typeof value === 'object' && value !== null && 'fields' in value && 'length' in value && typeof value.length === 'number'
  );
}

function colorizer({
  color,
  thresholds,
}: FieldSettings): (numeric: number | undefined, share: number | undefined, value: unknown) => ColorName | undefined {
  const mode = color?.mode ?? (thresholds === undefined || thresholds.steps.length === 0 ? '' : 'thresholds');
  if (mode === 'fixed' || mode === 'shades') return () => color?.fixedColor;
  if (isContinuous(mode)) {
    return (_, share) => (share === undefined ? UNKNOWN : `${mode}@${Math.min(1, Math.max(0, share)).toFixed(3)}`);
  }
  const steps = thresholds?.steps ?? [];
  if (mode !== 'thresholds' || steps.length === 0) return () => undefined;
  const inPercent = thresholds?.mode === 'percentage';
  return (numeric, share, value) => {
    if (typeof value === 'boolean') return steps.at(value ? -1 : 0)!.color;
    // A word is not missing, and has passed no threshold but the first.
    if (numeric === undefined && typeof value === 'string' && value !== '') return steps[0]!.color;
    const at = inPercent ? (share === undefined ? undefined : share * 100) : numeric;
    if (at === undefined || Number.isNaN(at)) return UNKNOWN;
    let found = steps[0]!;
    for (const step of steps) if (at >= step.value) found = step;
    return found.color;
  };
}

/** A value as plain text: nothing where there is none, JSON where it is neither text nor number. */
export function plainText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? '');
}
