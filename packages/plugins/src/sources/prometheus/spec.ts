import { BadRequest } from '@vitrine/model/bad-request.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { DatasourceSpec } from '../../contract.ts';
import { parsePromQuery, type PromQuery } from '../builtin/spec.ts';

/** A server that speaks the Prometheus HTTP API: Prometheus, Mimir, Thanos, VictoriaMetrics. */
export interface PrometheusSettings {
  /** What people call it, for sentences. */
  readonly name: string;
  /** Ends with a slash, so that the API's paths stand behind it. */
  readonly url: URL;
  /** How queries are sent; label values are always read with GET. */
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with every request. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** What `$__rate_interval` is reckoned from. */
  readonly scrapeIntervalMs: number;
  readonly timeoutMs: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 600_000;
/** A header's name, and a value that cannot end the header. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,10000}$/;

export const prometheusSpec: DatasourceSpec<PrometheusSettings, PromQuery> = {
  kind: 'prometheus',
  title: 'Prometheus',
  /** In the words of Grafana: url, basicAuth, basicAuthUser, jsonData; `secrets` by name. */
  parseSettings(input) {
    const settings = new Read('', input);
    const more = settings.at('jsonData').or(new Read('jsonData', {}), (it) => it);
    return {
      name: settings.at('name').or('Prometheus', (it) => it.string()),
      url: parseUrl(settings.at('url')),
      method: more.at('httpMethod').or('POST', (it) => (String(it.value).toUpperCase() === 'GET' ? 'GET' : 'POST')),
      headers: parseHeaders(settings, more),
      parameters: [...new URLSearchParams(more.at('customQueryParameters').or('', (it) => it.string()))],
      scrapeIntervalMs: duration(more.at('timeInterval'), 15_000),
      timeoutMs: Math.min(MAX_TIMEOUT_MS, duration(more.at('queryTimeout'), DEFAULT_TIMEOUT_MS)),
    };
  },
  parseQuery: parsePromQuery,
};

function parseUrl(read: Read): URL {
  const text = read.or('', (it) => it.string()).trim();
  if (!URL.canParse(text))
    throw new BadRequest('url', `"${text.slice(0, 200)}" is not an address such as http://prometheus:9090`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new BadRequest('url', 'begins with http:// or https://');
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Basic authentication, and the headers httpHeaderName1, httpHeaderValue1, …: a bearer token is one of them. */
function parseHeaders(settings: Read, more: Read): Record<string, string> {
  const secrets = settings.at('secrets').or({}, (it) => it.object());
  const headers: Record<string, string> = {};
  const url = parseUrl(settings.at('url'));
  const user =
    settings.at('basicAuth').value === true
      ? settings.at('basicAuthUser').or('', (it) => it.string())
      : decodeURIComponent(url.username);
  const password =
    settings.at('basicAuth').value === true ? textOf(secrets['basicAuthPassword']) : decodeURIComponent(url.password);
  if (user !== '' || password !== '') headers['authorization'] = `Basic ${base64(`${user}:${password}`)}`;
  for (const key of Object.keys(more.object())) {
    const number = /^httpHeaderName(\d+)$/.exec(key)?.[1];
    if (number === undefined) continue;
    const name = more.at(key).string().trim();
    const value = textOf(secrets[`httpHeaderValue${number}`]);
    if (!HEADER_NAME.test(name)) more.at(key).fail('is not the name of an HTTP header');
    if (!HEADER_VALUE.test(value))
      throw new BadRequest(`secrets.httpHeaderValue${number}`, 'holds characters that no HTTP header may');
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function duration(read: Read, otherwise: number): number {
  const text = read.or('', (it) => String(it.value)).trim();
  if (text === '') return otherwise;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : readDurationMs(text);
  return ms !== undefined && ms > 0 ? ms : read.fail(`"${text.slice(0, 100)}" is not a duration such as 15s`);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
