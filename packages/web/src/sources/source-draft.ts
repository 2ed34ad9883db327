import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { DatasourceSpec, SettingControl } from '@vitrine/plugins/contract.ts';
import { readPath, writePath } from '../edit/form/path.ts';

type Json = Readonly<Record<string, unknown>>;

/** A data source that is being set up or changed. */
export interface SourceDraft {
  readonly name: string;
  readonly isDefault: boolean;
  /** As saved, in Grafana's words and without secrets: access, url, user, database, basicAuth, basicAuthUser, withCredentials, jsonData. */
  readonly settings: Json;
  /** Written here, by name: "" takes one away, and what is not named stays as it is saved. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What the server takes to set one up. */
export interface SourceBody extends Json {
  readonly uid?: string;
  readonly version?: number;
  readonly name: string;
  readonly type: string;
  readonly isDefault: boolean;
  readonly secureJsonData: Readonly<Record<string, string>>;
}

const SETTINGS = ['access', 'url', 'user', 'database', 'basicAuth', 'basicAuthUser', 'withCredentials', 'jsonData'] as const;
const SECRETS = 'secureJsonData.';

export function newDraft(name: string): SourceDraft {
  return { name, isDefault: false, settings: { jsonData: {} }, secrets: {} };
}

/** What is saved, to be changed. `name` where it is to become another one. */
export function draftOf(saved: object, name?: string): SourceDraft {
  const read = saved as Json;
  const called = read['name'];
  return {
    name: name ?? (typeof called === 'string' ? called : ''),
    isDefault: name === undefined && read['isDefault'] === true,
    settings: Object.fromEntries(SETTINGS.filter((key) => read[key] !== undefined).map((key) => [key, read[key]])),
    secrets: {},
  };
}

/** `version` is the one that the draft began with: the server refuses it where somebody saved a newer one. */
export function bodyOf(draft: SourceDraft, type: string, uid: string | undefined, version?: number): SourceBody {
  const { name, isDefault, settings, secrets } = draft;
  return {
    ...settings,
    ...(uid === undefined ? {} : { uid }),
    ...(version === undefined ? {} : { version }),
    name: name.trim(),
    type,
    isDefault,
    secureJsonData: secrets,
  };
}

/** Whether two drafts say the same. */
export function isSame(one: SourceDraft, other: SourceDraft): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The name of the secret at a control's path; undefined where it holds none. */
export function secretName(path: string): string | undefined {
  return path.startsWith(SECRETS) ? path.slice(SECRETS.length) : undefined;
}

export function readSetting({ settings, secrets }: SourceDraft, path: string): unknown {
  const secret = secretName(path);
  return secret === undefined ? readPath(settings, path) : secrets[secret];
}

/** undefined takes it away; of a secret, what was written here, so that the saved one stays. */
export function writeSetting(draft: SourceDraft, path: string, value: unknown): SourceDraft {
  const secret = secretName(path);
  if (secret === undefined) return { ...draft, settings: writePath(draft.settings, path, value) };
  const { [secret]: _, ...others } = draft.secrets;
  return { ...draft, secrets: typeof value === 'string' ? { ...others, [secret]: value } : others };
}

/** The controls that mean something as things are, in groups in the order in which they come. */
export function shownControls(
  controls: readonly SettingControl[],
  draft: SourceDraft,
): readonly (readonly [group: string, controls: readonly SettingControl[]])[] {
  const groups = new Map<string, SettingControl[]>();
  for (const control of controls) {
    if (control.when !== undefined && !control.when((path) => readSetting(draft, path))) continue;
    const group = groups.get(control.group);
    if (group === undefined) groups.set(control.group, [control]);
    else group.push(control);
  }
  return [...groups];
}

/** Why what was written cannot be, at the control of `path`. */
export interface SettingProblem {
  readonly path: string;
  readonly sentence: string;
}

/** What a saved secret is read as: only the server knows it. */
const KEPT = 'kept';

/** What the source's own reader says of the settings; undefined where they can be. `kept` are the names of the saved secrets. */
export function problemOf(
  spec: DatasourceSpec<unknown, unknown>,
  draft: SourceDraft,
  kept: readonly string[],
): SettingProblem | undefined {
  const { name, settings, secrets } = draft;
  const known = { ...Object.fromEntries(kept.map((secret) => [secret, KEPT])), ...secrets };
  const written = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== ''));
  try {
    spec.parseSettings({ ...settings, name, secrets: written });
    return undefined;
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    const problem = readProblem(error.field, error.message);
    const secret = secretName(problem.path);
    // A saved secret is not known here, so nothing can be said of it.
    return secret !== undefined && kept.includes(secret) && secrets[secret] === undefined ? undefined : problem;
  }
}

/** A complaint that begins with its field, as the server and the readers write them, at the control that it is about. */
export function readProblem(field: string, message: string): SettingProblem {
  const text = message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
  const sentence = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
  return { path: field.replace(/^secrets\./, SECRETS), sentence };
}

/** "Prometheus", else "Prometheus 2", … */
export function freeName(wanted: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted} ${n}`;
    if (!taken.includes(name)) return name;
  }
}
