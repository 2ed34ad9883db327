import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { Logger } from 'pino';
import { readDashboardText } from './read-dashboard-text.ts';

export interface FileDashboard {
  readonly dashboard: Dashboard;
  readonly updatedMs: number;
}

/** The dashboards of some folders, as their files are now. */
export interface DashboardFiles {
  all(): ReadonlyMap<string, FileDashboard>;
  /** Differs after any change of a file. */
  readonly changeCount: number;
}

/** A file that is read again only where it has changed. */
interface KnownFile {
  readonly mtimeMs: number;
  readonly size: number;
  readonly dashboards: readonly Dashboard[];
}

/** More than any dashboard that people keep: a file above it is left out. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads `folders` anew when their files change. Of one uid in several places the earlier folder counts. A file that does
 * not parse is left out and the log says why, once a change.
 */
export function dashboardFiles(folders: readonly string[], log: Logger): DashboardFiles {
  let known = new Map<string, KnownFile>();
  let changes = 0;
  let byUid = new Map<string, FileDashboard>();

  const namesIn = (folder: string): string[] => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .toSorted()
        .map((name) => join(folder, name));
    } catch (error) {
      log.warn({ folder, err: error }, 'the folder of dashboards cannot be read');
      return [];
    }
  };

  const readFile = (path: string): KnownFile => {
    const before = known.get(path);
    let stamp = { mtimeMs: 0, size: 0 };
    try {
      const { mtimeMs, size } = statSync(path);
      stamp = { mtimeMs, size };
      if (before?.mtimeMs === mtimeMs && before.size === size) return before;
      changes++;
      if (size > MAX_FILE_BYTES) throw new Error(`is ${size} bytes, and a dashboard's file may have ${MAX_FILE_BYTES}`);
      return { ...stamp, dashboards: readDashboardText(readFileSync(path, 'utf8')) };
    } catch (error) {
      log.warn(`${path}: ${(error as Error).message}`);
      return { ...stamp, dashboards: [] };
    }
  };

  const refresh = (): void => {
    const before = changes;
    const files = new Map(folders.flatMap(namesIn).map((path) => [path, readFile(path)]));
    const isGone = [...known.keys()].some((path) => !files.has(path));
    if (isGone) changes++;
    known = files;
    if (changes === before) return;
    byUid = new Map();
    for (const { dashboards, mtimeMs } of files.values()) {
      for (const dashboard of dashboards) {
        if (!byUid.has(dashboard.uid)) byUid.set(dashboard.uid, { dashboard, updatedMs: Math.round(mtimeMs) });
      }
    }
  };

  return {
    all() {
      refresh();
      return byUid;
    },
    get changeCount() {
      refresh();
      return changes;
    },
  };
}
