import { BadRequest } from '@vitrine/model/bad-request.ts';
import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import { randomBytes } from 'node:crypto';
import { HttpError } from '../http/errors.ts';
import type { RegisteredSource } from '../query/data-source-registry.ts';
import type { DataSource, DataSourceSave } from './data-sources.ts';
import type { DocumentStore } from './document-store.ts';

const MAX_NAME = 200;
const MAX_TEXT = 2_000;
const MAX_SETTINGS = 100_000;
const UID = /^[A-Za-z0-9_-]{1,64}$/;
const TYPE = /^[A-Za-z0-9_-]{1,100}$/;
/** No data source speaks these, and a browser or this server would run or read what they name. */
const FORBIDDEN_SCHEME = /^\s*(javascript|vbscript|data|file|blob|about):/i;

/** A data source as people and files write it, in the words of Grafana. */
export interface DataSourceInput {
  readonly uid?: string | undefined;
  readonly name: string;
  readonly type: string;
  readonly url?: string | undefined;
  readonly access?: string | undefined;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
  readonly basicAuth?: boolean | undefined;
  readonly basicAuthUser?: string | undefined;
  readonly withCredentials?: boolean | undefined;
  readonly isDefault?: boolean | undefined;
  readonly jsonData?: Readonly<Record<string, unknown>> | undefined;
  readonly secureJsonData?: Readonly<Record<string, string>> | undefined;
}

/**
 * Sets up a data source, or the one that is `before` anew. Throws BadRequest that names the field, and HttpError
 * `source_exists` where another has its name or uid.
 */
export async function setUpDataSource(
  documents: DocumentStore,
  input: DataSourceInput,
  before: DataSource | undefined,
  {
    readOnly = false,
    byFile = false,
    onlyTheseSecrets = false,
  }: Partial<Pick<DataSourceSave, 'readOnly' | 'byFile' | 'onlyTheseSecrets'>> = {},
): Promise<DataSource> {
  const uid = input.uid === undefined || input.uid === '' ? (before?.uid ?? newUid()) : input.uid;
  if (!UID.test(uid)) throw new BadRequest('uid', 'expected 1 to 64 letters, digits, - or _');
  const setUp = readInput(input);
  const { name } = setUp;
  if (name.trim() === '') throw new BadRequest('name', 'is empty');
  const others = (await documents.dataSources.list()).filter((it) => it.uid !== before?.uid);
  if (uid === BUILTIN_SOURCE.uid || others.some((it) => it.uid === uid))
    throw new HttpError('source_exists', `There is a data source of the uid "${uid}" already.`, 'uid');
  if (others.some((it) => it.name === name))
    throw new HttpError('source_exists', `There is a data source "${name}" already.`, 'name');
  if (before?.uid === uid && !onlyTheseSecrets) refuseToCarryOver(before, setUp);
  // One that gets another uid is another: what names the old uid no longer means it.
  if (before !== undefined && before.uid !== uid) await documents.dataSources.remove(before.uid);
  return documents.dataSources.save({
    uid,
    ...setUp,
    isDefault: input.isDefault ?? false,
    readOnly,
    byFile,
    updatedMs: Date.now(),
    onlyTheseSecrets,
  });
}

/**
 * A source as it would be set up, for trying it out: `before` is the one of its uid, whose secrets it keeps where it has none of
 * that name. Throws BadRequest that names the field.
 */
export async function triedDataSource(
  documents: DocumentStore,
  input: DataSourceInput,
  before: DataSource | undefined,
): Promise<RegisteredSource> {
  const setUp = readInput(input);
  const { name, type, url, settings, secrets } = setUp;
  if (before !== undefined) refuseToCarryOver(before, setUp);
  const saved = before === undefined ? undefined : (await documents.dataSources.secrets()).get(before.uid);
  const kept = before === undefined || before.type !== type || before.url !== url ? undefined : before;
  return {
    uid: before?.uid ?? 'tried',
    name: name.trim() === '' ? 'New data source' : name,
    type,
    url,
    settings,
    secrets: Object.fromEntries(Object.entries({ ...saved?.known, ...secrets }).filter(([, value]) => value !== '')),
    lostSecrets: (saved?.lost ?? []).filter((lost) => secrets[lost] === undefined),
    isDefault: false,
    // What a file may reach that only may where the file says.
    byFile: kept?.byFile ?? false,
    revision: 'tried',
  };
}

/** What of the input is kept, within the limits. */
function readInput(input: DataSourceInput): Pick<DataSourceSave, 'name' | 'type' | 'url' | 'settings' | 'secrets'> {
  const { name, type } = input;
  const { url, basicAuth, basicAuthUser, secrets } = withoutCredentials(input);
  if (!TYPE.test(type)) throw new BadRequest('type', 'expected the id of a kind of data source, such as prometheus');
  for (const [field, text] of Object.entries({ name, url, user: input.user ?? '', database: input.database ?? '' })) {
    const most = field === 'name' ? MAX_NAME : MAX_TEXT;
    if (text.length > most) throw new BadRequest(field, `has ${text.length} letters, and the limit is ${most}`);
  }
  if (FORBIDDEN_SCHEME.test(url)) throw new BadRequest('url', `"${url.slice(0, 60)}" is not the address of a data source`);
  if (JSON.stringify([input.jsonData, input.secureJsonData]).length > MAX_SETTINGS)
    throw new BadRequest('jsonData', `is larger than ${MAX_SETTINGS} bytes`);
  return {
    name,
    type,
    url,
    settings: {
      access: input.access ?? 'proxy',
      user: input.user ?? '',
      database: input.database ?? '',
      basicAuth,
      basicAuthUser,
      withCredentials: input.withCredentials ?? false,
      jsonData: input.jsonData ?? {},
    },
    secrets,
  };
}

/** A password in the address would be kept and shown as the address is: it moves to where passwords are kept. */
function withoutCredentials(input: DataSourceInput) {
  const { url = '', basicAuth = false, basicAuthUser = '', secureJsonData = {} } = input;
  const parsed = /^\s*https?:/i.test(url) && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.username === '' && parsed.password === ''))
    return { url, basicAuth, basicAuthUser, secrets: secureJsonData };
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  const moved = { basicAuthPassword: decodeURIComponent(password), ...secureJsonData };
  return basicAuth
    ? { url: parsed.href, basicAuth, basicAuthUser, secrets: secureJsonData }
    : { url: parsed.href, basicAuth: true, basicAuthUser: decodeURIComponent(username), secrets: moved };
}

/**
 * Secrets that are kept were given for one server: one that is elsewhere, or of another kind, does not get them. Throws BadRequest
 * that names those which are to be entered again.
 */
function refuseToCarryOver(before: DataSource, after: Pick<DataSourceSave, 'type' | 'url' | 'secrets'>): void {
  const kept = before.secretNames.filter((name) => after.secrets[name] === undefined);
  if (kept.length === 0 || (before.type === after.type && serverOf(before.url) === serverOf(after.url))) return;
  throw new BadRequest(
    'secureJsonData',
    `the address or the kind is another, and what is kept of ${kept.join(', ')} was entered for the old one; enter it again, or remove it`,
  );
}

/** Scheme, host and port; the whole text where it is no such address. */
function serverOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed === undefined || parsed.host === '' ? url.trim() : `${parsed.protocol}//${parsed.host}`;
}

/** The data sources that were set up, with what it takes to connect to them. */
export async function registeredSources(documents: DocumentStore): Promise<readonly RegisteredSource[]> {
  const [sources, secrets] = await Promise.all([documents.dataSources.list(), documents.dataSources.secrets()]);
  return sources.map(({ uid, type, name, url, settings, isDefault, byFile, version, updatedMs }) => ({
    uid,
    type,
    name,
    url,
    settings,
    secrets: secrets.get(uid)?.known ?? {},
    lostSecrets: secrets.get(uid)?.lost ?? [],
    isDefault,
    byFile,
    revision: revisionOf({ version, updatedMs }),
  }));
}

/** Differs from save to save, also of one that was removed and set up again. */
export function revisionOf({ version, updatedMs }: Pick<DataSource, 'version' | 'updatedMs'>): string {
  return `${version}.${updatedMs}`;
}

function newUid(): string {
  return randomBytes(9).toString('base64url');
}
