import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { SourceRef } from '@vitrine/model/dashboard.ts';
import type { Growth, SampleStore } from '@vitrine/model/sample-store.ts';
import type { VariableOption } from '@vitrine/model/variable.ts';
import type { DatasourceNeeds, DatasourceServer, FoundAnnotation, QueryAnswer, QueryContext } from '@vitrine/plugins/contract.ts';
import { builtin } from '@vitrine/plugins/sources/builtin/server.ts';
import { prometheus } from '@vitrine/plugins/sources/prometheus/server.ts';
import type { DataSourceRegistry, RegisteredSource } from './data-source-registry.ts';
import { sourceFetch } from './source-fetch.ts';

type Spec = Readonly<Record<string, unknown>>;

/** The data sources that are set up, connected where somebody asks them. */
export interface Sources {
  /** The source that a reference means. Throws BadRequest where there is none, or none that can be asked. */
  open(ref: SourceRef): Promise<OpenSource>;
  list(): Promise<readonly RegisteredSource[]>;
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
}

/** The types that can be asked; the others can be set up, as Grafana's files have them. */
const ASKED_TYPES: ReadonlySet<string> = new Set(['builtin', 'prometheus', 'victoriametrics-metrics-datasource']);

/** What comes of a source whose type cannot be asked, as a sentence; undefined where it can. */
export function unsupportedSource({ name, type }: { readonly name: string; readonly type: string }): string | undefined {
  if (ASKED_TYPES.has(type)) return undefined;
  return `The data source "${name}" is of the type ${type}, which is not supported: it is kept as it is set up, and panels, variables and annotations that ask it show a sentence instead of data. Supported are prometheus and Vitrine's own store.`;
}

/** Connections that nobody asks are forgotten past so many. */
const MAX_CONNECTIONS = 200;

export function connectSources(registry: DataSourceRegistry, samples: SampleStore, scrapeIntervalMs: number): Sources {
  const connected = new Map<string, OpenSource>();

  const connect = (source: RegisteredSource): OpenSource => {
    switch (source.type) {
      case 'builtin':
        return openSource(source, builtin, { scrapeIntervalMs }, { samples, fetch });
      case 'prometheus':
      case 'victoriametrics-metrics-datasource': {
        const { name, url, settings, secrets } = source;
        return openSource(source, prometheus, { ...settings, name, url, secrets }, { samples, fetch: sourceFetch(source) });
      }
      default:
        throw new BadRequest(
          'source',
          `the data source "${source.name}" is of the type ${source.type}, which cannot be queried here; queried are prometheus and Vitrine's own store`,
        );
    }
  };
  return {
    list: () => registry.list(),
    async open(ref) {
      const { source } = await registry.find(ref);
      const identity = identityOf(source);
      let open = connected.get(identity);
      if (open === undefined) {
        open = connect(source);
        if (connected.size >= MAX_CONNECTIONS) connected.delete(connected.keys().next().value as string);
        connected.set(identity, open);
      }
      return open;
    },
  };
}

function identityOf({ uid, type, revision }: RegisteredSource): string {
  return JSON.stringify([uid, type, revision]);
}

function openSource<Settings, Query>(
  source: RegisteredSource,
  { spec, connect }: DatasourceServer<Settings, Query>,
  settings: unknown,
  needs: DatasourceNeeds,
): OpenSource {
  const own = connect(spec.parseSettings(settings), needs);
  const { uid, type, name } = source;
  return {
    uid,
    type,
    name,
    identity: identityOf(source),
    query: (refId, query, context) => own.query(refId, spec.parseQuery(query), context),
    watch: (query, context, onGrowth) => own.watch?.(spec.parseQuery(query), context, onGrowth),
    async options(query, context) {
      if (own.options === undefined)
        throw new BadRequest('source', `the data source "${name}" (${type}) has no values for variables`);
      return own.options(query, context);
    },
    async annotations(query, context) {
      if (own.annotations === undefined) throw new BadRequest('source', `the data source "${name}" (${type}) has no annotations`);
      return own.annotations(query, context);
    },
  };
}
