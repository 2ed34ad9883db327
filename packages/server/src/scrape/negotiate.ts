import type { ScrapeFormat } from '../ingest/exposition/exposition.ts';
import { FetchFailed } from './http-client.ts';

const MEDIA_TYPES: Readonly<Record<ScrapeFormat, readonly string[]>> = {
  protobuf: ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'],
  openmetrics: ['application/openmetrics-text;version=1.0.0;escaping=allow-utf-8', 'application/openmetrics-text;version=0.0.1'],
  text: ['text/plain;version=1.0.0;escaping=allow-utf-8', 'text/plain;version=0.0.4'],
};

/** The Accept header as Prometheus 3 builds it: the formats by falling quality, then anything. */
export function acceptHeader(formats: readonly ScrapeFormat[]): string {
  const types = formats.flatMap((format) => MEDIA_TYPES[format]);
  return [...types, '*/*'].map((type, i) => `${type};q=0.${types.length + 1 - i}`).join(',');
}

/** Which format a Content-Type means. Throws FetchFailed where it means none and there is no fallback, as Prometheus 3 does. */
export function formatOf(contentType: string | undefined, fallback: ScrapeFormat | undefined): ScrapeFormat {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/openmetrics-text') return 'openmetrics';
  if (type === 'text/plain') return 'text';
  if (type === 'application/vnd.google.protobuf') return 'protobuf';
  if (fallback !== undefined) return fallback;
  const problem =
    type === undefined || type === ''
      ? 'the answer has no Content-Type'
      : `the answer's Content-Type is "${contentType}", which is not metrics`;
  throw new FetchFailed(
    `${problem}; expected text/plain, application/openmetrics-text or application/vnd.google.protobuf (set fallback_scrape_protocol: PrometheusText0.0.4 to read it as text)`,
  );
}
