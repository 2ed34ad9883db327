import { BadRequest } from '@vitrine/model/bad-request.ts';
import { RUNS_SOURCE, type SourceRef } from '@vitrine/model/dashboard.ts';
import { type Growth, QueryError, type SampleStore } from '@vitrine/model/sample-store.ts';
import type { AdhocFilter, VariableOption } from '@vitrine/model/variable.ts';
import type {
  Datasource,
  DatasourceNeeds,
  DatasourceServer,
  FoundAnnotation,
  QueryAnswer,
  QueryContext,
  SourceCheck,
} from '@vitrine/plugins/contract.ts';
import { filterMatchers } from '@vitrine/plugins/sources/builtin/add-filters.ts';
import { builtin } from '@vitrine/plugins/sources/builtin/server.ts';
import type { RunsQuery } from '@vitrine/plugins/sources/runs/spec.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import { HttpError } from '../http/errors.ts';
import type { OwnRuns } from '../own/own-runs.ts';
import type { DataSourceRegistry, RegisteredSource } from './data-source-registry.ts';
import { type AskedSource, limitSource } from './limit-source.ts';
import { dialWithin, type Reach } from './reach.ts';
import { sourceFetch } from './source-fetch.ts';
import type { SourceKinds } from './source-kinds.ts';

type Spec = Readonly<Record<string, unknown>>;

/** The data sources that are set up, connected where somebody asks them. */
export interface Sources {
  /** The source that a reference means. Throws BadRequest where there is none, or none that can be asked. */
  open(ref: SourceRef): Promise<OpenSource>;
  /** A connection to a source as it would be set up, for trying it out; nothing of it is kept. Throws BadRequest that names the setting. */
  connect(source: RegisteredSource): OpenSource;
  list(): Promise<readonly RegisteredSource[]>;
  readonly kinds: SourceKinds;
  /**
   * The same sources for a caller that may see only what has the labels: the own store and the runs answer from `own`, and others, which
   * cannot be held to them, throw HttpError.
   */
  within(labels: Labels, own: OwnAnswers): Sources;
  /** A source was changed or removed: its connection is closed when what is under way has ended. */
  forget(uid: string): Promise<void>;
  /** Closes every connection. */
  stop(): Promise<void>;
  /** How the source answered since the start; undefined where nobody has asked it as it now is. */
  health(source: Pick<RegisteredSource, 'uid' | 'type' | 'revision'>): SourceHealth | undefined;
}

type KeptSamples = DatasourceNeeds['samples'] & Pick<SampleStore, 'searchLabels'>;

/** What a caller may see of what is kept here. */
export interface OwnAnswers {
  readonly samples: KeptSamples;
  readonly runs: OwnRuns;
}

/** When a source last answered, and when its server was last silent. Unix milliseconds. */
export interface SourceHealth {
  readonly answeredMs?: number;
  readonly silentMs?: number;
  /** What was said when it was silent. */
  readonly sentence?: string;
}

/** A source whose queries' own type is hidden: it parses what it runs. */
export interface OpenSource {
  readonly uid: string;
  readonly type: string;
  readonly name: string;
  /** Differs where the source is another, or was changed. */
  readonly identity: string;
  query(refId: string, spec: Spec, context: QueryContext): Promise<QueryAnswer>;
  /** Returns the way to stop; undefined where this source cannot tell of growth. */
  watch(spec: Spec, context: QueryContext, onGrowth: (growth: Growth) => void): (() => void) | undefined;
  /** All options of a query variable. Throws BadRequest where the source has none. */
  options(spec: Spec, context: QueryContext): Promise<readonly VariableOption[]>;
  /** Throws BadRequest where the source has no annotations. */
  annotations(spec: Spec, context: QueryContext): Promise<readonly FoundAnnotation[]>;
  /** Values of a label, searched and cut where they are kept, however many there are; absent where a source cannot. */
  searchValues?(search: ValueSearch, signal: AbortSignal): Promise<FoundValues>;
  /** What answers there. Throws an error whose sentence says what is wrong. */
  check(signal: AbortSignal): Promise<SourceCheck>;
  /** What an editor asks to help writing. Throws BadRequest for a path that the source does not know. */
  suggest(path: string, parameters: URLSearchParams, signal: AbortSignal): Promise<unknown>;
  /** Nobody asks any longer: lets what is kept open go. */
  close(): Promise<void>;
}

export interface ValueSearch {
  readonly label: string;
  /** A part of the values, whatever the case; "" is any. */
  readonly text: string;
  /** Only of series that they leave. */
  readonly filters: readonly AdhocFilter[];
  /** Closed, unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

export interface FoundValues {
  /** The best first. */
  readonly values: readonly string[];
  readonly total: number;
}

/** What comes of a lost key. */
export function lostSecretsSentence({ name, lostSecrets }: Pick<RegisteredSource, 'name' | 'lostSecrets'>): string {
  return `What was kept of ${lostSecrets.join(', ')} of the data source "${name}" cannot be read: it was enciphered with another key than this server's (sources.key-file). Put that key back, or enter it again in the source's settings.`;
}

export interface SourceNeeds {
  readonly registry: DataSourceRegistry;
  readonly kinds: SourceKinds;
  readonly samples: KeptSamples;
  /** Training runs, which are a source as well: all, or those that are given; absent where there are none to be asked. */
  readonly runs?: (own?: OwnRuns) => DatasourceServer<undefined, RunsQuery>;
  /** Of Vitrine's own store. */
  readonly scrapeIntervalMs: number;
  /** Where the traces of its exemplars are found; see BuiltinSettings. */
  readonly traceLink?: string;
  /** What a source may reach. */
  readonly reachOf: (source: RegisteredSource) => Reach;
  /** How long one question may take. */
  readonly timeoutMs: number;
  /** Told of every question to a source that is set up. */
  readonly onAsked?: (source: RegisteredSource, asked: AskedSource) => void;
}

/** From this score of a search on a text is a part of what is found. */
const PART_SCORE = 0.6;
/** Connections that nobody asks are forgotten past so many. */
const MAX_CONNECTIONS = 200;

export function connectSources(needs: SourceNeeds): Sources {
  const { registry, kinds, samples, runs, scrapeIntervalMs, traceLink = '', reachOf, timeoutMs, onAsked } = needs;
  const connected = new Map<string, OpenSource>();
  const healths = new Map<string, SourceHealth & { readonly identity: string }>();
  const learn = (source: RegisteredSource, { outcome, silence }: AskedSource): void => {
    const identity = identityOf(source);
    const known = healths.get(source.uid);
    const before = known?.identity === identity ? known : { identity };
    if (known === undefined && healths.size >= MAX_CONNECTIONS) healths.delete(healths.keys().next().value as string);
    if (outcome === 'ok') healths.set(source.uid, { ...before, answeredMs: Date.now() });
    else if (silence !== undefined) healths.set(source.uid, { ...before, silentMs: Date.now(), sentence: silence });
  };

  const needsOf = (source: RegisteredSource): DatasourceNeeds & { readonly samples: KeptSamples } => {
    const reach = reachOf(source);
    return {
      samples,
      fetch: sourceFetch(source, reach),
      dial: (host, port, signal) => dialWithin(reach, host, port, signal),
    };
  };
  /** What is kept here; undefined for a source that is elsewhere. */
  const connectKept = (
    source: RegisteredSource,
    needs: DatasourceNeeds & { readonly samples: KeptSamples },
    own: OwnRuns | undefined,
  ): OpenSource | undefined => {
    if (source.type === 'builtin') {
      const open = openSource(source, builtin, { scrapeIntervalMs, traceLink }, needs);
      return { ...open, searchValues: (search, signal) => searchValues(needs.samples, search, signal) };
    }
    return source.type === RUNS_SOURCE.type && runs !== undefined ? openSource(source, runs(own), undefined, needs) : undefined;
  };
  const connect = (source: RegisteredSource, told: (asked: AskedSource) => void): OpenSource => {
    const { name, url, settings, secrets, lostSecrets } = source;
    if (lostSecrets.length > 0) throw new QueryError('execution', lostSecretsSentence(source));
    const needs = needsOf(source);
    const kept = connectKept(source, needs, undefined);
    if (kept !== undefined) return kept;
    const server = kinds.find(source.type);
    if (server === undefined)
      throw new BadRequest(
        'source',
        `the data source "${source.name}" is of the type ${source.type}, which cannot be queried here; queried are ${kinds.named} and Vitrine's own store`,
      );
    return limitSource(openSource(source, server, { ...settings, name, url, secrets }, needs), source, {
      timeoutMs,
      onAsked: told,
    });
  };
  const close = async (identity: string): Promise<void> => {
    const open = connected.get(identity);
    connected.delete(identity);
    await open?.close();
  };
  /** The connection to a source as it was before, or to all of it. */
  const closeAllOf = async (uid: string, except?: string): Promise<void> => {
    const past = [...connected].filter(([identity, open]) => open.uid === uid && identity !== except);
    await Promise.all(past.map(([identity]) => close(identity)));
  };
  const all: Sources = {
    kinds,
    list: () => registry.list(),
    forget: (uid) => closeAllOf(uid),
    async stop() {
      await Promise.all([...connected.keys()].map(close));
    },
    connect: (source) => connect(source, () => {}),
    within(labels, own) {
      const refuse = ({ name }: Pick<RegisteredSource, 'name'>): never => {
        throw new HttpError(
          'not_allowed',
          `This token sees what has the labels ${labels.toString()} only, and the data source "${name}" is elsewhere, where nothing holds it to them.`,
        );
      };
      return {
        ...all,
        async open(ref) {
          const { source } = await registry.find(ref);
          const kept = connectKept(source, { ...needsOf(source), samples: own.samples }, own.runs) ?? refuse(source);
          // What is remembered of one caller's answers is not for another.
          return { ...kept, identity: JSON.stringify([kept.identity, labels.key]) };
        },
        connect: refuse,
        health: () => undefined,
      };
    },
    health(source) {
      const { identity, ...health } = healths.get(source.uid) ?? {};
      return identity === identityOf(source) ? health : undefined;
    },
    async open(ref) {
      const { source } = await registry.find(ref);
      const identity = identityOf(source);
      let open = connected.get(identity);
      if (open === undefined) {
        open = connect(source, (asked) => {
          learn(source, asked);
          onAsked?.(source, asked);
        });
        // Whoever still asks over it is answered, and nobody waits for its end.
        void closeAllOf(source.uid, identity).catch(() => {});
        if (connected.size >= MAX_CONNECTIONS) void close(connected.keys().next().value as string).catch(() => {});
      }
      // The one asked last stands at the end.
      connected.delete(identity);
      connected.set(identity, open);
      return open;
    },
  };
  return all;
}

async function searchValues(
  samples: Pick<SampleStore, 'searchLabels'>,
  { label, text, filters, fromMs, toMs, limit }: ValueSearch,
  signal: AbortSignal,
): Promise<FoundValues> {
  const { found, total = found.length } = await samples.searchLabels(
    {
      label,
      texts: text === '' ? [] : [text],
      leastScore: PART_SCORE,
      caseSensitive: false,
      order: text === '' ? 'rising' : 'score',
      // With a selector they are counted, and only those of the range.
      selectors: [[{ label, op: '!=', value: '' }, ...filterMatchers(filters)]],
      fromMs,
      toMs,
      limit,
      offset: 0,
    },
    signal,
  );
  return { values: found.map(({ text: value }) => value), total };
}

function identityOf({ uid, type, revision }: Pick<RegisteredSource, 'uid' | 'type' | 'revision'>): string {
  return JSON.stringify([uid, type, revision]);
}

function openSource<Settings, Query>(
  source: RegisteredSource,
  { spec, connect }: DatasourceServer<Settings, Query>,
  settings: unknown,
  needs: DatasourceNeeds,
): OpenSource {
  const own: Datasource<Query> = connect(spec.parseSettings(settings), needs);
  const { uid, type, name } = source;
  const lacks = (what: string): never => {
    throw new BadRequest('source', `the data source "${name}" (${type}) has no ${what}`);
  };
  return {
    uid,
    type,
    name,
    identity: identityOf(source),
    query: (refId, query, context) => own.query(refId, spec.parseQuery(query), context),
    watch: (query, context, onGrowth) => own.watch?.(spec.parseQuery(query), context, onGrowth),
    options: async (query, context) => own.options?.(query, context) ?? lacks('values for variables'),
    annotations: async (query, context) => own.annotations?.(query, context) ?? lacks('annotations'),
    check: (signal) => own.check(signal),
    suggest: async (path, parameters, signal) => own.suggest?.(path, parameters, signal) ?? lacks('help for writing queries'),
    close: async () => own.close?.(),
  };
}
