import { formatDurationMs } from '@vitrine/model/duration.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { type Clock, systemClock } from './clock.ts';
import type { ScrapeConfig, ScrapeJob } from './scrape-config.ts';
import type { ScrapeContext, ScrapeLog, ScrapeLoop } from './scrape-loop.ts';
import { ScrapePool } from './scrape-pool.ts';
import { globalUrlOf } from './target.ts';

/** A target as Prometheus' `/api/v1/targets` shows it. */
export interface ActiveTarget {
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly globalUrl: string;
  readonly lastError: string;
  /** RFC 3339; the year 1 before the first scrape, as Go writes a time that is not set. */
  readonly lastScrape: string;
  /** Seconds. */
  readonly lastScrapeDuration: number;
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

/** `data` of `/api/v1/targets`. */
export interface TargetList {
  readonly activeTargets: readonly ActiveTarget[];
  readonly droppedTargets: readonly {
    readonly discoveredLabels: Readonly<Record<string, string>>;
    readonly scrapePool: string;
  }[];
  readonly droppedTargetCounts: Readonly<Record<string, number>>;
}

/** One entry of `data` of `/api/v1/targets/metadata`. */
export interface TargetMetadata {
  readonly target: Readonly<Record<string, string>>;
  readonly metadata: readonly MetricMetadata[];
}

export interface ScrapeManager {
  /** Takes a configuration, the first or a changed one. Targets that stay the same go on without a gap. */
  apply(config: ScrapeConfig): void;
  /** What is scraped now, as it is configured. */
  jobs(): readonly ScrapeJob[];
  targets(): TargetList;
  /** What the targets last said about their metrics. */
  metadata(): readonly TargetMetadata[];
  /** Cuts what is under way and waits, at most two seconds, for samples that are being stored. */
  stop(): Promise<void>;
}

/** What it tells of its work. */
export type ScrapeView = Pick<ScrapeManager, 'jobs' | 'targets' | 'metadata'>;

export interface ScrapeManagerOptions {
  readonly append: ScrapeContext['append'];
  readonly log: ScrapeLog;
  readonly clock?: Clock;
  /** Sent to targets; "Vitrine" unless told. */
  readonly userAgent?: string;
  /** Whether targets are asked since when their samples count; not unless told. */
  readonly startTimes?: boolean;
  /** Whether series get the labels of Prometheus' type-and-unit-labels feature; not unless told. */
  readonly typeAndUnitLabels?: boolean;
}

const STOP_LIMIT_MS = 1_800;
const NEVER = '0001-01-01T00:00:00Z';

/** Scrapes the targets of all jobs into a store. Does nothing before `apply`. */
export function createScrapeManager(options: ScrapeManagerOptions): ScrapeManager {
  const { clock = systemClock, userAgent = 'Vitrine', ...rest } = options;
  const context = { ...rest, clock, userAgent };
  const pools = new Map<string, ScrapePool>();
  const ending = new Set<Promise<void>>();
  let stopped = false;

  return {
    apply(config) {
      if (stopped) return;
      const names = new Set(config.jobs.map(({ name }) => name));
      for (const [name, pool] of pools) {
        if (names.has(name)) continue;
        pools.delete(name);
        const stopping = pool.stop(true).finally(() => ending.delete(stopping));
        ending.add(stopping);
      }
      for (const job of config.jobs) {
        const pool = pools.get(job.name);
        if (pool === undefined) pools.set(job.name, new ScrapePool(job, context));
        else pool.apply(job);
      }
    },

    jobs: () => [...pools.values()].map((pool) => pool.job),

    targets() {
      const all = [...pools];
      return {
        activeTargets: all.flatMap(([name, pool]) => [...pool.loops].map((loop) => describeTarget(name, loop))),
        droppedTargets: all.flatMap(([name, pool]) =>
          pool.dropped.map((labels) => ({ discoveredLabels: labels.toObject(), scrapePool: name })),
        ),
        droppedTargetCounts: Object.fromEntries(all.map(([name, pool]) => [name, pool.dropped.length])),
      };
    },

    metadata() {
      const loops = [...pools.values()].flatMap((pool) => [...pool.loops]);
      return loops.map((loop) => ({ target: loop.target.labels.toObject(), metadata: loop.metadata }));
    },

    async stop() {
      stopped = true;
      const all = Promise.all([...ending, ...[...pools.values()].map((pool) => pool.stop(false))]);
      pools.clear();
      let cancel = (): void => undefined;
      // This is about the process ending in time, so it is the real time that counts.
      const late = new Promise<void>((resolve) => {
        cancel = systemClock.after(STOP_LIMIT_MS, resolve);
      });
      await Promise.race([all, late]);
      cancel();
    },
  };
}

function describeTarget(pool: string, { target, status }: ScrapeLoop): ActiveTarget {
  return {
    discoveredLabels: target.discoveredLabels.toObject(),
    labels: target.labels.toObject(),
    scrapePool: pool,
    scrapeUrl: target.url.href,
    globalUrl: globalUrlOf(target.url),
    lastError: status.lastError,
    lastScrape: status.lastScrapeMs === undefined ? NEVER : new Date(status.lastScrapeMs).toISOString(),
    lastScrapeDuration: status.lastDurationMs / 1000,
    health: status.health,
    scrapeInterval: formatDurationMs(target.intervalMs),
    scrapeTimeout: formatDurationMs(target.timeoutMs),
  };
}
