import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type AppNeeds, buildApp } from '../app.ts';
import { signInOver } from '../auth/sign-in.ts';
import { tokensOver } from '../auth/tokens.ts';
import type { Routes } from '../http/routes.ts';
import { createIntake } from '../ingest/intake.ts';
import { createOtlpReceiver } from '../ingest/otlp/otlp-receiver.ts';
import { openPlugins } from '../plugins/installed-plugins.ts';
import { openPushgateway } from '../ingest/pushgateway/pushgateway.ts';
import { dashboardCatalog } from '../query/dashboard-catalog.ts';
import { healthSettingsOver } from '../runs/health/health-settings.ts';
import { judgeHere } from '../runs/health/run-judge.ts';
import { startHealth } from '../runs/health/start-health.ts';
import { openRuns } from '../runs/open-runs.ts';
import { openLogdirs } from '../runs/tensorboard/logdirs.ts';
import { openLog } from '../self/log.ts';
import { countStore, openMetrics } from '../self/metrics.ts';
import { FakeStore } from './fake-store.ts';
import { MemoryCurves } from './memory-curves.ts';
import { openTestDocuments } from './open-test-documents.ts';
import { questionsOver } from './questions-over.ts';

export const COOKIE = 'vitrine_test';

export interface TestApp {
  readonly app: Routes;
  readonly store: FakeStore;
  readonly needs: AppNeeds;
  /** Where a test may put dashboards and a page. */
  readonly folder: string;
  /** Headers of a signed-in browser on the page itself. */
  readonly browser: { readonly cookie: string; readonly origin: string; readonly host: string };
}

/** The whole HTTP interface over a fake store, in a folder of its own that goes when the test does. */
export async function testApp(
  changes: Partial<AppNeeds> & {
    readonly dashboards?: readonly unknown[];
    readonly page?: Readonly<Record<string, string>>;
    /** When the app ends: afterAll where a whole file shares it; else with the test. */
    readonly until?: (end: () => Promise<void>) => void;
  } = {},
): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-app-'));
  for (const [index, dashboard] of (changes.dashboards ?? []).entries()) {
    writeFileSync(join(folder, `${index}.json`), JSON.stringify(dashboard));
  }
  const documents = await openTestDocuments(join(folder, 'data'));
  const store = new FakeStore();
  const log = openLog('silent', 'json');
  const signIn = signInOver(documents, 3_600_000);
  const metrics = openMetrics('1.2.3');
  const intake = createIntake({ append: (batch) => store.append(batch), metrics, samplesPerSecond: 0 });
  const pushgateway = openPushgateway({
    folder: join(folder, 'data'),
    intake,
    append: (batch) => store.append(batch),
    onMetadata: () => {},
    intervalMs: 15_000,
    log,
    // Nothing is written again by itself.
    clock: { nowMs: () => Date.now(), after: () => () => {} },
  });
  const curves = new MemoryCurves();
  const runs = await openRuns({
    documents: documents.runs,
    curves,
    folder: join(folder, 'data', 'runs'),
    log,
  });
  const logdirs = await openLogdirs({
    runs,
    documents,
    folder: join(folder, 'data', 'runs', 'tensorboard'),
    uploadBytes: 100_000,
    configured: [],
    log,
  });
  const healthSettings = healthSettingsOver(documents);
  // Nothing is judged by itself.
  const health = await startHealth({
    runs,
    settings: healthSettings,
    documents,
    samples: store,
    judge: judgeHere(curves),
    log,
    gatherMs: 3_600_000,
  });
  const needs: AppNeeds = {
    samples: store,
    documents,
    runs,
    health,
    healthSettings,
    logdirs,
    curveQuestions: questionsOver(curves),
    catalog: dashboardCatalog([folder], documents, log),
    signIn,
    tokens: tokensOver(documents),
    metrics,
    intake,
    uploads: { folder: join(folder, 'data', 'uploads'), limitBytes: 100_000_000, keepsMs: Infinity },
    otlp: createOtlpReceiver({ intake, onMetadata: () => {}, metrics, scopeLabels: false }),
    pushgateway,
    plugins: await openPlugins(join(folder, 'data', 'plugins'), { warn: (sentence) => log.warn(sentence) }),
    log,
    version: '1.2.3',
    limits: {
      maxSamples: 1_000_000,
      maxSeries: 1_000,
      timeoutMs: 60_000,
      maxPoints: 11_000,
      bodyBytes: 1_000_000,
      artifactBytes: 1_000_000,
    },
    scrapeIntervalMs: 15_000,
    metadata: { metadata: () => [] },
    onMetadata: () => {},
    scraping: {
      jobs: () => [],
      targets: () => ({ activeTargets: [], droppedTargets: [], droppedTargetCounts: {} }),
      metadata: () => [],
    },
    flags: { listen: '127.0.0.1:0' },
    adminApi: false,
    snapshot: () => Promise.resolve(),
    traceLink: '',
    startedMs: 0,
    webFolder: join(folder, 'dist'),
    cookieName: COOKIE,
    loopback: true,
    privateSources: false,
    extraHosts: [],
    isReady: () => true,
    ...changes,
  };
  countStore(needs.metrics, store);
  const app = await buildApp(needs);
  const session = await signIn.redeem(await signIn.newLinkSecret());
  const until = changes.until ?? onTestFinished;
  until(async () => {
    await app.close();
    await pushgateway.stop();
    await logdirs.stop();
    await health.stop();
    await runs.close();
    await documents.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    app,
    store,
    needs,
    folder,
    browser: { cookie: `${COOKIE}=${session}`, origin: 'http://localhost', host: 'localhost' },
  };
}
