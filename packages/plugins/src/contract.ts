/**
 * The doors through which everything that can vary comes in. Built-in plugins use these and nothing else.
 * A plugin is a folder: `spec.ts` (pure: parsing and defaults, read by server and page), `server.ts` (runs in the server),
 * `web.tsx` (runs in the page).
 */
import type { FieldConfig } from '@vitrine/model/dashboard.ts';
import type { Frame, PanelData, QueryTrace, Notice, XDomain } from '@vitrine/model/frame.ts';
import type { Growth, QueryLimits, SampleStore } from '@vitrine/model/sample-store.ts';
import type { ComponentType } from 'react';

/** What a panel's saved options mean. Pure. */
export interface PanelSpec<Options> {
  /** Stands in the saved dashboard: "timeseries". */
  readonly kind: string;
  /** What people call it: "Time series". */
  readonly title: string;
  /** Fills in defaults; throws BadRequest that names the option. `parseOptions({})` gives the defaults. */
  parseOptions(input: unknown): Options;
}

/** What the panels of a page share: where the cursor is, and how to move through x. */
export interface PanelContext {
  readonly x: XDomain;
  /** The page's range: unix milliseconds in the time domain. Half-open. */
  readonly from: number;
  readonly to: number;
  /** An IANA zone or "browser" or "UTC". */
  readonly timeZone: string;
  readonly theme: 'dark' | 'light';
  /** The page's crosshair: panels publish where the pointer is and follow where it is elsewhere. */
  readonly cursor: SharedCursor;
  /** The user dragged over a stretch of x. */
  zoomTo(from: number, to: number): void;
  /** The user asked for the way back (double click). */
  zoomOut(): void;
}

/** One crosshair for all panels of a page. */
export interface SharedCursor {
  readonly x: number | undefined;
  set(x: number | undefined, origin: object): void;
  subscribe(listener: (x: number | undefined, origin: object | undefined) => void): () => void;
}

export interface PanelProps<Options> {
  readonly options: Options;
  readonly field: FieldConfig;
  readonly data: PanelData;
  /** Pixels inside the panel's padding. */
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly context: PanelContext;
}

/** The page's half of a panel. */
export interface PanelWeb<Options> {
  readonly spec: PanelSpec<Options>;
  readonly Component: ComponentType<PanelProps<Options>>;
}

/** What one query may use and must respect. */
export interface QueryContext {
  /** The grid, closed at both ends and aligned to the step. Its end may lie ahead of the clock by less than a step. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** The range that the page shows, in whole seconds, of which the grid may be the newest part only. An instant query is asked at its end. */
  readonly shown: { readonly fromMs: number; readonly toMs: number };
  /** At most this many x positions are worth sending: the panel's width in pixels. */
  readonly maxPoints: number;
  readonly limits: QueryLimits;
  readonly signal: AbortSignal;
}

export interface QueryAnswer {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
  readonly trace: QueryTrace;
}

/** What a data source's saved settings and queries mean. Pure. */
export interface DatasourceSpec<Settings, Query> {
  readonly kind: string;
  readonly title: string;
  /** Throws BadRequest that names the setting. */
  parseSettings(input: unknown): Settings;
  /** Throws BadRequest that names the field. */
  parseQuery(input: unknown): Query;
}

/** A connected data source. */
export interface Datasource<Query> {
  query(refId: string, query: Query, context: QueryContext): Promise<QueryAnswer>;
  /** Calls back when this query's answer has grown; undefined where the source can't tell, then the page polls. */
  watch?(query: Query, onGrowth: (growth: Growth) => void): () => void;
}

/** The server's half of a data source. What it needs is handed in. */
export interface DatasourceServer<Settings, Query> {
  readonly spec: DatasourceSpec<Settings, Query>;
  connect(settings: Settings, needs: DatasourceNeeds): Datasource<Query>;
}

export interface DatasourceNeeds {
  /** Vitrine's own samples. */
  readonly samples: Pick<SampleStore, 'evaluate' | 'watch'>;
  readonly fetch: typeof fetch;
}
