import type { DataLink, PanelFieldConfig } from './field-config.ts';
import type { XDomain } from './frame.ts';
import type { Variable } from './variable.ts';

/** The newest version of the saved form; migrate/ holds one step a version. */
export const DASHBOARD_VERSION = 2;

/** A saved dashboard. It says all that a Grafana dashboard, v1 or v2, can say, and has an x domain besides. */
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
  /** "browser", "utc" or an IANA zone. */
  readonly timezone: string;
  /** "", "monday", "sunday" or "saturday". */
  readonly weekStart: string;
  /** 0 is January. */
  readonly fiscalYearStartMonth: number;
  /** What panels share of the pointer: nothing, the crosshair, or the tooltip too. */
  readonly cursor: 'off' | 'crosshair' | 'tooltip';
  readonly timePicker: TimePicker;
  readonly variables: readonly Variable[];
  readonly annotations: readonly AnnotationQuery[];
  readonly links: readonly DashboardLink[];
  readonly panels: readonly Panel[];
  /** Where the panels stand. Each stands in it once. */
  readonly layout: Layout;
  /** Whether the page offers to change it. */
  readonly editable: boolean;
  /** What other programs wrote and this one does not read, kept for export. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A time range as written: "now-6h" and "now", or ISO 8601 instants. */
export interface TimeRangeText {
  readonly from: string;
  readonly to: string;
}

export interface TimePicker {
  readonly hidden: boolean;
  /** Durations offered for refresh; empty offers the usual ones. */
  readonly refreshIntervals: readonly string[];
  readonly quickRanges: readonly (TimeRangeText & { readonly display: string })[];
  /** "now" is that long ago: "1m", for data that come late. "" is none. */
  readonly nowDelay: string;
}

/** grid: panels at their own places. rows: one under the other, each with a heading that folds it. tabs: one at a time. */
export type Layout =
  | { readonly kind: 'grid'; readonly panels: readonly number[] }
  | { readonly kind: 'rows'; readonly sections: readonly Section[] }
  | { readonly kind: 'tabs'; readonly sections: readonly Section[] };

/** A row or a tab. The places of its panels count from its own top. */
export interface Section {
  /** Unique among sections and panels of its dashboard. */
  readonly id: number;
  readonly title: string;
  /** A row that opens folded. */
  readonly collapsed: boolean;
  /** A row without a heading: what stands before the first row that has one. */
  readonly hideHeader: boolean;
  /** Shown once for each chosen value of this variable. */
  readonly repeat: string | undefined;
  readonly layout: Layout;
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
  /** Names a panel plugin by Grafana's id where it has one: timeseries, stat, table, piechart, state-timeline, …, or boxplot, confusion-matrix, … */
  readonly kind: string;
  readonly grid: GridPosition;
  readonly queries: readonly Query[];
  readonly queryOptions: QueryOptions;
  /** Run over the answers, in this order. */
  readonly transformations: readonly Transformation[];
  readonly fieldConfig: PanelFieldConfig;
  /** The plugin's own options; its parseOptions fills in the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly links: readonly DataLink[];
  /** Without a frame. */
  readonly transparent: boolean;
  /** Shown once for each chosen value of a variable. */
  readonly repeat: Repeat | undefined;
  /** The panel is what this library panel says; what stands here is what it said last. */
  readonly libraryPanel: { readonly uid: string; readonly name: string } | undefined;
  /** The dashboard's where undefined. */
  readonly x: XDomain | undefined;
  /** What other programs wrote and this one does not read, kept for export. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface Repeat {
  /** A variable's name. */
  readonly variable: string;
  readonly direction: 'horizontal' | 'vertical';
  /** 1 to 24, for the horizontal direction. */
  readonly maxPerRow: number;
}

/** "" and undefined leave it to the page. */
export interface QueryOptions {
  readonly maxDataPoints: number | undefined;
  /** No finer step than this: "30s". May hold a variable. */
  readonly minInterval: string;
  /** The panel's own range, up to the page's end: "1h" or "now/d". */
  readonly timeFrom: string;
  /** Moves the panel's range into the past: "1d". */
  readonly timeShift: string;
  readonly hideTimeOverride: boolean;
  /** Adds the same queries over an earlier range: "1d", "1w" earlier. */
  readonly timeCompare: string;
}

/** Which data source. `uid` may hold a variable; "" means the default source of that type. */
export interface SourceRef {
  /** Grafana's id of the kind of source: "prometheus"; "builtin" is Vitrine's own store; "" is not known. */
  readonly type: string;
  readonly uid: string;
}

export const BUILTIN_SOURCE: SourceRef = { type: 'builtin', uid: 'builtin' };
/** Curves of the training runs that Vitrine keeps; always there too. */
export const RUNS_SOURCE: SourceRef = { type: 'runs', uid: 'runs' };
/** Computes on the answers of other queries of the panel. */
export const EXPRESSION_SOURCE: SourceRef = { type: '__expr__', uid: '__expr__' };
/** Takes the answers of another panel: `spec.panelId`. */
export const DASHBOARD_SOURCE_UID = '-- Dashboard --';
/** Stands on a panel whose queries name sources of their own. */
export const MIXED_SOURCE_UID = '-- Mixed --';
/** Vitrine's own events: annotations. */
export const GRAFANA_SOURCE_UID = '-- Grafana --';

export interface Query {
  /** A letter: A, B, … Unique in its panel. */
  readonly refId: string;
  readonly source: SourceRef;
  readonly hidden: boolean;
  /** The source plugin's own query, in the words of that source's Grafana targets: for Prometheus expr, legendFormat, instant, range, format, interval. */
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface Transformation {
  /** organize, joinByField, … See compute/transform/. */
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly disabled: boolean;
  /** Only frames that this matcher finds are transformed. */
  readonly filter: { readonly id: string; readonly options?: unknown } | undefined;
  /** What is transformed; "" is the series. */
  readonly topic: '' | 'series' | 'annotations' | 'alertStates';
}

/** Where marks on the charts come from. */
export interface AnnotationQuery {
  readonly name: string;
  readonly source: SourceRef;
  readonly enable: boolean;
  /** Not offered for switching in the bar. */
  readonly hide: boolean;
  /** The dashboard's own annotations. */
  readonly builtIn: boolean;
  readonly color: string;
  /** Panels that show it; undefined is all. `exclude` turns the list round. */
  readonly filter: { readonly exclude: boolean; readonly ids: readonly number[] } | undefined;
  /** The source's own, in the words of Grafana: expr, step, titleFormat, textFormat, tagKeys; or target { type, tags, matchAny, limit }. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface DashboardLink {
  readonly title: string;
  /** link: to `url`. dashboards: to all dashboards with these tags. */
  readonly type: 'link' | 'dashboards';
  readonly url: string;
  readonly tags: readonly string[];
  readonly asDropdown: boolean;
  readonly includeVars: boolean;
  readonly keepTime: boolean;
  readonly targetBlank: boolean;
  readonly icon: string;
  readonly tooltip: string;
}
