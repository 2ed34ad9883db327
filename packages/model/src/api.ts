/** What page and server say to each other over HTTP, apart from the Prometheus API. All under /api. */
import type { Dashboard, Panel } from './dashboard.ts';
import type { AdhocFilter, Variable, VariableOption, VariableValue, VariableValues } from './variable.ts';

/** `GET /api/dashboards?q=&tag=&folder=&starred=true&limit=&after=` → DashboardSearchAnswer. Without a `q` in title order, else the best first. */
export interface DashboardSummary {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panelCount: number;
  /** Shipped with Vitrine or provisioned from a file: can be copied, not changed. */
  readonly builtin: boolean;
  /** undefined lies in no folder. */
  readonly folder: FolderRef | undefined;
  /** By whoever asks. */
  readonly starred: boolean;
  readonly updatedMs: number;
}

export interface DashboardSearchAnswer {
  readonly dashboards: readonly DashboardSummary[];
  /** How many there are, of which `dashboards` is a part. */
  readonly total: number;
}

export interface FolderRef {
  readonly uid: string;
  readonly title: string;
}

/** `GET /api/dashboards/:uid`, and what saving answers. Library panels stand filled in. */
export interface DashboardAnswer {
  readonly dashboard: Dashboard;
  readonly builtin: boolean;
  readonly folder: FolderRef | undefined;
  /** Counts its saves from 1; 0 where it comes from a file. */
  readonly revision: number;
  readonly updatedMs: number;
  readonly updatedBy: string;
  readonly starred: boolean;
  /** Sentences on what could not be filled in: library panels that are not there. */
  readonly notices?: readonly string[];
  /** Ids of the panels that show what such a library panel said last. */
  readonly lost?: readonly number[];
}

/** `GET /api/library-panels?q=` → `{ panels: LibraryPanelSummary[] }`, in the order of name. */
export interface LibraryPanelSummary {
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  /** The panel's kind. */
  readonly kind: string;
  /** "" is no folder. */
  readonly folder: string;
  /** Counts its saves from 1. */
  readonly version: number;
  readonly updatedMs: number;
  readonly updatedBy: string;
}

/** `GET /api/library-panels/:uid`, and what making (POST) and saving (PUT) it answer. */
export interface LibraryPanelAnswer extends LibraryPanelSummary {
  /** Its id and place mean nothing: they are those of the dashboard that shows it. */
  readonly panel: Panel;
  /** The dashboards that show it. */
  readonly usedBy: readonly { readonly uid: string; readonly title: string }[];
}

/** The body of POST and PUT. */
export interface SaveLibraryPanelRequest {
  readonly name: string;
  readonly description: string;
  /** "" is no folder. */
  readonly folder: string;
  readonly panel: Panel;
  /** Absent overwrites whatever is there; else 409 `library_panel_changed` where it is not the saved version. */
  readonly baseVersion?: number;
}

/**
 * `PUT /api/dashboards/:uid`. 409 `dashboard_changed` where `baseRevision` is not the saved one: somebody else saved meanwhile.
 * A new dashboard has the base revision 0.
 */
export interface SaveDashboardRequest {
  readonly dashboard: Dashboard;
  /** Absent leaves it where it is; "" is no folder. */
  readonly folder?: string;
  readonly message?: string;
  /** Absent overwrites whatever is there. */
  readonly baseRevision?: number;
}

/** `GET /api/dashboards/:uid/revisions` → `{ revisions: DashboardRevision[] }`, the newest first; `…/revisions/:n` → `{ dashboard }`. */
export interface DashboardRevision {
  readonly revision: number;
  readonly savedMs: number;
  readonly savedBy: string;
  readonly message: string;
  /** The revision that this one brought back. */
  readonly restored: number | undefined;
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
  /** Of all variables that are not as saved, those of a repeat among them. */
  readonly variables?: VariableValues;
  /** Of the ad-hoc variables that are not as saved. */
  readonly filters?: Readonly<Record<string, readonly AdhocFilter[]>>;
  /** The page's zone, for "now/d" and date formats. */
  readonly timeZone?: string;
  /** Of many series, which to send. */
  readonly top?: TopSeries;
  /** What somebody who may edit is trying out: runs instead of what is saved. */
  readonly draft?: PanelDraft;
  /** The stretch of its own x that a panel of training runs over steps, epochs or elapsed time shows. */
  readonly zoom?: { readonly from: number; readonly to: number };
}

export interface TopSeries {
  /** 1 to 2,000. */
  readonly limit: number;
  readonly by: 'last' | 'max' | 'mean';
  /** Adds the lowest and the highest value of the rest at each x. */
  readonly envelope: boolean;
}

export interface PanelDraft {
  readonly panel: Panel;
  readonly variables: readonly Variable[];
  /** Stops after so many transformations; absent runs all. */
  readonly transformations?: number;
}

/** `POST /api/variable-options` → VariableOptionsAnswer. Searched and cut on the server. */
export interface VariableOptionsRequest {
  readonly dashboard: string;
  readonly variable: string;
  /** Chosen values of the others, which its query may name. */
  readonly variables: VariableValues;
  /** Of the ad-hoc variables that are not as saved: they narrow what a source finds. On behalf of one filter, the others. */
  readonly filters?: Readonly<Record<string, readonly AdhocFilter[]>>;
  readonly fromMs: number;
  readonly toMs: number;
  /** Keeps options whose text holds it, whatever the case. */
  readonly search: string;
  /** 1 to 1,000. */
  readonly limit: number;
  /** Of an ad-hoc variable: the label whose values are asked; absent asks for the labels. */
  readonly key?: string;
  readonly timeZone?: string;
  /** All variables of a dashboard that is being edited, instead of those that are saved. Only for those who may edit. */
  readonly drafts?: readonly Variable[];
}

export interface VariableOptionsAnswer {
  readonly options: readonly VariableOption[];
  /** How many the search found, of which `options` are the first. */
  readonly total: number;
  /** What stands for the variable as long as nobody chooses: its saved choice where that is an option still, else All or the first. */
  readonly settled?: VariableValue;
}

/** `POST /api/annotation-events` → `{ events: AnnotationEvent[], notices: Notice[] }`: all enabled annotation queries of a dashboard. */
export interface AnnotationEventsRequest {
  readonly dashboard: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly variables?: VariableValues;
  readonly filters?: Readonly<Record<string, readonly AdhocFilter[]>>;
  readonly timeZone?: string;
  /** Names of queries that are switched on or off against what is saved. */
  readonly enabled?: Readonly<Record<string, boolean>>;
}

/** `POST /api/import`: reads a Grafana or Vitrine dashboard, JSON or a Kubernetes ConfigMap's YAML; saves it unless it is a trial. */
export interface ImportRequest {
  /** The file as it is. */
  readonly text: string;
  /** Answers to the inputs by name: the uid of a data source, or a constant's value. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Only reads and reports. */
  readonly trial?: boolean;
  readonly folder?: string;
  /** Replaces a saved dashboard of the same uid; else 409 `dashboard_exists`. */
  readonly overwrite?: boolean;
  /** Instead of the uid in the file; "" makes a new one. */
  readonly uid?: string;
}

export interface ImportAnswer {
  readonly dashboards: readonly ImportedDashboard[];
}

export interface ImportedDashboard {
  readonly dashboard: Dashboard;
  readonly report: ImportReport;
}

/** What became of a foreign dashboard. Nothing is dropped without a finding. */
export interface ImportReport {
  /** "Grafana v1, schema 27", "Grafana v2", "Vitrine 2". */
  readonly form: string;
  readonly inputs: readonly ImportInput[];
  readonly findings: readonly ImportFinding[];
}

/** What a dashboard's `__inputs` ask of whoever imports it. */
export interface ImportInput {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly kind: 'datasource' | 'constant';
  /** The wanted type of data source. */
  readonly type: string;
  readonly value: string;
}

export interface ImportFinding {
  /** migrated: means the same in other words. approximated: looks or behaves a little different. unsupported: kept, not shown. repaired: was careless. */
  readonly level: 'migrated' | 'approximated' | 'unsupported' | 'repaired';
  /** undefined is about the dashboard. */
  readonly panel: { readonly id: number; readonly title: string; readonly kind: string } | undefined;
  /** Where in the document: "panels[3].options.legend". */
  readonly path: string;
  /** A sentence. */
  readonly text: string;
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
