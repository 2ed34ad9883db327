/** How the values of a field are named, read, coloured and linked. The words are Grafana's, so that its dashboards mean the same here. */

/** Absent means "not said": the panel's kind decides. */
export interface FieldSettings {
  /** What people read instead of the field's name; may hold `${__field.labels.pod}` and variables. */
  readonly displayName?: string;
  /** The name that the query's legend gave; `displayName` wins over it. */
  readonly displayNameFromSource?: string;
  readonly description?: string;
  /** A unit id, see unit.ts; "" means a plain number. */
  readonly unit?: string;
  /** 0 to 20. */
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** Where min or max is absent they come from this field alone, not from all fields of the panel. */
  readonly fieldMinMax?: boolean;
  /** The first that fits decides. */
  readonly mappings?: readonly ValueMapping[];
  readonly thresholds?: Thresholds;
  readonly color?: FieldColor;
  readonly links?: readonly DataLink[];
  /** Shown where there is no value. */
  readonly noValue?: string;
  /** A table offers a filter on this column. */
  readonly filterable?: boolean;
  /** What only some kinds of panel read: lineWidth, fillOpacity, axisPlacement, cellOptions, hideFrom, … */
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** What a mapped value becomes. An absent member stays as it would be without the mapping. */
export interface MappedResult {
  readonly text?: string;
  /** See `ColorName`. */
  readonly color?: string;
  readonly icon?: string;
}

export type ValueMapping =
  /** `value` is compared as text: "1" maps the number 1. */
  | { readonly kind: 'value'; readonly value: string; readonly result: MappedResult }
  /** Closed; an absent end is open. */
  | { readonly kind: 'range'; readonly from?: number; readonly to?: number; readonly result: MappedResult }
  /** `pattern` is `/…/flags` or bare; `text` may refer to groups as $1. */
  | { readonly kind: 'regex'; readonly pattern: string; readonly result: MappedResult }
  | { readonly kind: 'special'; readonly match: SpecialValue; readonly result: MappedResult };

export type SpecialValue = 'true' | 'false' | 'null' | 'nan' | 'null+nan' | 'empty';

/**
 * A colour as documents name it: a status (healthy, warning, critical, unknown, neutral), one of Grafana's hues with its shades
 * (green, dark-red, semi-dark-blue, super-light-orange, …), "text", "transparent", or CSS hex or rgb().
 */
export type ColorName = string;

export interface Thresholds {
  /** percentage: `value` is a share, 0 to 100, of the way from the field's min to its max. */
  readonly mode: 'absolute' | 'percentage';
  readonly steps: readonly ThresholdStep[];
}

/** From `value` upward this colour holds, until the next step. The first step's value is -Infinity (null in JSON). Steps rise. */
export interface ThresholdStep {
  readonly value: number;
  readonly color: ColorName;
}

export interface FieldColor {
  /** thresholds, fixed, shades, palette-classic, palette-classic-by-name, palette-colorblind, continuous-GrYlRd, … See ui/theme/color-mode.ts. */
  readonly mode: string;
  readonly fixedColor?: ColorName;
  /** By which of a series' values a mode "by value" colours the whole series. */
  readonly seriesBy?: 'last' | 'min' | 'max';
}

/** A link from a value. `url` may hold `${__value.raw}`, `${__field.labels.pod}`, `${__url_time_range}`, variables, … */
export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

/** Changes the settings of the fields that the matcher finds, in the order they stand. */
export interface FieldOverride {
  /** byName, byNames, byRegexp, byType, byTypes, byFrameRefID, byValue, numeric, time, first, …; `options` is the matcher's own. */
  readonly matcher: { readonly id: string; readonly options?: unknown };
  /** `id` is a key of FieldSettings, or "custom." and one of `custom`. */
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

export interface PanelFieldConfig {
  readonly defaults: FieldSettings;
  readonly overrides: readonly FieldOverride[];
}
