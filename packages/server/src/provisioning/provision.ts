import { join } from 'node:path';
import type { SourceKinds } from '../query/source-kinds.ts';
import { provisionDataSources } from './provision-data-sources.ts';
import { readDashboardProviders } from './dashboard-providers.ts';
import { type Env, readProvisioningFiles } from './provisioning-file.ts';
import { DashboardSync, type SyncNeeds } from './sync-dashboards.ts';

interface ProvisionNeeds extends SyncNeeds {
  /** Holds `datasources/*.yaml` and `dashboards/*.yaml`, as Grafana's folder of that name; "" is none. */
  readonly folder: string;
  readonly env: Env;
  /** The kinds of data sources that can be asked. */
  readonly kinds: SourceKinds;
}

export interface Provisioning {
  /** Resolves when every dashboard was looked at once. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Sets up the data sources of a provisioning folder, then keeps dashboards as its providers' files say. Resolves when the data
 * sources are set up; dashboards follow meanwhile. What cannot be read is told to `warn`, with file and line, and costs only
 * itself.
 */
export async function provision({ folder, env, kinds, ...needs }: ProvisionNeeds): Promise<Provisioning> {
  if (folder === '') {
    await release(needs);
    return { ready: Promise.resolve(), stop: async () => {} };
  }
  const sources = readProvisioningFiles(join(folder, 'datasources'), env);
  await provisionDataSources(needs.documents, sources, kinds);
  const dashboards = readProvisioningFiles(join(folder, 'dashboards'), env);
  const providers = readDashboardProviders(dashboards);
  for (const sentence of [...sources.problems, ...sources.notices, ...dashboards.problems, ...dashboards.notices]) {
    needs.warn(sentence);
  }
  // A provider whose file cannot be read just now has not gone.
  if (dashboards.problems.length === 0) await forgetPast(needs, new Set(providers.map(({ name }) => name)));

  let stopped = false;
  const timers: NodeJS.Timeout[] = [];
  let running: Promise<void> = Promise.resolve();
  /** One after the other: two providers may need the same folder made. */
  const enqueue = (sync: DashboardSync): Promise<void> => {
    running = running
      .then(() => (stopped ? undefined : sync.run()))
      .catch((error: unknown) => needs.warn(`The provider "${sync.provider.name}" failed: ${(error as Error).message}`));
    return running;
  };
  const schedule = (sync: DashboardSync): void => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.splice(timers.indexOf(timer), 1);
      void enqueue(sync).then(() => schedule(sync));
    }, sync.provider.updateMs);
    timer.unref();
    timers.push(timer);
  };
  const syncs = providers.map((provider) => new DashboardSync(provider, needs));
  for (const sync of syncs) void enqueue(sync).then(() => schedule(sync));
  return {
    ready: running,
    async stop() {
      stopped = true;
      timers.forEach(clearTimeout);
      await running;
    },
  };
}

/** The dashboards of providers that are in no file any more go with them. */
async function forgetPast({ documents }: SyncNeeds, names: ReadonlySet<string>): Promise<void> {
  for (const { uid, provisioned } of await documents.dashboards.cards()) {
    if (provisioned !== undefined && !names.has(provisioned.provider)) await documents.dashboards.remove(uid);
  }
}

/** Where nothing is provisioned any more, what files once brought belongs to people. */
async function release({ documents }: SyncNeeds): Promise<void> {
  for (const { uid, provisioned } of await documents.dashboards.cards()) {
    if (provisioned !== undefined) await documents.dashboards.forgetProvider(uid);
  }
  for (const source of await documents.dataSources.list()) {
    if (source.readOnly || source.byFile)
      await documents.dataSources.save({ ...source, readOnly: false, byFile: false, secrets: {}, onlyTheseSecrets: false });
  }
}
