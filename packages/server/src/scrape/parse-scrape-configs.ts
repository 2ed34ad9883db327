import { dirname, resolve } from 'node:path';
import { formatDurationMs } from '@vitrine/model/duration.ts';
import type { ScrapeFormat } from '../ingest/exposition/exposition.ts';
import { RELABEL_ACTIONS, type RelabelStep, RelabelRegex } from './relabel.ts';
import type {
  Credentials,
  FileDiscovery,
  HttpClientOptions,
  HttpDiscovery,
  ScrapeConfig,
  ScrapeJob,
  SecretSource,
  TlsOptions,
} from './scrape-config.ts';
import { onlyKeys, readTargetGroup } from './target-group.ts';
import { YamlField } from './yaml-field.ts';

type Fields = ReadonlyMap<string, YamlField>;

const DEFAULT_INTERVAL_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 10_000;

const CLIENT_KEYS = [
  'basic_auth',
  'authorization',
  'bearer_token',
  'bearer_token_file',
  'tls_config',
  'follow_redirects',
  'http_headers',
];
/** Also in the global section: there they are the defaults of every job. */
const LIMIT_KEYS = [
  'sample_limit',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'body_size_limit',
  'target_limit',
];
const JOB_KEYS = new Set([
  'job_name',
  'scrape_interval',
  'scrape_timeout',
  'scrape_protocols',
  'fallback_scrape_protocol',
  'scrape_native_histograms',
  'always_scrape_classic_histograms',
  'native_histogram_bucket_limit',
  'native_histogram_min_bucket_factor',
  'metrics_path',
  'scheme',
  'params',
  'honor_labels',
  'honor_timestamps',
  'track_timestamps_staleness',
  'enable_compression',
  'static_configs',
  'file_sd_configs',
  'http_sd_configs',
  'relabel_configs',
  'metric_relabel_configs',
  ...CLIENT_KEYS,
  ...LIMIT_KEYS,
]);
/** Real files have these; without them the numbers are still right. */
const JOB_KEYS_WITHOUT_EFFECT = new Set([
  'enable_http2',
  'keep_dropped_targets',
  'scrape_classic_histograms',
  'convert_classic_histograms_to_nhcb',
  'metric_name_validation_scheme',
  'metric_name_escaping_scheme',
  'scrape_failure_log_file',
  'extra_scrape_metrics',
]);
const CLIENT_KEYS_TO_COME = ['oauth2', 'proxy_url', 'no_proxy', 'proxy_from_environment', 'proxy_connect_header'];
const GLOBAL_KEYS = new Set([
  'scrape_interval',
  'scrape_timeout',
  'scrape_protocols',
  'scrape_native_histograms',
  'always_scrape_classic_histograms',
  ...LIMIT_KEYS,
]);

const TLS_VERSIONS = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;
const PROTOCOLS = {
  PrometheusProto: 'protobuf',
  'PrometheusText0.0.4': 'text',
  'PrometheusText1.0.0': 'text',
  'OpenMetricsText0.0.1': 'openmetrics',
  'OpenMetricsText1.0.0': 'openmetrics',
} as const satisfies Record<string, ScrapeFormat>;

/**
 * Reads `global` and `scrape_configs` of a prometheus.yml. Relative paths in it are relative to the file. Sections in
 * `ownSections` are left alone; any other section has no effect and gives a notice.
 * Throws ConfigError, whose message names file:line and the key's path.
 */
export function parseScrapeConfigs(
  source: { readonly file: string; readonly text: string },
  ownSections: readonly string[] = [],
): ScrapeConfig {
  const top = YamlField.parse(source.file, source.text).entries();
  const notices: string[] = [];
  for (const [name, field] of top) {
    if (name !== 'global' && name !== 'scrape_configs' && !ownSections.includes(name)) {
      notices.push(`${field.where}: ${name} has no effect here: only global and scrape_configs are read.`);
    }
  }
  const globals: Fields = top.get('global')?.entries() ?? new Map<string, YamlField>();
  for (const [name, field] of globals) {
    if (!GLOBAL_KEYS.has(name)) notices.push(`${field.where}: global.${name} has no effect here.`);
  }
  const jobs: ScrapeJob[] = [];
  for (const field of top.get('scrape_configs')?.list() ?? []) {
    const job = readJob(field, globals, dirname(source.file), notices);
    if (jobs.some(({ name }) => name === job.name)) {
      (field.entries().get('job_name') ?? field).fail(`there are two jobs called "${job.name}"; job_name must be unique`);
    }
    jobs.push(job);
  }
  return { jobs, notices };
}

function readJob(job: YamlField, globals: Fields, folder: string, notices: string[]): ScrapeJob {
  const fields = job.entries();
  for (const [name, field] of fields) {
    if (JOB_KEYS.has(name)) continue;
    if (JOB_KEYS_WITHOUT_EFFECT.has(name)) notices.push(`${field.where}: ${field.path} has no effect here.`);
    else if (name.endsWith('_sd_configs')) {
      field.fail(`${name} is not supported yet; use static_configs, file_sd_configs or http_sd_configs`);
    } else if (!CLIENT_KEYS_TO_COME.includes(name)) field.fail(`there is no key ${name} in a scrape config`);
  }
  const name = fields.get('job_name')?.text() ?? '';
  if (name === '') (fields.get('job_name') ?? job).fail('job_name is missing; every scrape config needs a name of its own');

  const intervalMs = inherited(fields, globals, 'scrape_interval')?.durationMs() ?? DEFAULT_INTERVAL_MS;
  const ownTimeout = fields.get('scrape_timeout');
  const timeoutMs =
    ownTimeout?.durationMs() ?? Math.min(globals.get('scrape_timeout')?.durationMs() ?? DEFAULT_TIMEOUT_MS, intervalMs);
  if (timeoutMs > intervalMs) {
    ownTimeout?.fail(`${formatDurationMs(timeoutMs)} is longer than the scrape_interval of ${formatDurationMs(intervalMs)}`);
  }
  const limit = (key: string): number => inherited(fields, globals, key)?.count() ?? 0;
  const formats = readFormats(inherited(fields, globals, 'scrape_protocols'));
  const nativeHistograms = inherited(fields, globals, 'scrape_native_histograms')?.boolean() ?? false;
  return {
    name,
    intervalMs,
    timeoutMs,
    metricsPath: fields.get('metrics_path')?.text() ?? '/metrics',
    scheme: fields.get('scheme')?.oneOf(['http', 'https']) ?? 'http',
    params: readLists(fields.get('params')),
    honorLabels: fields.get('honor_labels')?.boolean() ?? false,
    honorTimestamps: fields.get('honor_timestamps')?.boolean() ?? true,
    trackTimestampsStaleness: fields.get('track_timestamps_staleness')?.boolean() ?? false,
    staticGroups: fields.get('static_configs')?.list().map(readTargetGroup) ?? [],
    fileDiscoveries:
      fields
        .get('file_sd_configs')
        ?.list()
        .map((field) => readFileDiscovery(field, folder)) ?? [],
    httpDiscoveries:
      fields
        .get('http_sd_configs')
        ?.list()
        .map((field) => readHttpDiscovery(field, folder)) ?? [],
    relabelSteps: fields.get('relabel_configs')?.list().map(readRelabelStep) ?? [],
    metricRelabelSteps: fields.get('metric_relabel_configs')?.list().map(readRelabelStep) ?? [],
    limits: {
      samples: limit('sample_limit'),
      labels: limit('label_limit'),
      labelNameLength: limit('label_name_length_limit'),
      labelValueLength: limit('label_value_length_limit'),
      bodyBytes: inherited(fields, globals, 'body_size_limit')?.bytes() ?? 0,
      targets: limit('target_limit'),
    },
    client: readClient(job, fields, folder),
    enableCompression: fields.get('enable_compression')?.boolean() ?? true,
    // Only protobuf has native histograms, so it is asked for first where they are wanted.
    formats: formats.length > 0 ? formats : [...(nativeHistograms ? (['protobuf'] as const) : []), 'openmetrics', 'text'],
    fallbackFormat: readFallback(fields.get('fallback_scrape_protocol')),
    histograms: {
      nativeHistograms,
      alwaysClassic: inherited(fields, globals, 'always_scrape_classic_histograms')?.boolean() ?? false,
      bucketLimit: fields.get('native_histogram_bucket_limit')?.count() ?? 0,
      minBucketFactor: readFactor(fields.get('native_histogram_min_bucket_factor')),
    },
  };
}

function inherited(fields: Fields, globals: Fields, name: string): YamlField | undefined {
  return fields.get(name) ?? globals.get(name);
}

function readFormats(field: YamlField | undefined): ScrapeFormat[] {
  return [...new Set(field?.list().map(readFormat))];
}

function readFormat(field: YamlField): ScrapeFormat {
  return PROTOCOLS[field.oneOf(Object.keys(PROTOCOLS) as (keyof typeof PROTOCOLS)[])];
}

function readFallback(field: YamlField | undefined): ScrapeFormat | undefined {
  return field === undefined || field.empty ? undefined : readFormat(field);
}

function readFactor(field: YamlField | undefined): number {
  const factor = field === undefined ? 0 : Number(field.text());
  return factor >= 0 && Number.isFinite(factor)
    ? factor
    : (field as YamlField).fail(`"${field?.text()}" is not a number of at least 0`);
}

function readLists(field: YamlField | undefined): Map<string, readonly string[]> {
  const entries = [...(field?.entries() ?? [])];
  return new Map(entries.map(([name, values]) => [name, values.list().map((value) => value.text())]));
}

function readFileDiscovery(field: YamlField, folder: string): FileDiscovery {
  const fields = onlyKeys(field, ['files', 'refresh_interval']);
  const files = fields.get('files')?.list() ?? [];
  if (files.length === 0) (fields.get('files') ?? field).fail('files is empty; name at least one .json, .yml or .yaml file');
  return {
    patterns: files.map((file) => {
      if (!/^[^*]*(?:\*[^/]*)?\.(?:json|ya?ml)$/i.test(file.text())) {
        file.fail(`"${file.text()}" does not end in .json, .yml or .yaml, or has a * before the last /`);
      }
      return resolve(folder, file.text());
    }),
    refreshMs: fields.get('refresh_interval')?.durationMs() ?? 300_000,
  };
}

function readHttpDiscovery(field: YamlField, folder: string): HttpDiscovery {
  const fields = onlyKeys(field, ['url', 'refresh_interval', 'enable_http2', ...CLIENT_KEYS, ...CLIENT_KEYS_TO_COME]);
  const url = fields.get('url') ?? field.fail('url is missing');
  if (!URL.canParse(url.text()) || !/^https?:/.test(url.text())) url.fail(`"${url.text()}" is not an http or https URL`);
  return {
    url: new URL(url.text()),
    refreshMs: fields.get('refresh_interval')?.durationMs() ?? 60_000,
    client: readClient(field, fields, folder),
  };
}

function readRelabelStep(field: YamlField): RelabelStep {
  const fields = onlyKeys(field, ['source_labels', 'separator', 'regex', 'modulus', 'target_label', 'replacement', 'action']);
  const action = fields.get('action')?.oneOf(RELABEL_ACTIONS) ?? 'replace';
  const targetLabel = fields.get('target_label')?.text() ?? '';
  const modulus = fields.get('modulus')?.count() ?? 0;
  if (targetLabel === '' && ['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal'].includes(action)) {
    field.fail(`target_label is missing; the action ${action} needs it`);
  }
  if (action === 'hashmod' && modulus === 0) field.fail('modulus is missing; the action hashmod needs it');
  const sources = fields.get('source_labels')?.list() ?? [];
  if (sources.length === 0 && (action === 'keepequal' || action === 'dropequal'))
    field.fail(`source_labels is missing; the action ${action} needs it`);
  return {
    action,
    sourceLabels: sources.map((source) => source.text()),
    separator: fields.get('separator')?.text() ?? ';',
    regex: readRegex(fields.get('regex')),
    targetLabel,
    replacement: fields.get('replacement')?.text() ?? '$1',
    modulus,
  };
}

function readRegex(field: YamlField | undefined): RelabelRegex {
  try {
    return new RelabelRegex(field?.text() ?? '(.*)');
  } catch (error) {
    return (field as YamlField).fail(`"${field?.text()}" is not an RE2 expression: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function readClient(owner: YamlField, fields: Fields, folder: string): HttpClientOptions {
  for (const name of CLIENT_KEYS_TO_COME) fields.get(name)?.fail(`${name} is not supported yet`);
  const headers = new Map<string, readonly string[]>();
  for (const [name, field] of fields.get('http_headers')?.entries() ?? []) {
    const values = onlyKeys(field, ['values', 'secrets']);
    headers.set(
      name,
      [...(values.get('values')?.list() ?? []), ...(values.get('secrets')?.list() ?? [])].map((value) => value.text()),
    );
  }
  return {
    credentials: readCredentials(owner, fields, folder),
    tls: readTls(fields.get('tls_config'), folder),
    followRedirects: fields.get('follow_redirects')?.boolean() ?? true,
    headers,
  };
}

function readCredentials(owner: YamlField, fields: Fields, folder: string): Credentials | undefined {
  const written = ['basic_auth', 'authorization', 'bearer_token', 'bearer_token_file'].filter((name) => fields.has(name));
  if (written.length > 1) owner.fail(`only one of ${written.join(', ')} may be there`);
  const basic = fields.get('basic_auth');
  if (basic !== undefined) {
    const own = onlyKeys(basic, ['username', 'username_file', 'password', 'password_file']);
    return {
      kind: 'basic',
      user: readSecret(basic, own, 'username', folder) ?? { text: '' },
      password: readSecret(basic, own, 'password', folder) ?? { text: '' },
    };
  }
  const authorization = fields.get('authorization');
  if (authorization !== undefined) {
    const own = onlyKeys(authorization, ['type', 'credentials', 'credentials_file']);
    const type = own.get('type')?.text() ?? 'Bearer';
    if (type.toLowerCase() === 'basic') own.get('type')?.fail('the type Basic is written as basic_auth');
    const token =
      readSecret(authorization, own, 'credentials', folder) ?? authorization.fail('credentials or credentials_file is missing');
    return { kind: 'token', type, token };
  }
  const token = readSecret(owner, fields, 'bearer_token', folder);
  return token === undefined ? undefined : { kind: 'token', type: 'Bearer', token };
}

/** `name` or `name_file`. */
function readSecret(owner: YamlField, fields: Fields, name: string, folder: string): SecretSource | undefined {
  const text = fields.get(name);
  const file = fields.get(`${name}_file`);
  if (text !== undefined && file !== undefined) owner.fail(`only one of ${name} and ${name}_file may be there`);
  if (text !== undefined) return { text: text.text() };
  return file === undefined ? undefined : { file: resolve(folder, file.text()) };
}

function readTls(field: YamlField | undefined, folder: string): TlsOptions {
  const own = [
    'ca',
    'ca_file',
    'cert',
    'cert_file',
    'key',
    'key_file',
    'server_name',
    'insecure_skip_verify',
    'min_version',
    'max_version',
  ];
  const fields = field === undefined ? new Map<string, YamlField>() : onlyKeys(field, own);
  const cert = field && readSecret(field, fields, 'cert', folder);
  const key = field && readSecret(field, fields, 'key', folder);
  if ((cert === undefined) !== (key === undefined)) field?.fail('cert_file and key_file must be there together');
  return {
    ca: field && readSecret(field, fields, 'ca', folder),
    cert,
    key,
    serverName: fields.get('server_name')?.text(),
    minVersion: readTlsVersion(fields.get('min_version')),
    maxVersion: readTlsVersion(fields.get('max_version')),
    insecureSkipVerify: fields.get('insecure_skip_verify')?.boolean() ?? false,
  };
}

function readTlsVersion(field: YamlField | undefined): TlsOptions['minVersion'] {
  return field && TLS_VERSIONS[field.oneOf(Object.keys(TLS_VERSIONS) as (keyof typeof TLS_VERSIONS)[])];
}
