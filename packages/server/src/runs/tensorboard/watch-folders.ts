import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';

/** Directories that are watched at most: systems have a limit of their own, which others need too. */
const MAX_WATCHED = 4_096;

export interface FolderWatch {
  /** Watches a directory too, as far as the system lets us; once more where the one that was watched is gone. */
  add(folder: string): void;
  stop(): void;
}

/**
 * Tells of directories in which something happened, where the system tells us: on network file systems it does not, and where
 * there are too many directories not of all. Whoever uses this has to look by themselves too.
 */
export function watchFolders(root: string, onChange: (folder: string) => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  return {
    add(folder) {
      if (watchers.has(folder) || watchers.size >= MAX_WATCHED) return;
      try {
        const path = join(root, folder);
        const watcher = watch(path, { persistent: false }, (event, name) => {
          // Of a directory that goes its own name is told. What comes in its place is another one.
          if (event === 'rename' && name === basename(path)) drop(folder);
          onChange(folder);
        });
        watcher.on('error', () => drop(folder));
        watchers.set(folder, watcher);
      } catch {
        // It is gone, or the system's limit is reached: it is looked at now and then all the same.
      }
    },
    stop() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
