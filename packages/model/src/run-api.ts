/** What page and server say to each other about runs over HTTP. All under /api/runs; answers are JSON as run-json.ts writes it. */
import type { CurvePoint, RunItem } from './curve-store.ts';
import type { Finding, Project, Run, RunStatus } from './run.ts';

/**
 * `POST /api/runs/table` → RunTableAnswer. `filter` is the language of docs/runs.md: `params.lr > 0.01 and status = running`. What is sorted and
 * grouped by is a field of that language: "metrics.loss.best", "params.lr", "started".
 */
export interface RunTableRequest {
  readonly filter: string;
  /** These runs alone, where there are any; at most 2,000. */
  readonly runs?: readonly string[] | undefined;
  /** Runs of these alone, where there are any. */
  readonly projects?: readonly string[] | undefined;
  readonly sort?: readonly { readonly by: string; readonly descending: boolean }[] | undefined;
  /** "group", "params.x", "tags.x", …: the answer counts the runs of each value; rows are runs all the same. */
  readonly groupBy?: string | undefined;
  /** Metrics of whose curves each row has a summary; the most common losses and accuracies where absent. */
  readonly metrics?: readonly string[] | undefined;
  readonly deleted?: boolean | undefined;
  readonly offset: number;
  /** 1 to 2,000. */
  readonly limit: number;
}

export interface RunTableAnswer {
  readonly rows: readonly RunRow[];
  /** Runs that the filter lets through. */
  readonly total: number;
  /** Of these: by the value of `groupBy`, the greatest first; none without it. */
  readonly groups: readonly { readonly value: string; readonly runs: number }[];
  /** The metrics that the rows tell of. */
  readonly metrics: readonly string[];
  /** Names of parameters of those runs, those that differ first. */
  readonly params: readonly { readonly name: string; readonly differs: boolean }[];
  readonly tags: readonly string[];
  readonly projects: readonly { readonly name: string; readonly runs: number }[];
}

export interface RunRow {
  readonly run: Run;
  /** By metric. */
  readonly metrics: Readonly<Record<string, MetricCell>>;
  readonly findings: readonly Finding[];
}

export interface MetricCell {
  readonly points: number;
  readonly last: CurvePoint;
  readonly min: CurvePoint | undefined;
  readonly max: CurvePoint | undefined;
  /** By the metric's direction; undefined where its name does not tell. */
  readonly best: CurvePoint | undefined;
}

/** `GET /api/runs/filter-names?text=`: names with the text in them, in order. */
export interface FilterNamesAnswer {
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly tags: readonly string[];
}

/** `POST /api/runs/filter-values`: what runs have in a field, of values with the text in them, whatever the case. */
export interface FilterValuesRequest {
  /** As a filter names it: "params.lr", "host". Of what has no texts, as metrics and times, there are none. */
  readonly field: string;
  readonly text: string;
  /** Names; absent or empty is all. */
  readonly projects?: readonly string[];
  /** Only runs in the bin, instead of those that are not. */
  readonly deleted?: boolean;
  /** 1 to 1,000. */
  readonly limit: number;
}

export interface FilterValuesAnswer {
  /** Those that begin with the text, then those that most runs have; told in order: numbers by what they are, the rest by their letters. */
  readonly values: readonly { readonly value: string; readonly runs: number }[];
  /** Values beyond the limit. */
  readonly more: number;
}

/** `POST /api/runs/sparklines` {runs, metrics, points} → one a run and metric: lowest and highest of each stretch of steps. */
export interface SparklinesRequest {
  readonly runs: readonly string[];
  readonly metrics: readonly string[];
  /** 8 to 200. */
  readonly points: number;
}

export interface SparklinesAnswer {
  readonly lines: readonly {
    readonly run: string;
    readonly metric: string;
    readonly steps: readonly number[];
    readonly values: readonly number[];
  }[];
}

/** `POST /api/runs/metric-names` → MetricNamesAnswer. */
export interface MetricNamesRequest {
  /** At most 1,000. */
  readonly runs: readonly string[];
  /** 1 to 5,000. */
  readonly limit: number;
  /** Only names with this in them, whatever the case; at most 200 characters. */
  readonly text?: string;
}

export interface MetricNamesAnswer {
  /** In order of name; where there are more than the limit, those that most runs have, and some of each run. */
  readonly metrics: readonly { readonly metric: string; readonly runs: number }[];
  /** How many are not among them; of more than 100,000 names the first 100,000 are counted. */
  readonly more: number;
}

/** `GET /api/runs/:id` → RunAnswer. */
export interface RunAnswer {
  readonly run: Run;
  readonly parent: RunLink | undefined;
  readonly children: readonly RunLink[];
  /** Of all its metrics, in order of name. */
  readonly metrics: readonly ({
    readonly metric: string;
    readonly nonFinite: number;
    readonly restarts: number;
    /** The highest step; the last point's is less where the run went back to an earlier one. */
    readonly maxStep: number;
  } & MetricCell)[];
  readonly findings: readonly Finding[];
  /** Tags of what is no number, by kind. */
  readonly items: readonly {
    readonly kind: RunItem['kind'];
    readonly tag: string;
    readonly count: number;
    readonly minStep: number;
    readonly maxStep: number;
  }[];
}

/** `GET /api/runs/:id/items?kind=&tag=`. `GET /api/runs/items/:item` gives one's data. */
export interface RunItemsAnswer {
  readonly items: readonly RunItem[];
}

/** `GET /api/runs/:id/item-rows?kind=histogram|pr_curve&tag=&most=`: with their numbers, for drawing many at once. */
export interface RunItemRowsAnswer {
  /** How many there are; `items` are at most `most` of them, evenly chosen, the first and last among them. */
  readonly total: number;
  /** Whether `items` are fewer than `most` would be, as their data would be more than 16 MiB. */
  readonly isCut: boolean;
  readonly items: readonly RunItemRows[];
}

export interface RunItemRows {
  readonly id: number;
  readonly step: number;
  readonly timeMs: number;
  /** Rows of equal length. histogram: left edges, right edges, counts. pr_curve: TP, FP, TN, FN, precision, recall. */
  readonly rows: readonly (readonly number[])[];
}

export interface RunLink {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
}

/** `PATCH /api/runs/:id`, for editors. */
export interface RunChange {
  readonly name?: string;
  readonly notes?: string;
  readonly group?: string;
  readonly status?: RunStatus;
  /** null removes a tag. */
  readonly tags?: Readonly<Record<string, string | null>>;
}

/** `POST /api/runs/bulk`, for editors → {changed: number}. `delete` puts them into the bin, `erase` removes them for good. */
export interface RunBulkRequest {
  readonly runs: readonly string[];
  readonly action: 'tag' | 'group' | 'delete' | 'restore' | 'erase';
  readonly tags?: Readonly<Record<string, string | null>>;
  readonly group?: string;
}

/** What curves go over. `metric` takes each step's value of another metric of the same run. */
export type CurveX =
  | { readonly kind: 'step' | 'epoch' | 'elapsed' | 'time' }
  | { readonly kind: 'metric'; readonly metric: string };

/** Exact formulas: docs/curves.md. */
export type Smoothing =
  | { readonly kind: 'none' }
  /** TensorBoard's: 0 to 0.999. */
  | { readonly kind: 'ema'; readonly weight: number }
  /** W&B's time-weighted: 0 to 0.999. */
  | { readonly kind: 'twema'; readonly weight: number }
  /** Standard deviation in points. */
  | { readonly kind: 'gaussian'; readonly points: number }
  /** Width of the window in points. */
  | { readonly kind: 'mean'; readonly points: number };

/**
 * `POST /api/runs/curves` → PanelData as frame-wire.ts writes it: for each line a frame `series` (fields: x, value, `time`, `step`), named by run and
 * metric; labels of the value: run, metric, part ("smooth", "raw", "low", "high"), group where grouped. Elapsed and time are milliseconds.
 */
export interface CurvesRequest {
  readonly runs: readonly string[];
  readonly metrics: readonly string[];
  readonly x: CurveX;
  /** Whether x is drawn logarithmically: thinning is by the pixel. */
  readonly logX?: boolean | undefined;
  /** Of x, closed; the whole where absent. Smoothing goes over the whole curve either way. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly widthPx: number;
  readonly smoothing: Smoothing;
  /** Runs of one value are drawn as one line: "group", "params.x", "tags.x". */
  readonly groupBy?: string | undefined;
  readonly band?: 'std' | 'minmax' | 'ci95' | undefined;
}

/** `GET /api/runs/live?run=…&run=…` (none: all): an event stream; `event: runs`, data RunsGrowth. */
export interface RunsGrowth {
  /** Runs whose curves grew, and which. */
  readonly grown: Readonly<Record<string, { readonly metrics: readonly string[]; readonly items: boolean }>>;
  /** Runs that are new, changed or gone. */
  readonly changed: readonly string[];
  /** Runs whose findings changed. */
  readonly findings: readonly string[];
}

/**
 * A saved view of the table: `GET /api/runs/views` → {views}, `PUT /api/runs/views/:uid` {name, project, state, baseUpdatedMs?} → RunView,
 * `DELETE`. Where somebody else saved it since `baseUpdatedMs`, the answer is 409. `state` is the page's own.
 */
export interface RunView {
  readonly uid: string;
  readonly name: string;
  readonly project: string;
  readonly state: Readonly<Record<string, unknown>>;
  readonly updatedMs: number;
  readonly updatedBy: string;
}

/** `GET /api/runs/:id/artifacts?path=`; `GET`, `PUT` and `DELETE /api/runs/:id/artifacts/file?path=` are for one. */
export interface ArtifactsAnswer {
  readonly files: readonly ArtifactFile[];
}

export interface ArtifactFile {
  readonly path: string;
  readonly isFolder: boolean;
  readonly bytes: number;
}

/** `POST /api/runs/:id/findings/:finding` {state}: acknowledges, mutes or opens it again. */
export interface FindingStateRequest {
  readonly state: Finding['state'];
}

/** `GET /api/runs/health?project=` → HealthSettings, `PUT` for editors: what differs from the defaults of docs/training-health.md. */
export interface HealthSettings {
  readonly project: string;
  /** By detector. */
  readonly detectors: Readonly<
    Record<string, { readonly muted?: boolean; readonly settings?: Readonly<Record<string, number>> }>
  >;
  /** Which metric is what, where names do not tell: role → metric. */
  readonly roles: Readonly<Record<string, string>>;
}

/** `GET /api/runs/projects` → {projects}, in order of name; `PATCH /api/runs/projects/:id` {name?, tags?, deleted?} → Project. */
export interface ProjectsAnswer {
  readonly projects: readonly (Project & { readonly runs: number })[];
}

/** `GET /api/runs/at?fromMs=&toMs=&host=`: runs that ran then, on that host where it is given; the latest started first. */
export interface RunsAtAnswer {
  readonly runs: readonly RunSpan[];
  /** Whether there are more than were sent. */
  readonly more: boolean;
}

export interface RunSpan extends RunLink {
  readonly project: string;
  readonly fromMs: number;
  /** When it ended, or was last heard of. */
  readonly toMs: number;
  readonly hosts: readonly string[];
}
