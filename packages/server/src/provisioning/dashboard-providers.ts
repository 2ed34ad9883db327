import { dirname, resolve } from 'node:path';
import { type ProvisioningField, type ProvisioningFiles, sentenceOf } from './provisioning-file.ts';

/** A folder of dashboards as files, that is looked at again and again. */
export interface DashboardProvider {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** The title of the folder that they go into; "" is none. */
  readonly folder: string;
  readonly folderUid: string;
  /** Each folder of files is a folder here. */
  readonly foldersFromFiles: boolean;
  /** A file that goes leaves its dashboard. */
  readonly keepDeleted: boolean;
  /** People may save over what a file says, until the file changes. */
  readonly editable: boolean;
  readonly updateMs: number;
}

const DEFAULT_UPDATE_S = 10;
const MAX_UPDATE_S = 86_400;

/**
 * The providers of Grafana's provisioning files. One that cannot be read costs only itself: its sentence goes to `problems`.
 * A relative path is relative to the file that it stands in.
 */
export function readDashboardProviders({ files, problems }: ProvisioningFiles): readonly DashboardProvider[] {
  const byName = new Map<string, DashboardProvider>();
  for (const { top, path } of files) {
    let entries: ProvisioningField[] = [];
    try {
      entries = top.at('providers')?.list() ?? [];
    } catch (error) {
      problems.push(sentenceOf(error, path));
    }
    for (const entry of entries) {
      try {
        const provider = readProvider(entry, dirname(path));
        if (byName.has(provider.name)) entry.fail(`there is a provider "${provider.name}" already; each needs a name of its own`);
        byName.set(provider.name, provider);
      } catch (error) {
        problems.push(sentenceOf(error, entry.where));
      }
    }
  }
  return [...byName.values()];
}

function readProvider(entry: ProvisioningField, base: string): DashboardProvider {
  const type = entry.at('type')?.text() ?? 'file';
  if (type !== 'file') entry.at('type')?.fail(`"${type}" is not known; dashboards are provisioned from files: type: file`);
  const options = entry.at('options');
  // Grafana's first version called it folder.
  const path = options?.at('path')?.text() ?? options?.at('folder')?.text() ?? '';
  if (path === '') entry.fail('has no options.path, the folder that its dashboards lie in');
  const folder = entry.at('folder')?.text() ?? '';
  const folderUid = entry.at('folderUid')?.text() ?? '';
  const foldersFromFiles = options?.at('foldersFromFilesStructure')?.boolean() ?? false;
  if (foldersFromFiles && (folder !== '' || folderUid !== ''))
    entry.fail('folder and foldersFromFilesStructure say different things; leave one of them out');
  const seconds = entry.at('updateIntervalSeconds')?.number() ?? DEFAULT_UPDATE_S;
  return {
    name: entry.at('name')?.text() ?? 'default',
    path: resolve(base, path),
    folder,
    folderUid,
    foldersFromFiles,
    keepDeleted: entry.at('disableDeletion')?.boolean() ?? false,
    editable: entry.at('allowUiUpdates')?.boolean() ?? entry.at('editable')?.boolean() ?? false,
    updateMs: 1_000 * Math.min(seconds > 0 ? seconds : DEFAULT_UPDATE_S, MAX_UPDATE_S),
  };
}
