import { Readable } from 'node:stream';
import { compareLabels, type Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError, type QueryLimits, type Selector, type SeriesSamples } from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { describeParseError, parseSelector } from '@vitrine/promql/parse.ts';
import { formatG } from '@vitrine/promql/evaluate/format-number.ts';
import type { FastifyRequest } from 'fastify';
import type { OwnOf } from '../own/own.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import { HttpError } from './errors.ts';
import { readRange } from './prometheus/read-range.ts';
import type { Routes } from './routes.ts';

/** How old a series' newest sample may be. */
const LOOKBACK_MS = 300_000;
const LEGACY_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const CHUNK_CHARS = 64 * 1024;

interface Newest {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs: number;
}

/** /federate: the newest sample of every series that matches, in Prometheus' text format. Native histograms have no place in it. */
export function federateRoutes(app: Routes, own: OwnOf, limits: QueryLimits): void {
  app.route({
    method: 'GET',
    url: '/federate',
    config: { access: 'read' },
    schema: { summary: 'The newest samples, to be scraped by another Prometheus', tags: ['prometheus'] },
    async handler(request: FastifyRequest, reply) {
      const at = request.url.indexOf('?');
      const asked = new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1)).getAll('match[]').map(readSelector);
      const signal = abortOnDisconnect(reply);
      const toMs = Date.now();
      const byKey = new Map<string, Newest>();
      for (const selector of asked) {
        const range = { fromMs: toMs - LOOKBACK_MS, toMs };
        for (const series of await readRange(own(request).samples, selector, range, limits, signal)) {
          const newest = newestOf(series);
          if (newest !== undefined) byKey.set(series.labels.key, newest);
        }
      }
      const allowsUtf8 = /escaping=allow-utf-8/.test(request.headers.accept ?? '');
      return reply
        .type(
          allowsUtf8
            ? 'text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8'
            : 'text/plain; version=0.0.4; charset=utf-8',
        )
        .send(Readable.from(writeText(byKey.values(), allowsUtf8)));
    },
  });
}

function readSelector(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (error) {
    if (error instanceof QueryError) throw new HttpError('bad_query', `match[]: ${describeParseError(text, error)}`, 'match[]');
    throw error;
  }
}

function newestOf({ labels, length, timestampsMs, values, histograms }: SeriesSamples): Newest | undefined {
  const last = length - 1;
  // A series that has ended is not to begin again elsewhere.
  if (last < 0 || histograms?.[last] !== undefined || isStaleAt(wordsOf(values), last)) return undefined;
  return { labels, value: values[last]!, timeMs: timestampsMs[last]! };
}

/** Metric by metric, in the order of their names; others have their turn while it is sent. */
function* writeText(newest: Iterable<Newest>, allowsUtf8: boolean): Generator<string> {
  const byName = new Map<string, Newest[]>();
  for (const one of newest) {
    const name = one.labels.metricName;
    const known = byName.get(name);
    if (known !== undefined) known.push(one);
    else if (name !== '') byName.set(name, [one]);
  }
  let text = '';
  for (const name of [...byName.keys()].toSorted()) {
    const isPlain = LEGACY_NAME.test(name);
    const written = isPlain ? name : allowsUtf8 ? quote(name) : name.replaceAll(/[^a-zA-Z0-9_:]|^\d/gu, '_');
    text += `# TYPE ${written} untyped\n`;
    for (const { labels, value, timeMs } of (byName.get(name) ?? []).toSorted((a, b) => compareLabels(a.labels, b.labels))) {
      const pairs = [...labels]
        .filter(([label]) => label !== METRIC_NAME)
        .map(([label, of]) => `${writeLabel(label, allowsUtf8)}=${quote(of)}`);
      // Or whoever scrapes it would take it for this server's.
      if (!labels.has('instance')) pairs.push('instance=""');
      const inside = isPlain || !allowsUtf8 ? pairs : [written, ...pairs];
      text += `${isPlain || !allowsUtf8 ? written : ''}{${inside.join(',')}} ${formatG(value)} ${timeMs}\n`;
      if (text.length < CHUNK_CHARS) continue;
      yield text;
      text = '';
    }
  }
  yield text;
}

function writeLabel(label: string, allowsUtf8: boolean): string {
  if (LEGACY_LABEL.test(label)) return label;
  return allowsUtf8 ? quote(label) : label.replaceAll(/[^a-zA-Z0-9_]|^\d/gu, '_');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
