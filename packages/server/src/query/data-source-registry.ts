import { createHash } from 'node:crypto';
import type { SourceRef } from '@vitrine/model/dashboard.ts';
import { BUILTIN_SOURCE, RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { type SourceKinds, sourceKinds } from './source-kinds.ts';

/** A data source that queries may name. Holds secrets: it never leaves the server. */
export interface RegisteredSource {
  readonly uid: string;
  /** Grafana's id of the kind of source: "prometheus"; "builtin" is Vitrine's own store. */
  readonly type: string;
  readonly name: string;
  readonly url: string;
  /** In the words of Grafana: access, user, database, basicAuth, basicAuthUser, withCredentials, jsonData. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** basicAuthPassword, httpHeaderValue1, … */
  readonly secrets: Readonly<Record<string, string>>;
  /** Secrets that were kept and cannot be read: the key to them is lost. */
  readonly lostSecrets: readonly string[];
  readonly isDefault: boolean;
  /** As a provisioning file says it is: nobody has changed it since. */
  readonly byFile: boolean;
  /** Differs where anything of the source has changed, so that a connection to it is made anew. */
  readonly revision: string;
}

/** Which source a query's reference means, and why that one. */
export interface ResolvedSource {
  readonly source: RegisteredSource;
  readonly rule: 'uid' | 'name' | 'default' | 'default of its type' | 'own store';
}

/** The data sources that people and files have set up, and Vitrine's own store, which is always there. */
export interface DataSourceRegistry {
  list(): Promise<readonly RegisteredSource[]>;
  /**
   * The source that a reference means: the one of that uid, else of that name (or of the uid that Grafana makes of the name); for "", "default" and "null" the default
   * one of the type. For anything else, such as "${DS_PROMETHEUS}" or a uid of the server that a dashboard came from,
   * the default one of its type, and Vitrine's own store where the type is prometheus or not known.
   * Throws BadRequest where nothing fits.
   */
  find(ref: SourceRef): Promise<ResolvedSource>;
}

/** Vitrine's own store as a source among the others. */
const OWN_STORE: RegisteredSource = {
  uid: BUILTIN_SOURCE.uid,
  type: BUILTIN_SOURCE.type,
  name: 'Vitrine',
  url: '',
  settings: {},
  secrets: {},
  lostSecrets: [],
  isDefault: false,
  byFile: true,
  revision: '0',
};

/** Training runs are no source that anybody lists, sets up or has by default: panels that show them name them. */
const OWN_RUNS: RegisteredSource = { ...OWN_STORE, ...RUNS_SOURCE, name: 'Training runs' };

/** Types whose queries Vitrine's own store answers as well. */
const ANSWERED_BY_OWN_STORE = new Set(['', 'prometheus', BUILTIN_SOURCE.type]);
/** Of the sources that a sentence names. */
const MOST_NAMED = 10;
const MOST_NAME_CHARS = 40;
const DEFAULT_WORDS = new Set(['', 'default', 'null', 'undefined']);

/** `saved` answers the sources that were set up, in an order that stays. */
export function dataSourceRegistry(
  saved: () => Promise<readonly RegisteredSource[]>,
  kinds: Pick<SourceKinds, 'isSame'> = sourceKinds(),
): DataSourceRegistry {
  return {
    async list() {
      return withOwnStore(await saved());
    },
    async find(ref) {
      return resolveSource(ref, withOwnStore(await saved()), kinds);
    },
  };
}

function withOwnStore(saved: readonly RegisteredSource[]): readonly RegisteredSource[] {
  // Where nobody has chosen a default, what Vitrine holds itself is the one.
  return [{ ...OWN_STORE, isDefault: !saved.some(({ isDefault }) => isDefault) }, ...saved];
}

/** The uid that Grafana gives to a source of that name whose file gives it none; saved dashboards refer to it. */
export function uidOfName(name: string): string {
  return `P${createHash('sha256').update(name).digest('hex').slice(0, 16).toUpperCase()}`;
}

/** The pure rule behind DataSourceRegistry.find. */
function resolveSource(
  { type, uid }: SourceRef,
  sources: readonly RegisteredSource[],
  kinds: Pick<SourceKinds, 'isSame'>,
): ResolvedSource {
  if (type === RUNS_SOURCE.type || (type === '' && uid === RUNS_SOURCE.uid && !sources.some((source) => source.uid === uid)))
    return { source: OWN_RUNS, rule: 'own store' };
  const fits = (source: RegisteredSource): boolean => type === '' || source.type === type;
  if (!DEFAULT_WORDS.has(uid)) {
    const ofUid = sources.find((source) => source.uid === uid);
    if (ofUid !== undefined) return { source: ofUid, rule: 'uid' };
    const ofName = sources.filter((source) => source.name === uid);
    const named = ofName.find(fits) ?? ofName[0];
    if (named !== undefined) return { source: named, rule: 'name' };
    const derived = sources.find((source) => uidOfName(source.name) === uid);
    if (derived !== undefined) return { source: derived, rule: 'name' };
  }
  const isAkin = (source: RegisteredSource): boolean => type !== '' && kinds.isSame(source.type, type);
  const defaults = sources.filter(({ isDefault }) => isDefault);
  const usual = defaults.find(fits) ?? defaults.find(isAkin);
  if (usual !== undefined) return { source: usual, rule: DEFAULT_WORDS.has(uid) ? 'default' : 'default of its type' };
  const ofType = type === '' ? undefined : (sources.find(fits) ?? sources.find(isAkin));
  if (ofType !== undefined) return { source: ofType, rule: 'default of its type' };
  if (ANSWERED_BY_OWN_STORE.has(type)) return { source: sources[0] ?? OWN_STORE, rule: 'own store' };
  const known = sources.slice(0, MOST_NAMED).map((source) => `${cut(source.name, MOST_NAME_CHARS)} (${source.type})`);
  if (sources.length > MOST_NAMED) known.push(`${sources.length - MOST_NAMED} more`);
  // A variable that finds no source leaves none to name.
  const named = uid === '' ? '' : `"${uid.slice(0, 100)}" and none `;
  throw new BadRequest(
    'source',
    `there is no data source ${named}of type ${cut(type, 100)}; set up a data source of the type ${cut(type, 100)} (Sources), or choose one of ${known.join(', ')}`,
  );
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
