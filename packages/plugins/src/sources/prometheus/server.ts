import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { DatasourceServer } from '../../contract.ts';
import { promSource } from '../builtin/prom-source.ts';
import type { PromQuery } from '../builtin/spec.ts';
import { askApi } from './ask-api.ts';
import { checkPrometheus } from './check-prometheus.ts';
import { dialectOf } from './dialect.ts';
import { escapeLabel, remoteSamples } from './remote-samples.ts';
import { type PrometheusSettings, prometheusSpec } from './spec.ts';

/** What the editor's completion and its browser of metrics ask, as the API has it. */
const SUGGESTED = /^\/api\/v1\/(?:(labels|series|metadata)|label\/([^/]+)\/values)$/;

/** A Prometheus server elsewhere. It cannot tell of growth, so that pages poll. */
export const prometheus: DatasourceServer<PrometheusSettings, PromQuery> = {
  spec: prometheusSpec,
  connect(settings, { fetch }) {
    const dialect = dialectOf(settings, fetch);
    return {
      ...promSource(remoteSamples(settings, fetch, dialect), {
        name: settings.name,
        scrapeIntervalMs: settings.scrapeIntervalMs,
      }),
      check: (signal) => checkPrometheus(settings, fetch, dialect, signal),
      async suggest(path, parameters, signal) {
        if (path === '/dialect') return { dialect: await dialect(signal) };
        const [, plain, label] = SUGGESTED.exec(path) ?? [];
        const asked = plain ?? (label === undefined ? undefined : `label/${escapeLabel(decodeName(label))}/values`);
        if (asked === undefined)
          throw new BadRequest('path', `"${path.slice(0, 100)}" is nothing that a Prometheus server is asked here`);
        const { data } = await askApi(settings, fetch, { path: asked, parameters: [...parameters], method: 'GET', signal });
        return { status: 'success', data };
      },
    };
  },
};

function decodeName(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadRequest('path', `"${part.slice(0, 100)}" is not the name of a label`);
  }
}
