import { setUpDataSource } from '../documents/data-source-setup.ts';
import type { DataSource } from '../documents/data-sources.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { uidOfName } from '../query/data-source-registry.ts';
import type { SourceKinds } from '../query/source-kinds.ts';
import { type ProvisioningField, type ProvisioningFile, type ProvisioningFiles, sentenceOf } from './provisioning-file.ts';

/** Which file set up a source, by its uid, so that a later start knows what to take away. */
const SETTING = 'provisioning.datasources';
const ORG_ID = 1;

interface SetUpBy {
  readonly file: string;
  /** Whether it goes when the file no longer has it. */
  readonly prune: boolean;
}

/**
 * Sets up the data sources of Grafana's provisioning files: `deleteDatasources` first, then `datasources`; what a file with
 * `prune: true` no longer has is removed. One whose type cannot be asked is set up with a notice. A source that cannot be read costs only itself: its sentence goes to `problems`.
 */
export async function provisionDataSources(
  documents: DocumentStore,
  found: ProvisioningFiles,
  kinds: SourceKinds,
): Promise<void> {
  const { problems } = found;
  const setUp = new Map<string, SetUpBy>();
  let defaultBy: string | undefined;
  for (const { path, top } of found.files) {
    await each(top, 'deleteDatasources', problems, async (entry) => {
      if (isOurs(entry, found)) await removeNamed(documents, textAt(entry, 'name'));
    });
    const prune = top.at('prune')?.boolean() ?? false;
    await each(top, 'datasources', problems, async (entry) => {
      if (!isOurs(entry, found)) return;
      const isDefault = entry.at('isDefault')?.boolean() ?? false;
      if (isDefault && defaultBy !== undefined)
        entry.fail(`only one data source can be the default, and ${defaultBy} says it is`);
      const source = await provisionOne(documents, entry, isDefault);
      if (isDefault) defaultBy = entry.where;
      const unsupported = kinds.unsupported(source);
      if (unsupported !== undefined) found.notices.push(`${entry.where}: ${unsupported}`);
      setUp.set(source.uid, { file: path, prune });
    });
  }
  await prunePast(documents, setUp, found.files);
}

async function provisionOne(documents: DocumentStore, entry: ProvisioningField, isDefault: boolean): Promise<DataSource> {
  const name = textAt(entry, 'name');
  if (name === '') entry.fail('has no name');
  if (textAt(entry, 'type') === '') entry.fail(`"${name}" has no type`);
  const known = await documents.dataSources.list();
  const uid = textAt(entry, 'uid');
  const before = known.find((it) => (uid === '' ? it.name === name : it.uid === uid)) ?? known.find((it) => it.name === name);
  return setUpDataSource(
    documents,
    {
      uid: uid === '' ? (before?.uid ?? uidOfName(name)) : uid,
      name,
      type: textAt(entry, 'type'),
      url: textAt(entry, 'url'),
      access: textAt(entry, 'access') || 'proxy',
      user: textAt(entry, 'user'),
      database: textAt(entry, 'database'),
      basicAuth: entry.at('basicAuth')?.boolean() ?? false,
      basicAuthUser: textAt(entry, 'basicAuthUser'),
      withCredentials: entry.at('withCredentials')?.boolean() ?? false,
      isDefault,
      jsonData: entry.at('jsonData')?.object() ?? {},
      secureJsonData: Object.fromEntries(
        Object.entries(entry.at('secureJsonData')?.object() ?? {}).map(([key, value]) => [key, String(value)]),
      ),
    },
    before,
    { readOnly: !(entry.at('editable')?.boolean() ?? false), byFile: true, onlyTheseSecrets: true },
  );
}

/** The files that set up data sources, by the sources' uid. */
export async function provisioningFilesOfSources(documents: DocumentStore): Promise<ReadonlyMap<string, string>> {
  const known = JSON.parse((await documents.setting(SETTING)) ?? '{}') as Record<string, SetUpBy>;
  return new Map(Object.entries(known).map(([uid, { file }]) => [uid, file]));
}

/** What an earlier start set up from a file that now has it no longer, though it can be read or is gone. */
async function prunePast(
  documents: DocumentStore,
  setUp: ReadonlyMap<string, SetUpBy>,
  files: readonly ProvisioningFile[],
): Promise<void> {
  const past = JSON.parse((await documents.setting(SETTING)) ?? '{}') as Record<string, SetUpBy>;
  const pruning = new Set(files.filter(({ top }) => top.at('prune')?.boolean() === true).map(({ path }) => path));
  const kept: Record<string, SetUpBy> = Object.fromEntries(setUp);
  for (const [uid, by] of Object.entries(past)) {
    if (setUp.has(uid)) continue;
    const known = (await documents.dataSources.list()).find((it) => it.uid === uid);
    if (known === undefined) continue;
    if (pruning.has(by.file)) await documents.dataSources.remove(uid);
    else kept[uid] = by;
  }
  await documents.setSetting(SETTING, JSON.stringify(kept));
}

async function removeNamed(documents: DocumentStore, name: string): Promise<void> {
  const known = (await documents.dataSources.list()).find((it) => it.name === name);
  if (known !== undefined) await documents.dataSources.remove(known.uid);
}

/** Grafana's files may speak of several organisations; here there is one. */
function isOurs(entry: ProvisioningField, { notices }: ProvisioningFiles): boolean {
  const orgId = entry.at('orgId')?.number() ?? ORG_ID;
  if (orgId === ORG_ID) return true;
  notices.push(`${entry.where}: is for organisation ${orgId}, and Vitrine is one organisation; it was left out.`);
  return false;
}

function textAt(entry: ProvisioningField, key: string): string {
  return entry.at(key)?.text() ?? '';
}

async function each(
  top: ProvisioningField,
  key: string,
  problems: string[],
  provision: (entry: ProvisioningField) => Promise<void>,
): Promise<void> {
  let where = top.where;
  try {
    for (const entry of top.at(key)?.list() ?? []) {
      where = entry.where;
      try {
        await provision(entry);
      } catch (error) {
        problems.push(sentenceOf(error, where));
      }
    }
  } catch (error) {
    problems.push(sentenceOf(error, where));
  }
}
