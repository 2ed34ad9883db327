import type { XDomain } from './frame.ts';

/** The newest version of the saved form; migrate/ holds one step a version. */
export const DASHBOARD_VERSION = 1;

/** A saved dashboard. */
export interface Dashboard {
  readonly version: typeof DASHBOARD_VERSION;
  /** Stands in the URL: 1 to 64 of a-z, A-Z, 0-9, - and _. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly x: XDomain;
  /** What the page opens with. */
  readonly range: TimeRangeText;
  /** "off", "live", or a duration such as "10s". */
  readonly refresh: string;
  readonly panels: readonly Panel[];
}

/** A time range as written: "now-6h" and "now", or ISO 8601 instants. */
export interface TimeRangeText {
  readonly from: string;
  readonly to: string;
}

/** A place on the dashboard, on a grid of 24 columns; one row is 36 px high. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Panel {
  /** Unique in its dashboard. */
  readonly id: number;
  readonly title: string;
  readonly description: string;
  /** Names a panel plugin: timeseries, stat, gauge, bargauge, heatmap, table, text. "row" is a heading that folds what is below it. */
  readonly kind: string;
  readonly grid: GridPosition;
  readonly queries: readonly Query[];
  /** How numbers are read and drawn, whatever the kind. */
  readonly field: FieldConfig;
  /** The plugin's own options, already in the form its parseOptions gave. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Query {
  /** A letter: A, B, … */
  readonly refId: string;
  /** Uid of the data source; "builtin" is Vitrine's own store. */
  readonly source: string;
  readonly hidden: boolean;
  /** The source plugin's own query, already in the form its parseQuery gave. */
  readonly spec: Readonly<Record<string, unknown>>;
}

export type StatusColor = 'healthy' | 'warning' | 'critical' | 'unknown' | 'neutral';

/** From `value` upward this status holds, until the next step. The first step's value is -Infinity (null in JSON). */
export interface ThresholdStep {
  readonly value: number;
  readonly status: StatusColor;
}

export interface FieldConfig {
  /** A unit id, see unit.ts; "" means a plain number. */
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly thresholds: readonly ThresholdStep[];
  /** Shown where there is no value. */
  readonly noValue: string;
}
