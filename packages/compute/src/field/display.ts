import type { ColorName, FieldSettings } from '@vitrine/model/field-config.ts';
import type { Field } from '@vitrine/model/frame.ts';
import { formatValue } from '@vitrine/model/unit.ts';

/** A value as people read it. */
export interface DisplayValue {
  readonly text: string;
  /** Stands before the text without a space: "$". */
  readonly prefix: string;
  /** Stands after the text and a space: "ms". */
  readonly suffix: string;
  /** undefined where the value is missing or no number. */
  readonly numeric: number | undefined;
  /** Where it lies between min and max, 0 to 1; undefined where either is not known. */
  readonly percent: number | undefined;
  /** For ui/theme/color-name.ts; undefined leaves it to the panel: a series' own colour, or plain text. */
  readonly color: ColorName | undefined;
  /** What a mapping gave. */
  readonly icon: string | undefined;
}

export interface DisplayOptions {
  /** An IANA zone, "browser" or "UTC"; "browser" where absent. */
  readonly timeZone?: string;
}

/** Shows one value: a number, text, boolean, undefined or null where there is none, or any JSON. */
export type Display = (value: unknown) => DisplayValue;

/** Makes what shows the values of one field, whose `config` is complete. Make it once, call it for each cell. */
export function displayOf(field: Field, options: DisplayOptions = {}): Display {
  return makeDisplay(field.config ?? {}, field.type, field.range, options);
}

export function makeDisplay(
  config: FieldSettings,
  _type: Field['type'],
  _range: Field['range'],
  _options: DisplayOptions,
): Display {
  return (value) => {
    const numeric = typeof value === 'number' ? value : undefined;
    const { text, suffix } =
      numeric === undefined
        ? { text: String(value ?? config.noValue ?? '–'), suffix: '' }
        : formatValue(numeric, config.unit ?? '', config.decimals);
    return { text, prefix: '', suffix, numeric, percent: undefined, color: undefined, icon: undefined };
  };
}

/** What a cell holds: undefined where there is no value. */
export function cellValue(field: Field, row: number): unknown {
  if (field.present !== undefined && field.present[row] !== 1) return undefined;
  return field.type === 'boolean' ? field.values[row] === 1 : field.values[row];
}

/** A shown value as one string: "$12.3 K", "12.3 ms". */
export function displayText({ prefix, text, suffix }: Pick<DisplayValue, 'prefix' | 'text' | 'suffix'>): string {
  return suffix === '' ? prefix + text : `${prefix}${text} ${suffix}`;
}

/** Whether a colour mode takes a value's place between min and max for a place on a scheme. */
export function isContinuous(mode: string): boolean {
  return mode.startsWith('continuous-');
}
