import { Readable } from 'node:stream';
import { compareLabels, type Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError, type QueryLimits, type Selector, type SeriesSamples } from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { DEFAULT_LOOKBACK_MS } from '@vitrine/promql/evaluate/evaluate.ts';
import { describeParseError, parseSelector } from '@vitrine/promql/parse.ts';
import { formatG } from '@vitrine/promql/evaluate/format-number.ts';
import type { FastifyRequest } from 'fastify';
import type { OwnOf } from '../own/own.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import { HttpError } from './errors.ts';
import { type FederatedSample, prefersProtobuf, PROTOBUF_TYPE, writeFamily } from './federate-protobuf.ts';
import { readRange } from './prometheus/read-range.ts';
import type { Routes } from './routes.ts';

const LEGACY_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const CHUNK_CHARS = 64 * 1024;

interface Newest extends Omit<FederatedSample, 'labels'> {
  readonly labels: Labels;
}

/** /federate: the newest sample of every series that matches, in protobuf or in Prometheus' text format, which has no native histograms. */
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
        const range = { fromMs: toMs - DEFAULT_LOOKBACK_MS, toMs };
        for (const series of await readRange(own(request).samples, selector, range, limits, signal)) {
          const newest = newestOf(series);
          if (newest !== undefined) byKey.set(series.labels.key, newest);
        }
      }
      const { accept = '' } = request.headers;
      const allowsUtf8 = /escaping=allow-utf-8/.test(accept);
      const escaping = allowsUtf8 ? '; escaping=allow-utf-8' : '';
      if (prefersProtobuf(accept)) {
        const messages = Readable.from(writeProtobuf(byKey.values(), allowsUtf8), { objectMode: false });
        return reply.type(`${PROTOBUF_TYPE}${escaping}`).send(messages);
      }
      const version = allowsUtf8 ? '1.0.0' : '0.0.4';
      return reply
        .type(`text/plain; version=${version}; charset=utf-8${escaping}`)
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
  const histogram = histograms?.[last];
  if (last < 0 || (histogram === undefined && isStaleAt(wordsOf(values), last))) return undefined;
  return { labels, value: values[last]!, histogram, timeMs: timestampsMs[last]! };
}

/** By metric, in the order of their names and labels. */
function* byMetric(newest: Iterable<Newest>): Generator<[name: string, samples: Newest[]]> {
  const byName = Map.groupBy(newest, ({ labels }) => labels.metricName);
  byName.delete('');
  for (const name of [...byName.keys()].toSorted()) {
    yield [name, (byName.get(name) ?? []).toSorted((a, b) => compareLabels(a.labels, b.labels))];
  }
}

/** The labels beside the name. */
function pairsOf(labels: Labels, named: (label: string) => string): [name: string, value: string][] {
  const pairs = [...labels]
    .filter(([label]) => label !== METRIC_NAME)
    .map(([label, value]): [string, string] => [named(label), value]);
  // Or whoever scrapes it would take it for this server's.
  return labels.has('instance') ? pairs : [...pairs, ['instance', '']];
}

function* writeProtobuf(newest: Iterable<Newest>, allowsUtf8: boolean): Generator<Uint8Array> {
  for (const [name, samples] of byMetric(newest)) {
    const federated = samples.map((sample) => ({
      ...sample,
      labels: pairsOf(sample.labels, (label) => (allowsUtf8 ? label : escapedLabel(label))),
    }));
    yield* writeFamily(allowsUtf8 ? name : escapedName(name), federated);
  }
}

/** Metric by metric; others have their turn while it is sent. */
function* writeText(newest: Iterable<Newest>, allowsUtf8: boolean): Generator<string> {
  let text = '';
  for (const [name, samples] of byMetric(newest)) {
    const numbers = samples.filter(({ histogram }) => histogram === undefined);
    if (numbers.length === 0) continue;
    const isPlain = LEGACY_NAME.test(name);
    const written = allowsUtf8 && !isPlain ? quote(name) : escapedName(name);
    text += `# TYPE ${written} untyped\n`;
    for (const { labels, value, timeMs } of numbers) {
      const pairs = pairsOf(labels, (label) => writeLabel(label, allowsUtf8)).map(([label, of]) => `${label}=${quote(of)}`);
      const inside = isPlain || !allowsUtf8 ? pairs : [written, ...pairs];
      text += `${isPlain || !allowsUtf8 ? written : ''}{${inside.join(',')}} ${formatG(value)} ${timeMs}\n`;
      if (text.length < CHUNK_CHARS) continue;
      yield text;
      text = '';
    }
  }
  yield text;
}

/** As Prometheus escapes what older readers do not take. */
function escapedName(name: string): string {
  return LEGACY_NAME.test(name) ? name : name.replaceAll(/[^a-zA-Z0-9_:]|^\d/gu, '_');
}

function escapedLabel(label: string): string {
  return LEGACY_LABEL.test(label) ? label : label.replaceAll(/[^a-zA-Z0-9_]|^\d/gu, '_');
}

function writeLabel(label: string, allowsUtf8: boolean): string {
  return allowsUtf8 && !LEGACY_LABEL.test(label) ? quote(label) : escapedLabel(label);
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
