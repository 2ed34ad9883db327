import { availableParallelism, hostname } from 'node:os';
import type { SampleStore } from '@vitrine/model/sample-store.ts';
import type { Routes } from '../routes.ts';

/** Clients tell by this which of Prometheus' abilities to expect. */
const PROMETHEUS_VERSION = '3.0.0';

export interface StatusNeeds {
  readonly samples: SampleStore;
  readonly version: string;
  /** Settings by key, as texts. Nothing secret is among them. */
  readonly flags: Readonly<Record<string, string>>;
  readonly startedMs: number;
}

/** /status/*, and the answers of what Vitrine does not have: no rules, no alerts. */
export function statusRoutes(app: Routes, { samples, version, flags, startedMs }: StatusNeeds): void {
  const get = (url: string, summary: string, read: () => unknown): void => {
    app.route({
      method: 'GET',
      url,
      config: { access: 'read' },
      schema: { summary, tags: ['prometheus'] },
      handler: async () => ({ status: 'success', data: await read() }),
    });
  };
  get('/status/buildinfo', 'What is running', () => ({
    version: PROMETHEUS_VERSION,
    revision: `vitrine-${version}`,
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  }));
  get('/status/flags', 'The settings', () => flags);
  get('/status/config', 'The settings as YAML', () => ({
    yaml: Object.entries(flags)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
      .join(''),
  }));
  get('/status/runtimeinfo', 'How the process is doing', () => ({
    startTime: new Date(startedMs).toISOString(),
    CWD: process.cwd(),
    hostname: hostname(),
    serverTime: new Date().toISOString(),
    reloadConfigSuccess: true,
    lastConfigTime: new Date(startedMs).toISOString(),
    storageRetention: flags['retention.time'] ?? '',
    GOMAXPROCS: availableParallelism(),
    // Go's own figures have no counterpart here, but readers want the keys.
    corruptionCount: 0,
    goroutineCount: 0,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
  }));
  get('/status/tsdb', 'How the store is doing', async () => {
    const stats = await samples.stats();
    return {
      headStats: {
        numSeries: stats.seriesCount,
        numLabelPairs: 0,
        chunkCount: 0,
        minTime: stats.oldestMs ?? 0,
        maxTime: stats.newestMs ?? 0,
      },
      seriesCountByMetricName: [],
      labelValueCountByLabelName: [],
      memoryInBytesByLabelName: [],
      seriesCountByLabelValuePair: [],
    };
  });
  get('/rules', 'Recording and alerting rules: none', () => ({ groups: [] }));
  get('/alerts', 'Alerts: none', () => ({ alerts: [] }));
  get('/alertmanagers', 'Alertmanagers: none', () => ({ activeAlertmanagers: [], droppedAlertmanagers: [] }));
}
