import { resolve } from 'node:path';
import { readDurationMs } from '@vitrine/model/duration.ts';
import type { RollupTier } from '@vitrine/tsdb/store-options.ts';
import type { QueryFeatures } from '@vitrine/model/sample-store.ts';
import { readSenderRules, type SenderRules } from '../ingest/lines/sender-rules.ts';
import { readQueryFeatures } from './query-features.ts';

/** The keys of vitrine.yaml that are also flags and VITRINE_* variables, by their dotted names. */
export interface Settings {
  readonly listen: Address;
  readonly data: string;
  readonly dashboards: string;
  readonly provisioning: string;
  readonly 'retention.time': number;
  readonly 'retention.size': number;
  readonly 'retention.rollups': readonly RollupTier[];
  readonly 'query.features': QueryFeatures;
  readonly 'query.admin-api': boolean;
  readonly 'query.trace-link': string;
  readonly 'limits.query.samples': number;
  readonly 'limits.query.series': number;
  readonly 'limits.query.timeout': number;
  readonly 'limits.query.points': number;
  readonly 'limits.query.concurrent': number;
  readonly 'limits.ingest.series': number;
  readonly 'limits.ingest.series-per': ReadonlyMap<string, number>;
  readonly 'limits.ingest.exemplars': number;
  readonly 'limits.ingest.body': number;
  readonly 'limits.ingest.rate': number;
  readonly 'limits.ingest.upload': number;
  readonly 'limits.ingest.artifact': number;
  readonly 'ingest.otlp-grpc': Address | undefined;
  readonly 'ingest.otlp-scope-labels': boolean;
  readonly 'ingest.graphite': Address | undefined;
  readonly 'ingest.statsd': Address | undefined;
  readonly 'ingest.mappings': string;
  readonly 'ingest.senders': SenderRules;
  readonly logdir: readonly ConfiguredLogdir[];
  readonly 'scrape.file': string;
  readonly 'scrape.self': boolean;
  readonly 'scrape.created-timestamps': boolean;
  readonly 'runs.scraped': boolean;
  readonly 'sources.private': boolean;
  readonly 'sources.key-file': string;
  readonly 'auth.hosts': readonly string[];
  readonly 'auth.session': number;
  readonly 'log.level': LogLevel;
  readonly 'log.format': LogFormat;
}

/** A directory of TensorBoard's event files. */
export interface ConfiguredLogdir {
  /** Its own name where undefined. */
  readonly project: string | undefined;
  readonly path: string;
}

export interface Address {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

/** How one key is written, read and explained. */
export interface Key<T> {
  /** As it would be written in the file. */
  readonly fallback: string;
  readonly help: string;
  /** Reads the written form; throws an Error whose message goes after the key's name. */
  read(text: string): T;
  /** A file or folder: in vitrine.yaml relative to that file. */
  readonly path?: true;
  /** Where there are several, or more than paths: makes them absolute. */
  readonly resolve?: (value: T, folder: string) => T;
}

export const KEYS: { readonly [Name in keyof Settings]: Key<Settings[Name]> } = {
  listen: { fallback: '127.0.0.1:9470', help: 'Address and port of the page and the API.', read: readAddress },
  data: { fallback: 'data', help: 'Folder that holds everything Vitrine keeps.', read: readText, path: true },
  dashboards: {
    fallback: '',
    help: 'A folder of further dashboards as JSON files, Vitrine’s or Grafana’s.',
    read: readAny,
    path: true,
  },
  provisioning: {
    fallback: '',
    help: 'A provisioning folder as Grafana has it, with datasources/*.yaml and dashboards/*.yaml.',
    read: readAny,
    path: true,
  },
  'retention.time': { fallback: '15d', help: 'Samples older than this are dropped.', read: readPositiveDuration },
  'retention.size': { fallback: '0', help: 'The oldest samples are dropped above this size; 0 sets no bound.', read: readBytes },
  'retention.rollups': {
    fallback: '',
    help: 'How long samples that are older than retention.time are kept rolled up, such as 90d, which is 5m:90d, or 5m:90d,1h:2y; empty drops them.',
    read: readRollups,
  },
  'query.features': {
    fallback: '',
    help: 'Experimental parts of PromQL to turn on, separated by commas, by the names that Prometheus’ --enable-feature has for them.',
    read: readQueryFeatures,
  },
  'query.admin-api': {
    fallback: 'false',
    help: 'Let admins delete samples over Prometheus’ admin API (/api/v1/admin/tsdb).',
    read: readBoolean,
  },
  'query.trace-link': {
    fallback: '',
    help: 'Where the trace of an exemplar is found, with ${__value.raw} in place of its id; empty leads nowhere.',
    read: readLink,
  },
  'limits.query.samples': { fallback: '50000000', help: 'Samples that one query may read.', read: readCount },
  'limits.query.series': { fallback: '500000', help: 'Series that one query may read or answer.', read: readCount },
  'limits.query.timeout': { fallback: '2m', help: 'How long one query may run.', read: readPositiveDuration },
  'limits.query.points': { fallback: '11000', help: 'Points a series that one range query may ask for.', read: readCount },
  'limits.query.concurrent': { fallback: '20', help: 'Queries that may run at a time; further ones wait.', read: readCount },
  'limits.ingest.series': { fallback: '2000000', help: 'Series that may be active at a time.', read: readCount },
  'limits.ingest.series-per': {
    fallback: '',
    help: 'Series that may be active of each value of a label, such as job=100000,team=500000.',
    read: readCountsByLabel,
  },
  'limits.ingest.exemplars': {
    fallback: '100000',
    help: 'Exemplars that are kept, the newest ones, at most a hundredth of them of one series; 0 keeps none.',
    read: readBound,
  },
  'limits.ingest.rate': {
    fallback: '0',
    help: 'Samples a second that one sender may bring, over time; 0 sets no bound.',
    read: readBound,
  },
  'limits.ingest.upload': { fallback: '4GiB', help: 'Bytes that one uploaded file may have, as it is sent.', read: readBytes },
  'limits.ingest.artifact': { fallback: '5GiB', help: 'Bytes that one file of a training run may have.', read: readBytes },
  'limits.ingest.body': { fallback: '32MiB', help: 'Bytes that one write may carry, unpacked.', read: readBytes },
  'ingest.otlp-grpc': {
    fallback: '',
    help: 'Address and port on which OTLP comes over gRPC, such as 127.0.0.1:4317; empty is none.',
    read: readOptionalAddress,
  },
  'ingest.otlp-scope-labels': {
    fallback: 'false',
    help: 'Give series of OTLP labels that say which instrumentation scope they are of.',
    read: readBoolean,
  },
  'ingest.graphite': {
    fallback: '',
    help: 'Address and port on which Graphite’s lines come over TCP and UDP, such as 127.0.0.1:2003; empty is none.',
    read: readOptionalAddress,
  },
  'ingest.statsd': {
    fallback: '',
    help: 'Address and port on which StatsD comes over UDP and TCP, such as 127.0.0.1:8125; empty is none.',
    read: readOptionalAddress,
  },
  'ingest.mappings': {
    fallback: '',
    help: 'A file of rules that make names and labels of dotted names, as statsd_exporter has them, for both.',
    read: readAny,
    path: true,
  },
  'ingest.senders': {
    fallback: '',
    help: 'Addresses or networks that may send to those two, each with labels for what it sends, separated by commas; empty is all.',
    read: readSenderRules,
  },
  logdir: {
    fallback: '',
    help: 'Directories of TensorBoard’s event files to follow, separated by commas, each alone or as PROJECT=DIR.',
    read: readLogdirs,
    resolve: (logdirs, folder) => logdirs.map(({ project, path }) => ({ project, path: resolve(folder, path) })),
  },
  'scrape.file': { fallback: '', help: 'A prometheus.yml whose scrape_configs are scraped as well.', read: readAny, path: true },
  'scrape.self': { fallback: 'true', help: 'Keep Vitrine’s own metrics, as job "vitrine".', read: readBoolean },
  'scrape.created-timestamps': {
    fallback: 'false',
    help: 'Keep since when scraped counters, histograms and summaries count; OpenMetrics’ …_created series are read for it and not stored.',
    read: readBoolean,
  },
  'runs.scraped': {
    fallback: 'true',
    help: 'Make a run of every scraped target that tells a metric called "…_step", with curves over that step.',
    read: readBoolean,
  },
  'sources.private': {
    fallback: 'false',
    help: 'Data sources set up in the page or over the API may reach private addresses; on a loopback address they always may.',
    read: readBoolean,
  },
  'sources.key-file': {
    fallback: '',
    help: 'The key that data sources’ secrets are kept with; secrets.key in the data folder where it is empty.',
    read: readAny,
    path: true,
  },
  'auth.hosts': {
    fallback: '',
    help: 'Further names, separated by commas, under which a browser may reach a loopback address.',
    read: (text) =>
      text
        .split(',')
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== ''),
  },
  'auth.session': { fallback: '30d', help: 'How long a sign-in lasts without being used.', read: readPositiveDuration },
  'log.level': { fallback: 'info', help: `One of ${LOG_LEVELS.join(', ')}.`, read: oneOf(LOG_LEVELS) },
  'log.format': { fallback: 'pretty', help: `One of ${LOG_FORMATS.join(', ')}.`, read: oneOf(LOG_FORMATS) },
};

export const KEY_NAMES = Object.keys(KEYS) as (keyof Settings)[];

function readAny(text: string): string {
  return text;
}

function readLink(text: string): string {
  if (text !== '' && !/^(https?:\/\/|\/)/.test(text))
    throw new Error(`"${text}" is no address such as https://traces.example/trace/\${__value.raw}`);
  return text;
}

function readText(text: string): string {
  if (text === '') throw new Error('is empty');
  return text;
}

/** "runs" or "vision=/data/runs,runs": what stands before a "=" is a name where no directory could be called that. */
function readLogdirs(text: string): readonly ConfiguredLogdir[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, project, path = part] = /^([^=/\\]+)=(.*)$/.exec(part) ?? [];
      if (path === '') throw new Error(`"${part}" names no directory`);
      return { project, path };
    });
}

function readAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw new Error(`"${text}" is not HOST:PORT, such as 127.0.0.1:9470, [::1]:9470 or 0.0.0.0:80`);
  }
  // ":9470" is Go's way of saying every address, and people write it.
  return { host: bracketed ?? (plain === '' || plain === undefined ? '0.0.0.0' : plain), port };
}

function readOptionalAddress(text: string): Address | undefined {
  return text === '' ? undefined : readAddress(text);
}

function readPositiveDuration(text: string): number {
  const ms = readDurationMs(text);
  if (ms === undefined || ms === 0) throw new Error(`"${text}" is not a duration such as 30s, 15d or 1h30m`);
  return ms;
}

/** "90d" or "5m:90d,1h:2y": buckets and until when they are kept. */
function readRollups(text: string): readonly RollupTier[] {
  if (text === '') return [];
  const tiers = text.split(',').map((part) => {
    const [kept = '', bucket = '5m'] = part.trim().split(':').toReversed();
    return { bucketMs: readPositiveDuration(bucket), keptMs: readPositiveDuration(kept) };
  });
  for (const [i, { bucketMs, keptMs }] of tiers.entries()) {
    const { bucketMs: narrower, keptMs: sooner } = tiers[i - 1] ?? { bucketMs: 1, keptMs: 0 };
    if (bucketMs < 60_000) throw new Error(`"${text}" has buckets of less than a minute`);
    if (bucketMs % narrower !== 0 || bucketMs === narrower || keptMs <= sooner)
      throw new Error(
        `"${text}" is not such as 5m:90d,1h:2y: each has buckets of several of the one before, and is kept for longer`,
      );
  }
  return tiers;
}

const BYTE_UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

function readBytes(text: string): number {
  const [, digits, unit] = /^(\d+)\s*(?:([KMGT])?i?B?)$/i.exec(text) ?? [];
  const bytes = Number(digits) * (BYTE_UNITS[(unit ?? '').toUpperCase()] as number);
  if (digits === undefined || !Number.isSafeInteger(bytes)) throw new Error(`"${text}" is not a size such as 512MiB or 10GiB`);
  return bytes;
}

function readCount(text: string): number {
  const count = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`"${text}" is not a whole number of at least 1`);
  return count;
}

/** "job=100000,team=500000": a count for each label. */
function readCountsByLabel(text: string): ReadonlyMap<string, number> {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const [, label, count] = /^([^=]+)=(.*)$/.exec(part) ?? [];
      if (label === undefined || count === undefined) throw new Error(`"${part}" is not LABEL=COUNT, such as job=100000`);
      return [label.trim(), readCount(count.trim())] as const;
    }),
  );
}

/** A count of which 0 means that there is no bound. */
function readBound(text: string): number {
  return text === '0' ? 0 : readCount(text);
}

function readBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Error(`"${text}" is neither true nor false`);
  return text === 'true';
}

function oneOf<const T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new Error(`"${text}" is not one of ${choices.join(', ')}`);
    return found;
  };
}
