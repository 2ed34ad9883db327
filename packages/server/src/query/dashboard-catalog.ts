import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import type { Logger } from 'pino';
import type { DocumentStore, SavedDashboard } from '../documents/document-store.ts';

export interface CatalogEntry {
  readonly dashboard: Dashboard;
  /** Comes from a file, so that it cannot be changed here. */
  readonly builtin: boolean;
}

/** All dashboards: those of the folders, and those that people saved. */
export interface DashboardCatalog {
  list(): Promise<readonly CatalogEntry[]>;
  find(uid: string): Promise<CatalogEntry | undefined>;
}

/** A file that is read again only where it has changed. */
interface KnownFile {
  readonly mtimeMs: number;
  readonly size: number;
  readonly dashboard: Dashboard | undefined;
}

/**
 * Reads `folders` anew when their files change. Of one uid in several places the earlier folder counts, and any folder
 * before a saved one. A file that does not parse is left out and the log says why, once a change.
 */
export function dashboardCatalog(folders: readonly string[], documents: DocumentStore, log: Logger): DashboardCatalog {
  const known = new Map<string, KnownFile>();

  const readFolder = (folder: string): CatalogEntry[] => {
    let names: string[];
    try {
      names = readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .toSorted();
    } catch (error) {
      log.warn({ folder, err: error }, 'the folder of dashboards cannot be read');
      return [];
    }
    return names.flatMap((name) => {
      const dashboard = readFile(join(folder, name));
      return dashboard === undefined ? [] : [{ dashboard, builtin: true }];
    });
  };

  const readFile = (path: string): Dashboard | undefined => {
    const before = known.get(path);
    try {
      const { mtimeMs, size } = statSync(path);
      if (before?.mtimeMs === mtimeMs && before.size === size) return before.dashboard;
      known.set(path, { mtimeMs, size, dashboard: undefined });
      const dashboard = parseDashboard(JSON.parse(readFileSync(path, 'utf8')));
      known.set(path, { mtimeMs, size, dashboard });
      return dashboard;
    } catch (error) {
      log.warn(`${path}: ${(error as Error).message}`);
      return undefined;
    }
  };

  const ofFiles = (): Map<string, CatalogEntry> => {
    const byUid = new Map<string, CatalogEntry>();
    for (const entry of folders.flatMap(readFolder)) if (!byUid.has(entry.dashboard.uid)) byUid.set(entry.dashboard.uid, entry);
    return byUid;
  };

  const readSaved = ({ uid, json }: SavedDashboard): CatalogEntry[] => {
    try {
      return [{ dashboard: parseDashboard(JSON.parse(json)), builtin: false }];
    } catch (error) {
      log.warn(`saved dashboard ${uid}: ${(error as Error).message}`);
      return [];
    }
  };

  return {
    async list() {
      const byUid = ofFiles();
      for (const entry of (await documents.dashboards()).flatMap(readSaved)) {
        if (!byUid.has(entry.dashboard.uid)) byUid.set(entry.dashboard.uid, entry);
      }
      return [...byUid.values()];
    },
    async find(uid) {
      const ofFile = ofFiles().get(uid);
      if (ofFile !== undefined) return ofFile;
      const saved = await documents.dashboard(uid);
      return saved === undefined ? undefined : readSaved(saved)[0];
    },
  };
}
