import type { SecureVersion } from 'node:tls';
import type { ScrapeFormat } from '../ingest/exposition/exposition.ts';
import type { HistogramLimits } from '../ingest/native-histogram/limit-histogram.ts';
import type { RelabelStep } from './relabel.ts';

/** What `scrape_configs` of a prometheus.yml say, with the defaults of its `global` section filled in. */
export interface ScrapeConfig {
  readonly jobs: readonly ScrapeJob[];
  /** Sentences about what stands in the file and has no effect here. */
  readonly notices: readonly string[];
}

/** One entry of `scrape_configs`. Times are milliseconds. */
export interface ScrapeJob {
  readonly name: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly metricsPath: string;
  readonly scheme: 'http' | 'https';
  readonly params: ReadonlyMap<string, readonly string[]>;
  /** Whether labels in the text win over the target's; otherwise they are kept as `exported_…`. */
  readonly honorLabels: boolean;
  /** Whether timestamps in the text count. */
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly staticGroups: readonly TargetGroup[];
  readonly fileDiscoveries: readonly FileDiscovery[];
  readonly httpDiscoveries: readonly HttpDiscovery[];
  readonly relabelSteps: readonly RelabelStep[];
  readonly metricRelabelSteps: readonly RelabelStep[];
  readonly limits: ScrapeLimits;
  readonly client: HttpClientOptions;
  readonly enableCompression: boolean;
  /** Formats to ask for, the best first. */
  readonly formats: readonly ScrapeFormat[];
  /** How to read an answer whose Content-Type says nothing that is known; undefined refuses it. */
  readonly fallbackFormat: ScrapeFormat | undefined;
  readonly histograms: HistogramReading;
}

/** What a job takes of histograms that come as native ones; classic ones are always taken where there are no others. */
export interface HistogramReading extends HistogramLimits {
  readonly nativeHistograms: boolean;
  /** Classic histograms also where there are native ones. */
  readonly alwaysClassic: boolean;
}

/** Bounds of one scrape; 0 means none. */
export interface ScrapeLimits {
  readonly samples: number;
  readonly labels: number;
  readonly labelNameLength: number;
  readonly labelValueLength: number;
  readonly bodyBytes: number;
  readonly targets: number;
}

/** Addresses that share labels. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
}

export interface FileDiscovery {
  /** Absolute paths; `*` may stand in the last part. */
  readonly patterns: readonly string[];
  readonly refreshMs: number;
}

export interface HttpDiscovery {
  readonly url: URL;
  readonly refreshMs: number;
  readonly client: HttpClientOptions;
}

export interface HttpClientOptions {
  readonly credentials: Credentials | undefined;
  readonly tls: TlsOptions;
  readonly followRedirects: boolean;
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** Sent as the Authorization header. Files are read at every request, so that secrets can be rotated. */
export type Credentials =
  | { readonly kind: 'basic'; readonly user: SecretSource; readonly password: SecretSource }
  | { readonly kind: 'token'; readonly type: string; readonly token: SecretSource };

export type SecretSource = { readonly text: string } | { readonly file: string };

export interface TlsOptions {
  readonly ca: SecretSource | undefined;
  readonly cert: SecretSource | undefined;
  readonly key: SecretSource | undefined;
  readonly serverName: string | undefined;
  readonly minVersion: SecureVersion | undefined;
  readonly maxVersion: SecureVersion | undefined;
  readonly insecureSkipVerify: boolean;
}
