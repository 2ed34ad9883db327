import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CurveStore } from '@vitrine/model/curve-store.ts';
import { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata, SampleStore } from '@vitrine/model/sample-store.ts';
import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';
import { openStore } from '@vitrine/tsdb/open-store.ts';
import { StoreOpenError } from '@vitrine/tsdb/store-open-error.ts';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { isLoopback } from './auth/guard.ts';
import { signInOver } from './auth/sign-in.ts';
import { tokensOver } from './auth/tokens.ts';
import { makeBackup } from './backup/make-backup.ts';
import { type Address, KEYS, type Settings } from './config/keys.ts';
import { listeningUrl, SERVED_AT } from './config/listening-url.ts';
import type { Config } from './config/read-config.ts';
import { registeredSources } from './documents/data-source-setup.ts';
import type { DocumentStore } from './documents/document-store.ts';
import { openDocumentStore } from './documents/open-document-store.ts';
import { drain } from './http/drain.ts';
import type { Routes } from './http/routes.ts';
import { listenGraphite } from './ingest/graphite/graphite-door.ts';
import { createIntake } from './ingest/intake.ts';
import { NO_MAPPINGS, readMappings } from './ingest/lines/mappings.ts';
import { EVERYBODY } from './ingest/lines/sender-rules.ts';
import { listenOtlpGrpc } from './ingest/otlp/otlp-grpc.ts';
import { createOtlpReceiver } from './ingest/otlp/otlp-receiver.ts';
import { listenStatsd } from './ingest/statsd/statsd-door.ts';
import { openPushgateway } from './ingest/pushgateway/pushgateway.ts';
import { openPlugins } from './plugins/installed-plugins.ts';
import { dashboardCatalog } from './query/dashboard-catalog.ts';
import { provision } from './provisioning/provision.ts';
import { readScrapeSetup, usualIntervalMs } from './scrape-setup.ts';
import { createScrapeManager } from './scrape/scrape-manager.ts';
import { KnownMetadata } from './query/known-metadata.ts';
import { sourceKinds } from './query/source-kinds.ts';
import { lostSecretsSentence } from './query/sources.ts';
import { takeTurns } from './query/take-turns.ts';
import { openCurveQuestions } from './runs/curves/ask-curves.ts';
import { healthSettingsOver } from './runs/health/health-settings.ts';
import { openRunJudge } from './runs/health/run-judge.ts';
import { startHealth } from './runs/health/start-health.ts';
import { labelNotHad } from './runs/run-owner.ts';
import { openRuns } from './runs/open-runs.ts';
import { followScrapes } from './runs/scraped/scraped-runs.ts';
import { openLogdirs } from './runs/tensorboard/logdirs.ts';
import { watchCurves } from './runs/watch-curves.ts';
import { countUse } from './self/counted-store.ts';
import { openLog } from './self/log.ts';
import { countProcess, countStore, openMetrics, ownMetadata } from './self/metrics.ts';
import { recordSelf } from './self/record-self.ts';
import { ROOT, VERSION } from './self/version.ts';
import { StartError } from './start-error.ts';

export interface RunningServer {
  /** Where it answers, as a browser on this machine would write it. */
  readonly url: string;
  /** Signs in whoever opens it first, once. */
  readonly signInLink: string;
  readonly log: Logger;
  /** Resolves where the server can no longer do its work, with a sentence that says why; it is then to be stopped. */
  readonly failed: Promise<Error>;
  /** Lets requests finish for a moment, then closes everything. Resolves within 5 s. */
  stop(): Promise<void>;
}

/**
 * Opens the stores, listens, and starts what runs by itself. `prepare` is called once the data folder is this process's
 * alone, and says what else to scrape. Throws StartError.
 */
export async function startServer(config: Config, prepare?: () => Promise<readonly string[]>): Promise<RunningServer> {
  const { settings } = config;
  // What is wrong there is said before anything is opened.
  const ownSetup = readScrapeSetup(config);
  const mappings = settings['ingest.mappings'] === '' ? NO_MAPPINGS : readMappings(settings['ingest.mappings']);
  const log = openLog(settings['log.level'], settings['log.format']);
  const metrics = openMetrics(VERSION);
  countProcess(metrics);
  // What was opened is closed again in the opposite order, also where the start fails half-way.
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
  };
  let ready = true;
  const failed = Promise.withResolvers<Error>();
  try {
    const store = await openSamples(settings, log, failed.resolve);
    closers.push(() => store.close());
    countStore(metrics, store);
    const documents = await openDocumentStore(settings.data, settings['sources.key-file']);
    closers.push(() => documents.close());
    await documents.dataSources.sealSecrets();
    const curves = await openCurves(settings, log, failed.resolve);
    closers.push(() => curves.close());
    const runs = await openRuns({ documents: documents.runs, curves, folder: join(settings.data, 'runs'), log });
    closers.push(() => runs.close());
    const logdirs = await openLogdirs({
      runs,
      documents,
      folder: join(settings.data, 'runs/tensorboard'),
      uploadBytes: settings['limits.ingest.upload'],
      configured: settings.logdir,
      log,
    });
    closers.push(() => logdirs.stop());
    const curveQuestions = openCurveQuestions({ folder: join(settings.data, 'runs') });
    closers.push(() => curveQuestions.close());
    const samples = takeTurns(
      watchCurves(countUse(store, metrics, settings['query.features']), runs),
      settings['limits.query.concurrent'],
      settings['limits.query.timeout'],
    );
    const healthSettings = healthSettingsOver(documents);
    const judge = openRunJudge(join(settings.data, 'runs'));
    const health = await startHealth({ runs, settings: healthSettings, documents, samples, judge, log });
    closers.push(() => health.stop());
    const scrapeSetup = prepare === undefined ? ownSetup : readScrapeSetup(config, await prepare());

    const listening: { graphite?: Address; statsd?: Address } = {};
    const intake = createIntake({
      append: (batch) => samples.append(batch),
      metrics,
      samplesPerSecond: settings['limits.ingest.rate'],
    });
    const scrapedRuns = settings['runs.scraped'] ? followScrapes({ runs, log }) : undefined;
    closers.push(() => scrapedRuns?.stop());
    const { typeAndUnitLabels = false } = settings['query.features'];
    const scraping = createScrapeManager({
      append(batch, target, refused) {
        scrapedRuns?.see(batch);
        return intake.take('scrape', target, batch, refused);
      },
      log,
      userAgent: `Vitrine/${VERSION}`,
      startTimes: settings['scrape.created-timestamps'],
      typeAndUnitLabels,
    });
    const written = new KnownMetadata();
    const onMetadata = (metadata: readonly MetricMetadata[], labels: Labels): void => written.learn(metadata, labels);
    const intervalMs = usualIntervalMs(scrapeSetup);
    const otlp = createOtlpReceiver({
      intake,
      onMetadata,
      metrics,
      scopeLabels: settings['ingest.otlp-scope-labels'],
      typeAndUnitLabels,
    });
    const plugins = await openPlugins(join(settings.data, 'plugins'), {
      warn: (sentence) => log.warn(sentence),
      said: (sentence) => log.info(sentence),
      isOnlyOne: true,
    });
    closers.push(() => plugins.stop());
    const pushgateway = openPushgateway({
      folder: settings.data,
      intake,
      append: (batch) => samples.append(batch),
      onMetadata,
      intervalMs,
      log,
    });
    closers.push(() => pushgateway.stop());
    const tokens = tokensOver(documents);
    const signIn = signInOver(documents, settings['auth.session']);
    const loopback = isLoopback(settings.listen.host);
    const folders = [join(ROOT, 'dashboards'), ...(settings.dashboards === '' ? [] : [settings.dashboards])];
    const catalog = dashboardCatalog(
      folders.filter((folder) => existsSync(folder)),
      documents,
      log,
    );
    const provisioning = await provision({
      folder: settings.provisioning,
      env: process.env,
      kinds: sourceKinds(plugins.sources),
      documents,
      catalog,
      warn: (sentence) => log.warn(sentence),
    });
    closers.push(() => provisioning.stop());
    for (const source of await registeredSources(documents)) {
      if (source.lostSecrets.length > 0) log.warn(lostSecretsSentence(source));
    }
    const app = await buildApp({
      samples,
      documents,
      runs,
      health,
      healthSettings,
      logdirs,
      curveQuestions,
      catalog,
      signIn,
      tokens,
      metrics,
      log,
      version: VERSION,
      limits: {
        maxSamples: settings['limits.query.samples'],
        maxSeries: settings['limits.query.series'],
        timeoutMs: settings['limits.query.timeout'],
        maxPoints: settings['limits.query.points'],
        bodyBytes: settings['limits.ingest.body'],
        artifactBytes: settings['limits.ingest.artifact'],
      },
      scrapeIntervalMs: intervalMs,
      scraping,
      metadata: {
        metadata: (labels) => [
          ...scraping
            .metadata()
            .filter(({ target }) => labelNotHad({ labels: target }, { labels }) === undefined)
            .flatMap(({ metadata }) => metadata),
          ...written.of(labels),
          ...(labels.size === 0 ? ownMetadata(metrics) : []),
        ],
      },
      onMetadata,
      typeAndUnitLabels,
      intake,
      uploads: {
        folder: join(settings.data, 'uploads'),
        limitBytes: settings['limits.ingest.upload'],
        keepsMs: settings['retention.time'],
      },
      otlp,
      pushgateway,
      plugins,
      flags: config.texts,
      adminApi: settings['query.admin-api'],
      snapshot: async (name) => {
        // Beside the data folder: in it, each would be part of the next.
        const to = join(`${settings.data}-snapshots`, name);
        await makeBackup({ data: settings.data, to, version: VERSION, nowMs: Date.now() });
      },
      traceLink: settings['query.trace-link'],
      data: settings.data === resolve(KEYS.data.fallback) ? undefined : settings.data,
      listening,
      startedMs: Date.now(),
      webFolder: join(ROOT, 'packages/web/dist'),
      cookieName: await cookieName(documents),
      loopback,
      privateSources: settings['sources.private'],
      extraHosts: settings['auth.hosts'],
      isReady: () => ready,
    });
    closers.push(async () => void (await Promise.all([scraping.stop(), drain(app)])));
    const url = await listen(app, settings.listen);
    await documents.setSetting(SERVED_AT, url);
    const grpc = settings['ingest.otlp-grpc'];
    if (grpc !== undefined) {
      const server = await listenFor('ingest.otlp-grpc', grpc, () =>
        listenOtlpGrpc({
          otlp,
          intake,
          tokens,
          limits: { bodyBytes: settings['limits.ingest.body'] },
          log,
          address: grpc,
          loopback: isLoopback(grpc.host),
        }),
      );
      closers.push(() => server.stop());
      log.info(`OTLP over gRPC at ${grpc.host}:${server.port}`);
    }
    const senders = settings['ingest.senders'];
    const graphite = settings['ingest.graphite'];
    if (graphite !== undefined) {
      const listener = await listenFor('ingest.graphite', graphite, () =>
        listenGraphite({ address: graphite, intake, mappings, senders, log }),
      );
      closers.push(() => listener.stop());
      listening.graphite = { ...graphite, port: listener.port };
      tellOfListener(log, 'ingest.graphite', 'Graphite', listening.graphite, senders === EVERYBODY);
    }
    const statsd = settings['ingest.statsd'];
    if (statsd !== undefined) {
      const listener = await listenFor('ingest.statsd', statsd, () =>
        listenStatsd({
          address: statsd,
          intake,
          mappings,
          senders,
          onMetadata: (metadata) => onMetadata(metadata, Labels.empty),
          intervalMs,
          log,
        }),
      );
      closers.push(() => listener.stop());
      listening.statsd = { ...statsd, port: listener.port };
      tellOfListener(log, 'ingest.statsd', 'StatsD', listening.statsd, senders === EVERYBODY);
    }
    for (const notice of scrapeSetup.notices) log.warn(notice);
    scraping.apply(scrapeSetup);
    if (settings['scrape.self']) closers.push(recordSelf(metrics, store, new URL(url).host, intervalMs, log));

    return {
      url,
      signInLink: `${url}/sign-in?token=${await signIn.newLinkSecret()}`,
      log,
      failed: failed.promise,
      async stop() {
        ready = false;
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openSamples(settings: Settings, log: Logger, onFailure: (error: Error) => void): Promise<SampleStore> {
  return orStartError(
    openStore({
      folder: join(settings.data, 'samples'),
      curvesFolder: join(settings.data, 'runs'),
      retention: {
        timeMs: settings['retention.time'],
        sizeBytes: settings['retention.size'],
        rollups: settings['retention.rollups'],
      },
      maxSeries: settings['limits.ingest.series'],
      maxSeriesPer: settings['limits.ingest.series-per'],
      maxExemplars: settings['limits.ingest.exemplars'],
      log: (level, sentence) => log[level](sentence),
      onFailure,
    }),
  );
}

async function openCurves(settings: Settings, log: Logger, onFailure: (error: Error) => void): Promise<CurveStore> {
  return orStartError(
    openCurveStore({ folder: join(settings.data, 'runs'), log: (level, sentence) => log[level](sentence), onFailure }),
  );
}

/** A store's own sentences about its folder (in use, damaged, not writable) are what the person at the terminal needs. */
async function orStartError<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof StoreOpenError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

/** Cookies do not tell ports apart: each installation has a name of its own, so that two on one machine do not sign each other out. */
async function cookieName(documents: DocumentStore): Promise<string> {
  const known = await documents.setting('instance');
  const instance = known ?? randomBytes(4).toString('hex');
  if (known === undefined) await documents.setSetting('instance', instance);
  return `vitrine_${instance}`;
}

async function listen(app: Routes, { host, port }: Address): Promise<string> {
  await listenFor('listen', { host, port }, () => app.listen({ host, port }));
  const address = app.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return listeningUrl(host, actual);
}

/** Protocols without tokens let everybody in who reaches them. */
function tellOfListener(log: Logger, key: keyof Settings, protocol: string, { host, port }: Address, open: boolean): void {
  log.info(`${protocol} over TCP and UDP at ${host}:${port}`);
  if (!isLoopback(host) && open)
    log.warn(
      `${key}: ${protocol} knows no tokens, so that whoever reaches ${host}:${port} may write. Say in ingest.senders who may.`,
    );
}

/** What goes wrong is told with the key that says where to listen. Throws StartError. */
async function listenFor<T>(key: keyof Settings, { host, port }: Address, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    throw new StartError(listenProblem((error as NodeJS.ErrnoException).code, key, host, port), { cause: error });
  }
}

function listenProblem(code: string | undefined, key: string, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use, perhaps by another Vitrine. Stop that, or choose another with --${key} ${host}:${port + 1}.`;
    case 'EACCES':
      return `Port ${port} on ${host} may not be used by this user. Choose one above 1023 with --${key} ${host}:9470.`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine. Choose one with --${key}, such as 127.0.0.1:${port} or 0.0.0.0:${port}.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `There is no host called ${host}. Choose an address with --${key}, such as 127.0.0.1:${port}.`;
    default:
      return `The server cannot listen on ${host}:${port} (${code ?? 'unknown'}). Choose another address with --${key}.`;
  }
}
