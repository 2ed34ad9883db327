import { Read } from '@vitrine/model/parse/read.ts';
import type { DatasourceSpec } from '../../contract.ts';
import type { ExemplarLink } from '../builtin/exemplar-frame.ts';
import { parsePromQuery, type PromQuery } from '../builtin/spec.ts';
import { httpControls, type HttpSettings, moreOf, parseHttpSettings, readDuration } from '../http-settings.ts';

/** A server that speaks the Prometheus HTTP API: Prometheus, Mimir, Thanos, VictoriaMetrics. */
export interface PrometheusSettings extends HttpSettings {
  /** How queries are sent; label values are always read with GET. */
  readonly method: 'GET' | 'POST';
  /** Sent with every request. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** What `$__rate_interval` is reckoned from. */
  readonly scrapeIntervalMs: number;
  readonly exemplarLinks: readonly ExemplarLink[];
}

const MOST_LINKS = 20;

const EXAMPLE = 'http://prometheus:9090';

export const prometheusSpec: DatasourceSpec<PrometheusSettings, PromQuery> = {
  kind: 'prometheus',
  aliases: ['victoriametrics-metrics-datasource'],
  title: 'Prometheus',
  description: 'Metrics of a server that speaks PromQL: Prometheus, VictoriaMetrics, Mimir, Thanos.',
  controls: [
    ...httpControls(EXAMPLE),
    {
      path: 'jsonData.httpMethod',
      label: 'Questions are sent by',
      group: 'Queries',
      input: {
        kind: 'choice',
        choices: [
          { value: 'POST', label: 'POST' },
          { value: 'GET', label: 'GET' },
        ],
      },
      otherwise: 'POST',
    },
    {
      path: 'jsonData.timeInterval',
      label: 'Scrape interval',
      group: 'Queries',
      hint: 'As the server has it: $__rate_interval is reckoned from it.',
      input: { kind: 'text', placeholder: '15s' },
      otherwise: '',
    },
    {
      path: 'jsonData.customQueryParameters',
      label: 'Further parameters',
      group: 'Queries',
      hint: 'Sent with every question.',
      input: { kind: 'text', placeholder: 'max_source_resolution=5m&timeout=10' },
      otherwise: '',
    },
  ],
  parseSettings(input) {
    const more = moreOf(new Read('', input));
    return {
      ...parseHttpSettings(input, EXAMPLE),
      method: more.at('httpMethod').or('POST', (it) => (String(it.value).toUpperCase() === 'GET' ? 'GET' : 'POST')),
      parameters: [...new URLSearchParams(more.at('customQueryParameters').or('', (it) => it.string()))],
      scrapeIntervalMs: readDuration(more.at('timeInterval'), 15_000),
      exemplarLinks: readExemplarLinks(more.at('exemplarTraceIdDestinations')),
    };
  },
  parseQuery: parsePromQuery,
};

/** As Grafana saves them. Those that lead to a data source for traces lead nowhere here. */
function readExemplarLinks(read: Read): PrometheusSettings['exemplarLinks'] {
  return read.or([], (it) =>
    it.atMost(MOST_LINKS, 'links').flatMap((one) => {
      const label = one.at('name').string();
      const url = one.at('url').or('', (text) => text.string());
      if (url.trim() === '') return [];
      const title = one.at('urlDisplayLabel').or('', (text) => text.string()) || `Open ${label}`;
      return [{ label, link: { title, url, targetBlank: true } }];
    }),
  );
}
