import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HttpClient } from './http-client.ts';
import type { FileDiscovery, HttpDiscovery, TargetGroup } from './scrape-config.ts';
import type { ScrapeContext } from './scrape-loop.ts';
import { readTargetGroup } from './target-group.ts';
import { YamlField } from './yaml-field.ts';

/** Tells what one source has found, each time that it may have changed. */
export type OnGroups = (source: string, groups: readonly TargetGroup[]) => void;

export interface Discovery {
  stop(): Promise<void>;
}

/** Editors write a file in several steps; one reading after the last of them is enough. */
const SETTLE_MS = 50;
const HTTP_TIMEOUT_MS = 30_000;
const HTTP_LIMIT_BYTES = 64 * 1024 * 1024;

/** Reads files of targets, now, when they change and every `refreshMs`. A file that cannot be read keeps its last targets. */
export function discoverFiles(discovery: FileDiscovery, context: ScrapeContext, onGroups: OnGroups): Discovery {
  const { clock, log } = context;
  let known = new Set<string>();
  let stopped = false;
  let cancel = (): void => undefined;
  let reading = Promise.resolve();

  const refresh = async (): Promise<void> => {
    const found = new Set((await Promise.all(discovery.patterns.map(matchingFiles))).flat());
    for (const file of found) {
      try {
        const groups = readGroups(file, await readFile(file, 'utf8')).map((group) => withLabel(group, '__meta_filepath', file));
        if (!stopped) onGroups(`file:${file}`, groups);
      } catch (error) {
        log.warn({ file, problem: (error as Error).message }, 'A file of scrape targets cannot be read; its last targets stay.');
      }
    }
    for (const file of known) if (!found.has(file) && !stopped) onGroups(`file:${file}`, []);
    known = found;
  };
  const readSoon = (delayMs: number): void => {
    cancel();
    if (stopped) return;
    cancel = clock.after(delayMs, () => {
      reading = reading.then(refresh).finally(() => readSoon(discovery.refreshMs));
    });
  };
  const watchers = watchFolders(new Set(discovery.patterns.map((pattern) => dirname(pattern))), () => readSoon(SETTLE_MS));
  readSoon(0);
  return {
    async stop() {
      stopped = true;
      cancel();
      for (const watcher of watchers) watcher.close();
      await reading;
    },
  };
}

/** Asks a URL for targets, now and every `refreshMs`. While it does not answer its last targets stay. */
export function discoverHttp(discovery: HttpDiscovery, context: ScrapeContext, onGroups: OnGroups): Discovery {
  const { clock, log, userAgent } = context;
  const client = new HttpClient(discovery.client);
  const stopping = new AbortController();
  const url = discovery.url.href;
  let cancel = (): void => undefined;
  let running = Promise.resolve();

  const refresh = async (): Promise<void> => {
    try {
      const { body } = await client.get(discovery.url, {
        headers: {
          accept: 'application/json',
          'user-agent': userAgent,
          'x-prometheus-refresh-interval-seconds': String(discovery.refreshMs / 1000),
        },
        limitBytes: HTTP_LIMIT_BYTES,
        limitName: 'bound for lists of targets',
        timeoutMs: HTTP_TIMEOUT_MS,
        signal: stopping.signal,
      });
      const groups = readGroups(url, Buffer.from(body).toString('utf8')).map((group) => withLabel(group, '__meta_url', url));
      if (!stopping.signal.aborted) onGroups(`http:${url}`, groups);
    } catch (error) {
      if (stopping.signal.aborted) return;
      log.warn({ url, problem: (error as Error).message }, 'A list of scrape targets cannot be fetched; its last targets stay.');
    }
    if (!stopping.signal.aborted) askAfter(discovery.refreshMs);
  };
  const askAfter = (delayMs: number): void => {
    cancel = clock.after(delayMs, () => {
      running = refresh();
    });
  };
  askAfter(0);
  return {
    async stop() {
      stopping.abort();
      cancel();
      await client.close();
      await running;
    },
  };
}

function readGroups(source: string, text: string): TargetGroup[] {
  return YamlField.parse(source, text).list().map(readTargetGroup);
}

function withLabel(group: TargetGroup, name: string, value: string): TargetGroup {
  return { targets: group.targets, labels: new Map([...group.labels, [name, value]]) };
}

async function matchingFiles(pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const [before, after] = basename(pattern).split('*') as [string, string?];
  if (after === undefined) return [pattern];
  try {
    const names = await readdir(folder);
    const fits = (name: string): boolean =>
      name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
    return names.filter(fits).map((name) => join(folder, name));
  } catch {
    // A folder that is not there yet has no files yet.
    return [];
  }
}

function watchFolders(folders: ReadonlySet<string>, onChange: () => void): FSWatcher[] {
  return [...folders].flatMap((folder) => {
    try {
      const watcher = watch(folder, onChange);
      // A folder that goes away, or a file system without notices, leaves the reading at every refresh.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
}
