import { formatDurationMs } from '@vitrine/model/duration.ts';
import { stringify } from 'yaml';
import type { ScrapeFormat } from '../ingest/exposition/exposition.ts';
import type { RelabelStep } from './relabel.ts';
import type { Credentials, HttpClientOptions, ScrapeJob, SecretSource, TlsOptions } from './scrape-config.ts';

type Written = Readonly<Record<string, unknown>>;

/** How Prometheus shows what it does not show. */
const SECRET = '<secret>';

const PROTOCOLS: Readonly<Record<ScrapeFormat, string>> = {
  protobuf: 'PrometheusProto',
  text: 'PrometheusText0.0.4',
  openmetrics: 'OpenMetricsText1.0.0',
};

/** A job as an entry of `scrape_configs`, with what was left to defaults; secrets are left out. */
export function writeScrapeJob(job: ScrapeJob): string {
  const { fallbackFormat, histograms, limits } = job;
  return stringify({
    job_name: job.name,
    honor_labels: job.honorLabels,
    honor_timestamps: job.honorTimestamps,
    track_timestamps_staleness: job.trackTimestampsStaleness,
    ...unlessEmpty('params', Object.fromEntries(job.params)),
    scrape_interval: formatDurationMs(job.intervalMs),
    scrape_timeout: formatDurationMs(job.timeoutMs),
    scrape_protocols: job.formats.map((format) => PROTOCOLS[format]),
    ...(fallbackFormat === undefined ? {} : { fallback_scrape_protocol: PROTOCOLS[fallbackFormat] }),
    scrape_native_histograms: histograms.nativeHistograms,
    always_scrape_classic_histograms: histograms.alwaysClassic,
    ...unlessZero('native_histogram_bucket_limit', histograms.bucketLimit),
    ...unlessZero('native_histogram_min_bucket_factor', histograms.minBucketFactor),
    metrics_path: job.metricsPath,
    scheme: job.scheme,
    enable_compression: job.enableCompression,
    ...writeClient(job.client),
    ...unlessZero('body_size_limit', limits.bodyBytes),
    ...unlessZero('sample_limit', limits.samples),
    ...unlessZero('label_limit', limits.labels),
    ...unlessZero('label_name_length_limit', limits.labelNameLength),
    ...unlessZero('label_value_length_limit', limits.labelValueLength),
    ...unlessZero('target_limit', limits.targets),
    ...unlessEmpty(
      'static_configs',
      job.staticGroups.map(({ targets, labels }) => ({ targets, ...unlessEmpty('labels', Object.fromEntries(labels)) })),
    ),
    ...unlessEmpty(
      'file_sd_configs',
      job.fileDiscoveries.map(({ patterns, refreshMs }) => ({ files: patterns, refresh_interval: formatDurationMs(refreshMs) })),
    ),
    ...unlessEmpty(
      'http_sd_configs',
      job.httpDiscoveries.map(({ url, refreshMs, client }) => ({
        url: withoutPassword(url),
        refresh_interval: formatDurationMs(refreshMs),
        ...writeClient(client),
      })),
    ),
    ...unlessEmpty('relabel_configs', job.relabelSteps.map(writeRelabelStep)),
    ...unlessEmpty('metric_relabel_configs', job.metricRelabelSteps.map(writeRelabelStep)),
  });
}

/** A step as it stands in `relabel_configs`. */
export function writeRelabelStep({
  action,
  sourceLabels,
  separator,
  regex,
  targetLabel,
  replacement,
  modulus,
}: RelabelStep): Written {
  return {
    ...unlessEmpty('source_labels', sourceLabels),
    separator,
    regex: regex.source,
    ...unlessZero('modulus', modulus),
    ...(targetLabel === '' ? {} : { target_label: targetLabel }),
    replacement,
    action,
  };
}

function writeClient({ credentials, tls, followRedirects, headers }: HttpClientOptions): Written {
  return {
    ...(credentials === undefined ? {} : writeCredentials(credentials)),
    ...unlessEmpty('tls_config', writeTls(tls)),
    follow_redirects: followRedirects,
    // They may well be keys.
    ...unlessEmpty(
      'http_headers',
      Object.fromEntries([...headers].map(([name, values]) => [name, { secrets: values.map(() => SECRET) }])),
    ),
  };
}

function writeCredentials(credentials: Credentials): Written {
  return credentials.kind === 'basic'
    ? {
        basic_auth: {
          ...('file' in credentials.user ? { username_file: credentials.user.file } : { username: credentials.user.text }),
          ...writeSecret('password', credentials.password),
        },
      }
    : { authorization: { type: credentials.type, ...writeSecret('credentials', credentials.token) } };
}

function writeTls({ ca, cert, key, serverName, minVersion, maxVersion, insecureSkipVerify }: TlsOptions): Written {
  return {
    ...(ca === undefined ? {} : writeSecret('ca', ca)),
    ...(cert === undefined ? {} : writeSecret('cert', cert)),
    ...(key === undefined ? {} : writeSecret('key', key)),
    ...(serverName === undefined ? {} : { server_name: serverName }),
    ...(minVersion === undefined ? {} : { min_version: minVersion }),
    ...(maxVersion === undefined ? {} : { max_version: maxVersion }),
    ...(insecureSkipVerify ? { insecure_skip_verify: true } : {}),
  };
}

function writeSecret(name: string, secret: SecretSource): Written {
  return 'file' in secret ? { [`${name}_file`]: secret.file } : { [name]: SECRET };
}

function withoutPassword(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = 'xxxxx';
  return shown.href;
}

function unlessZero(name: string, value: number): Written {
  return value === 0 ? {} : { [name]: value };
}

function unlessEmpty(name: string, value: object): Written {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}
