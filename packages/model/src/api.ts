/** What page and server say to each other over HTTP, apart from the Prometheus API. All under /api. */
import type { Dashboard } from './dashboard.ts';

/** `GET /api/dashboards` → `{ dashboards: DashboardSummary[] }`, in title order. */
export interface DashboardSummary {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panelCount: number;
  /** Shipped with Vitrine: can be copied, not changed. */
  readonly builtin: boolean;
}

/** `GET /api/dashboards/:uid` */
export interface DashboardAnswer {
  readonly dashboard: Dashboard;
  readonly builtin: boolean;
}

/**
 * `POST /api/panel-data`: all queries of one panel, run by the server. Answers a PanelData as frame-wire.ts writes it,
 * content type FRAME_CONTENT_TYPE.
 */
export interface PanelDataRequest {
  readonly dashboard: string;
  readonly panel: number;
  /** Half-open, unix milliseconds. The server aligns it to the step. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The panel's width: the server sends about one point a pixel at most. */
  readonly widthPx: number;
  /** Asks again for what came at or after this grid time; goes with the `stepMs` of the first answer. */
  readonly sinceMs?: number;
  readonly stepMs?: number;
}

/** `GET /api/live?dashboard=UID` is a text/event-stream; each `event: growth` carries this as JSON. */
export interface LiveGrowth {
  /** Ids of the panels whose answers have grown. */
  readonly panels: readonly number[];
  /** The newest sample's time. */
  readonly toMs: number;
}

/** `GET /api/session`; 401 where nobody is signed in. */
export interface SessionAnswer {
  readonly user: { readonly name: string; readonly role: 'viewer' | 'editor' | 'admin' };
  readonly version: string;
  /** The server's clock, so that "now" means the same on both sides. */
  readonly nowMs: number;
}

/** The body of every error answer under /api (the Prometheus API has its own shape). */
export interface ErrorAnswer {
  readonly error: {
    /** From the error catalogue in server/http/errors.ts. */
    readonly code: string;
    /** A sentence with a way out. */
    readonly message: string;
    readonly field?: string;
  };
}
