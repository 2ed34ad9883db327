/**
 * The doors through which everything that can vary comes in. Built-in plugins use these and nothing else.
 * A built-in plugin is a folder: `spec.ts` (pure: parsing and defaults, read by server and page), `server.ts` (runs in the server),
 * `web.tsx` (runs in the page). One from outside has `server.js` and `web.js`, which are handed what they need: see PluginServer
 * below, kit.ts beside, and docs/plugins.md.
 *
 * Version 1 is frozen: what plugins see of this file may not change but with a new version (see contract.test.ts in the server).
 */
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { AnnotationEvent, Frame, Notice, PanelData, QueryTrace, XDomain } from '@vitrine/model/frame.ts';
import type { Growth, QueryLimits, SampleStore } from '@vitrine/model/sample-store.ts';
import type { AdhocFilter, VariableOption } from '@vitrine/model/variable.ts';
import type { Socket } from 'node:net';
import type { ComponentType } from 'react';

/** The version of everything in this file. Plugins say which one they were made for, and are loaded where it is this. */
export const CONTRACT_VERSION = 1;

/** What a panel's saved options mean. Pure. */
export interface PanelSpec<Options> {
  /** Stands in the saved dashboard: "timeseries". */
  readonly kind: string;
  /** What people call it: "Time series". */
  readonly title: string;
  /** One sentence for whoever chooses a kind of panel. */
  readonly description?: string;
  /** Fills in defaults; throws BadRequest that names the option. `parseOptions({})` gives the defaults. */
  parseOptions(input: unknown): Options;
  /** What the panel editor offers, in the order in which it shows it. */
  readonly controls?: readonly OptionControl[];
  /** Which of the settings that every field may have this kind reads; absent is all of them. */
  readonly fieldSettings?: readonly (keyof FieldSettings)[];
}

/** One option in the panel editor. */
export interface OptionControl {
  /** Where it is saved: "legend.placement" below the panel's options, "custom.lineWidth" below its field settings. */
  readonly path: string;
  readonly label: string;
  /** Controls of one group stand together under its name: "Legend", "Axis". */
  readonly group: string;
  /** A sentence, where the label does not say it all. */
  readonly hint?: string;
  readonly input: OptionInput;
  /** Shown where nothing is saved. */
  readonly otherwise: unknown;
  /** Left out where what is saved makes it mean nothing. Reads options and custom settings by path. */
  readonly when?: (read: (path: string) => unknown) => boolean;
}

export type OptionInput =
  | { readonly kind: 'switch' }
  | {
      readonly kind: 'number';
      readonly min?: number;
      readonly max?: number;
      readonly step?: number;
      readonly placeholder?: string;
    }
  | { readonly kind: 'text'; readonly placeholder?: string; readonly lines?: number }
  | { readonly kind: 'choice'; readonly choices: readonly OptionChoice[] }
  | { readonly kind: 'choices'; readonly choices: readonly OptionChoice[] }
  /** Ids of reducers; one where it is not `many`. */
  | { readonly kind: 'reducers'; readonly many: boolean }
  | { readonly kind: 'color' }
  | { readonly kind: 'unit' }
  /** The name of a field of the answer; saved as a matcher by that name where a matcher is what stands there. */
  | { readonly kind: 'field'; readonly asMatcher?: boolean };

/** `value` may be anything that JSON can say. */
export interface OptionChoice {
  readonly value: unknown;
  readonly label: string;
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
  /** What to mark on the charts, in the order of time. */
  readonly annotations: readonly AnnotationEvent[];
  /** The user wants to write down what happened there; absent where they may not. An instant has both ends equal. */
  readonly annotate?: (fromMs: number, toMs: number) => void;
  /** The user wants to change or remove a mark that has an `id`; absent where they may not. */
  readonly editAnnotation?: (event: AnnotationEvent) => void;
  /** What panels share of the pointer. */
  readonly share: 'off' | 'crosshair' | 'tooltip';
  /** Fills in `$name`, `${name:format}`, `${__from}`, … and what `scope` adds: `${__value.raw}`, `${__field.labels.pod}`, … */
  readonly replace: (text: string, scope?: ReplaceScope) => string;
  /** A click on a value chooses it for a variable; absent where there is no such variable. */
  readonly choose?: (variable: string, value: string) => void;
  /**
   * `GET` of a path of this server's API, such as `/api/dashboards?starred=true`, as JSON. Throws an error whose message is a
   * sentence. The same function from render to render; absent where nothing may be asked: in a snapshot.
   */
  readonly ask?: (path: string) => Promise<unknown>;
  /** The dashboard that the panel stands on. */
  readonly dashboard?: { readonly uid: string; readonly title: string };
  /** Dashboards that were opened in this browser, the newest first. */
  readonly recent?: () => readonly { readonly uid: string; readonly title: string }[];
}

/** What a link's or a name's `${__…}` stand for, besides what the page knows. */
export interface ReplaceScope {
  readonly frame?: Frame;
  /** Index into the frame's fields. */
  readonly field?: number;
  readonly row?: number;
  /** A value that stands in no row, as a reduced one; wins over the row's. */
  readonly value?: unknown;
  /** How it was reduced: "lastNotNull". */
  readonly calc?: string;
  /** All frames of the panel: names of fields tell them apart. */
  readonly frames?: readonly Frame[];
}

/** One crosshair for all panels of a page. */
export interface SharedCursor {
  readonly x: number | undefined;
  set(x: number | undefined, origin: object): void;
  subscribe(listener: (x: number | undefined, origin: object | undefined) => void): () => void;
}

export interface PanelProps<Options> {
  readonly options: Options;
  /** The panel's defaults. */
  readonly field: FieldSettings;
  /** Each field's `config` is complete: the panel's defaults with what the source, transformations and overrides say. */
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
  /**
   * Fills in variables and `$__…` macros before a query is parsed. `format` writes a value that names no format of its own.
   * `macros` are the source's own by name, `__interval` and its like, and win over the general ones.
   */
  readonly replace: (text: string, format?: VariableFormat, macros?: Readonly<Record<string, string>>) => string;
  /** To be put into the query's tree. */
  readonly filters: readonly AdhocFilter[];
}

/** How a variable's value stands in a text: one of the format ids of compute/variable/format.ts (regex, pipe, csv, …), or a function. */
export type VariableFormat =
  | string
  | ((value: string | readonly string[], variable: { readonly name: string; readonly multi: boolean }) => string);

export interface QueryAnswer {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
  readonly trace: QueryTrace;
  /** false where a newer part of this answer could not stand behind it, so that the page asks for the whole again; absent is true. */
  readonly growable?: boolean;
}

/** What a data source's saved settings and queries mean. Pure. */
export interface DatasourceSpec<Settings, Query> {
  /** Stands in saved dashboards and in Grafana's files: "prometheus". */
  readonly kind: string;
  /** Other ids under which files name this kind. */
  readonly aliases?: readonly string[];
  /** What people call it. */
  readonly title: string;
  /** One sentence for whoever chooses a kind of data source. */
  readonly description: string;
  /** What the settings page offers, in the order in which it shows it. */
  readonly controls: readonly SettingControl[];
  /**
   * Settings as saved, in Grafana's words: name, url, user, database, basicAuth, basicAuthUser, jsonData; `secrets` by name.
   * Throws BadRequest that names the setting.
   */
  parseSettings(input: unknown): Settings;
  /** Throws BadRequest that names the field. */
  parseQuery(input: unknown): Query;
}

/** One setting of a data source. */
export interface SettingControl {
  /** Where it is saved: "url", "jsonData.httpMethod"; a secret below "secureJsonData": it is kept enciphered and never sent back. */
  readonly path: string;
  readonly label: string;
  /** Controls of one group stand together under its name: "Connection", "Sign-in". */
  readonly group: string;
  /** A sentence, where the label does not say it all. */
  readonly hint?: string;
  readonly input: OptionInput | { readonly kind: 'secret'; readonly placeholder?: string; readonly lines?: number };
  /** Shown where nothing is saved. */
  readonly otherwise: unknown;
  /** Left out where what is saved makes it mean nothing. Reads settings by path. */
  readonly when?: (read: (path: string) => unknown) => boolean;
}

/** A connected data source. */
export interface Datasource<Query> {
  query(refId: string, query: Query, context: QueryContext): Promise<QueryAnswer>;
  /** Calls back when this query's answer has grown; undefined where the source can't tell, then the page polls. */
  watch?(query: Query, context: QueryContext, onGrowth: (growth: Growth) => void): () => void;
  /** All options of a query variable; undefined where the source has none. */
  options?(spec: Readonly<Record<string, unknown>>, context: QueryContext): Promise<readonly VariableOption[]>;
  /** What an annotation query finds; the source's name and colour are filled in by the caller. */
  annotations?(spec: Readonly<Record<string, unknown>>, context: QueryContext): Promise<readonly FoundAnnotation[]>;
  /** Asks the server what it is. Throws an error whose sentence says what is wrong and what to do: the name, the port, the certificate, the password, another product, one too old. */
  check(signal: AbortSignal): Promise<SourceCheck>;
  /**
   * What the query editor asks to help writing, such as the names of labels: `path` begins with a slash and is the plugin's own,
   * and so is the answer, which must be JSON. Throws BadRequest for a path that it does not know; undefined where there is nothing to ask.
   */
  suggest?(path: string, parameters: URLSearchParams, signal: AbortSignal): Promise<unknown>;
  /**
   * Nobody asks this connection any longer: the source was changed or removed, or the server stops. Lets what is under way end, and
   * whatever is kept open go. Called once; undefined where nothing is kept open.
   */
  close?(): Promise<void>;
}

/** What answered. */
export interface SourceCheck {
  /** "Prometheus", "VictoriaMetrics", "OpenSearch". */
  readonly product: string;
  /** "" where it does not tell. */
  readonly version: string;
  /** Sentences on what works with limits. */
  readonly notes: readonly string[];
}

export type FoundAnnotation = Omit<AnnotationEvent, 'query' | 'color'>;

/** Where one query is written. The spec is as saved: what the editor does not know must stay in it. */
export interface QueryEditorProps {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly onChange: (spec: Readonly<Record<string, unknown>>) => void;
  /** Ask now. */
  readonly onRun: () => void;
  /** Names of variables that a query may hold. */
  readonly variables: readonly string[];
  /** Asks the data source for what helps to write: what `suggest` of its server's half answers for a path such as `/api/v1/labels?…`. The same function from render to render. */
  readonly ask: (path: string) => Promise<unknown>;
}

/** The page's half of a data source. */
export interface DatasourceWeb {
  readonly spec: DatasourceSpec<unknown, unknown>;
  /** What a new query starts as. */
  readonly newQuery: Readonly<Record<string, unknown>>;
  readonly QueryEditor: ComponentType<QueryEditorProps>;
  /** How a variable's values are asked: one text, saved as `query` in the variable's spec. Absent is a plain text. */
  readonly variableQuery?: VariableQueryField;
  /** What an annotation query offers, saved in its spec by path, in the order in which it is shown. Absent is one text, `query`. */
  readonly annotationControls?: readonly OptionControl[];
}

/** The field in which the query of a variable is written. */
export interface VariableQueryField {
  /** "Query" where nothing says it better. */
  readonly label: string;
  readonly placeholder: string;
  /** A sentence on what may be written. */
  readonly hint: string;
  /** What the text is written in: "PromQL", "InfluxQL", "SQL"; "JSON" is checked while it is written. */
  readonly language: string;
}

/** The server's half of a data source. What it needs is handed in. */
export interface DatasourceServer<Settings, Query> {
  readonly spec: DatasourceSpec<Settings, Query>;
  readonly connect: (settings: Settings, needs: DatasourceNeeds) => Datasource<Query>;
}

/** What every data source is handed. One of a plugin is handed this alone. */
export interface PluginDatasourceNeeds {
  /** Reaches only what this source may reach, with its certificates. Sends no cookies. Redirects must not be followed: `redirect: 'manual'`. */
  readonly fetch: typeof fetch;
}

/** What built-in data sources are handed besides. */
export interface DatasourceNeeds extends PluginDatasourceNeeds {
  /** Vitrine's own samples. */
  readonly samples: Pick<SampleStore, 'evaluate' | 'watch' | 'series' | 'labelNames' | 'labelValues' | 'exemplars'>;
  /** A connection for what is no HTTP, under the same rules. Throws an error whose message is a sentence. */
  readonly dial: (host: string, port: number, signal: AbortSignal) => Promise<Socket>;
}

/**
 * What the module of a plugin's data sources exports by default: it is called with what it may need of Vitrine, so that it
 * imports nothing. It runs in a process of its own; nothing that it answers may hold functions.
 */
export type PluginServer = (vitrine: PluginServerKit) => PluginSources | Promise<PluginSources>;

/** Only kinds that the plugin's manifest lists. */
export interface PluginSources {
  readonly datasources: readonly PluginDatasource<never, never>[];
}

export interface PluginServerKit {
  /** CONTRACT_VERSION of the Vitrine that loads it. */
  readonly contract: number;
  /** `new BadRequest(field, problem)`: a setting or a query that its writer can mend. The problem goes behind the field's name. */
  readonly BadRequest: new (field: string, problem: string) => Error;
  /** `new QueryError(code, sentence)`: a question that cannot be answered; the codes are those of QueryError in model/sample-store.ts. */
  readonly QueryError: new (code: string, sentence: string) => Error;
}

/** A DatasourceServer from outside. What people are told of it stands in the plugin's manifest, its controls in the page's half. */
export interface PluginDatasource<Settings, Query> {
  readonly spec: Pick<DatasourceSpec<Settings, Query>, 'kind' | 'parseSettings' | 'parseQuery'>;
  readonly connect: (
    settings: Settings,
    needs: PluginDatasourceNeeds,
  ) => PluginConnection<Query> | Promise<PluginConnection<Query>>;
}

/** What may be asked of it. When nobody asks any longer its process ends, and with it whatever it keeps. */
export type PluginConnection<Query> = Omit<Datasource<Query>, 'watch' | 'close'>;
